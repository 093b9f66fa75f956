//! Explanations: the rule and the evidence of a dimension of one conduct on one day.
//!
//! Every number is one that the fold uses. Weighed evidence comes with all factors of its weight,
//! and with its part of warmth or strain; the parts add up to the sums of the day exactly, and the
//! sums give the index by the rule. Events that do not count come with the reason.

mod blend;
mod context;
mod recognition;
mod representation;
mod uncounted;
mod weighing;

use super::Item;
use super::index::Reading;
use super::regime::Takeover;
use super::sums::Sums;
use super::term::Side;
use crate::day::Day;
use crate::details::Field;
use crate::dimension::{Dimension, Weighed};
use crate::event::EventId;
use crate::grade::Grade;
use crate::kind::Kind;
use crate::level::{Bound, Declared, Trajectory};
use crate::relations::{Direction, Pair};
use crate::state::{Band, Held};
use crate::string_enum::string_enum;
use std::collections::BTreeSet;

pub use context::Context;
pub use uncounted::{ExclusionReason, Uncounted};

/// The explanation of the value of a dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// The relation.
    pub pair: Pair,
    /// The conduct.
    pub direction: Direction,
    /// The dimension.
    pub dimension: Dimension,
    /// The day.
    pub at: Day,
    /// The value on that day; `None` is unknown.
    pub held: Option<Held>,
    /// The day since which the value holds.
    pub since: Option<Day>,
    /// The rule, with its inputs.
    pub rationale: Rationale,
    /// Events that concern the dimension and do not count, in order of days, then ids.
    pub uncounted: Vec<Uncounted>,
}

impl Why {
    /// Returns every event that it cites.
    #[must_use]
    pub fn cited(&self) -> BTreeSet<EventId> {
        let uncounted = self.uncounted.iter();
        let mut cited: BTreeSet<EventId> = uncounted.map(|event| event.cited.event).collect();
        match &self.rationale {
            Rationale::Weighed(weighing) => {
                cited.extend(weighing.shares.iter().map(|share| share.cited.event));
            }
            Rationale::Ladder(ladder) => {
                cited.extend(ladder.evidence.iter().map(|rung| rung.cited.event));
            }
            Rationale::Blend(blend) => {
                cited.extend(blend.parts.iter().filter_map(|part| part.leading));
            }
        }
        cited
    }
}

/// A rule with its inputs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Rationale {
    /// An index, or threat.
    Weighed(Box<Weighing>),
    /// Recognition, the statement about it, or representation.
    Ladder(Ladder),
    /// Posture.
    Blend(Blend),
}

/// The rationale of an index. Sums and masses are in millionths, the rest in thousandths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weighing {
    /// `c` in the formula of the index.
    pub damping: i64,
    /// The bounds between levels, with their margins.
    pub bounds: Vec<Bound>,
    /// The levels between them, from the lowest.
    pub levels: Vec<&'static str>,
    /// The level of the sums of the day before, before any limit; the margins depend on it.
    pub before: Option<&'static str>,
    /// The largest share of a mass that machine-coded evidence may have.
    pub machine_share: u32,
    /// The share of earlier weights that remains after a change of authority.
    pub carry_over: u32,
    /// The share of its weight that a disputed event keeps.
    pub disputed: u32,
    /// The sums of the day, before the machines' cap.
    pub sums: Sums,
    /// The cap of machine-coded mass.
    pub machine_cap: i128,
    /// The reading of the sums.
    pub reading: Reading,
    /// The limits of the level.
    pub band: Band,
    /// The strain from which a floor no longer holds.
    pub floor_breaks_at: i64,
    /// The index within the limits; for threat, that of the reading.
    pub limited: i64,
    /// The level of the sums, before any limit, if it holds although the index has left it: nothing
    /// friendlier was reported since.
    pub kept: Option<&'static str>,
    /// The evidence, greatest parts first.
    pub shares: Vec<Share>,
}

/// A piece of evidence, and its part of the sums.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// The event.
    pub cited: Cited,
    /// The sum that it is added to.
    pub side: Side,
    /// The weight of its kind or code, in thousandths.
    pub weight: u32,
    /// The weight of its grade, in thousandths.
    pub trust: u64,
    /// The part of that weight that denials take, in thousandths; 0 without any.
    pub denied: u32,
    /// The share that counts in this direction, in thousandths; 1000 for the side that acts.
    pub mutual: u32,
    /// The product of weight, grade, dispute and mutual share, in millionths.
    pub mass: u64,
    /// The days in which it loses half of its weight.
    pub half_life_days: u32,
    /// The days for which it has been fading; 0 while it counts in full.
    pub age_days: i32,
    /// The rest of [`crate::decay::ONE`] after decay.
    pub decay: u32,
    /// The number of changes of authority that have reduced it to the carry-over share.
    pub carried: usize,
    /// True if it is added to others with as many changes of authority before rounding; otherwise
    /// it is rounded by itself.
    pub together: bool,
    /// The rest of the mass, rounded by itself, in millionths.
    pub left: u64,
    /// Its part of the sum after the machines' cap, in millionths. All parts of a side add up to
    /// the sum.
    pub counted: u64,
}

/// An event that an explanation cites.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cited {
    /// The id.
    pub event: EventId,
    /// The kind.
    pub kind: Kind,
    /// The PLOVER code of a machine-coded event.
    pub code: Option<String>,
    /// The grade that counts.
    pub grade: Grade,
    /// True if it is disputed.
    pub disputed: bool,
    /// The first day of its date.
    pub earliest: Day,
    /// The last day of its date.
    pub latest: Day,
}

/// The rationale of a rung.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ladder {
    /// The weakest grade that moves the ladder.
    pub weakest: Grade,
    /// The takeover of the recognised authority; `None` if it is unknown.
    pub authority: Option<Takeover>,
    /// The latest explicit statement about recognition.
    pub declared: Option<Declared>,
    /// True if the rung is presumed.
    pub presumed: bool,
    /// True if it rests on a disputed event.
    pub disputed: bool,
    /// The events considered: first those that set the rung, then the latest first.
    pub evidence: Vec<LadderEvidence>,
}

/// An event that is evidence for a ladder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LadderEvidence {
    /// The event.
    pub cited: Cited,
    /// Its role.
    pub role: EvidenceRole,
    /// The rung or statement that it supports by itself; `None` if none.
    pub rung: Option<&'static str>,
    /// True if it set the value.
    pub sets: bool,
}

string_enum! {
    /// The role of an event on a ladder.
    EvidenceRole {
        /// An explicit declaration.
        Declaration "declaration",
        /// Official contact.
        Contact "contact",
        /// Read as implicit recognition; it moves nothing.
        Signal "signal",
        /// A mission.
        Mission "mission",
        /// An envoy.
        Envoy "envoy",
        /// Relations suspended or severed.
        Break "break",
        /// Diplomatic relations, or common membership in the United Nations, which imply
        /// recognition.
        Implication "implication",
        /// Recognition of an exclusive rival.
        Rival "rival",
    }
}

/// The rationale of a posture, in thousandths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blend {
    /// The bounds between levels, with their margins.
    pub bounds: Vec<Bound>,
    /// The levels between them, from the lowest.
    pub levels: Vec<&'static str>,
    /// The level of the masses of the day before, before any limit.
    pub before: Option<&'static str>,
    /// `c` in the formula of the index.
    pub damping: i64,
    /// The pooled masses and their index; `None` if nothing is known.
    pub reading: Option<Reading>,
    /// The most that security allows, while it is below 0.
    pub security: Option<i64>,
    /// The limits of the level.
    pub band: Band,
    /// The index within the limits and below that most.
    pub index: Option<i64>,
    /// The level of the masses, before any limit, if it holds although their index has left it:
    /// nothing friendlier was reported since.
    pub kept: Option<&'static str>,
    /// The balance of the evidence of the window: warmth less strain, pooled.
    pub balance: i64,
    /// The days of the window.
    pub window_days: u16,
    /// The balance that makes a trajectory.
    pub step: i64,
    /// The direction in which the evidence of the window moves the posture.
    pub trajectory: Option<Trajectory>,
    /// The dimensions that the rulebook includes.
    pub parts: Vec<BlendPart>,
    /// True if one of them rests on a disputed event.
    pub disputed: bool,
}

/// A dimension in a posture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlendPart {
    /// The dimension.
    pub weighed: Weighed,
    /// Its weight in the posture.
    pub weight: u32,
    /// Its level; `None` if nothing is known.
    pub level: Option<&'static str>,
    /// Its warmth without machine-coded rows, before its weight.
    pub warmth: i64,
    /// Its strain without machine-coded rows, before its weight.
    pub strain: i64,
    /// The event with the greatest weight.
    pub leading: Option<EventId>,
}

/// Explains the value of a dimension.
#[must_use]
pub fn why(context: Context<'_>, dimension: Dimension) -> Why {
    let conduct = context.conduct;
    let timeline = conduct.timeline(dimension);
    let step = timeline.and_then(|timeline| timeline.at(context.at));
    let held = step.and_then(|step| step.held);
    let (rationale, mut uncounted) = match dimension {
        Dimension::Weighed(weighed) => weighing::weighed(context, weighed),
        Dimension::Recognition | Dimension::Declared => recognition::ladder(context, dimension),
        Dimension::Representation => representation::ladder(context),
        Dimension::Posture => (Rationale::Blend(blend::blend(context)), Vec::new()),
    };
    uncounted.sort_by_key(|event| (event.cited.earliest, event.cited.event, event.reason));
    uncounted.dedup();
    Why {
        pair: conduct.folded.pair,
        direction: conduct.direction,
        dimension,
        at: context.at,
        held,
        since: held.and(step).map(|step| step.day),
        rationale,
        uncounted,
    }
}

impl Cited {
    fn new(item: &Item<'_>) -> Self {
        let code = item.act.details.text(Field::Plover);
        Self {
            event: item.event,
            kind: item.act.kind,
            code: code
                .filter(|_| item.act.kind.is_machine_coded())
                .map(str::to_owned),
            grade: item.grade,
            disputed: item.disputed,
            earliest: item.earliest,
            latest: item.latest,
        }
    }
}
