//! A level timeline that is being built, from break to break.

use super::{Sample, Signal};
use crate::day::Day;
use crate::fold::Timeline;
use crate::level::{Bound, judge};
use crate::state::Held;

/// The rule by which one level follows another.
#[derive(Clone, Copy)]
pub(in crate::fold) struct LevelRule<'a> {
    pub(in crate::fold) bounds: &'a [Bound],
    pub(in crate::fold) words: &'a [&'static str],
    /// True for threat, which fades, but to none only if a group ended.
    pub(in crate::fold) is_threat: bool,
}

/// A level timeline that is being built.
pub(in crate::fold) struct LevelTracker<'a> {
    pub(in crate::fold) timeline: Timeline,
    rule: LevelRule<'a>,
    /// The level of the sums.
    level: Option<usize>,
    /// The level within the limits, and whether it is stale.
    shown: Option<(usize, bool)>,
    from: Day,
    /// The last day that is judged.
    until: Day,
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
    pub(in crate::fold) fn limited(self, level: usize) -> usize {
        let floor = self.floor.map_or(level, |floor| level.max(floor as usize));
        self.ceiling
            .map_or(floor, |ceiling| floor.min(ceiling as usize))
    }
}

impl<'a> LevelTracker<'a> {
    /// Begins a timeline up to a day, with the steps of an earlier one before a day.
    pub(in crate::fold) fn new(
        rule: LevelRule<'a>,
        earlier: Option<(Timeline, Day)>,
        until: Day,
    ) -> Self {
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
    pub(in crate::fold) fn resumes_from(&self) -> Option<Day> {
        self.level.map(|_| self.from)
    }

    /// Judges the days, from break to break, and the days of fading after the last break. The breaks
    /// are those after [`LevelTracker::resumes_from`].
    pub(in crate::fold) fn run<S: Signal>(&mut self, signal: &S, breaks: &[Day], fading: i32) {
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
