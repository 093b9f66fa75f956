//! Weighed dimensions, threat and posture.

use detente_domain::day::Day;
use detente_domain::level::{Level, Threat, Trajectory};
use detente_domain::state::{PostureState, WeighedState};
use serde::{Deserialize, Serialize};

use super::{BasisView, Decimal1, Named, civil, days_between};

/// A weighed dimension.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct WeighedView {
    /// The level.
    pub level: Named<Option<Level>>,
    /// The index, from -10 to 10; null if unknown.
    pub index: Option<Decimal1>,
    /// The decayed sum of all evidence that improves the relation; null if unknown.
    pub warmth: Option<Decimal1>,
    /// The decayed sum of all evidence that strains it; null if unknown.
    pub strain: Option<Decimal1>,
    /// True if warmth and strain are both large.
    pub mixed: bool,
    /// The number of days since the last evidence; null if there is none.
    pub stale_days: Option<i32>,
    /// The latest day of the evidence.
    pub last_evidence: Option<String>,
    /// The day since which the level holds.
    pub since: Option<String>,
    /// The evidence.
    #[serde(flatten)]
    pub basis: BasisView,
}

/// Threat: strain alone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct ThreatView {
    /// The level.
    pub level: Named<Option<Threat>>,
    /// The decayed sum of all evidence that threatens; null if unknown.
    pub strain: Option<Decimal1>,
    /// The number of days since the last evidence; null if there is none.
    pub stale_days: Option<i32>,
    /// The latest day of the evidence.
    pub last_evidence: Option<String>,
    /// The day since which the level holds.
    pub since: Option<String>,
    /// The evidence.
    #[serde(flatten)]
    pub basis: BasisView,
}

/// Posture: the weighted mean of the known dimensions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PostureView {
    /// The level.
    pub level: Named<Option<Level>>,
    /// The index, from -10 to 10; null if unknown.
    pub index: Option<Decimal1>,
    /// The day since which the level holds.
    pub since: Option<String>,
    /// The trend.
    pub trajectory: Named<Option<Trajectory>>,
    /// True if one of these dimensions rests on a disputed event.
    #[serde(default)]
    pub disputed: bool,
}

impl WeighedView {
    /// Creates the view of a dimension on a day.
    #[must_use]
    pub fn new(state: &WeighedState, at: Day) -> Self {
        let known = |number| state.level.map(|_| Decimal1::from_thousandths(number));
        Self {
            level: Named(state.level),
            index: known(state.index),
            warmth: known(state.warmth),
            strain: known(state.strain),
            mixed: state.mixed,
            stale_days: days_between(state.last_evidence, Some(at)),
            last_evidence: civil(state.last_evidence),
            since: civil(state.since),
            basis: (&state.basis).into(),
        }
    }
}

impl ThreatView {
    /// Creates the view of threat on a day.
    #[must_use]
    pub fn new(state: &WeighedState, at: Day) -> Self {
        Self {
            level: Named(state.threat),
            strain: state
                .threat
                .map(|_| Decimal1::from_thousandths(state.strain)),
            stale_days: days_between(state.last_evidence, Some(at)),
            last_evidence: civil(state.last_evidence),
            since: civil(state.since),
            basis: (&state.basis).into(),
        }
    }
}

impl From<&PostureState> for PostureView {
    fn from(state: &PostureState) -> Self {
        Self {
            level: Named(state.level),
            index: state.level.map(|_| Decimal1::from_thousandths(state.index)),
            since: civil(state.since),
            trajectory: Named(state.trajectory),
            disputed: state.disputed,
        }
    }
}
