//! Where two folds of the same events, each under a rulebook of its own, read differently.

use super::Timeline;
use crate::day::Day;
use crate::event::EventId;
use crate::state::{Held, Subject};
use std::collections::{BTreeMap, BTreeSet};

/// Days in a row on which a subject reads differently, in the same way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// What reads differently.
    pub subject: Subject,
    /// The first day.
    pub day: Day,
    /// The first day after it; `None` where it reaches past the last day looked at.
    pub until: Option<Day>,
    /// What the one holds; `None` is unknown.
    pub one: Option<Held>,
    /// What the other holds.
    pub other: Option<Held>,
    /// The events that brought what either holds, in order of ids.
    pub causes: Vec<EventId>,
}

/// Every span from a day to another, both included, in order of subjects and days.
#[must_use]
pub fn compare(
    one: &BTreeMap<Subject, Timeline>,
    other: &BTreeMap<Subject, Timeline>,
    from: Day,
    to: Day,
) -> Vec<Span> {
    let empty = Timeline::default();
    let subjects: BTreeSet<&Subject> = one.keys().chain(other.keys()).collect();
    let mut spans = Vec::new();
    for subject in subjects {
        let of = |side: &'_ BTreeMap<Subject, Timeline>| side.contains_key(subject);
        let one = if of(one) { &one[subject] } else { &empty };
        let other = if of(other) { &other[subject] } else { &empty };
        if one.steps != other.steps {
            subject_spans(subject, [one, other], from, to, &mut spans);
        }
    }
    spans
}

fn subject_spans(
    subject: &Subject,
    sides: [&Timeline; 2],
    from: Day,
    to: Day,
    spans: &mut Vec<Span>,
) {
    let steps = sides.iter().flat_map(|side| &side.steps);
    let mut edges: BTreeSet<Day> = steps
        .map(|step| step.day)
        .filter(|day| (from..=to).contains(day))
        .collect();
    edges.insert(from);
    let mut open: Option<Span> = None;
    for day in edges {
        let [one, other] = sides.map(|side| side.held(day));
        if open
            .as_ref()
            .is_some_and(|span| (span.one, span.other) == (one, other))
        {
            continue;
        }
        if let Some(mut span) = open.take() {
            span.until = Some(day);
            spans.push(span);
        }
        if one != other {
            let causes = sides.iter().filter_map(|side| side.at(day));
            let causes: BTreeSet<EventId> = causes.flat_map(|step| &step.causes).copied().collect();
            open = Some(Span {
                subject: subject.clone(),
                day,
                until: None,
                one,
                other,
                causes: causes.into_iter().collect(),
            });
        }
    }
    spans.extend(open);
}
