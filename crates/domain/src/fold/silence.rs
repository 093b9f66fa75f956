//! Silence: the spans of days without recent evidence.

use crate::day::Day;

/// The spans of days on which the last evidence is older than the rulebook's time, in order: the
/// first day, and the first day after them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Silence {
    spans: Vec<(Day, Day)>,
    /// The first day of evidence.
    begun: Option<Day>,
}

impl Silence {
    /// Computes the spans from the first and last days of pieces of evidence, in order of their
    /// first days, and the number of days for which evidence is recent.
    pub(super) fn new(evidence: impl Iterator<Item = (Day, Day)>, recent_days: u32) -> Self {
        let recent = i32::try_from(recent_days).unwrap_or(i32::MAX);
        let mut spans = Vec::new();
        let (mut begun, mut last) = (None, None);
        for (first, covered) in evidence {
            begun = begun.or(Some(first));
            if let Some(begins) = last.map(|last: Day| last.plus(recent).next())
                && begins < first
            {
                spans.push((begins, first));
            }
            last = last.max(Some(covered.max(first)));
        }
        if let Some(begins) = last.map(|last| last.plus(recent).next())
            && begins != Day::MAX
        {
            spans.push((begins, Day::MAX));
        }
        Self { spans, begun }
    }

    /// Adds a piece of evidence, as [`Silence::new`] takes it.
    pub(super) fn add(&mut self, (first, covered): (Day, Day), recent_days: u32) {
        let recent = i32::try_from(recent_days).unwrap_or(i32::MAX);
        let ends = covered.max(first).plus(recent).next();
        let before = self.begun.filter(|begun| first < *begun);
        let gap = match self.begun {
            None => Some((ends, Day::MAX)),
            Some(_) => before.map(|begun| (ends, begun)),
        };
        self.begun = self.begun.min(Some(first)).or(Some(first));
        let from = self.spans.partition_point(|(_, until)| *until <= first);
        let to = self.spans.partition_point(|(begins, _)| *begins < ends);
        let cut = self.spans.get(from..to.max(from)).unwrap_or_default();
        let rest = [
            cut.first().map(|(begins, _)| (*begins, first)),
            cut.last().map(|(_, until)| (ends, *until)),
        ];
        let rest = rest.into_iter().flatten().chain(gap);
        let rest: Vec<(Day, Day)> = rest.filter(|(begins, until)| begins < until).collect();
        self.spans.splice(from..to.max(from), rest);
    }

    /// Returns true if a day is in one of the spans.
    #[must_use]
    pub fn holds(&self, day: Day) -> bool {
        let begun = self.spans.partition_point(|(begins, _)| *begins <= day);
        self.spans[..begun]
            .last()
            .is_some_and(|(_, ends)| day < *ends)
    }

    /// Iterates over the days, after one or all, on which a span begins or ends.
    pub(super) fn days(&self, after: Option<Day>) -> impl Iterator<Item = Day> {
        let over = self.spans.partition_point(|(_, ends)| Some(*ends) <= after);
        let days = self.spans[over..].iter();
        let days = days.flat_map(|(begins, ends)| [*begins, *ends]);
        days.filter(move |day| after < Some(*day) && *day != Day::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pieces() -> impl Strategy<Value = Vec<(Day, Day)>> {
        let days = (0..60i32, 0..9i32);
        let piece = days.prop_map(|(first, days)| (Day::new(first), Day::new(first + days)));
        prop::collection::vec(piece, 0..8)
    }

    proptest! {
        #[test]
        fn evidence_may_come_in_any_order(pieces in pieces(), recent in 0..5u32) {
            let mut added = Silence::default();
            for piece in &pieces {
                added.add(*piece, recent);
            }
            let mut sorted = pieces;
            sorted.sort_unstable();
            prop_assert_eq!(added, Silence::new(sorted.into_iter(), recent));
        }
    }
}
