//! Totals of weights by the day from which they fade.

use crate::day::Day;
use crate::fold::term::Term;

/// The weights of one class of memory and one side.
#[derive(Clone, Debug)]
pub(in crate::fold) struct Masses {
    /// The class of memory, and the index of the side.
    pub(in crate::fold) key: Key,
    /// The total by the day from which they fade, in order of days.
    pub(in crate::fold) days: Vec<(Day, u64)>,
}

/// A class of memory, and the index of a side.
pub(in crate::fold) type Key = (u8, u8);

/// Weights by class of memory and side: a few lists, of those that there are.
#[derive(Clone, Debug, Default)]
pub(in crate::fold) struct Fades(Vec<Masses>);

impl Fades {
    pub(in crate::fold) fn lists(&self) -> &[Masses] {
        &self.0
    }

    /// Returns the weights of a class and side, if there were any.
    pub(in crate::fold) fn of(&self, key: Key) -> Option<&[(Day, u64)]> {
        let found = self.0.iter().find(|masses| masses.key == key)?;
        Some(&found.days)
    }

    /// Adds a weight to those of the day from which it fades.
    pub(super) fn add(&mut self, term: &Term) {
        let days = self.of_term(term);
        if days.last().is_none_or(|(last, _)| *last < term.fade) {
            return days.push((term.fade, term.mass));
        }
        match days.binary_search_by_key(&term.fade, |(day, _)| *day) {
            Ok(place) => days[place].1 = days[place].1.saturating_add(term.mass),
            Err(place) => days.insert(place, (term.fade, term.mass)),
        }
    }

    /// Takes away a weight that was added.
    pub(super) fn remove(&mut self, term: &Term) {
        let days = self.of_term(term);
        if let Ok(place) = days.binary_search_by_key(&term.fade, |(day, _)| *day) {
            days[place].1 = days[place].1.saturating_sub(term.mass);
        }
    }

    fn of_term(&mut self, term: &Term) -> &mut Vec<(Day, u64)> {
        let key = (term.memory, term.side.index() as u8);
        let found = self.0.iter().position(|masses| masses.key == key);
        let place = found.unwrap_or_else(|| {
            self.0.reserve_exact(1);
            self.0.push(Masses {
                key,
                days: Vec::new(),
            });
            self.0.len() - 1
        });
        &mut self.0[place].days
    }

    /// Gives memory back that is not used.
    pub(super) fn shrink(&mut self) {
        for masses in &mut self.0 {
            masses.days.shrink_to_fit();
        }
    }
}

impl Masses {
    /// The indices in tables by class of memory and by side.
    pub(in crate::fold) fn place(&self) -> (usize, usize) {
        (usize::from(self.key.0), usize::from(self.key.1))
    }
}
