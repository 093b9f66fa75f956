//! Level timelines: the days on which a value crosses into another level.
//!
//! The values of days are not computed but bounded (see `bounds`); only a day whose bounds lie in
//! different levels is summed. Between breaks every sum only fades, so that the bounds of a stretch
//! of days follow from those of its ends. A stretch whose bounds stay within the level is skipped;
//! any other is halved, down to single days. The result is the same as if every day were judged,
//! regardless of the day on which the search begins.

use super::bounds::{BoundsCursor, SumBounds};
use super::index::{self, Reading};
use super::{DimensionSums, Item, Timeline, sorted};
use crate::day::Day;
use crate::dimension::Weighed;
use crate::event::EventId;
use crate::level::{Bound, Level, Threat, judge};
use crate::rulebook::Rulebook;
use crate::state::Held;

/// A value by day, with bounds that are advanced from day to day.
pub(super) trait Signal {
    /// The bounds of a day.
    type Cursor: Clone;

    /// Returns the bounds at the open beginning.
    fn begin(&self) -> Self::Cursor;

    /// Advances bounds to a day.
    fn advance(&self, cursor: &mut Self::Cursor, to: Day);

    /// Returns bounds of the value on a day; `None` if there are none.
    fn on(&self, cursor: &Self::Cursor, day: Day) -> Option<(i64, i64)>;

    /// Returns bounds of the values of two days and all days between them, without a break after
    /// the first.
    fn between(&self, ends: (&Self::Cursor, &Self::Cursor), first: Day) -> Option<(i64, i64)>;

    /// Returns the value of a day; `None` if it is unknown.
    fn value(&self, day: Day) -> Option<i64>;

    /// Returns the events that take effect on a day.
    fn causes(&self, day: Day) -> Vec<EventId>;
}

/// The value that the level of a weighed dimension is judged by.
struct DimensionSignal<'a> {
    sums: &'a DimensionSums,
    bounds: &'a SumBounds<'a>,
    weighed: Weighed,
    rules: &'a Rulebook,
    items: &'a [Item<'a>],
}

/// A level timeline that is being built.
pub(super) struct LevelTracker<'a> {
    pub(super) timeline: Timeline,
    bounds: &'a [Bound],
    words: &'a [&'static str],
    level: Option<usize>,
    from: Day,
}

/// Computes the reading of a dimension on a day.
#[must_use]
pub fn reading(sums: &DimensionSums, weighed: Weighed, rules: &Rulebook, day: Day) -> Reading {
    let decay = &rules.dimension(weighed).decay;
    index::read(sums.table.at(day, decay), weighed, rules)
}

/// Returns the words of the levels of a weighed dimension, from the lowest.
pub(super) fn level_words(weighed: Weighed) -> Vec<&'static str> {
    match weighed {
        Weighed::Threat => Threat::ALL.map(Threat::as_str).to_vec(),
        _ => Level::ALL.map(Level::as_str).to_vec(),
    }
}

/// Computes the level timeline of a weighed dimension.
pub(super) fn levels(
    sums: &DimensionSums,
    bounds: &SumBounds<'_>,
    weighed: Weighed,
    rules: &Rulebook,
    earlier: Option<(&Timeline, Day)>,
    items: &[Item<'_>],
) -> Timeline {
    let words = level_words(weighed);
    let mut tracker = LevelTracker::new(rules.bounds(weighed), &words, earlier);
    tracker.timeline.last_event = last_event(sums);
    let fading = rules.dimension(weighed).decay.span();
    let signal = DimensionSignal {
        sums,
        bounds,
        weighed,
        rules,
        items,
    };
    tracker.run(&signal, &sums.breaks, fading);
    tracker.timeline
}

/// Returns the last day on which an event takes effect in a dimension.
pub(super) fn last_event(sums: &DimensionSums) -> Option<Day> {
    let last = sums.terms.last()?.from;
    let takeovers = sums.table.takeovers.iter().map(|takeover| takeover.day);
    takeovers.chain([last]).max()
}

/// Returns the events that begin, close or replace evidence of a dimension on a day, or change an
/// authority.
pub(super) fn causes(sums: &DimensionSums, day: Day, items: &[Item<'_>]) -> Vec<EventId> {
    let begun = &sums.terms[..sums.terms.partition_point(|term| term.from <= day)];
    let begun = &begun[begun.partition_point(|term| term.from < day)..];
    let ended = &sums.ended[..sums.ended.partition_point(|(until, _)| *until <= day)];
    let ended = &ended[ended.partition_point(|(until, _)| *until < day)..];
    let begun = begun.iter().map(|term| term.item);
    let events = begun
        .chain(ended.iter().map(|(_, item)| *item))
        .filter_map(|item| items.get(item as usize))
        .map(|item| item.event);
    let takeovers = sums.table.takeovers.iter();
    let takeovers = takeovers.filter(|takeover| takeover.day == day);
    sorted(events.chain(takeovers.map(|takeover| takeover.event)))
}

impl Signal for DimensionSignal<'_> {
    type Cursor = BoundsCursor;

    fn begin(&self) -> BoundsCursor {
        self.bounds.begin()
    }

    fn advance(&self, cursor: &mut BoundsCursor, to: Day) {
        self.bounds.advance(cursor, to);
    }

    fn on(&self, cursor: &BoundsCursor, _day: Day) -> Option<(i64, i64)> {
        self.bounds.on(cursor, Reading::judged)
    }

    fn between(&self, ends: (&BoundsCursor, &BoundsCursor), _first: Day) -> Option<(i64, i64)> {
        self.bounds.between(ends, Reading::judged)
    }

    fn value(&self, day: Day) -> Option<i64> {
        Some(reading(self.sums, self.weighed, self.rules, day).judged(self.weighed))
    }

    fn causes(&self, day: Day) -> Vec<EventId> {
        causes(self.sums, day, self.items)
    }
}

impl<'a> LevelTracker<'a> {
    /// Begins a timeline with the steps of an earlier one before a day.
    pub(super) fn new(
        bounds: &'a [Bound],
        words: &'a [&'static str],
        earlier: Option<(&Timeline, Day)>,
    ) -> Self {
        let mut tracker = Self {
            timeline: Timeline::default(),
            bounds,
            words,
            level: None,
            from: Day::MIN,
        };
        if let Some((timeline, from)) = earlier {
            let kept = timeline.steps.iter().take_while(|step| step.day < from);
            tracker.timeline.steps = kept.cloned().collect();
            let held = tracker.timeline.steps.last().and_then(|step| step.held);
            tracker.level = held.and_then(|held| words.iter().position(|word| *word == held.word));
            tracker.from = from;
        }
        tracker
    }

    /// Judges all days, from break to break, and the days of fading after the last break.
    pub(super) fn run<S: Signal>(&mut self, signal: &S, breaks: &[Day], fading: i32) {
        let resumed = self.level.map(|_| self.from);
        let after = resumed.map_or(0, |from| breaks.partition_point(|day| *day <= from));
        let rest = breaks[after..].iter().copied();
        let mut days = resumed.into_iter().chain(rest).peekable();
        let mut cursor = signal.begin();
        while let Some(from) = days.next() {
            signal.advance(&mut cursor, from);
            self.judge(signal, &cursor, from);
            let next = days.peek().copied();
            let next = next.unwrap_or_else(|| from.plus(fading).next());
            let last = next.prev().min(Day::LAST);
            // Nothing changes between the open beginning and the first civil day.
            let first = from.max(Day::FIRST);
            if first < last {
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
        if days < 1 || self.holds(signal.between((first.1, last.1), first.0)) {
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

    /// Returns true if the level holds for all values within bounds.
    fn holds(&self, range: Option<(i64, i64)>) -> bool {
        let holds = |value| Some(judge(self.bounds, self.level, value)) == self.level;
        range.is_some_and(|(least, greatest)| holds(least) && holds(greatest))
    }

    /// Judges a day by its bounds or, if they lie in different levels, by its value.
    fn judge<S: Signal>(&mut self, signal: &S, cursor: &S::Cursor, day: Day) {
        let level = |value| judge(self.bounds, self.level, value);
        let bounds = signal.on(cursor, day);
        let bounded = bounds
            .map(|(least, greatest)| (level(least), level(greatest)))
            .filter(|(least, greatest)| least == greatest)
            .map(|(level, _)| level);
        let Some(level) = bounded.or_else(|| signal.value(day).map(level)) else {
            return;
        };
        if self.level == Some(level) {
            return;
        }
        self.level = Some(level);
        let held = Held::certain(self.words[level]);
        self.timeline.push(day, Some(held), signal.causes(day));
    }
}
