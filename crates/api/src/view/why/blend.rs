//! The rule of a posture, with the numbers that it was applied to.

use detente_domain::dimension::{Dimension, Weighed};
use detente_domain::fold::index::Reading;
use detente_domain::fold::why::{Blend, BlendPart};
use detente_domain::level::Trajectory;
use detente_domain::party::Lang;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::formula::in_words;
use super::rule::BoundView;
use crate::view::{BandView, Decimal1, Named, Text, borrowed, or_unknown};

/// The rule of a posture.
///
/// The masses of the parts are pooled by their weights, and the formula gives the index of the
/// pool. The limits of `band` and `security_milli` give `index_milli`. The level follows as that of
/// an index does: it falls at once, and rises only with friendlier evidence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct BlendRule {
    /// The formula: W is warmth, S strain, c the damping.
    pub formula: Text,
    /// The index, from -10 to 10, within the limits; null if unknown.
    pub index: Option<Decimal1>,
    /// The index in thousandths.
    pub index_milli: Option<i64>,
    /// The pooled masses, and the result of the formula; null if nothing is known.
    pub pooled: Option<PooledView>,
    /// The damping, `c`.
    pub damping_milli: i64,
    /// The most that security allows, in thousandths; null while its index is not below 0.
    pub security_milli: Option<i64>,
    /// The limits of the level.
    pub band: BandView,
    /// The dimensions, with their weights.
    pub parts: Vec<PartView>,
    /// The levels, from the lowest.
    pub levels: Vec<Text>,
    /// The bounds between the levels.
    pub bounds: Vec<BoundView>,
    /// The level of the pooled masses of the day before, before any limit.
    pub before: Text,
    /// The level of the masses, before any limit, if it stays although their index has left it; null
    /// if it follows from the index.
    pub kept: Option<Text>,
    /// The trend.
    pub trajectory: Named<Option<Trajectory>>,
    /// The pooled warmth less strain of the evidence of the window, in thousandths.
    pub balance_milli: i64,
    /// The length of the window, in days.
    pub window_days: u16,
    /// The balance that makes a trend, in thousandths.
    pub step_milli: i64,
}

/// Pooled masses and their index, in thousandths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PooledView {
    /// Warmth.
    pub warmth_milli: i64,
    /// Strain.
    pub strain_milli: i64,
    /// The result of the formula.
    pub index_milli: i64,
}

/// A dimension in a posture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PartView {
    /// The dimension.
    pub dimension: Named<Weighed>,
    /// Its weight.
    pub weight_milli: u32,
    /// Its level.
    pub level: Text,
    /// Its warmth, before its weight, in thousandths.
    pub warmth_milli: i64,
    /// Its strain, before its weight, in thousandths.
    pub strain_milli: i64,
    /// The event with the largest contribution.
    pub above_all: Option<Uuid>,
}

impl BlendRule {
    pub(super) fn new(blend: &Blend, held: Option<&str>) -> Self {
        let index = blend.index.filter(|_| held.is_some());
        Self {
            formula: borrowed(in_words(Dimension::Posture, Lang::En)),
            index: index.map(Decimal1::from_thousandths),
            index_milli: index,
            pooled: blend.reading.map(PooledView::from),
            damping_milli: blend.damping,
            security_milli: blend.security,
            band: blend.band.into(),
            parts: blend.parts.iter().map(PartView::from).collect(),
            levels: blend.levels.iter().copied().map(borrowed).collect(),
            bounds: blend.bounds.iter().map(BoundView::from).collect(),
            before: or_unknown(blend.before),
            kept: blend.kept.map(borrowed),
            trajectory: Named(blend.trajectory),
            balance_milli: blend.balance,
            window_days: blend.window_days,
            step_milli: blend.step,
        }
    }
}

impl From<Reading> for PooledView {
    fn from(reading: Reading) -> Self {
        Self {
            warmth_milli: reading.warmth,
            strain_milli: reading.strain,
            index_milli: reading.index,
        }
    }
}

impl From<&BlendPart> for PartView {
    fn from(part: &BlendPart) -> Self {
        Self {
            dimension: Named(part.weighed),
            weight_milli: part.weight,
            level: or_unknown(part.level),
            warmth_milli: part.warmth,
            strain_milli: part.strain,
            above_all: part.leading.map(|event| event.0),
        }
    }
}
