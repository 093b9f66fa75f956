//! Walking a dimension: from break to break, finding the day on which a level is crossed.
//!
//! Between breaks every sum only fades, so the index only rises or only falls, and a crossing is
//! found by bisecting whole days. Where the cut of machine-coded mass begins or ends in between,
//! the interval is split there first.

use super::index::{self, Reading};
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

/// The level timeline of a dimension; also notes in `sum.breaks` where the machine cut turns.
pub(super) fn levels(
    sum: &mut Sum,
    weighed: Weighed,
    rules: &Rulebook,
    earlier: Option<(&Timeline, Day)>,
    items: &[Item<'_>],
) -> Timeline {
    split_at_cuts(sum, weighed, rules);
    let bounds: &[Bound] = match weighed {
        Weighed::Threat => &rules.threat,
        _ => &rules.levels,
    };
    let word = |place: usize| match weighed {
        Weighed::Threat => Threat::ALL[place].word(),
        _ => Level::ALL[place].word(),
    };
    let mut track = Track::begin(earlier, |held| {
        (0..=bounds.len()).find(|place| word(*place) == held.word)
    });
    track.timeline.last_event = last_event(sum);
    let value = |day| reading(sum, weighed, rules, day).judged(weighed);
    let end = rules.dimension(weighed).decay.span();
    let mut breaks = sum.breaks.clone();
    track.clip(&mut breaks);
    for (place, from) in breaks.iter().enumerate() {
        let next = breaks
            .get(place + 1)
            .copied()
            .unwrap_or_else(|| from.plus(end).next());
        let level = judge(bounds, track.level, value(*from));
        if track.level != Some(level) {
            let causes = causes(sum, *from, items);
            track.step(*from, level, word(level), causes);
        }
        let mut day = *from;
        while let Some((crossed, level)) = crossing(bounds, track.level, day, next, &value) {
            track.step(crossed, level, word(level), Vec::new());
            day = crossed;
        }
    }
    track.timeline
}

/// A timeline in the making, with the place of its level.
pub(super) struct Track {
    pub(super) timeline: Timeline,
    pub(super) level: Option<usize>,
    from: Day,
}

impl Track {
    /// Takes over the steps of an earlier timeline before a day.
    pub(super) fn begin(
        earlier: Option<(&Timeline, Day)>,
        place: impl Fn(Held) -> Option<usize>,
    ) -> Self {
        let Some((timeline, from)) = earlier else {
            return Self {
                timeline: Timeline::default(),
                level: None,
                from: Day::MIN,
            };
        };
        let kept = timeline
            .steps
            .iter()
            .take_while(|step| step.day < from)
            .cloned()
            .collect();
        let timeline = Timeline {
            steps: kept,
            last_event: None,
        };
        let level = timeline
            .steps
            .last()
            .and_then(|step| step.held)
            .and_then(place);
        Self {
            timeline,
            level,
            from,
        }
    }

    /// Leaves of the breaks those that are yet to be walked, beginning with the day itself.
    pub(super) fn clip(&self, breaks: &mut Vec<Day>) {
        if self.level.is_some() {
            breaks.retain(|day| *day > self.from);
            breaks.insert(0, self.from);
        }
    }

    pub(super) fn step(
        &mut self,
        day: Day,
        level: usize,
        word: &'static str,
        causes: Vec<EventId>,
    ) {
        self.level = Some(level);
        let held = Held {
            word,
            controlled_by: None,
            uncertain: false,
        };
        self.timeline.push(day, Some(held), causes);
    }
}

/// The first day after `from` and before `next` on which the level is another, and which.
pub(super) fn crossing(
    bounds: &[Bound],
    level: Option<usize>,
    from: Day,
    next: Day,
    value: &impl Fn(Day) -> i64,
) -> Option<(Day, usize)> {
    let last = next.prev();
    if last <= from {
        return None;
    }
    let level = level?;
    let moved = |day| judge(bounds, Some(level), value(day)) != level;
    if !moved(last) {
        return None;
    }
    let day = first(from, last, moved);
    Some((day, judge(bounds, Some(level), value(day))))
}

/// The first day after `from` for which `moved` holds, given that it holds on `last` and, once it
/// holds, goes on to.
pub(super) fn first(from: Day, last: Day, moved: impl Fn(Day) -> bool) -> Day {
    let (mut still, mut past) = (i64::from(from.ordinal()), i64::from(last.ordinal()));
    while past - still > 1 {
        let middle = still + (past - still) / 2;
        if moved(day(middle)) {
            past = middle
        } else {
            still = middle
        }
    }
    day(past)
}

fn day(ordinal: i64) -> Day {
    i32::try_from(ordinal).map_or(Day::MAX, Day::new)
}

fn split_at_cuts(sum: &mut Sum, weighed: Weighed, rules: &Rulebook) {
    if !sum.terms.iter().any(|term| term.side.machine) {
        return;
    }
    let capped = |day| reading(sum, weighed, rules, day).capped;
    let end = rules.dimension(weighed).decay.span();
    let mut turns = Vec::new();
    for (place, from) in sum.breaks.iter().enumerate() {
        let next = sum
            .breaks
            .get(place + 1)
            .copied()
            .unwrap_or_else(|| from.plus(end).next());
        let last = next.prev();
        if last > *from && capped(*from) != capped(last) {
            let at_first = capped(*from);
            turns.push(first(*from, last, |day| capped(day) != at_first));
        }
    }
    sum.breaks.extend(turns);
    sum.breaks.sort_unstable();
    sum.breaks.dedup();
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
