//! The evidence of a dimension on a day, greatest weights first.
//!
//! A state names only the first few events. Weights that fade are visited from the one that began
//! to fade last, until no earlier one can weigh as much as those found; weights that count in full,
//! all.

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

/// An event that fades, or may.
#[derive(Clone, Copy, Debug)]
struct Fading {
    /// The day from which it fades.
    fade: Day,
    /// The event's item, and its first day.
    item: u32,
    from: Day,
    /// By class of memory, the number of events up to this one.
    count: [u32; MEMORIES],
    /// By class of memory, the number of disputed events up to this one.
    disputed: [u32; MEMORIES],
    /// The greatest weight of an event up to this one.
    most: u64,
}

/// The events of a dimension, for finding the greatest weights of a day.
#[derive(Clone, Debug)]
pub struct Evidence {
    /// Those that fade, in order of the days from which they do.
    fading: Vec<Fading>,
    /// The smallest mass of their terms.
    least: u64,
}

impl Default for Fading {
    fn default() -> Self {
        Self {
            fade: Day::MIN,
            item: 0,
            from: Day::MIN,
            count: [0; MEMORIES],
            disputed: [0; MEMORIES],
            most: 0,
        }
    }
}

impl Default for Evidence {
    fn default() -> Self {
        Self::new(&[], |_| false)
    }
}

impl Evidence {
    /// Arranges terms, those of an event adjacent; `disputed` takes the index of an item.
    pub(super) fn new(terms: &[Term], disputed: impl Fn(u32) -> bool) -> Self {
        let masses = terms.iter().map(|term| term.mass);
        let mut evidence = Self {
            fading: Vec::new(),
            least: masses.min().unwrap_or(u64::MAX),
        };
        let mut events: Vec<&[Term]> = terms.chunk_by(same_event).collect();
        events.sort_by_cached_key(|own| own[0].fade);
        for own in events {
            evidence.add(own, disputed(own[0].item));
        }
        evidence
    }

    /// Adds the terms of an event.
    pub(super) fn add(&mut self, own: &[Term], disputed: bool) {
        let Some(first) = own.first() else { return };
        let masses = own.iter().map(|term| term.mass);
        self.least = masses.clone().fold(self.least, u64::min);
        let place = match self.fading.last() {
            Some(last) if first.fade < last.fade => self
                .fading
                .partition_point(|fading| fading.fade <= first.fade),
            _ => self.fading.len(),
        };
        let before = place.checked_sub(1).map(|before| self.fading[before]);
        let mut new = before.unwrap_or_default();
        (new.fade, new.from, new.item) = (first.fade, first.from, first.item);
        self.fading.insert(place, new);
        let total = masses.fold(0, u64::saturating_add);
        for fading in &mut self.fading[place..] {
            fading.count[usize::from(first.memory)] += 1;
            fading.disputed[usize::from(first.memory)] += u32::from(disputed);
            fading.most = fading.most.max(total);
        }
    }

    /// Removes an event by one of its terms.
    pub(super) fn remove(&mut self, term: &Term, disputed: bool) {
        let before = |fading: &Fading| fading.fade < term.fade;
        let mut place = self.fading.partition_point(before);
        while self
            .fading
            .get(place)
            .is_some_and(|other| other.item != term.item)
        {
            place += 1;
        }
        if place < self.fading.len() {
            self.fading.remove(place);
            for fading in &mut self.fading[place..] {
                fading.count[usize::from(term.memory)] -= 1;
                fading.disputed[usize::from(term.memory)] -= u32::from(disputed);
            }
        }
    }

    /// Gives memory back that is not used.
    pub(super) fn shrink(&mut self) {
        self.fading.shrink_to_fit();
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
    if sums.table.held.at(day) != [0; 4] {
        return Some(day);
    }
    let fading = &sums.evidence.fading;
    let begun = fading.partition_point(|fading| fading.fade <= day);
    fading[..begun].last().map(|last| last.fade)
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
        ranking.add_held();
        ranking.add_fading();
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

impl<'a> Ranking<'a> {
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

    /// Adds the events that count in full: among those that begin by the day or those that fade
    /// after it, whichever are fewer.
    fn add_held(&mut self) {
        let (sums, day) = (self.sums, self.day);
        let begun = sums.table.begun(day);
        let fading = &sums.evidence.fading;
        let later = &fading[fading.partition_point(|fading| fading.fade <= day)..];
        if begun.len() < later.len() {
            begun.chunk_by(same_event).for_each(|own| self.hold(own));
        } else {
            later
                .iter()
                .for_each(|fading| self.hold(self.terms(fading)));
        }
    }

    /// Counts an event, if it counts in full.
    fn hold(&mut self, own: &[Term]) {
        let held = |term: &&Term| term.from <= self.day && self.day < term.fade;
        if let Some(term) = own.first().filter(held) {
            self.add(own);
            self.basis.uncertain |= term.class != DurationClass::Condition;
        }
    }

    /// Returns the terms of an event.
    fn terms(&self, fading: &Fading) -> &'a [Term] {
        let event = self.folded.event(fading.item);
        let terms = &self.sums.terms;
        // Most days differ, and the event need not be found.
        let before = |term: &Term| {
            let order = term.from.cmp(&fading.from);
            order
                .then_with(|| self.folded.event(term.item).cmp(&event))
                .is_lt()
        };
        let rest = &terms[terms.partition_point(before)..];
        rest.chunk_by(same_event).next().unwrap_or_default()
    }

    /// Adds the events that fade, from the last to the first.
    fn add_fading(&mut self) {
        let sums = self.sums;
        let fading = &sums.evidence.fading;
        let begun = &fading[..fading.partition_point(|fading| fading.fade <= self.day)];
        let all_count = sums.evidence.all_count(&sums.table) && !self.day.is_open();
        let longest = self
            .memory
            .iter()
            .max_by_key(|memory| memory.half_life_days);
        let Some(Memory { decay, .. }) = longest else {
            return;
        };
        let oldest = self.day.plus(-decay.span());
        let over = begun.partition_point(|fading| all_count && fading.fade <= oldest);
        if all_count {
            self.count_fading(begun);
        }
        for fading in begun[over..].iter().rev() {
            if !all_count {
                self.add(self.terms(fading));
                continue;
            }
            let left = u128::from(decay.left(self.day.since(fading.fade)));
            let most = (u128::from(fading.most) * left) >> 30;
            if self.least.is_some_and(|least| most < u128::from(least)) {
                break;
            }
            self.weigh(self.terms(fading));
        }
    }

    /// Counts the events that have begun to fade and not faded, each by its own class of memory.
    fn count_fading(&mut self, begun: &[Fading]) {
        for (class, memory) in self.memory.iter().enumerate() {
            let oldest = self.day.plus(-memory.decay.span());
            let over = begun.partition_point(|fading| fading.fade <= oldest);
            let (last, before) = (begun.last(), begun[..over].last());
            let count = |fading: &Fading| (fading.count[class], fading.disputed[class]);
            let last = last.map(count).unwrap_or_default();
            let before = before.map(count).unwrap_or_default();
            self.basis.count += (last.0 - before.0) as usize;
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
