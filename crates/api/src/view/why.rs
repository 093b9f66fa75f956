//! Reasons for a dimension's level: the rule, the evidence, and the events that did not count.
//!
//! Numbers with one decimal are followed by the whole numbers that they come from: `_milli` are
//! thousandths, `_micro` millionths. The contributions of the evidence add up to them.

use std::collections::BTreeMap;

use detente_domain::day::Day;
use detente_domain::dimension::Dimension;
use detente_domain::event::EventId;
use detente_domain::fold::why::{ExclusionReason, Rationale, Share, Uncounted, Why};
use detente_domain::party::Party;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::event::by_id;
use super::{EventView, Fit, LocalizedText, Named, Text, UNKNOWN, borrowed, civil, code};

mod blend;
mod evidence;
mod formula;
mod rule;

pub use blend::{BlendRule, PartView, PooledView};
pub use evidence::{
    CitedView, EvidenceView, LadderEvidenceView, PublicationView, Rounding, Side, WeightView,
};
pub use formula::in_words;
pub use rule::{BoundView, IndexRule, LadderRule, RuleView, SumsView};

/// The records behind an event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EventProvenance {
    /// The commit that first reported it.
    pub position: u64,
    /// The commit since which it has been believed in its present form.
    pub settled: u64,
    /// The UTC day on which that commit was recorded.
    pub recorded: Option<Day>,
    /// The parties that deny it.
    pub denied_by: Vec<Party>,
    /// The events that are linked with it as the same.
    pub linked: Vec<EventId>,
}

/// The records behind events, by event.
pub type EventProvenances = BTreeMap<EventId, EventProvenance>;

/// The point in the log and the rules of an answer.
#[derive(Clone, Copy, Debug)]
pub struct AnswerBasis<'a> {
    /// The position up to which the log was known.
    pub known_at: u64,
    /// The projection.
    pub projection: &'a str,
    /// The version in the rulebook.
    pub rulebook: &'a str,
}

/// The reasons for a dimension's level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct WhyView {
    /// The state whose conduct it is.
    pub from: Text,
    /// The state that the conduct is towards.
    pub to: Text,
    /// The dimension.
    pub dimension: Named<Dimension>,
    /// The day.
    pub at: String,
    /// The position up to which the log was known.
    pub known_at: u64,
    /// The projection.
    pub projection: String,
    /// The version in its rulebook.
    pub rulebook: String,
    /// The level or statement.
    pub level: Text,
    /// The day since which it holds.
    pub since: Option<String>,
    /// The day is within the bounds of an imprecise date that the level rests on.
    pub uncertain: bool,
    /// True if there has been no evidence for the rulebook's time.
    pub stale: bool,
    /// True if it is presumed, and not declared.
    pub presumed: bool,
    /// True if it rests on a disputed event.
    pub disputed: bool,
    /// The reasons in one line.
    pub line: LocalizedText,
    /// The rule that applied, with its numbers.
    pub rule: RuleView,
    /// The events that counted, in order of contribution.
    pub evidence: Vec<EvidenceView>,
    /// The number of events that counted.
    pub evidence_count: usize,
    /// The contribution of the events that are not listed; null if all are.
    pub rest: Option<RemainderView>,
    /// Events about the dimension that did not count, in order of days.
    pub uncounted: Vec<UncountedView>,
    /// The number of events that did not count.
    pub uncounted_count: usize,
}

/// The contribution of evidence that is not listed.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema,
)]
pub struct RemainderView {
    /// The number of events.
    pub count: usize,
    /// The contribution to warmth.
    pub warmth_micro: u64,
    /// The contribution to strain.
    pub strain_micro: u64,
}

/// An event that did not count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct UncountedView {
    /// The event.
    #[serde(flatten)]
    pub cited: CitedView,
    /// The reason: `not_yet`, `too_weak`, `disputed`, `repeated`, `closed`, `superseded`,
    /// `not_governing`, `before_authority`, `other_authority`, `no_entry`, `faded`, `retracted` or
    /// `told`.
    pub because: Text,
    /// The responsible record, which closed, replaced, retracted or represents it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Uuid>,
    /// The day since which it does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on: Option<String>,
}

impl WhyView {
    /// Creates the view of reasons, with at most `limit` events that counted and as many that did
    /// not.
    #[must_use]
    pub fn new(
        why: &Why,
        provenances: &EventProvenances,
        source: AnswerBasis<'_>,
        limit: usize,
    ) -> Self {
        let (from, to) = why.pair.ends(why.direction);
        let evidence = evidence::views(why, provenances, limit);
        let (count, rest, disputed) = match &why.rationale {
            Rationale::Weighed(weighing) => {
                let shares = &weighing.shares;
                let disputed = shares.iter().any(|share| share.cited.disputed);
                (shares.len(), rest(shares, limit), disputed)
            }
            Rationale::Ladder(ladder) => (ladder.evidence.len(), None, ladder.disputed),
            Rationale::Blend(blend) => (0, None, blend.disputed),
        };
        Self {
            from: code(from),
            to: code(to),
            dimension: Named(why.dimension),
            at: why.at.to_string(),
            known_at: source.known_at,
            projection: source.projection.to_owned(),
            rulebook: source.rulebook.to_owned(),
            level: borrowed(why.held.map_or(UNKNOWN, |held| held.word)),
            since: civil(why.since),
            uncertain: why.held.is_some_and(|held| held.uncertain),
            stale: why.held.is_some_and(|held| held.stale),
            presumed: why.held.is_some_and(|held| held.presumed),
            disputed,
            line: LocalizedText::summary(why),
            rule: RuleView::new(why),
            evidence,
            evidence_count: count,
            rest,
            uncounted: why
                .uncounted
                .iter()
                .take(limit)
                .map(|event| UncountedView::new(event, provenances))
                .collect(),
            uncounted_count: why.uncounted.len(),
        }
    }

    /// Returns every event that is cited.
    pub fn cited(&self) -> impl Iterator<Item = Uuid> {
        self.citations().map(|cited| cited.event)
    }

    /// Returns true if any event that is cited is disputed.
    #[must_use]
    pub fn cites_disputed(&self) -> bool {
        self.citations().any(|cited| cited.disputed)
    }

    fn citations(&self) -> impl Iterator<Item = &CitedView> {
        let evidence = self.evidence.iter().map(|evidence| &evidence.cited);
        evidence.chain(self.uncounted.iter().map(|event| &event.cited))
    }

    /// Adds the titles and publications of events.
    pub fn resolve(&mut self, views: &[EventView]) {
        let views = by_id(views);
        let evidence = self.evidence.iter_mut();
        let evidence = evidence.map(|evidence| &mut evidence.cited);
        let uncounted = self.uncounted.iter_mut().map(|event| &mut event.cited);
        for cited in evidence.chain(uncounted) {
            if let Some(view) = views.get(&cited.event) {
                cited.resolve(view);
            }
        }
    }
}

impl Fit for WhyView {
    fn longest(&self) -> usize {
        let lists = self.citations().map(CitedView::longest);
        let lengths = lists.chain([self.evidence.len(), self.uncounted.len()]);
        lengths.max().unwrap_or(0)
    }

    /// Keeps the evidence that contributes most. What is left out is counted, and of weights the
    /// `rest` has the sums.
    fn shorten(&mut self, limit: usize) {
        let left = self.evidence.drain(limit.min(self.evidence.len())..);
        for weight in left.filter_map(|evidence| evidence.weighed) {
            self.rest.get_or_insert_default().add(&weight);
        }
        self.uncounted.truncate(limit);
        let evidence = self.evidence.iter_mut();
        let evidence = evidence.map(|evidence| &mut evidence.cited);
        let uncounted = self.uncounted.iter_mut().map(|event| &mut event.cited);
        for cited in evidence.chain(uncounted) {
            cited.shorten(limit);
        }
    }
}

impl RemainderView {
    fn add(&mut self, weight: &WeightView) {
        self.count += 1;
        let sum = match weight.side.0 {
            Side::Warmth => &mut self.warmth_micro,
            Side::Strain => &mut self.strain_micro,
        };
        *sum = sum.saturating_add(weight.counted_micro);
    }
}

fn rest(shares: &[Share], limit: usize) -> Option<RemainderView> {
    let left = shares.get(limit..).filter(|left| !left.is_empty())?;
    Some(RemainderView {
        count: left.len(),
        warmth_micro: saturated(total(left, false)),
        strain_micro: saturated(total(left, true)),
    })
}

/// Sums the contributions to warmth or strain.
pub(super) fn total(shares: &[Share], strain: bool) -> u128 {
    let own = shares.iter().filter(|share| share.side.strain == strain);
    own.map(|share| u128::from(share.counted)).sum()
}

fn saturated(total: u128) -> u64 {
    u64::try_from(total).unwrap_or(u64::MAX)
}

impl UncountedView {
    fn new(uncounted: &Uncounted, provenances: &EventProvenances) -> Self {
        let (by, on) = match uncounted.reason {
            ExclusionReason::Repeated { by } | ExclusionReason::Linked { by } => (Some(by.0), None),
            ExclusionReason::Closed { by, on }
            | ExclusionReason::Superseded { by, on }
            | ExclusionReason::BeforeAuthority { by, on } => (Some(by.0), civil(Some(on))),
            ExclusionReason::Retracted { by } => (Some(by.0), None),
            ExclusionReason::NotYet
            | ExclusionReason::TooWeak
            | ExclusionReason::Disputed
            | ExclusionReason::NotGoverning
            | ExclusionReason::OtherAuthority
            | ExclusionReason::NoEntry
            | ExclusionReason::Faded => (None, None),
        };
        Self {
            cited: CitedView::new(&uncounted.cited, provenances),
            because: borrowed(uncounted.reason.as_str()),
            by,
            on,
        }
    }
}
