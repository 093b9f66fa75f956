//! The rulebook: the weights of grades and kinds, their decay, and the thresholds of levels.
//!
//! It is data, parsed from a TOML file by another crate, which checks each value. All numbers are
//! thousandths (`1000` is one), except those that are named days. Two rulebooks are never mixed:
//! each has its own projection.

mod corroboration;
mod rule;

use crate::decay::Decay;
use crate::dimension::Weighed;
use crate::grade::Grade;
use crate::kind::Kind;
use crate::level::{Bound, Level};

pub use corroboration::Corroboration;
pub use rule::{
    Counts, ENDLESS, KindRule, Limits, Override, POSTURE, Rule, Stance, Variant, Weight,
};

/// The number of classes of memory: see [`Memory`].
pub const MEMORIES: usize = 3;

/// How fast a class of evidence fades. Words are forgotten before acts, and acts before the use of
/// force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memory {
    /// The days in which evidence loses half of its weight.
    pub half_life_days: u32,
    /// The decay table of the half-life.
    pub decay: Decay,
}

/// The names of the classes of memory, in the order of [`Rulebook::memory`].
pub const MEMORY_WORDS: [&str; MEMORIES] = ["words", "acts", "force"];

/// The rule of a weighed dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DimensionRule {
    /// `c` in `10 (W - S) / (W + S + c)`: the larger, the more evidence is needed to move the
    /// index.
    pub damping: i64,
    /// The days without evidence after which a level is stale.
    pub stale_days: u32,
}

/// The rule of the posture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PostureRule {
    /// The weights of the dimensions' masses, by [`Weighed::index`].
    pub weights: [u32; 6],
    /// The damping of the pooled masses.
    pub damping: i64,
    /// The most by which its index is above that of security, while the latter is below 0.
    pub security_lead: i64,
}

/// A rulebook.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rulebook {
    /// The version, as given in its file.
    pub version: String,
    /// The rules of kinds, by [`Kind::index`].
    pub kinds: Vec<KindRule>,
    /// The weights of a `coded` event, by the index of its code in [`crate::details::PLOVER`].
    pub coded: Vec<[Weight; 6]>,
    /// The classes of memory, in the order of [`MEMORY_WORDS`].
    pub memory: [Memory; MEMORIES],
    /// The rules of dimensions, by [`Weighed::index`].
    pub dimensions: [DimensionRule; 6],
    /// The weights of source letters, A to F.
    pub source: [u32; 6],
    /// The weights of information digits, 1 to 6.
    pub information: [u32; 6],
    /// The weakest grade that moves ladders and registers.
    pub ladder: Grade,
    /// The share of its weight that an event keeps which a report as good as its own disputes.
    pub disputed: u32,
    /// The part of a denial's weight that counts if the accused itself denies.
    pub accused: u32,
    /// The rule by which further publishers raise a grade.
    pub corroboration: Corroboration,
    /// The share of earlier weights that remains after a change of authority.
    pub carry_over: u32,
    /// The share of an organisation's act that counts for each of its members.
    pub via: u32,
    /// The limits between members of one organisation, while both are, by its code.
    pub organisations: Vec<(crate::party::Party, Rule)>,
    /// The largest share of a mass (with its damping) that machine-coded evidence may have.
    pub machine_share: u32,
    /// The strain of a dimension from which a floor no longer holds.
    pub floor_breaks_at: i64,
    /// The bounds between the five levels of an index.
    pub levels: [Bound; 4],
    /// The bounds between the four levels of threat, compared with its strain.
    pub threat: [Bound; 3],
    /// A dimension whose warmth and strain are both at least this is `mixed`.
    pub mixed: i64,
    /// The rule of the posture.
    pub posture: PostureRule,
    /// The days of a trajectory's window.
    pub trajectory_days: u16,
    /// The balance of the window's evidence, in the posture's masses, that makes a trajectory.
    pub trajectory_step: i64,
}

/// The largest weight that a rulebook may give, in thousandths.
pub const WEIGHT_MAX: u32 = 100_000;

/// The bounds of an index, in thousandths.
const INDEX_MIN: i64 = -10_000;
const INDEX_MAX: i64 = 10_000;

const BOUNDS_ASCEND: &str = "bounds with their margins must ascend";

impl Rulebook {
    /// The weight of a grade, in thousandths.
    #[must_use]
    pub fn grade_weight(&self, grade: Grade) -> u64 {
        u64::from(self.source[usize::from(grade.source())])
            * u64::from(self.information[usize::from(grade.information())])
            / 1000
    }

    /// Returns true if evidence of a grade moves ladders and registers.
    #[must_use]
    pub fn moves_ladders(&self, grade: Grade) -> bool {
        grade.reaches(self.ladder)
    }

    /// The rule of a kind.
    #[must_use]
    pub fn kind(&self, kind: Kind) -> &KindRule {
        &self.kinds[kind.index()]
    }

    /// The rule of a dimension.
    #[must_use]
    pub fn dimension(&self, weighed: Weighed) -> &DimensionRule {
        &self.dimensions[weighed.index()]
    }

    /// Returns the faults that no value has by itself, as a path into the file and a sentence; none
    /// if the rulebook can be used.
    #[must_use]
    pub fn faults(&self) -> Vec<(&'static str, &'static str)> {
        let steps = &self.corroboration.steps;
        let ascend = steps.is_sorted_by(|few, more| few < more) && steps.first() >= Some(&2);
        let posture = &self.posture.weights;
        let rules = [
            (!self.version.trim().is_empty(), "version", "is empty"),
            (
                steps.is_empty() || ascend,
                "corroboration.steps",
                "numbers of publishers must ascend, from 2 on",
            ),
            (
                steps.len() <= 5,
                "corroboration.steps",
                "there are at most 5 steps",
            ),
            (ascending(&self.levels), "levels", BOUNDS_ASCEND),
            (ascending(&self.threat), "threat", BOUNDS_ASCEND),
            (
                posture.iter().any(|weight| *weight > 0),
                "posture.weights",
                "gives no dimension any weight",
            ),
            (
                posture.iter().all(|weight| *weight <= WEIGHT_MAX),
                "posture.weights",
                "a weight is over 100",
            ),
        ];
        let broken = rules.into_iter().filter(|(holds, ..)| !holds);
        broken.map(|(_, at, problem)| (at, problem)).collect()
    }

    /// The lowest index of a level.
    #[must_use]
    pub fn lowest(&self, level: Level) -> i64 {
        let below = (level as usize).checked_sub(1);
        below.map_or(INDEX_MIN, |below| self.levels[below].at)
    }

    /// The highest index of a level.
    #[must_use]
    pub fn highest(&self, level: Level) -> i64 {
        let above = self.levels.get(level as usize);
        above.map_or(INDEX_MAX, |above| above.at - 1)
    }

    /// Iterates over the dimensions that the posture is pooled from.
    pub fn pooled(&self) -> impl Iterator<Item = Weighed> + use<'_> {
        let counts = |weighed: &Weighed| self.posture.weights[weighed.index()] > 0;
        Weighed::ALL.into_iter().filter(counts)
    }

    /// The bounds between the levels of a weighed dimension.
    #[must_use]
    pub fn bounds(&self, weighed: Weighed) -> &[Bound] {
        match weighed {
            Weighed::Threat => &self.threat,
            _ => &self.levels,
        }
    }
}

fn ascending(bounds: &[Bound]) -> bool {
    bounds
        .iter()
        .all(|bound| bound.margin_up >= 0 && bound.margin_down >= 0)
        && bounds
            .windows(2)
            .all(|pair| pair[0].at + pair[0].margin_up < pair[1].at - pair[1].margin_down)
}
