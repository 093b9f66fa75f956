//! Walking a timeline: from break to break, finding the days on which a level is crossed.
//!
//! Between breaks every sum only fades. That bounds the values of a stretch of days by what its
//! ends hold, so a stretch is passed over when its bounds show that the level cannot change in
//! it, and halved otherwise, down to single days. What is found is what a judge of every day
//! would find, wherever the walk begins.

use super::index::{self, Reading};
use super::mass::Sums;
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
    /// All that the value of a day follows from.
    type Point: Copy;

    /// The point of a day.
    fn at(&self, day: Day) -> Self::Point;

    /// The value of a point; `None` where nothing is known.
    fn value(&self, point: Self::Point) -> Option<i64>;

    /// Bounds of the values of two days and of all between them, without a break after the first.
    fn range(&self, first: (Day, Self::Point), last: (Day, Self::Point)) -> Option<(i64, i64)>;

    /// Wider bounds, without a look at the last day.
    fn rough(&self, first: (Day, Self::Point), last: Day) -> Option<(i64, i64)>;

    /// The events that take effect on a day.
    fn causes(&self, day: Day) -> Vec<EventId>;
}

/// The level timeline of a dimension.
pub(super) fn levels(
    sum: &Sum,
    weighed: Weighed,
    rules: &Rulebook,
    earlier: Option<(&Timeline, Day)>,
    items: &[Item<'_>],
) -> Timeline {
    let (bounds, words): (&[Bound], Vec<&'static str>) = match weighed {
        Weighed::Threat => (
            &rules.threat,
            Threat::ALL.iter().map(|level| level.word()).collect(),
        ),
        _ => (
            &rules.levels,
            Level::ALL.iter().map(|level| level.word()).collect(),
        ),
    };
    let mut track = Track::begin(bounds, &words, earlier);
    track.timeline.last_event = last_event(sum);
    let fading = rules.dimension(weighed).decay.span();
    let dimension = One {
        sum,
        weighed,
        rules,
        items,
    };
    track.walk(&dimension, sum.breaks.clone(), fading);
    track.timeline
}

struct One<'a> {
    sum: &'a Sum,
    weighed: Weighed,
    rules: &'a Rulebook,
    items: &'a [Item<'a>],
}

impl Curve for One<'_> {
    type Point = Sums;

    fn at(&self, day: Day) -> Sums {
        self.sum
            .mass
            .at(day, &self.rules.dimension(self.weighed).decay)
    }

    fn value(&self, sums: Sums) -> Option<i64> {
        Some(index::read(sums, self.weighed, self.rules).judged(self.weighed))
    }

    fn range(&self, first: (Day, Sums), last: (Day, Sums)) -> Option<(i64, i64)> {
        let judged = |reading: Reading| reading.judged(self.weighed);
        Some(range(
            self.sum,
            self.weighed,
            self.rules,
            (first, last),
            judged,
        ))
    }

    fn rough(&self, first: (Day, Sums), last: Day) -> Option<(i64, i64)> {
        let judged = |reading: Reading| reading.judged(self.weighed);
        Some(rough(
            self.sum,
            self.weighed,
            self.rules,
            (first, last),
            judged,
        ))
    }

    fn causes(&self, day: Day) -> Vec<EventId> {
        causes(self.sum, day, self.items)
    }
}

/// Bounds of a dimension's value on a day and on those up to another, without a break after the
/// first, from the first day's sums alone: they can fade no faster than the decay table has it.
pub(super) fn rough(
    sum: &Sum,
    weighed: Weighed,
    rules: &Rulebook,
    ((first, from), last): ((Day, Sums), Day),
    value: impl Fn(Reading) -> i64,
) -> (i64, i64) {
    let rule = rules.dimension(weighed);
    let to = sum.mass.at_least(from, (first, last), &rule.decay);
    let (one, other) = index::extremes(from, to, weighed);
    let value = |sums| value(index::read(sums, weighed, rules));
    let (one, other) = (value(one), value(other));
    let slack = index::slack(sum.mass.roundings(), rule);
    (one.min(other) - slack, one.max(other) + slack)
}

/// Bounds of a dimension's value on two days and on all between them, without a break after the
/// first. The value is the index, or the strain of threat.
///
/// Where people's evidence alone fades by one factor, the value only rises or only falls, and lies
/// between the ends but for rounding. Elsewhere (machines' share is cut, or something ceases
/// to count) the bounds are those of sums that are as far apart as the ends allow.
pub(super) fn range(
    sum: &Sum,
    weighed: Weighed,
    rules: &Rulebook,
    ((first, from), (last, to)): ((Day, Sums), (Day, Sums)),
    value: impl Fn(Reading) -> i64,
) -> (i64, i64) {
    let value = |sums| value(index::read(sums, weighed, rules));
    if from == to {
        return (value(from), value(from));
    }
    let rule = rules.dimension(weighed);
    let machines = from.machine_warmth + from.machine_strain > 0;
    let (one, other) = if machines || sum.mass.ends_within(first, last, &rule.decay) {
        index::extremes(from, to, weighed)
    } else {
        (from, to)
    };
    let (one, other) = (value(one), value(other));
    let slack = index::slack(sum.mass.roundings(), rule);
    (one.min(other) - slack, one.max(other) + slack)
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
    pub(super) fn walk<C: Curve>(&mut self, curve: &C, mut breaks: Vec<Day>, fading: i32) {
        if self.level.is_some() {
            breaks.retain(|day| *day > self.from);
            breaks.insert(0, self.from);
        }
        for (place, from) in breaks.iter().enumerate() {
            let point = curve.at(*from);
            self.judge(*from, curve.value(point), |day| curve.causes(day));
            let next = breaks.get(place + 1).copied();
            let next = next.unwrap_or_else(|| from.plus(fading).next());
            let last = next.prev().min(Day::LAST);
            // Nothing changes between the open beginning and the first civil day.
            let first = (*from).max(Day::FIRST);
            if first < last && !self.holds(curve.rough((first, point), last)) {
                self.stretch(curve, (first, point), (last, curve.at(last)));
            }
        }
    }

    /// Judges the days of a stretch after the first, which has been judged.
    fn stretch<C: Curve>(&mut self, curve: &C, first: (Day, C::Point), last: (Day, C::Point)) {
        let mut rest = vec![(first, last)];
        while let Some((first, last)) = rest.pop() {
            let days = last.0.since(first.0);
            if days < 1 || self.holds(curve.range(first, last)) {
                continue;
            }
            if days == 1 {
                self.judge(last.0, curve.value(last.1), |_| Vec::new());
                continue;
            }
            let middle = first.0.plus(days / 2);
            let middle = (middle, curve.at(middle));
            rest.push((middle, last));
            rest.push((first, middle));
        }
    }

    fn holds(&self, range: Option<(i64, i64)>) -> bool {
        let holds = |value| Some(judge(self.bounds, self.level, value)) == self.level;
        range.is_none_or(|(least, greatest)| holds(least) && holds(greatest))
    }

    fn judge(&mut self, day: Day, value: Option<i64>, causes: impl Fn(Day) -> Vec<EventId>) {
        let Some(value) = value else { return };
        let level = judge(self.bounds, self.level, value);
        if self.level == Some(level) {
            return;
        }
        self.level = Some(level);
        let held = Held {
            word: self.words[level],
            controlled_by: None,
            uncertain: false,
        };
        self.timeline.push(day, Some(held), causes(day));
    }
}

/// The last day on which an event takes effect in a dimension.
pub(super) fn last_event(sum: &Sum) -> Option<Day> {
    let last = sum.terms.iter().map(|term| term.from).max()?;
    let restarts = sum.restarts.iter().map(|restart| restart.day);
    restarts.chain([last]).max()
}

/// The events that take effect in a dimension on a day: they begin, close or replace.
pub(super) fn causes(sum: &Sum, day: Day, items: &[Item<'_>]) -> Vec<EventId> {
    let begun = sum
        .terms
        .iter()
        .filter(|term| term.from == day)
        .map(|term| term.item);
    let ended = sum
        .terms
        .iter()
        .filter(|term| term.until == day)
        .filter_map(|term| term.ended_by);
    let mut causes: Vec<EventId> = begun
        .chain(ended)
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
