//! Comparison of two folds of the same events under different rulebooks.

use super::Timeline;
use crate::day::Day;
use crate::event::EventId;
use crate::state::{Held, Subject};
use std::collections::{BTreeMap, BTreeSet};

/// Days in a row on which a subject has the same two different values under two rulebooks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RulebookDifference {
    /// The subject.
    pub subject: Subject,
    /// The first day.
    pub day: Day,
    /// The first day after it; `None` if it reaches past the last day compared.
    pub until: Option<Day>,
    /// The value in the first fold; `None` is unknown.
    pub one: Option<Held>,
    /// The value in the second fold.
    pub other: Option<Held>,
    /// The events that cause either value, in order of ids.
    pub causes: Vec<EventId>,
}

/// Returns all differences from a day to another, both included, in order of subjects and days.
#[must_use]
pub fn compare(
    one: &BTreeMap<Subject, Timeline>,
    other: &BTreeMap<Subject, Timeline>,
    from: Day,
    to: Day,
) -> Vec<RulebookDifference> {
    let empty = Timeline::default();
    let subjects: BTreeSet<&Subject> = one.keys().chain(other.keys()).collect();
    let mut differences = Vec::new();
    for subject in subjects {
        let sides = [one, other].map(|side| side.get(subject).unwrap_or(&empty));
        for (day, until, [one, other]) in sides[0].differences(sides[1], from, to) {
            let causes = sides.iter().filter_map(|side| side.at(day));
            let causes = causes.flat_map(|step| &step.causes).copied();
            differences.push(RulebookDifference {
                subject: subject.clone(),
                day,
                until,
                one,
                other,
                causes: super::sorted(causes),
            });
        }
    }
    differences
}
