//! Why: the rule and the evidence behind a dimension of one conduct on one day.
//!
//! It says no number that the fold does not use. Weighed evidence is given with all that makes up
//! its weight, and with the part of warmth or strain that it counts for; those parts add up to the
//! sums of the day exactly, and the sums to the index by the rule that is given with them. What
//! did not count is given with its reason.

use super::Item;
use super::index::Reading;
use super::mass::Sums;
use super::regime::Takeover;
use super::terms::Side;
use crate::day::Day;
use crate::details::Field;
use crate::dimension::{Dimension, Weighed};
use crate::event::EventId;
use crate::grade::Grade;
use crate::kind::Kind;
use crate::level::{Bound, Declared, Trajectory};
use crate::record::RecordId;
use crate::routes::{Direction, Pair};
use crate::state::Held;

mod asked;
mod blend;
mod recognised;
mod represented;
mod shares;

pub use asked::Asked;

/// Why a dimension stands where it does.
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
    /// What holds on it; `None` is unknown.
    pub held: Option<Held>,
    /// The day since which it holds.
    pub since: Option<Day>,
    /// The rule that applied, and what it was applied to.
    pub ground: Ground,
    /// What concerns the dimension and did not count, in order of days, then ids.
    pub uncounted: Vec<Uncounted>,
}

/// A rule with what it was applied to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ground {
    /// An index, or threat.
    Weighed(Box<Weighing>),
    /// Recognition, the statement about it, or representation.
    Ladder(Ladder),
    /// Posture.
    Blend(Blend),
}

/// How an index came about. Sums and masses are in millionths, the rest in thousandths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weighing {
    /// Days in which faded evidence loses half its weight.
    pub half_life_days: u32,
    /// `c` of the index.
    pub damping: i64,
    /// The bounds between levels, with their margins.
    pub bounds: Vec<Bound>,
    /// The levels between them, from the lowest.
    pub levels: Vec<&'static str>,
    /// The level of the day before, from which the day was judged.
    pub before: Option<&'static str>,
    /// The largest share of a mass that machines may have.
    pub machine_share: u32,
    /// What a change of authority leaves.
    pub carry_over: u32,
    /// What a dispute leaves.
    pub disputed: u32,
    /// The sums of the day, before machines' share is cut.
    pub sums: Sums,
    /// The most that machines' mass may be.
    pub machine_cap: i128,
    /// What the sums come to.
    pub reading: Reading,
    /// The evidence: what counts for most first.
    pub shares: Vec<Share>,
}

/// A piece of evidence, and what it counts for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// The event.
    pub cited: Cited,
    /// Which sum it adds to.
    pub side: Side,
    /// What its kind, or its code, weighs; thousandths.
    pub weight: u32,
    /// What its grade weighs; thousandths.
    pub trust: u64,
    /// The share of an act that counts for the side acted upon; 1000 for the side that acts.
    pub mutual: u32,
    /// Weight, grade, dispute and mutual share together; millionths.
    pub mass: u64,
    /// Days for which it has been fading; 0 while it holds.
    pub age_days: i32,
    /// What decay leaves of [`crate::decay::ONE`].
    pub decay: u32,
    /// How many changes of authority have cut it down to the carry-over share.
    pub carried: usize,
    /// It is added to others of as many changes of authority before rounding; otherwise it is
    /// rounded by itself.
    pub together: bool,
    /// What is left of it, by itself; millionths.
    pub left: u64,
    /// What it counts for, with machines' share cut; millionths. All of one side add up to it.
    pub counted: u64,
}

/// An event, as far as a reason names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cited {
    /// Its id.
    pub event: EventId,
    /// Its kind.
    pub kind: Kind,
    /// The PLOVER code of a machine-coded one.
    pub code: Option<String>,
    /// The grade that counts.
    pub grade: Grade,
    /// Somebody denies or contradicts it.
    pub disputed: bool,
    /// The first day on which it may have been so.
    pub earliest: Day,
    /// The last.
    pub latest: Day,
}

/// How a rung came about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ladder {
    /// The weakest grade that moves it.
    pub weakest: Grade,
    /// The authority recognised, since it came to govern; `None` where the record says nothing.
    pub authority: Option<Takeover>,
    /// The latest explicit statement, of recognition.
    pub declared: Option<Declared>,
    /// It rests on a disputed event.
    pub disputed: bool,
    /// What was considered: what set the rung first, then the rest, the latest first.
    pub stones: Vec<Stone>,
}

/// An event that a rung was judged by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stone {
    /// The event.
    pub cited: Cited,
    /// What it is to the ladder.
    pub role: Role,
    /// The rung or statement that it stands for by itself; `None` if for none.
    pub rung: Option<&'static str>,
    /// It set what holds.
    pub sets: bool,
}

/// What an event is to a ladder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Role {
    /// An explicit declaration.
    Declaration,
    /// Official contact.
    Contact,
    /// What commentators read as recognition; it moves nothing.
    Signal,
    /// A mission.
    Mission,
    /// An envoy.
    Envoy,
    /// Relations suspended or severed.
    Break,
}

impl Role {
    /// The stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Declaration => "declaration",
            Self::Contact => "contact",
            Self::Signal => "signal",
            Self::Mission => "mission",
            Self::Envoy => "envoy",
            Self::Break => "break",
        }
    }
}

/// How a posture came about; all in thousandths.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Blend {
    /// The bounds between levels, with their margins.
    pub bounds: Vec<Bound>,
    /// The levels between them, from the lowest.
    pub levels: Vec<&'static str>,
    /// The level of the day before.
    pub before: Option<&'static str>,
    /// The blended index; `None` where nothing is known.
    pub index: Option<i64>,
    /// What the index would be without the evidence of the window.
    pub without_window: i64,
    /// The days of the window.
    pub window_days: u16,
    /// How far the window's evidence must move the index for a trajectory.
    pub step: i64,
    /// What the window's evidence did.
    pub trajectory: Option<Trajectory>,
    /// Every dimension that the rulebook blends.
    pub parts: Vec<Part>,
    /// Any of them rests on a disputed event.
    pub disputed: bool,
}

/// A dimension in a blend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The dimension.
    pub weighed: Weighed,
    /// Its weight in the blend.
    pub weight: u32,
    /// Its level.
    pub level: Option<&'static str>,
    /// Its index; `None` where nothing is known, which leaves it out.
    pub index: Option<i64>,
    /// What counts for most in it.
    pub above_all: Option<EventId>,
}

/// An event that did not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uncounted {
    /// The event.
    pub cited: Cited,
    /// Why not.
    pub because: Because,
}

/// Why an event did not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Because {
    /// It is of a later day.
    NotYet,
    /// Its grade is too weak.
    TooWeak,
    /// A dispute leaves nothing of it.
    Disputed,
    /// Another row of the same day, direction and code counts.
    Repeated {
        /// The one that counts.
        by: EventId,
    },
    /// What it opened was closed.
    Closed {
        /// The event that closed it.
        by: EventId,
        /// From when.
        on: Day,
    },
    /// A later event took its place.
    Superseded {
        /// That event.
        by: EventId,
        /// From when.
        on: Day,
    },
    /// Who acted, or was acted upon, did not govern the state then.
    NotGoverning,
    /// It was before a change of authority.
    BeforeAuthority {
        /// The event that tells of the change.
        by: EventId,
        /// Its day.
        on: Day,
    },
    /// It speaks of an authority that does not govern.
    OtherAuthority,
    /// It has no place in a register of this relation.
    NoEntry,
    /// So much time has passed that nothing is left of it.
    Faded,
    /// It was taken back.
    Retracted {
        /// The retraction.
        by: RecordId,
    },
    /// It is one with another event, which tells it.
    Told {
        /// That event.
        by: EventId,
    },
}

impl Because {
    /// The stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotYet => "not_yet",
            Self::TooWeak => "too_weak",
            Self::Disputed => "disputed",
            Self::Repeated { .. } => "repeated",
            Self::Closed { .. } => "closed",
            Self::Superseded { .. } => "superseded",
            Self::NotGoverning => "not_governing",
            Self::BeforeAuthority { .. } => "before_authority",
            Self::OtherAuthority => "other_authority",
            Self::NoEntry => "no_entry",
            Self::Faded => "faded",
            Self::Retracted { .. } => "retracted",
            Self::Told { .. } => "told",
        }
    }
}

/// Why a dimension stands where it does.
#[must_use]
pub fn why(asked: Asked<'_>, dimension: Dimension) -> Why {
    let timeline = asked.folded.conduct(asked.direction, dimension);
    let step = timeline.and_then(|timeline| timeline.at(asked.at));
    let held = step.and_then(|step| step.held);
    let (ground, mut uncounted) = match dimension {
        Dimension::Weighed(weighed) => shares::weighed(asked, weighed),
        Dimension::Recognition | Dimension::Declared => recognised::ladder(asked, dimension),
        Dimension::Representation => represented::ladder(asked),
        Dimension::Posture => (Ground::Blend(blend::blend(asked)), Vec::new()),
    };
    uncounted.sort_by_key(|one| (one.cited.earliest, one.cited.event, one.because));
    uncounted.dedup();
    Why {
        pair: asked.folded.pair,
        direction: asked.direction,
        dimension,
        at: asked.at,
        held,
        since: held.and(step).map(|step| step.day),
        ground,
        uncounted,
    }
}

impl Cited {
    fn of(item: &Item<'_>) -> Self {
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

impl Uncounted {
    fn of(item: &Item<'_>, because: Because) -> Self {
        Self {
            cited: Cited::of(item),
            because,
        }
    }
}
