//! The index: `10 (W - S) / (W + S + c)`, in thousandths, from the sums of a day.
//!
//! Machine-coded mass is capped first: it may be at most the rulebook's share of people's mass,
//! the damping and itself together. Both its sides are cut alike.

use super::mass::Sums;
use crate::dimension::Weighed;
use crate::rulebook::Rulebook;

/// What the sums of a day come to, in thousandths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Warmth.
    pub warmth: i64,
    /// Strain.
    pub strain: i64,
    /// The index, in (-10000, 10000). For threat it is that of strain alone.
    pub index: i64,
    /// Machine-coded mass was cut.
    pub capped: bool,
}

/// Reads the sums of a day.
#[must_use]
pub fn read(sums: Sums, weighed: Weighed, rules: &Rulebook) -> Reading {
    let damping = i128::from(rules.dimension(weighed).damping) * 1000;
    let share = i128::from(rules.machine_share);
    let people = i128::from(sums.warmth) + i128::from(sums.strain);
    let machine = i128::from(sums.machine_warmth) + i128::from(sums.machine_strain);
    let cap = (people + damping) * share / (1000 - share).max(1);
    let capped = machine > cap;
    let cut = |mass: u64| {
        if capped {
            i128::from(mass) * cap / machine
        } else {
            i128::from(mass)
        }
    };
    let warmth = match weighed {
        Weighed::Threat => 0,
        _ => i128::from(sums.warmth) + cut(sums.machine_warmth),
    };
    let strain = i128::from(sums.strain) + cut(sums.machine_strain);
    let index = 10_000 * (warmth - strain) / (warmth + strain + damping).max(1);
    Reading {
        warmth: milli(warmth),
        strain: milli(strain),
        index: narrow(index),
        capped,
    }
}

impl Reading {
    /// What the level is judged by: the index; for threat, the strain.
    #[must_use]
    pub const fn judged(&self, weighed: Weighed) -> i64 {
        match weighed {
            Weighed::Threat => self.strain,
            _ => self.index,
        }
    }
}

fn milli(micro: i128) -> i64 {
    narrow((micro + 500) / 1000)
}

fn narrow(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}
