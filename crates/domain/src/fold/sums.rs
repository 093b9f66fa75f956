//! The sums of a dimension on any day, exactly.
//!
//! A weight counts in full from its first day until it fades, and then by the decay table. Products
//! are summed in full precision and shifted once, so that the result does not depend on the order
//! of addition. Weights from before a change of authority keep the carry-over share for each
//! change.

use super::regime::Takeover;
use super::term::Term;
use crate::day::Day;
use crate::decay::Decay;

/// The sums of a day, in millionths.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// The warmth of evidence graded by people.
    pub warmth: u64,
    /// The strain of it.
    pub strain: u64,
    /// The warmth of machine-coded rows.
    pub machine_warmth: u64,
    /// The strain of them.
    pub machine_strain: u64,
}

/// The weights of a dimension, arranged for summing.
#[derive(Clone, Debug, Default)]
pub struct MassTable {
    /// The total of plain weights by day, for each side, in order of days.
    pub(super) days: [Vec<(Day, u64)>; 4],
    /// Weights that count in full over a span or until closed.
    pub(super) spans: Vec<Term>,
    /// The changes of the authority of the object state, in order of days.
    pub(super) takeovers: Vec<Takeover>,
    /// The share kept after a change of authority, in thousandths.
    pub(super) carry_over: u64,
}

impl From<[u64; 4]> for Sums {
    fn from([warmth, strain, machine_warmth, machine_strain]: [u64; 4]) -> Self {
        Self {
            warmth,
            strain,
            machine_warmth,
            machine_strain,
        }
    }
}

impl MassTable {
    /// Arranges terms, which are in order of days; `carry_over` in thousandths.
    #[must_use]
    pub fn new(terms: &[Term], takeovers: Vec<Takeover>, carry_over: u32) -> Self {
        let mut table = Self {
            takeovers,
            carry_over: u64::from(carry_over),
            ..Self::default()
        };
        for term in terms {
            if !term.is_plain() {
                table.spans.push(*term);
                continue;
            }
            let days = &mut table.days[term.side.index()];
            match days.last_mut() {
                Some((day, sum)) if *day == term.from => *sum = sum.saturating_add(term.mass),
                _ => days.push((term.from, term.mass)),
            }
        }
        table
    }

    /// Returns the sums of a day.
    #[must_use]
    pub fn at(&self, day: Day, decay: &Decay) -> Sums {
        self.up_to(day, day, decay)
    }

    /// Returns the sums that a day would have if nothing had happened after the day `begun`:
    /// entries closed since then still stand, and authorities changed since then still govern.
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
        Sums::from(sums)
    }

    /// Returns the rest of a term on a day, in millionths; 0 on days on which it does not count.
    #[must_use]
    pub fn left(&self, term: &Term, day: Day, decay: &Decay) -> u64 {
        if term.from > day || day >= term.until {
            return 0;
        }
        self.weighs(term, day, day, decay)
    }

    /// Returns the weight of a term on a day, closed or not, by the authorities of the day `begun`.
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
        // From the latest authority to the earliest; one exact sum for each.
        let restarts = self.takeovers.iter().rev().map(|takeover| takeover.day);
        let past = restarts.filter(|restart| *restart <= begun);
        for (age, restart) in past.chain([Day::MIN]).enumerate() {
            let split = rest.partition_point(|(from, _)| *from < restart);
            let split = if restart == Day::MIN { 0 } else { split };
            let sum = products(&rest[split..], day, decay);
            total = total.saturating_add(self.carried(narrow(sum >> 30), age));
            rest = &rest[..split];
        }
        total
    }

    /// Counts the changes of authority after `from`, up to `day`.
    pub(super) fn restarted(&self, from: Day, day: Day) -> usize {
        let reduces = |takeover: &&Takeover| from < takeover.day && takeover.day <= day;
        self.takeovers.iter().filter(reduces).count()
    }

    /// Returns the rest of a weight after that many changes of authority.
    pub(super) fn carried(&self, mass: u64, times: usize) -> u64 {
        (0..times).fold(mass, |left, _| {
            narrow(u128::from(left) * u128::from(self.carry_over) / 1000)
        })
    }
}

/// Sums the masses times their decay: the innermost loop of the fold.
fn products(days: &[(Day, u64)], day: Day, decay: &Decay) -> u128 {
    let product = |mass: u64, left: u32| u128::from(mass) * u128::from(left);
    // Usually all days are civil and within the table; then ages are plain differences.
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
