//! Why a dimension stands where it does: the rule, the evidence, and what did not count.
//!
//! Beside the numbers that a state shows, with one decimal, stand the whole numbers that they come
//! from: `_milli` are thousandths, `_micro` millionths. What evidence counts for adds up to them.

use std::collections::BTreeMap;

use detente_domain::day::Day;
use detente_domain::event::EventId;
use detente_domain::fold::why::{Because, Ground, Share, Uncounted, Why};
use detente_domain::party::Party;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{EventView, LineView, UNKNOWN, Word, borrowed, civil, code};

mod evidence;
mod rule;

pub use evidence::{CitedView, EvidenceView, PublicationView, StoneView, WeightView};
pub use rule::{BlendRule, BoundView, IndexRule, LadderRule, PartView, RuleView, SumsView};

/// How an event came to be known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// The commit that first reported it.
    pub position: u64,
    /// The commit since which it is taken for what it is.
    pub settled: u64,
    /// The UTC day on which that commit was recorded.
    pub recorded: Option<Day>,
    /// The parties that deny it.
    pub denied_by: Vec<Party>,
    /// The events that are one with it.
    pub linked: Vec<EventId>,
}

/// How events came to be known.
pub type Tellings = BTreeMap<EventId, Told>;

/// Where an answer comes from.
#[derive(Clone, Copy, Debug)]
pub struct Source<'a> {
    /// The position of the log up to which it was known.
    pub known_at: u64,
    /// The projection that judged it.
    pub projection: &'a str,
    /// The version that the rulebook gives itself.
    pub rulebook: &'a str,
}

/// Why a dimension stands where it does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct WhyView {
    /// Whose conduct.
    pub from: Word,
    /// Towards whom.
    pub to: Word,
    /// The dimension, `declared` or `posture`.
    pub dimension: Word,
    /// The day.
    pub at: String,
    /// The position of the log up to which it was known.
    pub known_at: u64,
    /// The projection that judged it.
    pub projection: String,
    /// The version that its rulebook gives itself.
    pub rulebook: String,
    /// The level, rung or statement.
    pub level: Word,
    /// The day since which it holds.
    pub since: Option<String>,
    /// The day is within the bounds of an imprecise date that the level rests on.
    pub uncertain: bool,
    /// It rests on a disputed event.
    pub disputed: bool,
    /// The reasons in one line.
    pub line: LineView,
    /// The rule that applied, with its numbers.
    pub rule: RuleView,
    /// What counted, in order of contribution.
    pub evidence: Vec<EvidenceView>,
    /// How many count in all.
    pub evidence_count: usize,
    /// What those count for together that are not listed; null where all are.
    pub rest: Option<RestView>,
    /// What concerns the dimension and did not count, in order of days.
    pub uncounted: Vec<UncountedView>,
    /// How many those are in all.
    pub uncounted_count: usize,
}

/// What evidence that is not listed counts for.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
pub struct RestView {
    /// How many events.
    pub count: usize,
    /// Of the warmth.
    pub warmth_micro: u64,
    /// Of the strain.
    pub strain_micro: u64,
}

/// An event that did not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct UncountedView {
    /// The event.
    #[serde(flatten)]
    pub cited: CitedView,
    /// Why not: `not_yet`, `too_weak`, `disputed`, `repeated`, `closed`, `superseded`,
    /// `not_governing`, `before_authority`, `other_authority`, `no_entry`, `faded`, `retracted` or
    /// `told`.
    pub because: Word,
    /// The record that is to blame: which closed it, took its place, took it back, or tells it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Uuid>,
    /// Since when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
}

impl WhyView {
    /// The view of reasons, with at most `limit` events that counted and as many that did not.
    #[must_use]
    pub fn of(why: &Why, tellings: &Tellings, source: Source<'_>, limit: usize) -> Self {
        let (from, to) = why.pair.ends(why.direction);
        let evidence = evidence::of(why, tellings, limit);
        let (count, rest, disputed) = match &why.ground {
            Ground::Weighed(weighing) => {
                let shares = &weighing.shares;
                let disputed = shares.iter().any(|share| share.cited.disputed);
                (shares.len(), rest(shares, limit), disputed)
            }
            Ground::Ladder(ladder) => (ladder.stones.len(), None, ladder.disputed),
            Ground::Blend(blend) => (0, None, blend.disputed),
        };
        Self {
            from: code(from),
            to: code(to),
            dimension: borrowed(why.dimension.as_str()),
            at: why.at.to_string(),
            known_at: source.known_at,
            projection: source.projection.to_owned(),
            rulebook: source.rulebook.to_owned(),
            level: borrowed(why.held.map_or(UNKNOWN, |held| held.word)),
            since: civil(why.since),
            uncertain: why.held.is_some_and(|held| held.uncertain),
            disputed,
            line: LineView::of(why),
            rule: RuleView::of(why),
            evidence,
            evidence_count: count,
            rest,
            uncounted: why
                .uncounted
                .iter()
                .take(limit)
                .map(|one| UncountedView::of(one, tellings))
                .collect(),
            uncounted_count: why.uncounted.len(),
        }
    }

    /// Every event that is cited.
    pub fn cited(&self) -> impl Iterator<Item = Uuid> {
        let evidence = self.evidence.iter().map(|one| one.cited.event);
        evidence.chain(self.uncounted.iter().map(|one| one.cited.event))
    }

    /// Whether any event that is cited is disputed.
    #[must_use]
    pub fn cites_disputed(&self) -> bool {
        let evidence = self.evidence.iter().map(|one| &one.cited);
        let uncounted = self.uncounted.iter().map(|one| &one.cited);
        evidence.chain(uncounted).any(|cited| cited.disputed)
    }

    /// Fills in the titles of events, and where they are published.
    pub fn resolve(&mut self, views: &[EventView]) {
        let views: BTreeMap<Uuid, &EventView> = views
            .iter()
            .filter_map(|view| Some((view.event.id?, view)))
            .collect();
        let evidence = self.evidence.iter_mut().map(|one| &mut one.cited);
        for cited in evidence.chain(self.uncounted.iter_mut().map(|one| &mut one.cited)) {
            if let Some(view) = views.get(&cited.event) {
                cited.resolve(view);
            }
        }
    }
}

fn rest(shares: &[Share], limit: usize) -> Option<RestView> {
    let left = shares.get(limit..).filter(|left| !left.is_empty())?;
    let side = |strain: bool| {
        let own = left.iter().filter(|share| share.side.strain == strain);
        own.map(|share| share.counted).fold(0, u64::saturating_add)
    };
    Some(RestView {
        count: left.len(),
        warmth_micro: side(false),
        strain_micro: side(true),
    })
}

impl UncountedView {
    fn of(uncounted: &Uncounted, tellings: &Tellings) -> Self {
        let (by, on) = match uncounted.because {
            Because::Repeated { by } | Because::Told { by } => (Some(by.0), None),
            Because::Closed { by, on }
            | Because::Superseded { by, on }
            | Because::BeforeAuthority { by, on } => (Some(by.0), civil(Some(on))),
            Because::Retracted { by } => (Some(by.0), None),
            Because::NotYet
            | Because::TooWeak
            | Because::Disputed
            | Because::NotGoverning
            | Because::OtherAuthority
            | Because::NoEntry
            | Because::Faded => (None, None),
        };
        Self {
            cited: CitedView::of(&uncounted.cited, tellings),
            because: borrowed(uncounted.because.as_str()),
            by,
            on,
        }
    }
}
