//! The results of the fold: the state of a conduct on a day, and the changes between states.

use crate::day::Day;
use crate::details::{Field, Value};
use crate::dimension::{Dimension, Register};
use crate::event::EventId;
use crate::kind::Kind;
use crate::level::{Declared, Level, Recognition, Representation, Threat, Trajectory};
use crate::party::Party;
use crate::relations::{Direction, Pair};
use crate::string_enum::string_enum;
use std::collections::BTreeMap;

/// The number of events that a state names as evidence; the others are only counted.
pub const EVIDENCE_MAX: usize = 20;

/// The evidence that a value rests on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Basis {
    /// The day is within the bounds of an imprecise date that the value rests on.
    pub uncertain: bool,
    /// It rests on a disputed event.
    pub disputed: bool,
    /// The events with the greatest weights, at most [`EVIDENCE_MAX`].
    pub evidence: Vec<EventId>,
    /// The number of all events.
    pub count: usize,
}

/// The bounds of the date since which a value holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Since {
    /// The first day on which it may have begun.
    pub earliest: Day,
    /// The last day on which it may have begun.
    pub latest: Day,
}

/// A limit of a level by a standing fact or a severe act.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The highest or lowest level.
    pub level: Level,
    /// The event that sets it.
    pub event: EventId,
    /// The kind of that event.
    pub kind: Kind,
    /// The first day on which it no longer holds, if that is known.
    pub until: Option<Day>,
}

/// The limits of a level on a day.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Band {
    /// The highest level.
    pub ceiling: Option<Limit>,
    /// The lowest level; a ceiling below it prevails.
    pub floor: Option<Limit>,
}

/// Recognition of the authority in one state by the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecognitionState {
    /// The rung; `None` is unknown.
    pub level: Option<Recognition>,
    /// The latest explicit statement.
    pub declared: Option<Declared>,
    /// True if it follows from established relations or common membership in the United Nations,
    /// and not from a declaration.
    pub presumed: bool,
    /// The date since which the rung holds.
    pub since: Option<Since>,
    /// Events read as implicit recognition since the authority came to govern, in order of days.
    pub signals: Vec<EventId>,
    /// The evidence: the declaration first, then contacts from the latest.
    pub basis: Basis,
}

/// The rank that one state accepts from the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RepresentationState {
    /// The rank accepted; `None` is unknown.
    pub level: Option<Representation>,
    /// The rank that the other state accepts.
    pub sends: Option<Representation>,
    /// The date since which its highest entry stands, or on which the last one fell.
    pub since: Option<Since>,
    /// The evidence: the events of the entries that stand, highest rank first; if none stands, of
    /// those that stood.
    pub basis: Basis,
}

/// A weighed dimension; sums and index in thousandths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WeighedState {
    /// The level of the index; `None` without any evidence, and for threat.
    pub level: Option<Level>,
    /// The level of threat; `None` for the other dimensions.
    pub threat: Option<Threat>,
    /// `10 (W - S) / (W + S + c)`, in (-10000, 10000).
    pub index: i64,
    /// The sum of warmth.
    pub warmth: i64,
    /// The sum of strain.
    pub strain: i64,
    /// True if warmth and strain are both high.
    pub mixed: bool,
    /// True if there has been no evidence for the rulebook's time, and nothing stands that limits
    /// the level: it is the last one that was known.
    pub stale: bool,
    /// The limits of the level.
    pub band: Band,
    /// The number of machine-coded rows; they are leads, and give no level by themselves.
    pub leads: usize,
    /// The day since which the level holds.
    pub since: Option<Day>,
    /// The last day covered by evidence, up to the day of the state.
    pub last_evidence: Option<Day>,
    /// The evidence.
    pub basis: Basis,
}

/// The posture: the index of the pooled masses of the dimensions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PostureState {
    /// The level; `None` without any evidence.
    pub level: Option<Level>,
    /// The index, in thousandths.
    pub index: i64,
    /// The pooled warmth, in thousandths.
    pub warmth: i64,
    /// The pooled strain, in thousandths.
    pub strain: i64,
    /// The day since which the level holds.
    pub since: Option<Day>,
    /// True if in no dimension that it includes there has been evidence for the time that the
    /// rulebook gives that dimension, and nothing stands that limits the level.
    pub stale: bool,
    /// The limits of the level.
    pub band: Band,
    /// The direction in which the evidence of the last days moved it.
    pub trajectory: Option<Trajectory>,
    /// True if a dimension that it includes rests on a disputed event.
    pub disputed: bool,
}

/// The key of a register entry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryKey {
    /// The register.
    pub register: Register,
    /// The first word of the kinds that change it: `mission`, `alert`, `forces`.
    pub family: &'static str,
    /// The conduct that it belongs to; `None` if both states share it.
    pub by: Option<Direction>,
    /// The organisation whose act it is, which counts for its members; `None` if the state acted
    /// itself.
    pub via: Option<Party>,
    /// The details that name it.
    pub fields: Vec<(Field, Value)>,
}

/// A register entry on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryState {
    /// The key.
    pub key: EntryKey,
    /// The status that its latest event set.
    pub status: &'static str,
    /// True if it is open.
    pub open: bool,
    /// The authority that holds the premises.
    pub controlled_by: Option<Party>,
    /// The date since which the status holds.
    pub since: Since,
    /// The evidence: all events of the entry up to the day, latest first.
    pub basis: Basis,
}

/// A disputed event, with the parties on both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    /// The event.
    pub event: EventId,
    /// The actors according to the report; for an accusation, the accusers.
    pub claimed_by: Vec<Party>,
    /// The parties that deny it; empty if a source contradicts it.
    pub denied_by: Vec<Party>,
}

/// The state of a conduct, with the registers of the relation, on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// The relation.
    pub pair: Pair,
    /// The conduct.
    pub direction: Direction,
    /// The day.
    pub at: Day,
    /// Recognition.
    pub recognition: RecognitionState,
    /// Representation.
    pub representation: RepresentationState,
    /// The weighed dimensions, by [`crate::dimension::Weighed::index`].
    pub weighed: [WeighedState; 6],
    /// Posture and trajectory.
    pub posture: PostureState,
    /// The registers, each with its entries in order of keys.
    pub registers: BTreeMap<Register, Vec<EntryState>>,
    /// Disputed events of the relation up to the day.
    pub disputes: Vec<Dispute>,
}

/// The subject of a timeline or a change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A dimension of a conduct.
    Conduct(Direction, Dimension),
    /// A register entry.
    Entry(EntryKey),
}

/// A value of a subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Held {
    /// The level, rung or status.
    pub word: &'static str,
    /// The authority that controls a mission.
    pub controlled_by: Option<Party>,
    /// The day is within the bounds of an imprecise date that the value rests on.
    pub uncertain: bool,
    /// There has been no evidence for the rulebook's time.
    pub stale: bool,
    /// It is presumed, not declared.
    pub presumed: bool,
}

impl Held {
    /// Makes a value that is certain, and controlled by no authority.
    pub(crate) const fn certain(word: &'static str) -> Self {
        Self {
            word,
            controlled_by: None,
            uncertain: false,
            stale: false,
            presumed: false,
        }
    }
}

string_enum! {
    /// The reason for publishing a change.
    Occasion {
        /// The past is known differently.
        Learned "learned",
        /// An event happened.
        Happened "happened",
        /// Time passed.
        Lapsed "lapsed",
    }
}

/// A change of a relation. `None` in `from` or `to` is unknown, for lack of evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The relation.
    pub pair: Pair,
    /// The subject that changed.
    pub subject: Subject,
    /// The earlier value.
    pub from: Option<Held>,
    /// The new value.
    pub to: Option<Held>,
    /// The valid day from which the new value holds.
    pub day: Day,
    /// For `learned`: the first day after the rewritten span; `None` if it reaches the present.
    pub until: Option<Day>,
    /// The reason for the change.
    pub occasion: Occasion,
    /// The events that caused it; empty if time alone did.
    pub causes: Vec<EventId>,
}
