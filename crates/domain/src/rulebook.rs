//! The rulebook: what a grade, a kind and a date weigh, and where one level ends.
//!
//! It is data, read from a commented TOML file at the edge and checked here. All numbers are
//! thousandths (`1000` is one) unless a name says days. Two rulebooks are never mixed: each makes
//! a projection of its own.

mod corroboration;

use crate::decay::Decay;
use crate::dimension::Weighed;
use crate::grade::Grade;
use crate::kind::Kind;
use crate::level::Bound;

pub use corroboration::Corroboration;

/// What an event of a kind weighs, in one dimension.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    /// Adds to warmth.
    pub warmth: u32,
    /// Adds to strain.
    pub strain: u32,
}

/// What a kind of event means.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KindRule {
    /// Weights by [`Weighed::index`], in the direction of the act.
    pub weights: [Weight; 6],
    /// The share of them that weighs in the opposite direction too: it takes two to talk.
    pub mutual: u32,
    /// It is official contact: lifts recognition to `dealings`.
    pub contact: bool,
    /// Commentators read it as implicit recognition.
    pub signal: bool,
}

/// How one weighed dimension is summed and judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DimensionRule {
    /// Days in which faded evidence loses half its weight.
    pub half_life_days: u32,
    /// `c` in `10 (W - S) / (W + S + c)`: how much evidence it takes to be sure.
    pub damping: i64,
    /// The decay table of the half-life.
    pub decay: Decay,
}

/// A rulebook that has been checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rulebook {
    /// Its version, as its file names it.
    pub version: String,
    /// By [`Kind::index`].
    pub kinds: Vec<KindRule>,
    /// What a `coded` event weighs, by its place in [`crate::details::PLOVER`].
    pub coded: Vec<[Weight; 6]>,
    /// By [`Weighed::index`].
    pub dimensions: [DimensionRule; 6],
    /// What a source letter weighs, A to F.
    pub source: [u32; 6],
    /// What an information digit weighs, 1 to 6.
    pub information: [u32; 6],
    /// The weakest source letter that moves a ladder or a register (0 for A).
    pub ladder_source: u8,
    /// The weakest information digit that moves one (0 for 1).
    pub ladder_information: u8,
    /// What is left of a disputed event's weight.
    pub disputed: u32,
    /// What further publishers make of a grade.
    pub corroboration: Corroboration,
    /// What is left, after a change of authority, of what was felt before.
    pub carry_over: u32,
    /// The largest share of a mass (with its damping) that machine-coded evidence may have.
    pub machine_share: u32,
    /// Four bounds between the five levels of an index.
    pub levels: [Bound; 4],
    /// Three bounds between the four levels of threat, over its strain.
    pub threat: [Bound; 3],
    /// Warmth and strain are both at least this: the dimension is `mixed`.
    pub mixed: i64,
    /// Weights of the dimensions in the posture, by [`Weighed::index`].
    pub posture: [u32; 6],
    /// The days that a trajectory looks back.
    pub trajectory_days: u16,
    /// How far, in index, the window's evidence must have moved the posture.
    pub trajectory_step: i64,
}

/// One fault of a rulebook.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {problem}")]
pub struct Fault {
    /// Where: a dotted path into the file.
    pub at: String,
    /// What is wrong, and what is allowed.
    pub problem: String,
}

/// The largest weight that a rulebook may give, in thousandths.
pub const WEIGHT_MAX: u32 = 100_000;

impl Rulebook {
    /// What a grade weighs, in thousandths.
    #[must_use]
    pub fn grade_weight(&self, grade: Grade) -> u64 {
        u64::from(self.source[usize::from(grade.source())])
            * u64::from(self.information[usize::from(grade.information())])
            / 1000
    }

    /// Whether evidence of that grade may move a ladder.
    #[must_use]
    pub fn moves_ladders(&self, grade: Grade) -> bool {
        grade.source() <= self.ladder_source && grade.information() <= self.ladder_information
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

    /// Everything that is wrong with it; none for a rulebook that may be used.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut fault = |at: &str, problem: String| {
            faults.push(Fault {
                at: at.to_owned(),
                problem,
            });
        };
        if self.version.trim().is_empty() {
            fault("version", "is empty".to_owned());
        }
        if self.kinds.len() != Kind::ALL.len() {
            fault(
                "kinds",
                format!("has {} of {} kinds", self.kinds.len(), Kind::ALL.len()),
            );
        }
        let weights = self
            .kinds
            .iter()
            .map(|rule| &rule.weights)
            .chain(&self.coded)
            .flatten();
        if weights
            .into_iter()
            .any(|w| w.warmth > WEIGHT_MAX || w.strain > WEIGHT_MAX)
        {
            fault("kinds", format!("a weight is over {}", WEIGHT_MAX / 1000));
        }
        let shares = [
            ("grades.disputed", self.disputed),
            ("authority.carry_over", self.carry_over),
            ("machine.share", self.machine_share),
        ];
        for (at, share) in shares {
            if share > 1000 || (at == "machine.share" && share > 900) {
                fault(at, format!("{share} thousandths is over its bound"));
            }
        }
        if self
            .source
            .iter()
            .chain(&self.information)
            .any(|weight| *weight > 1000)
        {
            fault("grades", "a grade weighs more than 1".to_owned());
        }
        if let Some((at, problem)) = self.corroboration.fault() {
            fault(at, problem);
        }
        for weighed in Weighed::ALL {
            if self.dimension(weighed).damping <= 0 {
                fault(weighed.as_str(), "damping must be over 0".to_owned());
            }
        }
        if !ascending(&self.levels) {
            fault("levels", "bounds with their margins must ascend".to_owned());
        }
        if !ascending(&self.threat) {
            fault("threat", "bounds with their margins must ascend".to_owned());
        }
        if self.posture.iter().all(|weight| *weight == 0) {
            fault("posture", "gives no dimension any weight".to_owned());
        }
        if self.posture.iter().any(|weight| *weight > WEIGHT_MAX) {
            fault("posture", format!("a weight is over {}", WEIGHT_MAX / 1000));
        }
        faults
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
