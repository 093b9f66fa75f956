//! Rules, with the numbers that they were applied to.

use detente_domain::decay;
use detente_domain::dimension::{Dimension, Weighed};
use detente_domain::fold::why::{Blend, Ladder, Rationale, Weighing, Why};
use detente_domain::level::{Bound, Declared, Trajectory};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{saturated, total};
use crate::view::{Decimal1, Named, Text, borrowed, civil, or_unknown};

/// The formula of an index.
const INDEX: &str = "10 (W - S) / (W + S + c)";
/// The formula of threat.
const THREAT: &str = "S";
/// The formula of a posture.
const BLEND: &str = "sum(weight * index) / sum(weight)";
/// The rule of recognition.
const RECOGNITION: &str = "the latest declaration that recognises; else dealings, from the first \
    official contact; else none, once anything was declared; all since the authority governs";
/// The rule of the declared stance.
const DECLARED: &str = "the latest declaration since the authority governs";
/// The rule of representation.
const REPRESENTATION: &str = "the highest rank of the missions and envoys that stand; none where \
    relations are broken off";

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum RuleView {
    /// An index, or threat.
    Index(Box<IndexRule>),
    /// A ladder.
    Ladder(LadderRule),
    /// Posture.
    Blend(BlendRule),
}

/// The rule of an index or threat.
///
/// A piece of evidence has the mass `weight_milli * trust * mutual_milli / 1000`, in millionths,
/// where `trust` is `grade_milli`, or `grade_milli * disputed_milli / 1000` if it is disputed.
/// After decay, `decay` of `decay_one` remains of the mass. Products of mass and decay that are
/// rounded `together` are summed first, by how often they were `carried` over. Each such sum, and
/// each product that is rounded `alone`, is divided by `decay_one`, and then, as often as it was
/// carried, multiplied by `carry_over_milli` and divided by 1000. If the machine-coded mass exceeds
/// `machine_cap_micro`, each of its sides is multiplied by the cap and divided by the mass of both.
/// All divisions round down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct IndexRule {
    /// The formula: W is warmth, S strain, c the damping.
    pub formula: Text,
    /// The index, from -10 to 10; null for threat, or if unknown.
    pub index: Option<Decimal1>,
    /// The decayed sum of all evidence that warms.
    pub warmth: Decimal1,
    /// The decayed sum of all evidence that strains.
    pub strain: Decimal1,
    /// The index in thousandths.
    pub index_milli: i64,
    /// The sums in the formula; the contributions of the evidence add up to them.
    pub sums: SumsView,
    /// The damping, `c`.
    pub damping_milli: i64,
    /// Days in which decaying evidence loses half its weight.
    pub half_life_days: u32,
    /// The value of `decay` for a whole weight.
    pub decay_one: u32,
    /// The factor for disputed evidence.
    pub disputed_milli: u32,
    /// The factor for each change of authority.
    pub carry_over_milli: u32,
    /// The largest share of a sum, with its damping, that machine-coded evidence may have.
    pub machine_share_milli: u32,
    /// The levels, from the lowest.
    pub levels: Vec<Text>,
    /// The bounds between the levels, of the index; of the strain, for threat.
    pub bounds: Vec<BoundView>,
    /// The level of the day before, on which the margins of the bounds depend.
    pub before: Text,
}

/// Sums, in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SumsView {
    /// Warmth, with machine-coded evidence capped.
    pub warmth_micro: u64,
    /// Strain, with machine-coded evidence capped.
    pub strain_micro: u64,
    /// Warmth of evidence that is not machine-coded.
    pub people_warmth_micro: u64,
    /// Strain of evidence that is not machine-coded.
    pub people_strain_micro: u64,
    /// Warmth of machine-coded evidence, before the cap.
    pub machine_warmth_micro: u64,
    /// Strain of machine-coded evidence, before the cap.
    pub machine_strain_micro: u64,
    /// The cap on machine-coded warmth and strain together.
    pub machine_cap_micro: u64,
}

/// A bound between two levels, in thousandths. To rise, the value must reach `at + margin_up`; to
/// fall, it must be below `at - margin_down`. Without a level before, `at` alone decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct BoundView {
    /// The value at which the upper level begins.
    pub at_milli: i64,
    /// The margin to rise.
    pub margin_up_milli: i64,
    /// The margin to fall.
    pub margin_down_milli: i64,
}

/// The rule of a ladder.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct LadderRule {
    /// The rule, in words.
    pub formula: Text,
    /// The weakest grade that counts, on each axis.
    pub weakest_grade: String,
    /// The authority that governs the other state; `unknown` if no event says so.
    pub authority: Text,
    /// The day since which it governs.
    pub authority_since: Option<String>,
    /// The event that shows this.
    pub authority_by: Option<Uuid>,
    /// The latest explicit statement about recognition.
    pub declared: Named<Option<Declared>>,
}

/// The rule of a posture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct BlendRule {
    /// The formula.
    pub formula: Text,
    /// The index, from -10 to 10; null if unknown.
    pub index: Option<Decimal1>,
    /// The index in thousandths.
    pub index_milli: Option<i64>,
    /// The dimensions, with their weights.
    pub parts: Vec<PartView>,
    /// The levels, from the lowest.
    pub levels: Vec<Text>,
    /// The bounds between the levels.
    pub bounds: Vec<BoundView>,
    /// The level of the day before.
    pub before: Text,
    /// The trend.
    pub trajectory: Named<Option<Trajectory>>,
    /// The index without the evidence of the window.
    pub without_window_milli: i64,
    /// The length of the window, in days.
    pub window_days: u16,
    /// The change of the index that counts as a trend.
    pub step_milli: i64,
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
    /// Its index; null if unknown, which excludes it.
    pub index: Option<Decimal1>,
    /// The index in thousandths.
    pub index_milli: Option<i64>,
    /// The event with the largest contribution.
    pub above_all: Option<Uuid>,
}

impl RuleView {
    pub(super) fn new(why: &Why) -> Self {
        match &why.rationale {
            Rationale::Weighed(weighing) => {
                let threat = why.dimension == Dimension::Weighed(Weighed::Threat);
                Self::Index(Box::new(index(weighing, threat, why.held.is_some())))
            }
            Rationale::Ladder(ladder) => Self::Ladder(self::ladder(why.dimension, ladder)),
            Rationale::Blend(blend) => Self::Blend(self::blend(blend)),
        }
    }
}

fn index(weighing: &Weighing, threat: bool, known: bool) -> IndexRule {
    let Weighing { sums, reading, .. } = weighing;
    let counted = |strain| saturated(total(&weighing.shares, strain));
    let shown = !threat && known;
    IndexRule {
        formula: borrowed(if threat { THREAT } else { INDEX }),
        index: shown.then(|| Decimal1::from_thousandths(reading.index)),
        warmth: Decimal1::from_thousandths(reading.warmth),
        strain: Decimal1::from_thousandths(reading.strain),
        index_milli: reading.index,
        sums: SumsView {
            warmth_micro: counted(false),
            strain_micro: counted(true),
            people_warmth_micro: sums.warmth,
            people_strain_micro: sums.strain,
            machine_warmth_micro: sums.machine_warmth,
            machine_strain_micro: sums.machine_strain,
            machine_cap_micro: u64::try_from(weighing.machine_cap).unwrap_or(u64::MAX),
        },
        damping_milli: weighing.damping,
        half_life_days: weighing.half_life_days,
        decay_one: decay::ONE,
        disputed_milli: weighing.disputed,
        carry_over_milli: weighing.carry_over,
        machine_share_milli: weighing.machine_share,
        levels: weighing.levels.iter().copied().map(borrowed).collect(),
        bounds: weighing.bounds.iter().map(BoundView::from).collect(),
        before: or_unknown(weighing.before),
    }
}

fn ladder(dimension: Dimension, ladder: &Ladder) -> LadderRule {
    LadderRule {
        formula: borrowed(match dimension {
            Dimension::Recognition => RECOGNITION,
            Dimension::Declared => DECLARED,
            Dimension::Representation | Dimension::Weighed(_) | Dimension::Posture => {
                REPRESENTATION
            }
        }),
        weakest_grade: ladder.weakest.to_string(),
        authority: or_unknown(ladder.authority.map(|takeover| takeover.authority.code())),
        authority_since: civil(ladder.authority.map(|takeover| takeover.day)),
        authority_by: ladder.authority.map(|takeover| takeover.event.0),
        declared: Named(ladder.declared),
    }
}

fn blend(blend: &Blend) -> BlendRule {
    let part = |part: &detente_domain::fold::why::BlendPart| PartView {
        dimension: Named(part.weighed),
        weight_milli: part.weight,
        level: or_unknown(part.level),
        index: part.index.map(Decimal1::from_thousandths),
        index_milli: part.index,
        above_all: part.leading.map(|event| event.0),
    };
    BlendRule {
        formula: borrowed(BLEND),
        index: blend.index.map(Decimal1::from_thousandths),
        index_milli: blend.index,
        parts: blend.parts.iter().map(part).collect(),
        levels: blend.levels.iter().copied().map(borrowed).collect(),
        bounds: blend.bounds.iter().map(BoundView::from).collect(),
        before: or_unknown(blend.before),
        trajectory: Named(blend.trajectory),
        without_window_milli: blend.without_window,
        window_days: blend.window_days,
        step_milli: blend.step,
    }
}

impl From<&Bound> for BoundView {
    fn from(bound: &Bound) -> Self {
        Self {
            at_milli: bound.at,
            margin_up_milli: bound.margin_up,
            margin_down_milli: bound.margin_down,
        }
    }
}
