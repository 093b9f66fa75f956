//! The index: `10 (W - S) / (W + S + c)`, in thousandths, from the sums of a day.
//!
//! Machine-coded mass is capped first: it may be at most the rulebook's share of people's mass,
//! the damping and itself together. Both its sides are cut alike.

use super::mass::Sums;
use crate::dimension::Weighed;
use crate::rulebook::{DimensionRule, Rulebook};

/// What the sums of a day come to, in thousandths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// Warmth.
    pub warmth: i64,
    /// Strain.
    pub strain: i64,
    /// The index, in (-10000, 10000). For threat it is that of strain alone.
    pub index: i64,
}

/// The most that machine-coded mass may be, beside what people say, and what it is; in millionths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cap {
    /// The most.
    pub most: i128,
    /// Both its sides together, before they are cut.
    pub machine: i128,
}

impl Cap {
    /// The cap on a day with these sums.
    #[must_use]
    pub fn of(sums: Sums, weighed: Weighed, rules: &Rulebook) -> Self {
        let damping = i128::from(rules.dimension(weighed).damping) * 1000;
        let share = i128::from(rules.machine_share);
        let people = i128::from(sums.warmth) + i128::from(sums.strain);
        Self {
            most: divided((people + damping) * share, (1000 - share).max(1)),
            machine: i128::from(sums.machine_warmth) + i128::from(sums.machine_strain),
        }
    }

    /// What the cap leaves of a part of the machines' mass.
    #[must_use]
    pub fn cut(self, mass: i128) -> i128 {
        if self.machine > self.most {
            mass * self.most / self.machine
        } else {
            mass
        }
    }
}

/// Reads the sums of a day.
#[must_use]
pub fn read(sums: Sums, weighed: Weighed, rules: &Rulebook) -> Reading {
    let damping = i128::from(rules.dimension(weighed).damping) * 1000;
    // Without machines there is nothing to cut, and most dimensions are without.
    let machines = sums.machine_warmth > 0 || sums.machine_strain > 0;
    let cap = machines.then(|| Cap::of(sums, weighed, rules));
    let cut = |mass: u64| cap.map_or(0, |cap| cap.cut(i128::from(mass)));
    let warmth = match weighed {
        Weighed::Threat => 0,
        _ => i128::from(sums.warmth) + cut(sums.machine_warmth),
    };
    let strain = i128::from(sums.strain) + cut(sums.machine_strain);
    let index = divided(
        10_000 * (warmth - strain),
        (warmth + strain + damping).max(1),
    );
    Reading {
        warmth: milli(warmth),
        strain: milli(strain),
        index: narrow(index),
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

/// Of all sums between those of two days, whose every part only fades: those that give the least
/// and the greatest index, and of threat the least and the greatest strain.
///
/// The index rises with warmth and falls with strain, also where machines' share is cut: it is
/// then `10 (p + k m) / (1 + k)`, with `p` the index of people's evidence over ten, `m` the balance
/// of the machines' and `k` the ratio of their cap. Of threat, what machines say to warm takes up
/// room under their cap.
pub(super) fn extremes(from: Sums, to: Sums, weighed: Weighed) -> (Sums, Sums) {
    let sums = |(warmth, machine_warmth): (&Sums, &Sums), strain: &Sums| Sums {
        warmth: warmth.warmth,
        strain: strain.strain,
        machine_warmth: machine_warmth.machine_warmth,
        machine_strain: strain.machine_strain,
    };
    match weighed {
        Weighed::Threat => (sums((&to, &from), &to), sums((&from, &to), &from)),
        _ => (sums((&to, &to), &from), sums((&from, &from), &to)),
    }
}

/// By how much, in thousandths, what is judged between two days may lie outside what their sums
/// give, when each sum is rounded down that many times by a millionth: a thousandth for its own
/// rounding, and what the roundings of the sums and of the decay table come to.
pub(super) fn slack(roundings: usize, rule: &DimensionRule) -> i64 {
    let damping = i128::from(rule.damping).max(1) * 1000;
    let roundings = i128::try_from(roundings).unwrap_or(i128::from(i64::MAX));
    narrow(1 + (80_000 * roundings + damping / 5) / damping)
}

/// A quotient, rounded towards zero. Narrow numbers, which nearly all are, are divided ten times
/// faster.
fn divided(one: i128, by: i128) -> i128 {
    match (i64::try_from(one), i64::try_from(by)) {
        (Ok(one), Ok(by)) => i128::from(one / by),
        _ => one / by,
    }
}

fn milli(micro: i128) -> i64 {
    narrow(divided(micro + 500, 1000))
}

fn narrow(value: i128) -> i64 {
    i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
}
