//! Weights that count in full, by day.

use crate::day::Day;
use crate::fold::term::Term;

/// The totals of weights that count in full, for each side, in millionths: each holds from its day
/// until the next. In order of days.
#[derive(Clone, Debug, Default)]
pub(in crate::fold) struct Held(Vec<(Day, [u64; 4])>);

impl Held {
    /// Adds up terms.
    pub(super) fn new(terms: &[Term]) -> Self {
        let ends = terms.iter().flat_map(|term| [term.from, term.fade]);
        let mut days: Vec<Day> = ends.filter(|day| *day != Day::MAX).collect();
        days.sort_unstable();
        days.dedup();
        let mut begins = days.iter().map(|_| [0u64; 4]).collect::<Vec<_>>();
        let mut ends = begins.clone();
        let place = |day: Day| days.binary_search(&day);
        for term in terms {
            for (all, day) in [(&mut begins, term.from), (&mut ends, term.fade)] {
                if let Ok(place) = place(day) {
                    let sum = &mut all[place][term.side.index()];
                    *sum = sum.saturating_add(term.mass);
                }
            }
        }
        let mut total = [0u64; 4];
        let mut held = Vec::with_capacity(days.len());
        for (day, (begin, end)) in days.iter().zip(begins.iter().zip(&ends)) {
            for (total, (begin, end)) in total.iter_mut().zip(begin.iter().zip(end)) {
                *total = total.saturating_add(*begin).saturating_sub(*end);
            }
            held.push((*day, total));
        }
        Self(held)
    }

    /// Adds a term.
    pub(super) fn add(&mut self, term: &Term) {
        let first = self.split(term.from);
        let last = match term.fade {
            Day::MAX => self.0.len(),
            fade => self.split(fade),
        };
        for (_, total) in &mut self.0[first..last] {
            let sum = &mut total[term.side.index()];
            *sum = sum.saturating_add(term.mass);
        }
    }

    /// Returns the place of the totals that begin on a day.
    fn split(&mut self, day: Day) -> usize {
        match self.0.binary_search_by_key(&day, |(day, _)| *day) {
            Ok(place) => place,
            Err(place) => {
                let before = place.checked_sub(1).map(|before| self.0[before].1);
                self.0.insert(place, (day, before.unwrap_or_default()));
                place
            }
        }
    }

    /// Returns the totals of a day.
    pub(in crate::fold) fn at(&self, day: Day) -> [u64; 4] {
        let begun = self.0.partition_point(|(from, _)| *from <= day);
        self.0[..begun].last().map_or([0; 4], |(_, total)| *total)
    }
}
