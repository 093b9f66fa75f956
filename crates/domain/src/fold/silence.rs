//! Silence: the spans of days without recent evidence.

use crate::day::Day;

/// The spans of days on which the last evidence is older than the rulebook's time, in order: the
/// first day, and the first day after them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Silence(Vec<(Day, Day)>);

impl Silence {
    /// Computes the spans from the first and last days of pieces of evidence, in order of their
    /// first days, and the number of days for which evidence is recent.
    pub(super) fn new(evidence: impl Iterator<Item = (Day, Day)>, recent_days: u32) -> Self {
        let recent = i32::try_from(recent_days).unwrap_or(i32::MAX);
        let mut spans = Vec::new();
        let mut last: Option<Day> = None;
        for (first, covered) in evidence {
            if let Some(begins) = last.map(|last| last.plus(recent).next())
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
        Self(spans)
    }

    /// Returns true if a day is in one of the spans.
    #[must_use]
    pub fn holds(&self, day: Day) -> bool {
        let begun = self.0.partition_point(|(begins, _)| *begins <= day);
        self.0[..begun].last().is_some_and(|(_, ends)| day < *ends)
    }

    /// Iterates over the days on which a span begins or ends.
    pub(super) fn days(&self) -> impl Iterator<Item = Day> {
        self.0.iter().flat_map(|(begins, ends)| [*begins, *ends])
    }
}
