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

use super::band::BandSteps;
use super::bounds::{BoundsCursor, SumBounds};
use super::index::{self, Reading};
use super::sums::Sums;
use super::{DimensionSums, Timeline, sorted};
use crate::day::Day;
use crate::dimension::Weighed;
use crate::event::EventId;
use crate::level::{Bound, Level, judge};
use crate::rulebook::Rulebook;
use crate::state::Held;

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

/// The rule by which one level follows another.
#[derive(Clone, Copy)]
pub(super) struct LevelRule<'a> {
    pub(super) bounds: &'a [Bound],
    pub(super) words: &'a [&'static str],
    /// True for threat, which fades, but to none only if a group ended.
    pub(super) is_threat: bool,
}

/// A level timeline that is being built.
pub(super) struct LevelTracker<'a> {
    pub(super) timeline: Timeline,
    rule: LevelRule<'a>,
    /// The level of the sums.
    level: Option<usize>,
    /// The level within the limits, and whether it is stale.
    shown: Option<(usize, bool)>,
    from: Day,
    /// The last day that is judged.
    until: Day,
}

/// The most by which a bound of strain is off, in thousandths.
const STRAIN_SLACK: i64 = 3;

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
    let after = tracker.resumes_from();
    let breaks = days_after(&signal.sums.breaks, after);
    let breaks = breaks
        .iter()
        .copied()
        .chain(signal.sums.silence.days(after));
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

    /// Iterates over the first and last days of the evidence by people, in order of first days.
    pub(super) fn recent(&self) -> impl Iterator<Item = (Day, Day)> {
        let people = self.terms.iter().filter(|term| !term.side.machine);
        people.map(|term| (term.from, term.fade))
    }
}

impl DimensionSignal<'_> {
    /// Returns the sample of a day with these sums; `strain` is added to the strain under which a
    /// floor must hold.
    fn sample(&self, sums: Sums, day: Day, strain: i64) -> Sample {
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
            floor: band.holds_up(reading.strain + strain, self.rules),
            ceiling: band.ceiling.map(|limit| limit.level),
        }
    }

    fn samples(&self, (least, greatest): (Sums, Sums), day: Day) -> [Sample; 2] {
        let (least, greatest) = (least.by_people(), greatest.by_people());
        let (coldest, warmest) = index::extremes(least, greatest, self.weighed);
        let slack = index::slack(self.rules.dimension(self.weighed));
        let mut samples = [
            self.sample(coldest, day, STRAIN_SLACK),
            self.sample(warmest, day, -STRAIN_SLACK),
        ];
        samples[0].value -= slack;
        samples[1].value += slack;
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
        let known = self.sums.is_known(first);
        known.then(|| self.samples(sums, first))
    }

    fn value(&self, day: Day) -> Option<Sample> {
        let known = self.sums.is_known(day);
        known.then(|| self.sample(self.sums.table.at(day, &self.rules.memory), day, 0))
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

impl LevelRule<'_> {
    /// Returns the level of the sums that follows a level, for a sample.
    fn next(self, from: Option<usize>, sample: Sample, released: bool) -> usize {
        let judged = judge(self.bounds, from, sample.value);
        let Some(from) = from.filter(|_| !released) else {
            return judged;
        };
        if self.is_threat {
            // A threat that was known fades, but not to none.
            judged.max(from.min(1))
        } else {
            judged.min(from)
        }
    }
}

impl Sample {
    /// Returns a level within the limits; a ceiling prevails over a floor.
    pub(super) fn limited(self, level: usize) -> usize {
        let floor = self.floor.map_or(level, |floor| level.max(floor as usize));
        self.ceiling
            .map_or(floor, |ceiling| floor.min(ceiling as usize))
    }
}

impl<'a> LevelTracker<'a> {
    /// Begins a timeline up to a day, with the steps of an earlier one before a day.
    pub(super) fn new(rule: LevelRule<'a>, earlier: Option<(Timeline, Day)>, until: Day) -> Self {
        let mut tracker = Self {
            timeline: Timeline::default(),
            rule,
            level: None,
            shown: None,
            from: Day::MIN,
            until,
        };
        if let Some((mut timeline, from)) = earlier {
            timeline.truncate(from);
            tracker.timeline = timeline;
            tracker.level = tracker.timeline.summed.last().map(|(_, level)| *level);
            let held = tracker.timeline.steps.last().and_then(|step| step.held);
            tracker.shown = held.and_then(|held| {
                let level = rule.words.iter().position(|word| *word == held.word)?;
                Some((level, held.stale))
            });
            tracker.from = from;
        }
        tracker
    }

    /// The first day that is judged, if a level is known before it. Only breaks after it matter.
    pub(super) fn resumes_from(&self) -> Option<Day> {
        self.level.map(|_| self.from)
    }

    /// Judges the days, from break to break, and the days of fading after the last break. The breaks
    /// are those after [`LevelTracker::resumes_from`].
    pub(super) fn run<S: Signal>(&mut self, signal: &S, breaks: &[Day], fading: i32) {
        let resumed = self.resumes_from();
        let rest = breaks.iter().copied();
        let mut days = resumed.into_iter().chain(rest).peekable();
        let Some(mut cursor) = days.peek().map(|first| signal.begin(*first)) else {
            return;
        };
        while let Some(from) = days.next().filter(|from| *from <= self.until) {
            signal.advance(&mut cursor, from);
            self.judge(signal, &cursor, from);
            let next = days.peek().copied();
            let next = next.unwrap_or_else(|| from.plus(fading).next());
            let last = next.prev().min(Day::LAST).min(self.until);
            // Nothing changes between the open beginning and the first civil day.
            let first = from.max(Day::FIRST);
            // What is unknown on a break is so until the next.
            if first < last && self.level.is_some() {
                let mut there = cursor.clone();
                signal.advance(&mut there, last);
                self.stretch(signal, (first, &cursor), (last, &there));
            }
        }
    }

    /// Judges the days of a stretch after the first, which has been judged already.
    fn stretch<S: Signal>(
        &mut self,
        signal: &S,
        first: (Day, &S::Cursor),
        last: (Day, &S::Cursor),
    ) {
        let days = last.0.since(first.0);
        let released = signal.is_released(first.0.next());
        if days < 1 || self.holds(signal.between((first.1, last.1), first.0), released) {
            return;
        }
        if days == 1 {
            return self.judge(signal, last.1, last.0);
        }
        let middle = first.0.plus(days / 2);
        let mut cursor = first.1.clone();
        signal.advance(&mut cursor, middle);
        self.stretch(signal, first, (middle, &cursor));
        self.stretch(signal, (middle, &cursor), last);
    }

    /// Returns true if the level, also within the limits, holds for all values within bounds.
    fn holds(&self, range: Option<[Sample; 2]>, released: bool) -> bool {
        let (Some(level), Some((shown, _))) = (self.level, self.shown) else {
            return false;
        };
        let holds = |sample: Sample| {
            self.rule.next(Some(level), sample, released) == level && sample.limited(level) == shown
        };
        range.is_some_and(|samples| samples.into_iter().all(holds))
    }

    /// Judges a day by its bounds or, if they lie in different levels, by its value.
    fn judge<S: Signal>(&mut self, signal: &S, cursor: &S::Cursor, day: Day) {
        let released = signal.is_released(day);
        let levels = |sample: Sample| {
            let level = self.rule.next(self.level, sample, released);
            (level, sample.limited(level))
        };
        let bounds = signal.on(cursor, day);
        let bounded = bounds
            .map(|samples| samples.map(levels))
            .filter(|[least, greatest]| least == greatest)
            .map(|[levels, _]| levels);
        let Some((level, limited)) = bounded.or_else(|| signal.value(day).map(levels)) else {
            return;
        };
        if self.level != Some(level) {
            self.level = Some(level);
            self.timeline.summed.push((day, level));
        }
        let shown = (limited, signal.is_stale(day));
        if self.shown != Some(shown) {
            self.shown = Some(shown);
            let held = Held {
                stale: shown.1,
                ..Held::certain(self.rule.words[limited])
            };
            self.timeline.push(day, Some(held), signal.causes(day));
        }
    }
}
