//! The evidence of a dimension on a day, greatest weights first.
//!
//! A state names only the first few events. Plain weights are visited from the latest back, until
//! no earlier one can weigh as much as those found.

use super::sums::MassTable;
use super::term::Term;
use super::{DimensionSums, Folded, FoldedConduct};
use crate::day::Day;
use crate::decay::HALF_LIVES;
use crate::dimension::{Dimension, Weighed};
use crate::kind::DurationClass;
use crate::level::Level;
use crate::rulebook::{MEMORIES, Memory};
use crate::state::{Basis, EVIDENCE_MAX};
use std::cmp::Reverse;

/// An event with plain terms.
#[derive(Clone, Copy, Debug)]
struct Plain {
    /// The day.
    from: Day,
    /// The index of its first term.
    term: usize,
    /// By class of memory, the number of events up to this one.
    count: [usize; MEMORIES],
    /// By class of memory, the number of disputed events up to this one.
    disputed: [usize; MEMORIES],
    /// The greatest weight of an event up to this one.
    most: u64,
}

/// The events with plain terms of a dimension, for finding the greatest weights of a day.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// In order of terms.
    plain: Vec<Plain>,
    /// The smallest mass of their terms.
    least: u64,
}

impl Default for Evidence {
    fn default() -> Self {
        Self::new(&[], |_| false)
    }
}

impl Evidence {
    /// Arranges terms, which are in order; `disputed` takes the index of an item.
    pub(super) fn new(terms: &[Term], disputed: impl Fn(u32) -> bool) -> Self {
        let mut plain: Vec<Plain> = Vec::new();
        let mut least = u64::MAX;
        let mut place = 0;
        for own in terms.chunk_by(same_event) {
            let (first, term) = (own[0], place);
            place += own.len();
            if !first.is_plain() {
                continue;
            }
            let before = plain.last();
            let before = before.map(|before| (before.count, before.disputed, before.most));
            let (mut count, mut disputes, most) = before.unwrap_or_default();
            count[first.memory] += 1;
            disputes[first.memory] += usize::from(disputed(first.item));
            let masses = own.iter().map(|term| term.mass);
            least = masses.clone().fold(least, u64::min);
            plain.push(Plain {
                from: first.from,
                term,
                count,
                disputed: disputes,
                most: most.max(masses.fold(0, u64::saturating_add)),
            });
        }
        Self { plain, least }
    }

    /// Adds the terms of an event, which are now at a place among all.
    pub(super) fn add(&mut self, own: &[Term], place: usize, disputed: bool) {
        let at = self.plain.partition_point(|plain| plain.term < place);
        for plain in &mut self.plain[at..] {
            plain.term += own.len();
        }
        let Some(first) = own.first().filter(|first| first.is_plain()) else {
            return;
        };
        let total = own
            .iter()
            .map(|term| term.mass)
            .fold(0, u64::saturating_add);
        self.least = own.iter().map(|term| term.mass).fold(self.least, u64::min);
        let before = at.checked_sub(1).map(|before| self.plain[before]);
        let (count, disputes, most) = before.map_or_else(Default::default, |before| {
            (before.count, before.disputed, before.most)
        });
        let new = Plain {
            from: first.from,
            term: place,
            count,
            disputed: disputes,
            most,
        };
        self.plain.insert(at, new);
        for plain in &mut self.plain[at..] {
            plain.count[first.memory] += 1;
            plain.disputed[first.memory] += usize::from(disputed);
            plain.most = plain.most.max(total);
        }
    }

    /// Returns true if every term keeps some weight until the end of the decay table, after all
    /// changes of authority.
    fn all_count(&self, table: &MassTable) -> bool {
        table.carried(self.least >> HALF_LIVES, table.takeovers.len()) > 0
    }
}

/// Returns true if two terms are of the same event; those of one event are adjacent.
fn same_event(term: &Term, next: &Term) -> bool {
    term.item == next.item
}

/// Returns the last day, up to the given one, that the evidence of a dimension covers.
pub(super) fn last_covered(sums: &DimensionSums, day: Day) -> Option<Day> {
    let plain = &sums.evidence.plain;
    let begun = plain.partition_point(|plain| plain.from <= day);
    let last = begun.checked_sub(1).map(|last| plain[last].from);
    let spans = spans(sums, day).iter().map(|term| term.fade.min(day));
    spans.chain(last).max()
}

/// Returns the terms that have begun by a day and are not plain.
fn spans(sums: &DimensionSums, day: Day) -> &[Term] {
    let spans = &sums.table.spans;
    &spans[..spans.partition_point(|term| term.from <= day)]
}

impl FoldedConduct<'_> {
    /// Returns the evidence of a dimension on a day.
    pub(super) fn basis(&self, weighed: Weighed, day: Day) -> Basis {
        let sums = &self.sums()[weighed.index()];
        let mut ranking = Ranking {
            folded: self.folded,
            sums,
            memory: &self.rules.memory,
            day,
            basis: Basis::default(),
            first: Vec::new(),
            least: None,
        };
        for own in spans(sums, day).chunk_by(same_event) {
            let first = own[0];
            if ranking.add(own) {
                let lasts = first.class == DurationClass::Condition;
                ranking.basis.uncertain |= !lasts && day < first.fade;
            }
        }
        ranking.add_plain();
        if ranking.basis.count == 0 {
            ranking.add_faded();
        }
        let mut basis = ranking.into_basis();
        basis.uncertain |= self.is_limit_uncertain(weighed, day);
        basis
    }

    /// Returns true if a limit makes the level of a day another than that of the sums, and the day
    /// is within the bounds of the limit's date.
    fn is_limit_uncertain(&self, weighed: Weighed, day: Day) -> bool {
        let timeline = self.timeline(Dimension::Weighed(weighed));
        let (Some(held), Some(summed)) = (
            timeline.and_then(|timeline| timeline.held(day)),
            timeline.and_then(|timeline| timeline.summed_at(day)),
        ) else {
            return false;
        };
        let Some(shown) = Level::parse(held.word) else {
            return false;
        };
        let band = self.band(weighed, day);
        let ceiling = band
            .ceiling
            .filter(|limit| limit.level == shown && shown as usize != summed);
        let floor = band.floor.filter(|_| summed < shown as usize);
        let steps = self.band_steps(weighed);
        let mut binding = ceiling.into_iter().chain(floor);
        binding.any(|limit| !steps.is_settled(limit.event, day))
    }
}

/// The evidence of a day, while the events are visited.
struct Ranking<'a> {
    folded: &'a Folded,
    sums: &'a DimensionSums,
    memory: &'a [Memory; MEMORIES],
    day: Day,
    basis: Basis,
    /// The rest of the weight of an event, and the index of its item; among them the greatest.
    first: Vec<(u64, u32)>,
    /// The smallest of the greatest weights, once there are [`EVIDENCE_MAX`].
    least: Option<u64>,
}

impl Ranking<'_> {
    /// Counts an event by its terms. Returns true if any weight is left.
    fn add(&mut self, own: &[Term]) -> bool {
        let counts = self.weigh(own);
        if counts {
            let disputed = self.folded.event(own[0].item).is_some_and(|event| event.1);
            self.basis.count += 1;
            self.basis.disputed |= disputed;
        }
        counts
    }

    /// Ranks an event, if any weight is left of it.
    fn weigh(&mut self, own: &[Term]) -> bool {
        let left = own
            .iter()
            .map(|term| self.sums.table.left(term, self.day, self.memory));
        let left: u64 = left.sum();
        if left > 0 && self.least.is_none_or(|least| least <= left) {
            self.first.push((left, own[0].item));
            if self.first.len() >= 2 * EVIDENCE_MAX {
                self.truncate();
            }
        }
        left > 0
    }

    /// Adds the events with plain terms, from the last to the first.
    fn add_plain(&mut self) {
        let sums = self.sums;
        let plain = &sums.evidence.plain;
        let begun = &plain[..plain.partition_point(|plain| plain.from <= self.day)];
        let all_count = sums.evidence.all_count(&sums.table) && !self.day.is_open();
        let longest = self
            .memory
            .iter()
            .max_by_key(|memory| memory.half_life_days);
        let Some(Memory { decay, .. }) = longest else {
            return;
        };
        let oldest = self.day.plus(-decay.span());
        let over = begun.partition_point(|plain| all_count && plain.from <= oldest);
        if all_count {
            self.count_plain(begun);
        }
        for plain in begun[over..].iter().rev() {
            let terms = &sums.terms[plain.term..];
            let Some(own) = terms.chunk_by(same_event).next() else {
                continue;
            };
            if !all_count {
                self.add(own);
                continue;
            }
            let left = u128::from(decay.left(self.day.since(plain.from)));
            let most = (u128::from(plain.most) * left) >> 30;
            if self.least.is_some_and(|least| most < u128::from(least)) {
                break;
            }
            self.weigh(own);
        }
    }

    /// Counts the events with plain terms that have not faded, each by its own class of memory.
    fn count_plain(&mut self, begun: &[Plain]) {
        for (class, memory) in self.memory.iter().enumerate() {
            let oldest = self.day.plus(-memory.decay.span());
            let over = begun.partition_point(|plain| plain.from <= oldest);
            let (last, before) = (begun.last(), begun[..over].last());
            let count = |plain: &Plain| (plain.count[class], plain.disputed[class]);
            let last = last.map(count).unwrap_or_default();
            let before = before.map(count).unwrap_or_default();
            self.basis.count += last.0 - before.0;
            self.basis.disputed |= last.1 > before.1;
        }
    }

    /// Adds all earlier events, the latest first: for a day on which no weight is left.
    fn add_faded(&mut self) {
        let terms = &self.sums.terms;
        let begun = &terms[..terms.partition_point(|term| term.from <= self.day)];
        let faded = begun.chunk_by(same_event);
        self.basis.count = faded.clone().count();
        let latest = faded.rev().take(EVIDENCE_MAX).map(|own| own[0].item);
        self.first
            .extend((0..EVIDENCE_MAX as u64).rev().zip(latest));
    }

    /// Keeps the events that will be named.
    fn truncate(&mut self) {
        let mut first = std::mem::take(&mut self.first);
        let rank = |(left, item): &(u64, u32)| (Reverse(*left), self.folded.event(*item));
        if first.len() > EVIDENCE_MAX {
            first.select_nth_unstable_by_key(EVIDENCE_MAX - 1, rank);
            first.truncate(EVIDENCE_MAX);
            self.least = first.last().map(|(left, _)| *left);
        }
        self.first = first;
    }

    fn into_basis(mut self) -> Basis {
        self.truncate();
        let mut first = std::mem::take(&mut self.first);
        first.sort_unstable_by_key(|(left, item)| (Reverse(*left), self.folded.event(*item)));
        let events = first
            .iter()
            .filter_map(|(_, item)| self.folded.event(*item));
        self.basis.evidence = events.map(|(event, _)| event).collect();
        self.basis
    }
}
