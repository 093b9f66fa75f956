//! The sums of a dimension on any day, exactly.
//!
//! A weight counts in full from its first day until it fades, and then by the decay table of its
//! class of memory. Products are summed in full precision and shifted once, so that the result does
//! not depend on the order of addition. Weights that began to fade before a change of authority
//! keep the carry-over share for each change.

use super::bounds::{BoundsCursor, SumBounds, Transition, Transitions};
use super::regime::Takeover;
use super::term::Term;
use crate::day::Day;
use crate::decay::Decay;
use crate::rulebook::{MEMORIES, Memory, Rulebook};

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

/// Plain weights of one class of memory: the total by day, for each side, in order of days.
pub(super) type DailyMasses = [Vec<(Day, u64)>; 4];

/// The weights of a dimension, arranged for summing.
#[derive(Clone, Debug, Default)]
pub struct MassTable {
    /// The plain weights, by class of memory.
    pub(super) days: [DailyMasses; MEMORIES],
    /// Weights that count in full over a span.
    pub(super) spans: Vec<Term>,
    /// The changes of the authority of the object state, in order of days.
    pub(super) takeovers: Vec<Takeover>,
    /// The share kept after a change of authority, in thousandths.
    pub(super) carry_over: u64,
    /// The transitions of the weights that count over a span.
    pub(super) transitions: Transitions,
    /// The total of all weights, in millionths.
    pub(super) total: u64,
    /// True if a weight fades from the open beginning.
    pub(super) is_open: bool,
    /// Bounds near the last day that changed, so that they need not be advanced from the beginning.
    pub(super) cursor: Option<Box<BoundsCursor>>,
}

/// The days with weights below which bounds are advanced from the beginning.
const SHORT: usize = 64;

/// The days whose weights are summed: after the first, up to the second.
#[derive(Clone, Copy)]
struct Window {
    after: Option<Day>,
    day: Day,
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
        for term in terms {
            if !term.is_plain() {
                table.spans.push(*term);
                table.transitions.extend(Transition::of(term, rules));
                table.total = table.total.saturating_add(term.mass);
                continue;
            }
            table.add_plain(term);
        }
        table
            .transitions
            .sort_unstable_by_key(|(day, transition, _)| (*day, *transition));
        table
    }

    /// Adds the terms of an event.
    pub(super) fn add(&mut self, own: &[Term], rules: &Rulebook) {
        for term in own {
            if self
                .cursor
                .as_ref()
                .is_some_and(|kept| term.from <= kept.day())
            {
                self.cursor = None;
            }
            if term.is_plain() {
                self.add_plain(term);
                continue;
            }
            let place = self.spans.partition_point(|span| span.from <= term.from);
            self.spans.insert(place, *term);
            for of @ (day, transition, _) in Transition::of(term, rules) {
                let before = |of: &(Day, Transition, Term)| (of.0, of.1) <= (day, transition);
                let place = self.transitions.partition_point(before);
                self.transitions.insert(place, of);
            }
            self.total = self.total.saturating_add(term.mass);
        }
    }

    fn add_plain(&mut self, term: &Term) {
        self.total = self.total.saturating_add(term.mass);
        self.is_open |= term.from.is_open();
        let days = &mut self.days[term.memory][term.side.index()];
        match days.last_mut() {
            Some((day, sum)) if *day == term.from => *sum = sum.saturating_add(term.mass),
            Some((day, _)) if *day > term.from => {
                match days.binary_search_by_key(&term.from, |(day, _)| *day) {
                    Ok(place) => days[place].1 = days[place].1.saturating_add(term.mass),
                    Err(place) => days.insert(place, (term.from, term.mass)),
                }
            }
            _ => days.push((term.from, term.mass)),
        }
    }

    /// Keeps bounds of a day, unless advancing them from the beginning takes no time.
    pub(super) fn keep_cursor(&mut self, day: Day, rules: &Rulebook) {
        let days = self.days.as_flattened().iter().map(Vec::len);
        if days.sum::<usize>() + self.spans.len() < SHORT {
            return;
        }
        let bounds = SumBounds::new(self, rules);
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
        self.sums(Window { after: None, day }, memory)
    }

    /// Returns the sums of a day, of the weights that begin after an earlier one.
    #[must_use]
    pub fn since(&self, after: Day, day: Day, memory: &[Memory; MEMORIES]) -> Sums {
        let after = Some(after);
        self.sums(Window { after, day }, memory)
    }

    fn sums(&self, window: Window, memory: &[Memory; MEMORIES]) -> Sums {
        let day = window.day;
        let mut sums = [0u64; 4];
        for (days, memory) in self.days.iter().zip(memory) {
            let oldest = day.plus(-memory.decay.span());
            let oldest = window.after.map_or(oldest, |after| after.max(oldest));
            for (sum, days) in sums.iter_mut().zip(days) {
                let last = days.partition_point(|(from, _)| *from <= day);
                let first = days.partition_point(|(from, _)| *from <= oldest).min(last);
                *sum = sum.saturating_add(self.faded(&days[first..last], day, &memory.decay));
            }
        }
        let begun =
            |term: &&Term| term.from <= day && window.after.is_none_or(|after| after < term.from);
        for term in self.spans.iter().filter(begun) {
            let sum = &mut sums[term.side.index()];
            *sum = sum.saturating_add(self.weighs(term, day, memory));
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
        let decay = &memory[term.memory].decay;
        let product = u128::from(term.mass) * u128::from(decay.left(day.since(term.fade)));
        self.carried(narrow(product >> 30), self.restarted(term.fade, day))
    }

    fn faded(&self, days: &[(Day, u64)], day: Day, decay: &Decay) -> u64 {
        if days.is_empty() {
            return 0;
        }
        let mut total = 0u64;
        let mut rest = days;
        // From the latest authority to the earliest; one exact sum for each.
        let restarts = self.takeovers.iter().rev().map(|takeover| takeover.day);
        let past = restarts.filter(|restart| *restart <= day);
        for (age, restart) in past.chain([Day::MIN]).enumerate() {
            let split = rest.partition_point(|(from, _)| *from < restart);
            let split = if restart == Day::MIN { 0 } else { split };
            let sum = products(&rest[split..], day, decay);
            total = total.saturating_add(self.carried(narrow(sum >> 30), age));
            rest = &rest[..split];
        }
        total
    }

    /// Counts the changes of authority after `fade`, up to `day`.
    pub(super) fn restarted(&self, fade: Day, day: Day) -> usize {
        let reduces = |takeover: &&Takeover| fade < takeover.day && takeover.day <= day;
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
