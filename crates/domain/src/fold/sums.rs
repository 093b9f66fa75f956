//! The sums of a dimension on any day, exactly.
//!
//! A weight counts in full from its first day until it fades, and then by the decay table of its
//! class of memory. Weights that fade are summed by the day from which they do: their products are
//! added in full precision and shifted once, so that the result does not depend on the order of
//! addition. Weights that began to fade before a change of authority keep the carry-over share for
//! each change.

mod held;
mod masses;

use super::bounds::{BoundsCursor, SumBounds};
use super::regime::Takeover;
use super::term::Term;
use super::terms::FEW;
use crate::day::Day;
use crate::decay::Decay;
use crate::rulebook::{MEMORIES, Memory, Rulebook};
use held::Held;
pub(super) use masses::{Fades, Masses};

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
    /// The plain weights.
    pub(super) days: Fades,
    /// The weights that count over a span before they fade.
    pub(super) fades: Fades,
    /// The weights that count in full, by day.
    pub(super) held: Held,
    /// The terms of weights that count over a span, in order of first days.
    spans: Vec<Term>,
    /// The changes of the authority of the object state, in order of days.
    pub(super) takeovers: Vec<Takeover>,
    /// The share kept after a change of authority, in thousandths; 0 while there are no weights.
    pub(super) carry_over: u64,
    /// The total of all weights, in millionths.
    pub(super) total: u64,
    /// True if a weight fades from the open beginning.
    pub(super) is_open: bool,
    /// Bounds near the last day that changed, so that they need not be advanced from the beginning.
    pub(super) cursor: Option<Box<BoundsCursor>>,
}

/// The days with weights below which bounds are advanced from the beginning.
const SHORT: usize = 64;

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

impl Sums {
    /// Returns the sums of the evidence graded by people alone.
    #[must_use]
    pub fn by_people(self) -> Self {
        Self {
            warmth: self.warmth,
            strain: self.strain,
            ..Self::default()
        }
    }
}

impl MassTable {
    /// Arranges terms, which are in order of days.
    #[must_use]
    pub fn new(terms: &[Term], takeovers: Vec<Takeover>, rules: &Rulebook) -> Self {
        let mut table = Self {
            takeovers,
            carry_over: u64::from(rules.carry_over),
            ..Self::default()
        };
        table.spans = terms
            .iter()
            .filter(|term| !term.is_plain())
            .copied()
            .collect();
        table.held = Held::new(&table.spans);
        for term in terms {
            table.total = table.total.saturating_add(term.mass);
            table.add_fading(term);
        }
        table
    }

    /// Adds terms, those of an event adjacent.
    pub(super) fn add(&mut self, own: &[Term], rules: &Rulebook) {
        self.carry_over = u64::from(rules.carry_over);
        for term in own {
            self.forget_cursor(term.from);
            self.total = self.total.saturating_add(term.mass);
            self.add_fading(term);
        }
        let spans = own.iter().filter(|term| !term.is_plain());
        if own.len() > FEW {
            self.spans.extend(spans);
            self.spans.sort_by_key(|span| span.from);
            self.held = Held::new(&self.spans);
            return;
        }
        for term in spans {
            let place = self.spans.partition_point(|span| span.from <= term.from);
            self.spans.insert(place, *term);
            self.held.add(term);
        }
    }

    /// Removes a plain weight, which is in the table.
    pub(super) fn remove(&mut self, term: &Term) {
        self.forget_cursor(term.from);
        self.total = self.total.saturating_sub(term.mass);
        self.days.remove(term);
    }

    /// Gives memory back that is not used.
    pub(super) fn shrink(&mut self) {
        self.days.shrink();
        self.fades.shrink();
        self.spans.shrink_to_fit();
    }

    /// Drops the kept bounds, unless they are of a day before this one.
    fn forget_cursor(&mut self, from: Day) {
        self.cursor = self.cursor.take().filter(|kept| kept.day() < from);
    }

    /// Adds a weight to those of the day from which it fades, if there is one.
    fn add_fading(&mut self, term: &Term) {
        if term.fade == Day::MAX && !term.is_plain() {
            return;
        }
        self.is_open |= term.fade.is_open();
        if term.is_plain() {
            self.days.add(term);
        } else {
            self.fades.add(term);
        }
    }

    /// Returns the terms of weights that count over a span and begin by a day, in order of days.
    pub(super) fn begun(&self, day: Day) -> &[Term] {
        &self.spans[..self.spans.partition_point(|term| term.from <= day)]
    }

    /// Keeps bounds of a day, unless advancing them from the beginning takes no time.
    pub(super) fn keep_cursor(&mut self, day: Day, rules: &Rulebook) {
        let lists = self.days.lists().iter().chain(self.fades.lists());
        if lists.map(|masses| masses.days.len()).sum::<usize>() < SHORT {
            return;
        }
        let bounds = SumBounds::new(self, rules);
        if !bounds.is_bounded() {
            return;
        }
        let mut cursor = bounds.begin(day);
        bounds.advance(&mut cursor, day);
        match &mut self.cursor {
            Some(kept) => **kept = cursor,
            none => *none = Some(Box::new(cursor)),
        }
    }

    /// Returns the sums of a day.
    #[must_use]
    pub fn at(&self, day: Day, memory: &[Memory; MEMORIES]) -> Sums {
        self.sums((None, day), &self.fades, self.held.at(day), memory)
    }

    /// Returns the sums of a day, of the weights that begin after an earlier one.
    #[must_use]
    pub fn since(&self, after: Day, day: Day, memory: &[Memory; MEMORIES]) -> Sums {
        let first = self.spans.partition_point(|term| term.from <= after);
        let last = self.spans.partition_point(|term| term.from <= day);
        let (mut begun, mut held) = (Self::default(), [0u64; 4]);
        for term in self.spans.get(first..last).unwrap_or_default() {
            if term.fade <= day {
                begun.add_fading(term);
            } else {
                let held = &mut held[term.side.index()];
                *held = held.saturating_add(term.mass);
            }
        }
        self.sums((Some(after), day), &begun.fades, held, memory)
    }

    /// Sums the plain weights after a day, or all, up to another; those of a table that fade by
    /// then; and those that count in full.
    fn sums(
        &self,
        (after, day): (Option<Day>, Day),
        fades: &Fades,
        mut sums: [u64; 4],
        memory: &[Memory; MEMORIES],
    ) -> Sums {
        let mut add = |masses: &Masses, parts: [&[(Day, u64)]; 2]| {
            let (memory, sum) = (&memory[masses.place().0], &mut sums[masses.place().1]);
            let oldest = day.plus(-memory.decay.span());
            let oldest = after.map_or(oldest, |after| after.max(oldest));
            let parts = parts.map(|days| between(days, oldest, day));
            *sum = sum.saturating_add(self.faded(parts, day, &memory.decay));
        };
        for masses in self.days.lists() {
            add(
                masses,
                [&masses.days, fades.of(masses.key).unwrap_or_default()],
            );
        }
        let others = fades.lists().iter();
        for masses in others.filter(|masses| self.days.of(masses.key).is_none()) {
            add(masses, [&[], &masses.days]);
        }
        Sums::from(sums)
    }

    /// Returns the rest of a term on a day, in millionths; 0 before its first day.
    #[must_use]
    pub fn left(&self, term: &Term, day: Day, memory: &[Memory; MEMORIES]) -> u64 {
        if term.from > day {
            return 0;
        }
        self.weighs(term, day, memory)
    }

    fn weighs(&self, term: &Term, day: Day, memory: &[Memory; MEMORIES]) -> u64 {
        let decay = &memory[usize::from(term.memory)].decay;
        let product = u128::from(term.mass) * u128::from(decay.left(day.since(term.fade)));
        self.carried(narrow(product >> 30), self.restarted(term.fade, day))
    }

    /// Sums weights by the days from which they fade.
    fn faded(&self, mut parts: [&[(Day, u64)]; 2], day: Day, decay: &Decay) -> u64 {
        if parts.iter().all(|days| days.is_empty()) {
            return 0;
        }
        let mut total = 0u64;
        // From the latest authority to the earliest; one exact sum for each.
        let restarts = self.takeovers.iter().rev().map(|takeover| takeover.day);
        let past = restarts.filter(|restart| *restart <= day);
        for (age, restart) in past.chain([Day::MIN]).enumerate() {
            let mut sum = 0;
            for days in &mut parts {
                let split = days.partition_point(|(from, _)| *from < restart);
                let split = if restart == Day::MIN { 0 } else { split };
                sum += products(&days[split..], day, decay);
                *days = &days[..split];
            }
            total = total.saturating_add(self.carried(narrow(sum >> 30), age));
            if parts.iter().all(|days| days.is_empty()) {
                break;
            }
        }
        total
    }

    /// Counts the changes of authority after `fade`, up to `day`.
    pub(super) fn restarted(&self, fade: Day, day: Day) -> usize {
        let until = |day| {
            self.takeovers
                .partition_point(|takeover| takeover.day <= day)
        };
        until(day).saturating_sub(until(fade))
    }

    /// Returns the rest of a weight after that many changes of authority.
    pub(super) fn carried(&self, mass: u64, times: usize) -> u64 {
        let mut left = mass;
        for _ in 0..times {
            let carried = narrow(u128::from(left) * u128::from(self.carry_over) / 1000);
            // It stays so: nothing is left, or nothing is lost.
            if carried == left {
                break;
            }
            left = carried;
        }
        left
    }
}

/// Returns the weights that fade after a day, up to another.
fn between(days: &[(Day, u64)], after: Day, day: Day) -> &[(Day, u64)] {
    let last = days.partition_point(|(from, _)| *from <= day);
    let first = days.partition_point(|(from, _)| *from <= after);
    days.get(first..last).unwrap_or_default()
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
