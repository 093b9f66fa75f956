//! Walking a timeline: from break to break, finding the days on which a level is crossed.
//!
//! The values of days are not computed but bounded (see `roll`); only a day whose bounds
//! lie on both sides of a threshold is summed. Between breaks every sum only fades. That bounds
//! the values of a stretch of days by what its ends hold, so a stretch is passed over when its
//! bounds show that the level cannot change in it, and halved otherwise, down to single days. What
//! is found is what a judge of every day would find, wherever the walk begins.

use super::index::{self, Reading};
use super::roll::{Course, Roll};
use super::{Item, Sum, Timeline};
use crate::day::Day;
use crate::dimension::Weighed;
use crate::event::EventId;
use crate::level::{Bound, Level, Threat, judge};
use crate::rulebook::Rulebook;
use crate::state::Held;

/// The reading of a dimension on a day.
#[must_use]
pub fn reading(sum: &Sum, weighed: Weighed, rules: &Rulebook, day: Day) -> Reading {
    index::read(
        sum.mass.at(day, &rules.dimension(weighed).decay),
        weighed,
        rules,
    )
}

/// What is judged day by day.
pub(super) trait Curve {
    /// Bounds of the value, carried on from day to day.
    type Roll: Clone;

    /// Bounds at the open beginning.
    fn begin(&self) -> Self::Roll;

    /// Carries bounds on to a day.
    fn advance(&self, roll: &mut Self::Roll, to: Day);

    /// Bounds of the value of a day; `None` where there are none.
    fn on(&self, roll: &Self::Roll, day: Day) -> Option<(i64, i64)>;

    /// Bounds of the values of two days and of all between them, without a break after the first.
    fn between(&self, ends: (&Self::Roll, &Self::Roll), first: Day) -> Option<(i64, i64)>;

    /// The value of a day; `None` where nothing is known.
    fn value(&self, day: Day) -> Option<i64>;

    /// The events that take effect on a day.
    fn causes(&self, day: Day) -> Vec<EventId>;
}

/// The level timeline of a dimension.
pub(super) fn levels(
    sum: &Sum,
    course: &Course<'_>,
    weighed: Weighed,
    rules: &Rulebook,
    earlier: Option<(&Timeline, Day)>,
    items: &[Item<'_>],
) -> Timeline {
    let (bounds, words): (&[Bound], Vec<&'static str>) = match weighed {
        Weighed::Threat => (
            &rules.threat,
            Threat::ALL.iter().map(|level| level.as_str()).collect(),
        ),
        _ => (
            &rules.levels,
            Level::ALL.iter().map(|level| level.as_str()).collect(),
        ),
    };
    let mut track = Track::begin(bounds, &words, earlier);
    track.timeline.last_event = last_event(sum);
    let fading = rules.dimension(weighed).decay.span();
    let dimension = One {
        sum,
        course,
        weighed,
        rules,
        items,
    };
    track.walk(&dimension, &sum.breaks, fading);
    track.timeline
}

struct One<'a> {
    sum: &'a Sum,
    course: &'a Course<'a>,
    weighed: Weighed,
    rules: &'a Rulebook,
    items: &'a [Item<'a>],
}

impl Curve for One<'_> {
    type Roll = Roll;

    fn begin(&self) -> Roll {
        self.course.begin()
    }

    fn advance(&self, roll: &mut Roll, to: Day) {
        self.course.advance(roll, to);
    }

    fn on(&self, roll: &Roll, _day: Day) -> Option<(i64, i64)> {
        let judged = |reading: Reading, weighed| reading.judged(weighed);
        self.course.on(roll, self.weighed, self.rules, judged)
    }

    fn between(&self, ends: (&Roll, &Roll), _first: Day) -> Option<(i64, i64)> {
        let judged = |reading: Reading, weighed| reading.judged(weighed);
        self.course.between(ends, self.weighed, self.rules, judged)
    }

    fn value(&self, day: Day) -> Option<i64> {
        Some(reading(self.sum, self.weighed, self.rules, day).judged(self.weighed))
    }

    fn causes(&self, day: Day) -> Vec<EventId> {
        causes(self.sum, day, self.items)
    }
}

/// A timeline in the making, with the place of its level.
pub(super) struct Track<'a> {
    pub(super) timeline: Timeline,
    bounds: &'a [Bound],
    words: &'a [&'static str],
    level: Option<usize>,
    from: Day,
}

impl<'a> Track<'a> {
    /// Takes over the steps of an earlier timeline before a day.
    pub(super) fn begin(
        bounds: &'a [Bound],
        words: &'a [&'static str],
        earlier: Option<(&Timeline, Day)>,
    ) -> Self {
        let mut track = Self {
            timeline: Timeline::default(),
            bounds,
            words,
            level: None,
            from: Day::MIN,
        };
        if let Some((timeline, from)) = earlier {
            let kept = timeline.steps.iter().take_while(|step| step.day < from);
            track.timeline.steps = kept.cloned().collect();
            let held = track.timeline.steps.last().and_then(|step| step.held);
            track.level = held.and_then(|held| words.iter().position(|word| *word == held.word));
            track.from = from;
        }
        track
    }

    /// Judges every day, from break to break and for the days of fading after the last.
    pub(super) fn walk<C: Curve>(&mut self, curve: &C, breaks: &[Day], fading: i32) {
        let resumed = self.level.map(|_| self.from);
        let after = resumed.map_or(0, |from| breaks.partition_point(|day| *day <= from));
        let rest = breaks[after..].iter().copied();
        let mut days = resumed.into_iter().chain(rest).peekable();
        let mut roll = curve.begin();
        while let Some(from) = days.next() {
            curve.advance(&mut roll, from);
            self.judge(curve, &roll, from);
            let next = days.peek().copied();
            let next = next.unwrap_or_else(|| from.plus(fading).next());
            let last = next.prev().min(Day::LAST);
            // Nothing changes between the open beginning and the first civil day.
            let first = from.max(Day::FIRST);
            if first < last {
                let mut there = roll.clone();
                curve.advance(&mut there, last);
                self.stretch(curve, (first, &roll), (last, &there));
            }
        }
    }

    /// Judges the days of a stretch after the first, which has been judged: none, where it holds
    /// as a whole, and else those of its halves.
    fn stretch<C: Curve>(&mut self, curve: &C, first: (Day, &C::Roll), last: (Day, &C::Roll)) {
        let days = last.0.since(first.0);
        if days < 1 || self.holds(curve.between((first.1, last.1), first.0)) {
            return;
        }
        if days == 1 {
            return self.judge(curve, last.1, last.0);
        }
        let middle = first.0.plus(days / 2);
        let mut roll = first.1.clone();
        curve.advance(&mut roll, middle);
        self.stretch(curve, first, (middle, &roll));
        self.stretch(curve, (middle, &roll), last);
    }

    fn holds(&self, range: Option<(i64, i64)>) -> bool {
        let holds = |value| Some(judge(self.bounds, self.level, value)) == self.level;
        range.is_some_and(|(least, greatest)| holds(least) && holds(greatest))
    }

    /// Judges a day by its bounds, or where they do not tell by its value.
    fn judge<C: Curve>(&mut self, curve: &C, roll: &C::Roll, day: Day) {
        let level = |value| judge(self.bounds, self.level, value);
        let bounds = curve.on(roll, day);
        let told = bounds
            .map(|(least, greatest)| (level(least), level(greatest)))
            .filter(|(one, other)| one == other)
            .map(|(level, _)| level);
        let Some(level) = told.or_else(|| curve.value(day).map(level)) else {
            return;
        };
        if self.level == Some(level) {
            return;
        }
        self.level = Some(level);
        let held = Held {
            word: self.words[level],
            controlled_by: None,
            uncertain: false,
        };
        self.timeline.push(day, Some(held), curve.causes(day));
    }
}

/// The last day on which an event takes effect in a dimension.
pub(super) fn last_event(sum: &Sum) -> Option<Day> {
    let last = sum.terms.last()?.from;
    let restarts = sum.restarts.iter().map(|restart| restart.day);
    restarts.chain([last]).max()
}

/// The events that take effect in a dimension on a day: they begin, close or replace.
pub(super) fn causes(sum: &Sum, day: Day, items: &[Item<'_>]) -> Vec<EventId> {
    let begun = &sum.terms[..sum.terms.partition_point(|term| term.from <= day)];
    let begun = &begun[begun.partition_point(|term| term.from < day)..];
    let ended = &sum.ended[..sum.ended.partition_point(|(until, _)| *until <= day)];
    let ended = &ended[ended.partition_point(|(until, _)| *until < day)..];
    let places = begun.iter().map(|term| term.item);
    let mut causes: Vec<EventId> = places
        .chain(ended.iter().map(|(_, item)| *item))
        .filter_map(|place| items.get(usize::try_from(place).ok()?))
        .map(|item| item.event)
        .chain(
            sum.restarts
                .iter()
                .filter(|restart| restart.day == day)
                .map(|r| r.event),
        )
        .collect();
    causes.sort_unstable();
    causes.dedup();
    causes
}
