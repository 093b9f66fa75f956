//! The rulebook: the weights of grades and kinds, their decay, and the thresholds of levels.
//!
//! It is data, parsed from a TOML file by another crate and checked here. All numbers are
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
    /// The weakest source letter that moves a ladder or a register (0 for A).
    pub ladder_source: u8,
    /// The weakest information digit that moves one (0 for 1).
    pub ladder_information: u8,
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

/// A fault of a rulebook.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{at}: {problem}")]
pub struct Fault {
    /// A dotted path into the file.
    pub at: String,
    /// The problem, and what is allowed.
    pub problem: String,
}

/// The largest weight that a rulebook may give, in thousandths.
pub const WEIGHT_MAX: u32 = 100_000;

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

    /// Returns all faults; none if the rulebook can be used.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let mut require = |holds: bool, at: &str, problem: String| {
            if !holds {
                let at = at.to_owned();
                faults.push(Fault { at, problem });
            }
        };
        let (kinds, all) = (self.kinds.len(), Kind::ALL.len());
        let weights = self.kinds.iter().map(|rule| &rule.weights);
        let mut weights = weights.chain(&self.coded).flatten();
        let bounded = weights.all(|w| w.warmth <= WEIGHT_MAX && w.strain <= WEIGHT_MAX);
        let too_heavy = format!("a weight is over {}", WEIGHT_MAX / 1000);
        require(
            !self.version.trim().is_empty(),
            "version",
            "is empty".to_owned(),
        );
        require(kinds == all, "kinds", format!("has {kinds} of {all} kinds"));
        require(bounded, "kinds", too_heavy.clone());
        let shares = [
            ("grades.disputed", self.disputed, 1000),
            ("authority.carry_over", self.carry_over, 1000),
            ("machine.share", self.machine_share, 900),
        ];
        for (at, share, most) in shares {
            require(
                share <= most,
                at,
                format!("{share} thousandths is over its bound"),
            );
        }
        let mut grades = self.source.iter().chain(&self.information);
        let problem = "a grade weighs more than 1".to_owned();
        require(grades.all(|weight| *weight <= 1000), "grades", problem);
        if let Some((at, problem)) = self.corroboration.fault() {
            require(false, at, problem);
        }
        for weighed in Weighed::ALL {
            let damping = self.dimension(weighed).damping;
            require(
                damping > 0,
                weighed.as_str(),
                "damping must be over 0".to_owned(),
            );
        }
        let problem = "bounds with their margins must ascend";
        require(ascending(&self.levels), "levels", problem.to_owned());
        require(ascending(&self.threat), "threat", problem.to_owned());
        let mut posture = self.posture.iter();
        let problem = "gives no dimension any weight".to_owned();
        require(posture.any(|weight| *weight > 0), "posture", problem);
        let bounded = self.posture.iter().all(|weight| *weight <= WEIGHT_MAX);
        require(bounded, "posture", too_heavy);
        faults
    }

    /// Iterates over the dimensions that the posture is blended from.
    pub fn blended(&self) -> impl Iterator<Item = Weighed> + use<'_> {
        let counts = |weighed: &Weighed| self.posture[weighed.index()] > 0;
        Weighed::ALL.into_iter().filter(counts)
    }

    /// The weakest grade that moves ladders and registers.
    #[must_use]
    pub const fn weakest_for_ladders(&self) -> Grade {
        Grade::new(self.ladder_source, self.ladder_information)
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
