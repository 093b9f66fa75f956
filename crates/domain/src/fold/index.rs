//! The index: `10 (W - S) / (W + S + c)`, in thousandths, from the sums of a day.
//!
//! Machine-coded mass is capped first, at the rulebook's share of the total of people's mass, the
//! damping and itself. Both its sides are reduced by the same factor.

use super::sums::Sums;
use crate::dimension::Weighed;
use crate::level::{Level, Threat};
use crate::rulebook::Rulebook;

/// The reading of a day, in thousandths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Warmth.
    pub warmth: i64,
    /// Strain.
    pub strain: i64,
    /// The index, in (-10000, 10000); for threat, of strain alone.
    pub index: i64,
}

/// The cap of machine-coded mass, in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cap {
    /// The maximum.
    pub most: i128,
    /// The machine-coded mass of both sides, before it is reduced.
    pub machine: i128,
}

impl Cap {
    /// Computes the cap of a day with these sums.
    #[must_use]
    pub fn new(sums: Sums, weighed: Weighed, rules: &Rulebook) -> Self {
        let damping = i128::from(rules.dimension(weighed).damping) * 1000;
        let share = i128::from(rules.machine_share);
        let people = i128::from(sums.warmth) + i128::from(sums.strain);
        Self {
            most: divided((people + damping) * share, (1000 - share).max(1)),
            machine: i128::from(sums.machine_warmth) + i128::from(sums.machine_strain),
        }
    }

    /// Reduces a part of the machine-coded mass.
    #[must_use]
    pub fn apply(self, mass: i128) -> i128 {
        if self.machine > self.most {
            mass * self.most / self.machine
        } else {
            mass
        }
    }
}

/// Computes the reading of a day from its sums.
#[must_use]
pub fn read(sums: Sums, weighed: Weighed, rules: &Rulebook) -> Reading {
    let damping = i128::from(rules.dimension(weighed).damping) * 1000;
    // Most dimensions have no machine-coded evidence.
    let machines = sums.machine_warmth > 0 || sums.machine_strain > 0;
    let cap = machines.then(|| Cap::new(sums, weighed, rules));
    let cut = |mass: u64| cap.map_or(0, |cap| cap.apply(i128::from(mass)));
    let warmth = match weighed {
        Weighed::Threat => 0,
        _ => i128::from(sums.warmth) + cut(sums.machine_warmth),
    };
    let strain = i128::from(sums.strain) + cut(sums.machine_strain);
    let index = quotient(warmth, strain, damping);
    Reading {
        warmth: milli(warmth),
        strain: milli(strain),
        index: narrow(index),
    }
}

/// Computes an index from masses and damping, all in thousandths.
#[must_use]
pub fn of(warmth: i64, strain: i64, damping: i64) -> i64 {
    let [warmth, strain, damping] = [warmth, strain, damping].map(i128::from);
    narrow(quotient(warmth, strain, damping))
}

/// Returns the index of sums and a damping, all in one unit.
pub(super) fn quotient(warmth: i128, strain: i128, damping: i128) -> i128 {
    divided(
        10_000 * (warmth - strain),
        (warmth + strain + damping).max(1),
    )
}

impl Reading {
    /// The value that the level is judged by: the index; for threat, the strain.
    #[must_use]
    pub const fn judged(self, weighed: Weighed) -> i64 {
        match weighed {
            Weighed::Threat => self.strain,
            _ => self.index,
        }
    }
}

/// Returns, of all sums of people's evidence between two others, the coldest and the warmest. All
/// that is read from sums rises, or falls, from the one to the other, its roundings included.
pub(super) fn extremes(least: Sums, greatest: Sums) -> [Sums; 2] {
    let sums = |warmth, strain| Sums {
        warmth,
        strain,
        ..Sums::default()
    };
    [
        sums(least.warmth, greatest.strain),
        sums(greatest.warmth, least.strain),
    ]
}

/// Divides, rounding towards zero. Division of numbers that fit into 64 bits, which nearly all do,
/// is ten times faster.
fn divided(value: i128, by: i128) -> i128 {
    match (i64::try_from(value), i64::try_from(by)) {
        (Ok(value), Ok(by)) => i128::from(value / by),
        _ => value / by,
    }
}

/// Computes the masses of a day from sums of people's evidence, without their index.
pub(super) fn masses(sums: Sums, weighed: Weighed) -> Reading {
    let warmth = match weighed {
        Weighed::Threat => 0,
        _ => sums.warmth,
    };
    Reading {
        warmth: milli(i128::from(warmth)),
        strain: milli(i128::from(sums.strain)),
        index: 0,
    }
}

fn milli(micro: i128) -> i64 {
    narrow(divided(micro + 500, 1000))
}

/// Returns a number, or the nearest that fits.
pub(super) fn narrow(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}

/// Returns the words of the levels of a weighed dimension, from the lowest.
pub(super) fn level_words(weighed: Weighed) -> Vec<&'static str> {
    match weighed {
        Weighed::Threat => Threat::ALL.map(Threat::as_str).to_vec(),
        _ => Level::ALL.map(Level::as_str).to_vec(),
    }
}
