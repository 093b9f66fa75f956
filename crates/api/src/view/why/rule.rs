//! Rules, with the numbers that applied.

use detente_domain::decay;
use detente_domain::dimension::{Dimension, Weighed};
use detente_domain::fold::why::{Blend, Ground, Ladder, Weighing, Why};
use detente_domain::level::{Bound, Declared, Trajectory};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::view::{Tenths, UNKNOWN, Word, borrowed, civil, code, or_unknown};

/// The formula of an index.
const INDEX: &str = "10 (W - S) / (W + S + c)";
/// That of threat, which strain alone makes.
const THREAT: &str = "S";
/// That of a posture.
const BLEND: &str = "sum(weight * index) / sum(weight)";
/// Those of the ladders.
const RECOGNITION: &str = "the latest declaration that recognises; else dealings, from the first \
    official contact; else none, once anything was declared; all since the authority governs";
const DECLARED: &str = "the latest declaration since the authority governs";
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

/// How an index is made.
///
/// A piece of evidence has the mass `weight_milli * trust * mutual_milli / 1000`, in millionths,
/// where `trust` is `grade_milli`, and `grade_milli * disputed_milli / 1000` for what is disputed.
/// `decay` of `decay_one` is left of it. Products of mass and decay that are rounded `together` are
/// summed first, by how often they were `carried` over. Each such sum, and each product that is
/// rounded `alone`, is divided by `decay_one`, and then, as often as it was carried, multiplied by
/// `carry_over_milli` and divided by 1000. If machines' mass is over `machine_cap_micro`, each of
/// its sides is multiplied by the cap and divided by the mass of both. All divisions round down.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct IndexRule {
    /// In letters: W is warmth, S strain, c the damping.
    pub formula: Word,
    /// From -10 to 10; null for threat, or where nothing is known.
    pub index: Option<Tenths>,
    /// What is left of all that warms.
    pub warmth: Tenths,
    /// What is left of all that strains.
    pub strain: Tenths,
    /// The index in thousandths.
    pub index_milli: i64,
    /// The sums as they go into the formula: what evidence counts for adds up to them.
    pub sums: SumsView,
    /// The damping, `c`.
    pub damping_milli: i64,
    /// Days in which faded evidence loses half its weight.
    pub half_life_days: u32,
    /// What a whole weight is in `decay`.
    pub decay_one: u32,
    /// What a dispute leaves.
    pub disputed_milli: u32,
    /// What a change of authority leaves.
    pub carry_over_milli: u32,
    /// The largest share of a mass, with its damping, that machines may have.
    pub machine_share_milli: u32,
    /// The levels, from the lowest.
    pub levels: Vec<Word>,
    /// The bounds between them, over the index; over the strain, for threat.
    pub bounds: Vec<BoundView>,
    /// The level of the day before, from which this day was judged.
    pub before: Word,
}

/// Sums, in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SumsView {
    /// Warmth, with machines' share cut.
    pub warmth_micro: u64,
    /// Strain, likewise.
    pub strain_micro: u64,
    /// Warmth by people's word.
    pub people_warmth_micro: u64,
    /// Strain by people's word.
    pub people_strain_micro: u64,
    /// Warmth by machines', before it is cut.
    pub machine_warmth_micro: u64,
    /// Strain by machines', before it is cut.
    pub machine_strain_micro: u64,
    /// The most that machines' may be together.
    pub machine_cap_micro: u64,
}

/// A bound between two levels, in thousandths: coming from below, `at + margin_up` must be
/// reached; from above, the value must fall below `at - margin_down`. A first judgement uses `at`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct BoundView {
    /// Where the upper level begins.
    pub at_milli: i64,
    /// What more is needed to rise.
    pub margin_up_milli: i64,
    /// What less is needed to fall.
    pub margin_down_milli: i64,
}

/// How a rung is found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct LadderRule {
    /// In words.
    pub formula: Word,
    /// The weakest grade that moves it, on each axis.
    pub weakest_grade: String,
    /// The authority that governs the other state; `unknown` where no event says so.
    pub authority: Word,
    /// Since when.
    pub authority_since: Option<String>,
    /// The event that says so.
    pub authority_by: Option<Uuid>,
    /// The latest explicit statement about recognition.
    pub declared: Word,
}

/// How a posture is blended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct BlendRule {
    /// In letters.
    pub formula: Word,
    /// From -10 to 10; null where nothing is known.
    pub index: Option<Tenths>,
    /// The same in thousandths.
    pub index_milli: Option<i64>,
    /// The dimensions, with their weights.
    pub parts: Vec<PartView>,
    /// The levels, from the lowest.
    pub levels: Vec<Word>,
    /// The bounds between them.
    pub bounds: Vec<BoundView>,
    /// The level of the day before.
    pub before: Word,
    /// `unknown`, `cooling`, `steady` or `warming`.
    pub trajectory: Word,
    /// What the index would be without the evidence of the window.
    pub without_window_milli: i64,
    /// The days of the window.
    pub window_days: u16,
    /// How far the window must move the index.
    pub step_milli: i64,
}

/// A dimension in a posture.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PartView {
    /// The dimension.
    pub dimension: Word,
    /// Its weight.
    pub weight_milli: u32,
    /// Its level.
    pub level: Word,
    /// Its index; null where nothing is known, which leaves it out.
    pub index: Option<Tenths>,
    /// The same in thousandths.
    pub index_milli: Option<i64>,
    /// What counts for most in it.
    pub above_all: Option<Uuid>,
}

impl RuleView {
    pub(super) fn of(why: &Why) -> Self {
        match &why.ground {
            Ground::Weighed(weighing) => {
                let threat = why.dimension == Dimension::Weighed(Weighed::Threat);
                Self::Index(Box::new(index(weighing, threat, why.held.is_some())))
            }
            Ground::Ladder(ladder) => Self::Ladder(self::ladder(why.dimension, ladder)),
            Ground::Blend(blend) => Self::Blend(self::blend(blend)),
        }
    }
}

fn index(weighing: &Weighing, threat: bool, known: bool) -> IndexRule {
    let Weighing { sums, reading, .. } = weighing;
    let counted = |strain: bool| {
        let own = weighing.shares.iter();
        let own = own.filter(|share| share.side.strain == strain);
        own.map(|share| share.counted).fold(0, u64::saturating_add)
    };
    let shown = !threat && known;
    IndexRule {
        formula: borrowed(if threat { THREAT } else { INDEX }),
        index: shown.then(|| Tenths::from_thousandths(reading.index)),
        warmth: Tenths::from_thousandths(reading.warmth),
        strain: Tenths::from_thousandths(reading.strain),
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
        bounds: weighing.bounds.iter().map(BoundView::of).collect(),
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
        authority: ladder
            .authority
            .map_or(borrowed(UNKNOWN), |takeover| code(takeover.authority)),
        authority_since: civil(ladder.authority.map(|takeover| takeover.day)),
        authority_by: ladder.authority.map(|takeover| takeover.event.0),
        declared: or_unknown(ladder.declared.map(Declared::as_str)),
    }
}

fn blend(blend: &Blend) -> BlendRule {
    let part = |part: &detente_domain::fold::why::Part| PartView {
        dimension: borrowed(part.weighed.as_str()),
        weight_milli: part.weight,
        level: or_unknown(part.level),
        index: part.index.map(Tenths::from_thousandths),
        index_milli: part.index,
        above_all: part.above_all.map(|event| event.0),
    };
    BlendRule {
        formula: borrowed(BLEND),
        index: blend.index.map(Tenths::from_thousandths),
        index_milli: blend.index,
        parts: blend.parts.iter().map(part).collect(),
        levels: blend.levels.iter().copied().map(borrowed).collect(),
        bounds: blend.bounds.iter().map(BoundView::of).collect(),
        before: or_unknown(blend.before),
        trajectory: or_unknown(blend.trajectory.map(Trajectory::as_str)),
        without_window_milli: blend.without_window,
        window_days: blend.window_days,
        step_milli: blend.step,
    }
}

impl BoundView {
    fn of(bound: &Bound) -> Self {
        Self {
            at_milli: bound.at,
            margin_up_milli: bound.margin_up,
            margin_down_milli: bound.margin_down,
        }
    }
}
