//! Weighed dimensions, threat and posture.

use detente_domain::day::Day;
use detente_domain::level::{Level, Threat, Trajectory};
use detente_domain::state::{Band, Limit, PostureState, WeighedState};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{BasisView, Decimal1, Named, Text, borrowed, civil, days_between};

/// The limits of a level on a day, by what stands and by severe acts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct BandView {
    /// The highest level; null if nothing limits it.
    pub ceiling: Option<LimitView>,
    /// The lowest level; null if nothing limits it. A ceiling below it prevails.
    pub floor: Option<LimitView>,
}

/// A limit of a level.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct LimitView {
    /// The highest or lowest level.
    pub level: Named<Level>,
    /// The kind of the event that sets it.
    pub kind: Text,
    /// The event that sets it.
    pub event: Uuid,
    /// The first day on which it no longer holds; null if none is known.
    pub until: Option<String>,
}

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
    /// True if there has been no evidence for the rulebook's time, and nothing that stands limits
    /// the level: it is the last one that was known.
    pub stale: bool,
    /// The limits of the level.
    pub band: BandView,
    /// The number of machine-coded rows; they are leads, and give no level by themselves.
    pub leads: usize,
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
    /// True if there has been no evidence for the rulebook's time: the level is the last one that
    /// was known.
    pub stale: bool,
    /// The number of machine-coded rows; they are leads, and give no level by themselves.
    pub leads: usize,
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

/// Posture: the index of the pooled evidence of the dimensions, within its limits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PostureView {
    /// The level.
    pub level: Named<Option<Level>>,
    /// The index, from -10 to 10; null if unknown.
    pub index: Option<Decimal1>,
    /// True if every dimension that it includes is stale.
    pub stale: bool,
    /// The limits of the level.
    pub band: BandView,
    /// The day since which the level holds.
    pub since: Option<String>,
    /// The trend.
    pub trajectory: Named<Option<Trajectory>>,
    /// True if one of these dimensions rests on a disputed event.
    #[serde(default)]
    pub disputed: bool,
}

// === impl BandView ===

impl From<Band> for BandView {
    fn from(band: Band) -> Self {
        Self {
            ceiling: band.ceiling.map(LimitView::from),
            floor: band.floor.map(LimitView::from),
        }
    }
}

// === impl LimitView ===

impl From<Limit> for LimitView {
    fn from(limit: Limit) -> Self {
        Self {
            level: Named(limit.level),
            kind: borrowed(limit.kind.as_str()),
            event: limit.event.0,
            until: civil(limit.until),
        }
    }
}

// === impl WeighedView ===

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
            stale: state.stale,
            band: state.band.into(),
            leads: state.leads,
            stale_days: days_between(state.last_evidence, Some(at)),
            last_evidence: civil(state.last_evidence),
            since: civil(state.since),
            basis: (&state.basis).into(),
        }
    }
}

// === impl ThreatView ===

impl ThreatView {
    /// Creates the view of threat on a day.
    #[must_use]
    pub fn new(state: &WeighedState, at: Day) -> Self {
        Self {
            level: Named(state.threat),
            strain: state
                .threat
                .map(|_| Decimal1::from_thousandths(state.strain)),
            stale: state.stale,
            leads: state.leads,
            stale_days: days_between(state.last_evidence, Some(at)),
            last_evidence: civil(state.last_evidence),
            since: civil(state.since),
            basis: (&state.basis).into(),
        }
    }
}

// === impl PostureView ===

impl From<&PostureState> for PostureView {
    fn from(state: &PostureState) -> Self {
        Self {
            level: Named(state.level),
            index: state.level.map(|_| Decimal1::from_thousandths(state.index)),
            stale: state.stale,
            band: state.band.into(),
            since: civil(state.since),
            trajectory: Named(state.trajectory),
            disputed: state.disputed,
        }
    }
}
