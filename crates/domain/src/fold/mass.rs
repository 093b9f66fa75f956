//! Mass: the sums of a dimension on any day, exactly.
//!
//! A weight counts in full from its first day to the day from which it fades, then by the decay
//! table. Sums are taken over whole products, then shifted once, so that no order of addition
//! shows. Weights felt before a change of authority are left with the carry-over share for each
//! change since.

use super::terms::{Side, Term};
use crate::day::Day;
use crate::decay::Decay;

/// Sums of a day, in millionths: people's warmth and strain, then machines'.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Warmth from evidence that people graded.
    pub warmth: u64,
    /// Strain from it.
    pub strain: u64,
    /// Warmth from machine-coded rows.
    pub machine_warmth: u64,
    /// Strain from them.
    pub machine_strain: u64,
}

/// The weights of a dimension, arranged for summing.
#[derive(Clone, Debug, Default)]
pub struct Mass {
    /// By side: weights of exact days, one sum a day, in order of days.
    pub(super) days: [Vec<(Day, u64)>; 4],
    /// Weights that hold over a span or until closed.
    pub(super) spans: Vec<Term>,
    /// Days on which the authority in the object of the conduct changed.
    pub(super) restarts: Vec<Day>,
    pub(super) carry_over: u64,
}

impl Mass {
    /// Arranges terms; `carry_over` in thousandths.
    #[must_use]
    pub fn new(terms: &[Term], restarts: Vec<Day>, carry_over: u32) -> Self {
        let mut mass = Self {
            restarts,
            carry_over: u64::from(carry_over),
            ..Self::default()
        };
        for term in terms {
            if !term.is_plain() {
                mass.spans.push(*term);
                continue;
            }
            let days = &mut mass.days[term.side.index()];
            match days.last_mut() {
                Some((day, sum)) if *day == term.from => *sum = sum.saturating_add(term.mass),
                _ => days.push((term.from, term.mass)),
            }
        }
        mass
    }

    /// The sums on a day.
    #[must_use]
    pub fn at(&self, day: Day, decay: &Decay) -> Sums {
        self.up_to(day, day, decay)
    }

    /// The sums on a day of what stood on an earlier day: what would be left had nothing happened
    /// since. What was closed since still stands, and no authority has changed.
    #[must_use]
    pub fn up_to(&self, day: Day, begun: Day, decay: &Decay) -> Sums {
        let mut sums = [0u64; 4];
        let oldest = day.plus(-decay.span());
        for (sum, days) in sums.iter_mut().zip(&self.days) {
            let last = days.partition_point(|(from, _)| *from <= begun);
            let first = days.partition_point(|(from, _)| *from <= oldest).min(last);
            *sum = self.faded(&days[first..last], day, begun, decay);
        }
        for term in &self.spans {
            if term.from <= begun && begun < term.until {
                let sum = &mut sums[term.side.index()];
                *sum = sum.saturating_add(self.weighs(term, day, begun, decay));
            }
        }
        let [warmth, strain, machine_warmth, machine_strain] = sums;
        Sums {
            warmth,
            strain,
            machine_warmth,
            machine_strain,
        }
    }

    /// What is left of a term on a day on which it counts, in millionths.
    #[must_use]
    pub fn left(&self, term: &Term, day: Day, decay: &Decay) -> u64 {
        if term.from > day || day >= term.until {
            return 0;
        }
        self.weighs(term, day, day, decay)
    }

    /// What a term weighs on a day, closed or not, by the authorities of an earlier day.
    fn weighs(&self, term: &Term, day: Day, begun: Day, decay: &Decay) -> u64 {
        let product = u128::from(term.mass) * u128::from(decay.left(day.since(term.fade)));
        let left = narrow(product >> 30);
        if term.stands() {
            left
        } else {
            self.carried(left, self.restarted(term.from, begun))
        }
    }

    fn faded(&self, days: &[(Day, u64)], day: Day, begun: Day, decay: &Decay) -> u64 {
        if days.is_empty() {
            return 0;
        }
        let mut total = 0u64;
        let mut rest = days;
        // From the youngest regime to the oldest; within one, a single exact sum.
        let past = self
            .restarts
            .iter()
            .rev()
            .filter(|restart| **restart <= begun);
        for (age, restart) in past.copied().chain([Day::MIN]).enumerate() {
            let split = rest.partition_point(|(from, _)| *from < restart);
            let split = if restart == Day::MIN { 0 } else { split };
            let sum = products(&rest[split..], day, decay);
            total = total.saturating_add(self.carried(narrow(sum >> 30), age));
            rest = &rest[..split];
        }
        total
    }

    /// How often the authority changed after a term began, up to a day.
    pub(super) fn restarted(&self, from: Day, day: Day) -> usize {
        self.restarts
            .iter()
            .filter(|restart| from < **restart && **restart <= day)
            .count()
    }

    /// What is left of a weight after so many changes of authority.
    pub(super) fn carried(&self, mass: u64, times: usize) -> u64 {
        (0..times).fold(mass, |left, _| {
            narrow(u128::from(left) * u128::from(self.carry_over) / 1000)
        })
    }
}

/// The sum of masses times what is left of each: the innermost loop of the fold.
fn products(days: &[(Day, u64)], day: Day, decay: &Decay) -> u128 {
    let product = |mass: u64, left: u32| u128::from(mass) * u128::from(left);
    // All of them are of civil days within the table, as a rule; then ages are plain differences.
    let civil = days.first().is_some_and(|(from, _)| !from.is_open()) && !day.is_open();
    let last = days.last().map_or(day, |(from, _)| *from);
    let table = decay.table();
    let oldest = days.first().map_or(0, |(from, _)| day.since(*from));
    let within = usize::try_from(oldest).is_ok_and(|oldest| oldest < table.len());
    if !(civil && within && last <= day) {
        let left = |from: Day| decay.left(day.since(from));
        return days
            .iter()
            .map(|(from, mass)| product(*mass, left(*from)))
            .sum();
    }
    let today = day.ordinal();
    let mut sum = 0;
    for (from, mass) in days {
        let age = today.abs_diff(from.ordinal());
        let left = table.get(age as usize).copied().unwrap_or_default();
        sum += product(*mass, left);
    }
    sum
}

fn narrow(value: u128) -> u64 {
    u64::try_from(value).unwrap_or(u64::MAX)
}

impl Side {
    /// Its place among [`Sums`].
    #[must_use]
    pub const fn index(self) -> usize {
        match self {
            Self {
                strain: false,
                machine: false,
            } => 0,
            Self {
                strain: true,
                machine: false,
            } => 1,
            Self {
                strain: false,
                machine: true,
            } => 2,
            Self {
                strain: true,
                machine: true,
            } => 3,
        }
    }
}
