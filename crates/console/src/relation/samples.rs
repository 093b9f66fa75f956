//! The time that pictures of a conduct show, and the days of which its numbers are read.

use std::collections::BTreeSet;

use detente_api::request::Topic;
use detente_api::view::{ChangeView, EventView};
use detente_domain::day::Day;
use detente_domain::dimension::Dimension;
use detente_domain::edtf::Edtf;
use detente_domain::kind::{DurationClass, Kind};
use detente_domain::state::{Band, Limit, State};

use crate::picture::{Axis, Sample, Span};

/// The days of which the numbers are read, at most.
const DAYS_MAX: usize = 150;
/// The days of these on which something happens, at most; each is read with the day before.
const MOVED_MAX: usize = 55;

/// Returns the day of a step; the open beginning has no civil one.
pub(super) fn day(text: &str) -> Day {
    Day::parse(text).unwrap_or(Day::MIN)
}

pub(super) fn first_day(event: &EventView) -> Option<Day> {
    let edtf = Edtf::parse(&event.event.occurred).ok()?;
    let day = if edtf.earliest().is_open() {
        edtf.latest()
    } else {
        edtf.earliest()
    };
    Some(day).filter(|day| !day.is_open())
}

/// Returns the bounds of the date of an event that was on one day and is not known to the day. A
/// condition holds on all of its days.
pub(super) fn inexact_bounds(event: &EventView) -> Option<(Day, Day)> {
    let edtf = Edtf::parse(&event.event.occurred).ok()?;
    let kind = Kind::parse(&event.event.kind)?;
    let bounds = (edtf.earliest(), edtf.latest());
    let lasts = kind.class() == DurationClass::Condition;
    (bounds.0 < bounds.1 && !lasts).then_some(bounds)
}

/// Returns the time that is drawn: from the first thing known, but not more than was asked for.
pub(super) fn axis(steps: &[ChangeView], events: &[EventView], last: Day, span: Span) -> Axis {
    let steps = steps.iter().map(|step| day(&step.day));
    let days = steps.chain(events.iter().filter_map(first_day));
    let known = days.filter(|day| !day.is_open()).min();
    let known = known.unwrap_or(last).min(last);
    // The first step is not at the edge.
    let known = known.plus(-last.since(known) / 50 - 1);
    let first = span.first(last).map_or(known, |first| first.max(known));
    Axis { first, last }
}

/// Chooses the days of which the numbers are read: where something happens, above all where the
/// posture changes, and else in equal distances.
pub(super) fn sampled(steps: &[ChangeView], events: &[EventView], axis: Axis) -> Vec<Day> {
    let within = |day: &Day| axis.first <= *day && *day <= axis.last;
    let is_posture = |step: &&ChangeView| step.dimension.0 == Topic::Dimension(Dimension::Posture);
    let turns = steps.iter().filter(is_posture).map(|step| day(&step.day));
    let turns: BTreeSet<Day> = turns.filter(within).collect();
    let others = steps.iter().map(|step| day(&step.day));
    let others = others.chain(events.iter().filter_map(first_day));
    let others: BTreeSet<Day> = others.filter(within).collect();
    let mut moved = thinned(&turns, MOVED_MAX);
    let left = others.difference(&turns).copied().collect();
    moved.extend(thinned(&left, MOVED_MAX - moved.len()));
    // The day before shows that the change is a jump.
    let moved: BTreeSet<Day> = moved
        .into_iter()
        .flat_map(|day| [day.prev(), day])
        .collect();
    let moved: Vec<Day> = moved.into_iter().filter(within).collect();
    let regular = i32::try_from(DAYS_MAX - moved.len().min(DAYS_MAX))
        .unwrap_or(1)
        .max(1);
    let step = axis.days().div_euclid(regular).saturating_add(1).max(30);
    let step = usize::try_from(step).unwrap_or(30);
    let regular = (0..axis.days())
        .step_by(step)
        .map(|days| axis.first.plus(days));
    let mut days: BTreeSet<Day> = moved.into_iter().chain(regular).collect();
    days.insert(axis.last);
    days.into_iter().collect()
}

/// Leaves out days, evenly, until there are at most so many.
fn thinned(days: &BTreeSet<Day>, most: usize) -> Vec<Day> {
    let step = days.len().div_ceil(most.max(1)).max(1);
    days.iter()
        .rev()
        .step_by(step)
        .take(most)
        .copied()
        .collect()
}

pub(super) fn limit(state: &State, dimension: Dimension, is_ceiling: bool) -> Option<Limit> {
    let band: Band = match dimension {
        Dimension::Posture => state.posture.band,
        Dimension::Weighed(weighed) => state.weighed.get(weighed.index())?.band,
        Dimension::Recognition | Dimension::Declared | Dimension::Representation => return None,
    };
    if is_ceiling { band.ceiling } else { band.floor }
}

pub(super) fn sample(state: &State, dimension: Dimension) -> Sample {
    let nothing = Sample {
        day: state.at,
        index: None,
        masses: None,
    };
    match dimension {
        Dimension::Posture => {
            let posture = &state.posture;
            let numbers = posture.level.map(|_| (posture.warmth, posture.strain));
            Sample {
                index: numbers.map(|_| posture.index),
                masses: numbers,
                ..nothing
            }
        }
        Dimension::Weighed(weighed) => {
            let Some(weighed) = state.weighed.get(weighed.index()) else {
                return nothing;
            };
            let is_known = weighed.level.is_some() || weighed.threat.is_some();
            Sample {
                index: weighed.level.map(|_| weighed.index),
                masses: is_known.then_some((weighed.warmth, weighed.strain)),
                ..nothing
            }
        }
        Dimension::Recognition | Dimension::Declared | Dimension::Representation => nothing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn axis() -> Axis {
        Axis {
            first: Day::new(10_000),
            last: Day::new(20_000),
        }
    }

    #[test]
    fn however_much_happens_few_days_are_read_and_the_last_is_among_them() {
        let days = sampled(&[], &[], axis());
        assert!(days.len() <= DAYS_MAX + 1, "{}", days.len());
        assert_eq!(days.last(), Some(&axis().last));
        let many: BTreeSet<Day> = (0..5_000).map(|day| Day::new(10_000 + day)).collect();
        assert!(thinned(&many, 100).len() <= 100);
        assert_eq!(thinned(&many, 0).len(), 0);
    }

    #[test]
    fn the_time_begins_with_what_is_known_but_not_before_what_is_asked_for() {
        let last = Day::new(20_000);
        assert_eq!(super::axis(&[], &[], last, Span::All).last, last);
        assert!(super::axis(&[], &[], last, Span::All).first < last);
    }
}
