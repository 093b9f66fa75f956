//! Timelines: the values of one subject, by the days from which they hold.

use super::sorted;
use crate::day::Day;
use crate::event::EventId;
use crate::state::Held;

/// A step of a timeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The valid day from which the value holds.
    pub day: Day,
    /// The value; `None` is unknown.
    pub held: Option<Held>,
    /// The events that take effect on that day and cause it; empty if time alone does.
    pub causes: Vec<EventId>,
}

/// The steps of one subject, in order of days. Adjacent steps have different values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timeline {
    /// The steps.
    pub steps: Vec<Step>,
    /// The last day on which an event of the subject takes effect.
    pub last_event: Option<Day>,
    /// The levels of the sums, before any limit, by day; empty for other subjects than levels.
    pub summed: Vec<(Day, usize)>,
}

/// Days in a row on which two timelines have the same different values: the first day, the first
/// day after them, and the values.
type DifferentDays = (Day, Option<Day>, [Option<Held>; 2]);

impl Timeline {
    /// The step that holds on a day.
    #[must_use]
    pub fn at(&self, day: Day) -> Option<&Step> {
        let begun = self.steps.partition_point(|step| step.day <= day);
        self.steps[..begun].last()
    }

    /// The level of the sums on a day, as an index of the dimension's levels.
    #[must_use]
    pub fn summed_at(&self, day: Day) -> Option<usize> {
        let begun = self.summed.partition_point(|(from, _)| *from <= day);
        self.summed[..begun].last().map(|(_, level)| *level)
    }

    /// The value on a day; `None` is unknown.
    #[must_use]
    pub fn held(&self, day: Day) -> Option<Held> {
        self.at(day).and_then(|step| step.held)
    }

    /// Returns the spans on which two timelines have different values, from a day to another, both
    /// included. A span ends before the given day, or reaches past the last day.
    pub(super) fn differences(&self, other: &Self, from: Day, to: Day) -> Vec<DifferentDays> {
        let days = self.steps.iter().chain(&other.steps).map(|step| step.day);
        let within = days.filter(|day| (from..=to).contains(day));
        let mut spans: Vec<DifferentDays> = Vec::new();
        let mut open = [None; 2];
        for day in sorted(within.chain([from])) {
            let values = [self.held(day), other.held(day)];
            if values == open {
                continue;
            }
            if let Some((_, until @ None, _)) = spans.last_mut() {
                *until = Some(day);
            }
            if values[0] != values[1] {
                spans.push((day, None, values));
            }
            open = values;
        }
        spans
    }

    /// Removes the steps from a day on, and returns them.
    pub(super) fn truncate(&mut self, from: Day) -> Vec<Step> {
        let kept = self.summed.partition_point(|(day, _)| *day < from);
        self.summed.truncate(kept);
        let kept = self.steps.partition_point(|step| step.day < from);
        self.steps.split_off(kept)
    }

    /// Adds a step, unless its value is that of the last one.
    pub(super) fn push(&mut self, day: Day, held: Option<Held>, causes: Vec<EventId>) {
        let before = self.steps.last().and_then(|step| step.held);
        if before != held {
            self.steps.push(Step { day, held, causes });
        }
    }

    /// Adds a step as [`Timeline::push`] does, on a day on which `causes` take effect.
    pub(super) fn push_events(&mut self, day: Day, held: Option<Held>, causes: Vec<EventId>) {
        if !causes.is_empty() {
            self.last_event = self.last_event.max(Some(day));
        }
        self.push(day, held, causes);
    }
}
