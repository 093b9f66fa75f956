//! Weighed dimensions, threat and posture.

use detente_domain::day::Day;
use detente_domain::level::{Level, Threat, Trajectory};
use detente_domain::state::{PostureState, WeighedState};
use serde::{Deserialize, Serialize};

use super::{BasisView, Tenths, Word, civil, or_unknown};

/// A weighed dimension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct WeighedView {
    /// `unknown`, `hostile`, `strained`, `neutral`, `cooperative` or `close`.
    pub level: Word,
    /// From -10 to 10; null where nothing is known.
    pub index: Option<Tenths>,
    /// What is left of all that warms; null where nothing is known.
    pub warmth: Option<Tenths>,
    /// What is left of all that strains; null where nothing is known.
    pub strain: Option<Tenths>,
    /// Both sides are heavy.
    pub mixed: bool,
    /// Days since the last evidence; null where there never was any.
    pub stale_days: Option<i32>,
    /// The latest day that evidence speaks of.
    pub last_evidence: Option<String>,
    /// The day since which the level holds.
    pub since: Option<String>,
    /// What it rests on.
    #[serde(flatten)]
    pub basis: BasisView,
}

/// Threat: strain alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ThreatView {
    /// `unknown`, `none`, `low`, `elevated` or `high`.
    pub level: Word,
    /// What is left of all that threatens; null where nothing is known.
    pub strain: Option<Tenths>,
    /// Days since the last evidence; null where there never was any.
    pub stale_days: Option<i32>,
    /// The latest day that evidence speaks of.
    pub last_evidence: Option<String>,
    /// The day since which the level holds.
    pub since: Option<String>,
    /// What it rests on.
    #[serde(flatten)]
    pub basis: BasisView,
}

/// The blend of all that is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PostureView {
    /// As the level of a weighed dimension.
    pub level: Word,
    /// From -10 to 10; null where nothing is known.
    pub index: Option<Tenths>,
    /// The day since which the level holds.
    pub since: Option<String>,
    /// `unknown`, `cooling`, `steady` or `warming`.
    pub trajectory: Word,
    /// A dimension that it blends rests on a disputed event.
    #[serde(default)]
    pub disputed: bool,
}

fn stale(at: Day, last: Option<Day>) -> Option<i32> {
    last.filter(|last| !last.is_open() && !at.is_open())
        .map(|last| at.since(last))
}

impl WeighedView {
    /// The view of a dimension on a day.
    #[must_use]
    pub fn of(state: &WeighedState, at: Day) -> Self {
        let known = |number| state.level.map(|_| Tenths::from_thousandths(number));
        Self {
            level: or_unknown(state.level.map(Level::as_str)),
            index: known(state.index),
            warmth: known(state.warmth),
            strain: known(state.strain),
            mixed: state.mixed,
            stale_days: stale(at, state.last_evidence),
            last_evidence: civil(state.last_evidence),
            since: civil(state.since),
            basis: BasisView::of(&state.basis),
        }
    }
}

impl ThreatView {
    /// The view of threat on a day.
    #[must_use]
    pub fn of(state: &WeighedState, at: Day) -> Self {
        Self {
            level: or_unknown(state.threat.map(Threat::as_str)),
            strain: state.threat.map(|_| Tenths::from_thousandths(state.strain)),
            stale_days: stale(at, state.last_evidence),
            last_evidence: civil(state.last_evidence),
            since: civil(state.since),
            basis: BasisView::of(&state.basis),
        }
    }
}

impl PostureView {
    /// The view of a posture.
    #[must_use]
    pub fn of(state: &PostureState) -> Self {
        Self {
            level: or_unknown(state.level.map(Level::as_str)),
            index: state.level.map(|_| Tenths::from_thousandths(state.index)),
            since: civil(state.since),
            trajectory: or_unknown(state.trajectory.map(Trajectory::as_str)),
            disputed: state.disputed,
        }
    }
}
