//! Level timelines: the days on which a value crosses into another level.
//!
//! The values of days are not computed but bounded (see `bounds`); only a day whose bounds lie in
//! different levels is summed. Between breaks every sum only fades and no limit changes, so that
//! the bounds of a stretch of days follow from those of its ends. A stretch whose bounds stay
//! within the level is skipped; any other is halved, down to single days. The result is the same as
//! if every day were judged, regardless of the day on which the search begins.
//!
//! Levels are judged by the evidence of people alone: machine-coded rows colour an index and decide
//! no level.
//!
//! Silence is not calm: the level of the sums rises only on a day on which friendlier evidence
//! begins. If nothing but the fading of strain would raise it, it stays, and becomes stale. Threat
//! fades, but to none only after the end of a group, until there is evidence of a threat again.
//! Limits apply after that, so that a limit that ends leaves what would be without it.

mod tracker;

use super::band::BandSteps;
use super::bounds::{BoundsCursor, Spread, SumBounds};
use super::index::{self, Reading};
use super::sums::Sums;
use super::{DimensionSums, Timeline, sorted};
use crate::day::Day;
use crate::dimension::Weighed;
use crate::event::EventId;
use crate::level::Level;
use crate::rulebook::Rulebook;

pub(super) use tracker::{LevelRule, LevelTracker};

/// A value of a day, or a bound of it, with the limits of its level.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    /// The value that the level of the sums is judged by.
    pub(super) value: i64,
    /// The lowest level, if a floor holds.
    pub(super) floor: Option<Level>,
    /// The highest level.
    pub(super) ceiling: Option<Level>,
}

/// A value by day, with bounds that are advanced from day to day.
pub(super) trait Signal {
    /// The bounds of a day.
    type Cursor: Clone;

    /// Returns bounds to advance to a day.
    fn begin(&self, to: Day) -> Self::Cursor;

    /// Advances bounds to a day.
    fn advance(&self, cursor: &mut Self::Cursor, to: Day);

    /// Returns bounds of the value on a day, the least first; `None` if there are none.
    fn on(&self, cursor: &Self::Cursor, day: Day) -> Option<[Sample; 2]>;

    /// Returns bounds of the values of two days and all days between them, without a break after
    /// the first.
    fn between(&self, ends: (&Self::Cursor, &Self::Cursor), first: Day) -> Option<[Sample; 2]>;

    /// Returns the value of a day; `None` if it is unknown.
    fn value(&self, day: Day) -> Option<Sample>;

    /// Returns true if the level of the sums may rise on a day, or threat fall to none. Between
    /// breaks it is the same on all days after the first.
    fn is_released(&self, day: Day) -> bool;

    /// Returns true if a level of the day is stale.
    fn is_stale(&self, day: Day) -> bool;

    /// Returns the events that take effect on a day.
    fn causes(&self, day: Day) -> Vec<EventId>;
}

/// The value that the level of a weighed dimension is judged by.
pub(super) struct DimensionSignal<'a> {
    pub(super) sums: &'a DimensionSums,
    pub(super) bounds: &'a SumBounds<'a>,
    pub(super) band: &'a BandSteps,
    pub(super) weighed: Weighed,
    pub(super) rules: &'a Rulebook,
    /// As in [`super::Folded::events`].
    pub(super) events: &'a [(EventId, bool)],
}

/// The most by which the roundings of two indices, of a day and of a bound, make them differ.
pub(super) const ROUNDINGS: i64 = 2;

/// Brings bounds of a value nearer, if others of it, which are off by a number, are.
pub(super) fn narrow(samples: &mut [Sample; 2], bounds: Option<[i64; 2]>, off: i64) {
    if let Some([least, greatest]) = bounds {
        samples[0].value = samples[0].value.max(least.saturating_sub(off));
        samples[1].value = samples[1].value.min(greatest.saturating_add(off));
    }
}

/// Computes the reading of a dimension on a day.
#[must_use]
pub fn reading(sums: &DimensionSums, weighed: Weighed, rules: &Rulebook, day: Day) -> Reading {
    index::read(sums.table.at(day, &rules.memory), weighed, rules)
}

/// Computes the level timeline of a weighed dimension.
pub(super) fn levels(
    signal: &DimensionSignal<'_>,
    earlier: Option<(Timeline, Day)>,
    until: Day,
) -> Timeline {
    let words = index::level_words(signal.weighed);
    let rule = LevelRule {
        bounds: signal.rules.bounds(signal.weighed),
        words: &words,
        is_threat: signal.weighed == Weighed::Threat,
    };
    let mut tracker = LevelTracker::new(rule, earlier, until);
    let last = last_event(signal.sums).max(signal.band.last_begin());
    tracker.timeline.last_event = last.filter(|_| signal.sums.is_known(Day::MAX));
    if !signal.sums.is_known(until) {
        return tracker.timeline;
    }
    let after = tracker.resumes_from();
    let breaks = days_after(&signal.sums.breaks, after);
    let breaks = breaks.iter().copied();
    let breaks = breaks.chain(signal.band.days_after(after));
    let breaks = breaks.chain(signal.sums.silence.days(after));
    tracker.run(signal, &sorted(breaks), longest_span(signal.rules));
    tracker.timeline
}

/// Returns the days after one, or all, of days in order.
pub(super) fn days_after(days: &[Day], after: Option<Day>) -> &[Day] {
    &days[days.partition_point(|day| Some(*day) <= after)..]
}

/// The days after which no weight is left of any evidence.
pub(super) fn longest_span(rules: &Rulebook) -> i32 {
    let spans = rules.memory.iter().map(|memory| memory.decay.span());
    spans.max().unwrap_or(0)
}

/// Returns the last day on which an event takes effect in a dimension.
pub(super) fn last_event(sums: &DimensionSums) -> Option<Day> {
    let last = sums.terms.last()?.from;
    let takeovers = sums.table.takeovers.iter().map(|takeover| takeover.day);
    takeovers.chain([last]).max()
}

/// Returns the events that begin evidence or limits of a dimension on a day, or end a threat, or
/// change an authority.
pub(super) fn causes(
    sums: &DimensionSums,
    band: &BandSteps,
    day: Day,
    events: &[(EventId, bool)],
) -> Vec<EventId> {
    let begun = &sums.terms[..sums.terms.partition_point(|term| term.from <= day)];
    let begun = &begun[begun.partition_point(|term| term.from < day)..];
    let begun = begun
        .iter()
        .filter_map(|term| events.get(term.item as usize));
    let takeovers = sums.table.takeovers.iter();
    let takeovers = takeovers.filter(|takeover| takeover.day == day);
    let events = begun.map(|(event, _)| *event);
    let events = events.chain(takeovers.map(|takeover| takeover.event));
    let disbanded = sums.disbanded.iter().filter(|(ended, _)| *ended == day);
    let events = events.chain(disbanded.map(|(_, event)| *event));
    sorted(events.chain(band.causes(day)))
}

impl DimensionSums {
    /// Returns true if a level is known by a day: people have reported something, or something
    /// stands that limits it.
    #[must_use]
    pub fn is_known(&self, day: Day) -> bool {
        self.known.is_some_and(|known| known <= day)
    }

    /// Iterates over the first and last days of the evidence by people, in order of first days, not
    /// the same twice in a row.
    pub(super) fn recent(&self) -> impl Iterator<Item = (Day, Day)> {
        let people = self.terms.iter().filter(|term| !term.side.machine);
        let mut last = None;
        people
            .map(|term| (term.from, term.fade))
            .filter(move |days| last.replace(*days) != Some(*days))
    }
}

impl DimensionSignal<'_> {
    /// Returns the sample of a day with these sums.
    fn sample(&self, sums: Sums, day: Day) -> Sample {
        let reading = index::read(sums.by_people(), self.weighed, self.rules);
        if self.weighed == Weighed::Threat {
            return Sample {
                value: reading.strain,
                floor: None,
                ceiling: None,
            };
        }
        let band = self.band.at(day);
        Sample {
            value: reading.index,
            floor: band.holds_up(reading.strain, self.rules),
            ceiling: band.ceiling.map(|limit| limit.level),
        }
    }

    fn samples(&self, (least, greatest): (Sums, Sums), day: Day) -> [Sample; 2] {
        let mut samples = index::extremes(least, greatest).map(|sums| self.sample(sums, day));
        if self.weighed == Weighed::Threat {
            samples.reverse();
        }
        samples
    }
}

impl Signal for DimensionSignal<'_> {
    type Cursor = BoundsCursor;

    fn begin(&self, to: Day) -> BoundsCursor {
        self.bounds.begin(to)
    }

    fn advance(&self, cursor: &mut BoundsCursor, to: Day) {
        self.bounds.advance(cursor, to);
    }

    fn on(&self, cursor: &BoundsCursor, day: Day) -> Option<[Sample; 2]> {
        let sums = self
            .bounds
            .sums(cursor)
            .filter(|_| self.sums.is_known(day))?;
        Some(self.samples(sums, day))
    }

    fn between(&self, ends: (&BoundsCursor, &BoundsCursor), first: Day) -> Option<[Sample; 2]> {
        let sums = self.bounds.between(ends)?;
        if !self.sums.is_known(first) {
            return None;
        }
        let mut samples = self.samples(sums, first);
        if self.weighed != Weighed::Threat {
            let rule = self.rules.dimension(self.weighed);
            let mut spread = Spread::default();
            spread.add(self.bounds, ends, [1; 2]);
            let bounds = spread.index(i128::from(rule.damping) * 1000);
            narrow(&mut samples, bounds, ROUNDINGS);
        }
        Some(samples)
    }

    fn value(&self, day: Day) -> Option<Sample> {
        let known = self.sums.is_known(day);
        known.then(|| self.sample(self.sums.table.at(day, &self.rules.memory), day))
    }

    fn is_released(&self, day: Day) -> bool {
        let spans = &self.sums.released;
        let begun = spans.partition_point(|(from, _)| *from <= day);
        spans[..begun].last().is_some_and(|(_, until)| day < *until)
    }

    fn is_stale(&self, day: Day) -> bool {
        self.sums.silence.holds(day) && self.band.at(day).is_empty()
    }

    fn causes(&self, day: Day) -> Vec<EventId> {
        causes(self.sums, self.band, day, self.events)
    }
}
