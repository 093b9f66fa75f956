//! The lives of parties: a state that has ended has no relations.

use super::{Step, Timeline};
use crate::day::Day;
use crate::relations::Pair;
use crate::state::Subject;
use std::collections::BTreeMap;
use std::ops::Range;

/// Returns the days on which neither state has ended.
///
/// What was reported before a state's first day is left as it is: the dates of independence are
/// often argued over.
pub(super) fn of(pair: Pair) -> Range<Day> {
    let ends = [pair.a().life().to, pair.b().life().to];
    let last = ends.into_iter().flatten().min();
    Day::MIN..last.map_or(Day::MAX, Day::next)
}

/// Ends every timeline with the life of the shorter-lived state.
pub(super) fn cut(pair: Pair, timelines: &mut BTreeMap<Subject, Timeline>) {
    let until = of(pair).end;
    if until == Day::MAX {
        return;
    }
    for timeline in timelines.values_mut() {
        let kept = timeline.steps.partition_point(|step| step.day < until);
        timeline.steps.truncate(kept);
        if timeline
            .steps
            .last()
            .is_some_and(|step| step.held.is_some())
        {
            timeline.steps.push(Step {
                day: until,
                held: None,
                causes: Vec::new(),
            });
        }
    }
}
