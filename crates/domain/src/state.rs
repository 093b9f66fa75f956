//! What the fold comes to: the state of one conduct on one day, and the changes between states.

use crate::day::Day;
use crate::details::{Field, Value};
use crate::dimension::{Dimension, Register};
use crate::event::EventId;
use crate::level::{Declared, Level, Recognition, Representation, Threat, Trajectory};
use crate::party::Party;
use crate::routes::{Direction, Pair};
use std::collections::BTreeMap;

/// How many events a state names as evidence; the rest is counted.
pub const EVIDENCE_MAX: usize = 20;

/// On what a value rests.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Basis {
    /// The day is within the bounds of an imprecise date that the value rests on.
    pub uncertain: bool,
    /// It rests on a disputed event.
    pub disputed: bool,
    /// The weightiest events, at most [`EVIDENCE_MAX`].
    pub evidence: Vec<EventId>,
    /// How many there are in all.
    pub count: usize,
}

/// The bounds of the date since which something is so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Since {
    /// The first day on which it may have begun.
    pub earliest: Day,
    /// The last day on which it may have begun.
    pub latest: Day,
}

/// Recognition of the authority in one state by the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RecognitionState {
    /// The rung; `None` is unknown.
    pub level: Option<Recognition>,
    /// The latest explicit statement.
    pub declared: Option<Declared>,
    /// Since when the rung holds.
    pub since: Option<Since>,
    /// What commentators read as recognition, since the authority came to govern.
    pub signals: Vec<EventId>,
    /// What rung and statement rest on.
    pub basis: Basis,
}

/// The rank that one state accepts from the other.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RepresentationState {
    /// The rank accepted; `None` is unknown.
    pub level: Option<Representation>,
    /// The rank that the state keeps at the other.
    pub sends: Option<Representation>,
    /// Since when the rank accepted holds.
    pub since: Option<Since>,
    /// What the rank accepted rests on.
    pub basis: Basis,
}

/// A weighed dimension. Sums and index are in thousandths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct WeighedState {
    /// The level of the index; `None` is no evidence ever. Unused by threat.
    pub level: Option<Level>,
    /// The level of threat; unused by the others.
    pub threat: Option<Threat>,
    /// `10 (W - S) / (W + S + c)`, in (-10000, 10000).
    pub index: i64,
    /// What is left of all that warms.
    pub warmth: i64,
    /// What is left of all that strains.
    pub strain: i64,
    /// Both sides are heavy.
    pub mixed: bool,
    /// The day since which the level holds.
    pub since: Option<Day>,
    /// The latest day that evidence speaks of, up to the day asked for.
    pub last_evidence: Option<Day>,
    /// What it rests on.
    pub basis: Basis,
}

/// The blend of all that is known.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PostureState {
    /// Its level; `None` where nothing is known.
    pub level: Option<Level>,
    /// The blended index, in thousandths.
    pub index: i64,
    /// The day since which the level holds.
    pub since: Option<Day>,
    /// What the evidence of the last window did to it.
    pub trajectory: Option<Trajectory>,
    /// A dimension that it blends rests on a disputed event.
    pub disputed: bool,
}

/// The key of a register's entry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryKey {
    /// The register.
    pub register: Register,
    /// The first word of the kinds that write it: `mission`, `alert`, `forces`.
    pub family: &'static str,
    /// Whose act it is, where the entry is one side's; `None` where both share it.
    pub by: Option<Direction>,
    /// The details that name it.
    pub fields: Vec<(Field, Value)>,
}

/// An entry of a register on a day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntryState {
    /// Its key.
    pub key: EntryKey,
    /// Its status, as its latest event left it.
    pub status: &'static str,
    /// Whether it still stands.
    pub open: bool,
    /// The authority that holds the premises.
    pub controlled_by: Option<Party>,
    /// Since when the status holds.
    pub since: Since,
    /// Every event of the entry up to the day, latest first.
    pub basis: Basis,
}

/// A disputed event, with both sides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dispute {
    /// The event.
    pub event: EventId,
    /// Who did it, by the report; or who says so, where it is an accusation.
    pub claimed_by: Vec<Party>,
    /// The parties that deny it; empty where a source contradicts it.
    pub denied_by: Vec<Party>,
}

/// The state of one conduct, with what both sides share, on one day.
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
    /// By [`crate::dimension::Weighed::index`].
    pub weighed: [WeighedState; 6],
    /// Posture and trajectory.
    pub posture: PostureState,
    /// The registers, each with its entries in order of keys.
    pub registers: BTreeMap<Register, Vec<EntryState>>,
    /// Disputed events of the relation up to the day.
    pub disputes: Vec<Dispute>,
}

/// What moved.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// A dimension of a conduct.
    Conduct(Direction, Dimension),
    /// An entry of a register.
    Entry(EntryKey),
}

/// A value that a step of a timeline holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Held {
    /// The word: a level, a rung, a status.
    pub word: &'static str,
    /// The authority in control, of a mission.
    pub controlled_by: Option<Party>,
    /// The day is within the bounds of an imprecise date that the value rests on.
    pub uncertain: bool,
}

/// Why a change is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Occasion {
    /// The past is read otherwise.
    Learned,
    /// Something happened.
    Happened,
    /// Time alone moved it.
    Lapsed,
}

impl Occasion {
    /// The stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Learned => "learned",
            Self::Happened => "happened",
            Self::Lapsed => "lapsed",
        }
    }
}

/// A change of a relation. `None` in `from` or `to` is unknown: no evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The relation.
    pub pair: Pair,
    /// What moved.
    pub subject: Subject,
    /// What it was.
    pub from: Option<Held>,
    /// What it is.
    pub to: Option<Held>,
    /// The valid day from which it is so.
    pub day: Day,
    /// For `learned`: the first day after the span that was rewritten; `None` up to the present.
    pub until: Option<Day>,
    /// Why it is told.
    pub occasion: Occasion,
    /// The events that caused it; empty where time alone did.
    pub causes: Vec<EventId>,
}
