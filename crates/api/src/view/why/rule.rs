//! Rules, with the numbers that they were applied to.

use detente_domain::decay;
use detente_domain::dimension::{Dimension, Weighed};
use detente_domain::fold::why::{Ladder, Rationale, Weighing, Why};
use detente_domain::level::{Bound, Declared};
use detente_domain::party::Lang;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::blend::BlendRule;
use super::formula::{INDEX, THREAT, in_words};
use super::{saturated, total};
use crate::view::{BandView, Decimal1, Named, Text, borrowed, civil, or_unknown};

/// A rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum RuleView {
    /// An index, or threat.
    Index(Box<IndexRule>),
    /// A ladder.
    Ladder(LadderRule),
    /// Posture.
    Blend(Box<BlendRule>),
}

/// The rule of an index or threat.
///
/// A piece of evidence has the mass `weight_milli * trust * mutual_milli / 1000`, in millionths,
/// where `trust` is `grade_milli * (1000 - denied_milli) / 1000`. After decay, `decay` of `decay_one`
/// remains of the mass. Products of mass and decay that are rounded `together` are summed first, by
/// `half_life_days` and by how often they were `carried` over. Each such sum, and each product that
/// is rounded `alone`, is divided by `decay_one`, and then, as often as it was carried, multiplied
/// by `carry_over_milli` and divided by 1000. If the machine-coded mass exceeds
/// `machine_cap_micro`, each of its sides is multiplied by the cap and divided by the mass of both.
/// All divisions round down.
///
/// The formula gives `formula_milli`, and the limits of `band` give `index_milli`: a ceiling is the
/// most. A floor is the least while the strain that people report is below `floor_breaks_at_milli`:
/// with little strain it holds up the middle of its level, with more the lowest of it.
///
/// The level is judged by the evidence of people alone, from the level `before`: it falls at once,
/// and rises only on a day on which friendlier evidence begins. Until then it is `kept`, whatever
/// the index is. Then the same limits apply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct IndexRule {
    /// The formula: W is warmth, S strain, c the damping.
    pub formula: Text,
    /// The index, from -10 to 10, within the limits; null for threat, or if unknown.
    pub index: Option<Decimal1>,
    /// The decayed sum of all evidence that warms.
    pub warmth: Decimal1,
    /// The decayed sum of all evidence that strains.
    pub strain: Decimal1,
    /// The index in thousandths; for threat, that of the formula.
    pub index_milli: i64,
    /// The result of the formula, in thousandths; for threat, of strain alone.
    pub formula_milli: i64,
    /// The sums in the formula; the contributions of the evidence add up to them.
    pub sums: SumsView,
    /// The damping, `c`.
    pub damping_milli: i64,
    /// The limits of the level.
    pub band: BandView,
    /// The strain from which a floor no longer holds.
    pub floor_breaks_at_milli: i64,
    /// The value of `decay` for a whole weight.
    pub decay_one: u32,
    /// The factor for evidence that a report as good as its own disputes.
    pub disputed_milli: u32,
    /// The factor for each change of authority.
    pub carry_over_milli: u32,
    /// The largest share of a sum, with its damping, that machine-coded evidence may have.
    pub machine_share_milli: u32,
    /// The levels, from the lowest.
    pub levels: Vec<Text>,
    /// The bounds between the levels, of the index; of the strain, for threat.
    pub bounds: Vec<BoundView>,
    /// The level of the sums of the day before, before any limit: the margins of the bounds depend
    /// on it.
    pub before: Text,
    /// The level of the sums, before any limit, if it stays although the index has left it; null if
    /// it follows from the index.
    pub kept: Option<Text>,
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

impl RuleView {
    pub(super) fn new(why: &Why) -> Self {
        match &why.rationale {
            Rationale::Weighed(weighing) => {
                let threat = why.dimension == Dimension::Weighed(Weighed::Threat);
                let held = why.held.map(|held| held.word);
                Self::Index(Box::new(index(weighing, threat, held)))
            }
            Rationale::Ladder(ladder) => Self::Ladder(self::ladder(why.dimension, ladder)),
            Rationale::Blend(blend) => {
                let held = why.held.map(|held| held.word);
                Self::Blend(Box::new(BlendRule::new(blend, held)))
            }
        }
    }
}

fn index(weighing: &Weighing, threat: bool, held: Option<&str>) -> IndexRule {
    let Weighing { sums, reading, .. } = weighing;
    let counted = |strain| saturated(total(&weighing.shares, strain));
    IndexRule {
        formula: borrowed(if threat { THREAT } else { INDEX }),
        index: held
            .filter(|_| !threat)
            .map(|_| Decimal1::from_thousandths(weighing.limited)),
        warmth: Decimal1::from_thousandths(reading.warmth),
        strain: Decimal1::from_thousandths(reading.strain),
        index_milli: weighing.limited,
        formula_milli: reading.index,
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
        band: weighing.band.into(),
        floor_breaks_at_milli: weighing.floor_breaks_at,
        decay_one: decay::ONE,
        disputed_milli: weighing.disputed,
        carry_over_milli: weighing.carry_over,
        machine_share_milli: weighing.machine_share,
        levels: weighing.levels.iter().copied().map(borrowed).collect(),
        bounds: weighing.bounds.iter().map(BoundView::from).collect(),
        before: or_unknown(weighing.before),
        kept: weighing.kept.map(borrowed),
    }
}

fn ladder(dimension: Dimension, ladder: &Ladder) -> LadderRule {
    LadderRule {
        formula: borrowed(in_words(dimension, Lang::En)),
        weakest_grade: ladder.weakest.to_string(),
        authority: or_unknown(ladder.authority.map(|takeover| takeover.authority.code())),
        authority_since: civil(ladder.authority.map(|takeover| takeover.day)),
        authority_by: ladder.authority.map(|takeover| takeover.event.0),
        declared: Named(ladder.declared),
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
