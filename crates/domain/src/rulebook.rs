//! The rulebook: the weights of grades and kinds, their decay, and the thresholds of levels.
//!
//! It is data, parsed from a TOML file by another crate, which checks each value. All numbers are
//! thousandths (`1000` is one), except those that are named days. Two rulebooks are never mixed:
//! each has its own projection.

mod corroboration;

use crate::decay::Decay;
use crate::dimension::Weighed;
use crate::grade::Grade;
use crate::kind::Kind;
use crate::level::Bound;

pub use corroboration::Corroboration;

/// The weight of an event in one dimension.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    /// Added to warmth.
    pub warmth: u32,
    /// Added to strain.
    pub strain: u32,
}

/// The rule of a kind of event.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KindRule {
    /// Weights by [`Weighed::index`], in the direction of the act.
    pub weights: [Weight; 6],
    /// The share of the weights that counts in the opposite direction too, as for talks.
    pub mutual: u32,
    /// True if it is official contact, which raises recognition to `dealings`.
    pub contact: bool,
    /// True if commentators read it as implicit recognition.
    pub signal: bool,
}

/// The rule of a weighed dimension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DimensionRule {
    /// The days in which evidence loses half of its weight.
    pub half_life_days: u32,
    /// `c` in `10 (W - S) / (W + S + c)`: the larger, the more evidence is
    /// needed to move the index.
    pub damping: i64,
    /// The decay table of the half-life.
    pub decay: Decay,
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
    /// The rules of dimensions, by [`Weighed::index`].
    pub dimensions: [DimensionRule; 6],
    /// The weights of source letters, A to F.
    pub source: [u32; 6],
    /// The weights of information digits, 1 to 6.
    pub information: [u32; 6],
    /// The weakest grade that moves ladders and registers.
    pub ladder: Grade,
    /// The share of its weight that a disputed event keeps.
    pub disputed: u32,
    /// The rule by which further publishers raise a grade.
    pub corroboration: Corroboration,
    /// The share of earlier weights that remains after a change of authority.
    pub carry_over: u32,
    /// The largest share of a mass (with its damping) that machine-coded evidence may have.
    pub machine_share: u32,
    /// The bounds between the five levels of an index.
    pub levels: [Bound; 4],
    /// The bounds between the four levels of threat, compared with its strain.
    pub threat: [Bound; 3],
    /// A dimension whose warmth and strain are both at least this is `mixed`.
    pub mixed: i64,
    /// The weights of dimensions in the posture, by [`Weighed::index`].
    pub posture: [u32; 6],
    /// The days of a trajectory's window.
    pub trajectory_days: u16,
    /// The change of the posture's index by the window's evidence that makes a trajectory.
    pub trajectory_step: i64,
}

/// The largest weight that a rulebook may give, in thousandths.
pub const WEIGHT_MAX: u32 = 100_000;

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
        let posture = &self.posture;
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
                "dimensions",
                "gives no dimension any weight",
            ),
            (
                posture.iter().all(|weight| *weight <= WEIGHT_MAX),
                "dimensions",
                "a weight is over 100",
            ),
        ];
        let broken = rules.into_iter().filter(|(holds, ..)| !holds);
        broken.map(|(_, at, problem)| (at, problem)).collect()
    }

    /// Iterates over the dimensions that the posture is blended from.
    pub fn blended(&self) -> impl Iterator<Item = Weighed> + use<'_> {
        let counts = |weighed: &Weighed| self.posture[weighed.index()] > 0;
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
