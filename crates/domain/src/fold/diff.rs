//! The changes that a commit causes: the difference between two folds' step timelines.
//!
//! A step that an event first reported in the commit brings, at or after the last event day that
//! the subject had, is `happened`; what time alone moves after it, or on days not told of before,
//! is `lapsed`; all else that was told and reads otherwise now is `learned`, with the span that
//! was rewritten. Nothing is told of days beyond the one that the log has reached.

use super::{Folded, Step, Timeline};
use crate::day::Day;
use crate::event::EventId;
use crate::routes::Pair;
use crate::state::{Change, Held, Occasion, Subject};
use std::collections::BTreeSet;

/// How far the log's ticks had reached, before a commit and with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Told {
    /// The last day told of before; `None` before any tick.
    pub before: Option<Day>,
    /// The last day to tell of now.
    pub now: Option<Day>,
}

/// The events of a commit that concern a relation.
#[derive(Clone, Copy, Debug)]
pub struct Concerned<'a> {
    /// Those first reported in it.
    pub reported: &'a [EventId],
    /// All that it touches, amended ones included.
    pub touched: &'a [EventId],
}

/// The changes from `old` to `new`, in order of days, then occasions, then subjects.
#[must_use]
pub fn diff(
    pair: Pair,
    old: &Folded,
    new: &Folded,
    told: Told,
    events: Concerned<'_>,
) -> Vec<Change> {
    let Some(now) = told.now else {
        return Vec::new();
    };
    let empty = Timeline::default();
    let subjects: BTreeSet<&Subject> = old.timelines.keys().chain(new.timelines.keys()).collect();
    let mut changes = Vec::new();
    for subject in subjects {
        let before = old.timelines.get(subject).unwrap_or(&empty);
        let after = new.timelines.get(subject).unwrap_or(&empty);
        if before.steps != after.steps || told.before != Some(now) {
            let teller = Teller {
                pair,
                subject,
                before,
                after,
                told: told.before,
                now,
                events,
            };
            teller.tell(&mut changes);
        }
    }
    changes.sort_by(|one, other| {
        (one.day, one.occasion, &one.subject).cmp(&(other.day, other.occasion, &other.subject))
    });
    changes
}

struct Teller<'a> {
    pair: Pair,
    subject: &'a Subject,
    before: &'a Timeline,
    after: &'a Timeline,
    told: Option<Day>,
    now: Day,
    events: Concerned<'a>,
}

impl Teller<'_> {
    fn tell(&self, changes: &mut Vec<Change>) {
        let news_from = self.news_from();
        let news = self.news(news_from);
        self.tell_rewritten(news, changes);
        self.tell_news(news, changes);
    }

    fn was_told(&self, day: Day) -> bool {
        self.told.is_some_and(|told| day <= told)
    }

    /// Whether a step moves what was told of its day, or its day was not told of.
    fn moves(&self, step: &Step) -> bool {
        !self.was_told(step.day) || self.before.held(step.day) != step.held
    }

    fn is_reported(&self, step: &Step) -> bool {
        step.causes
            .iter()
            .any(|cause| self.events.reported.contains(cause))
    }

    /// The first day whose steps are news: that of the first step which a reported event brings
    /// no earlier than the last event that the subject had, and at the latest the first day not
    /// told of.
    fn news_from(&self) -> Day {
        let untold = self.told.map_or(Day::MIN, Day::next);
        let last = self.before.last_event.unwrap_or(Day::MIN);
        let mut brought = self
            .after
            .steps
            .iter()
            .filter(|step| step.day >= last && self.is_reported(step) && self.moves(step));
        brought.next().map_or(untold, |step| step.day.min(untold))
    }

    /// The steps that are news: the first that moves what was told, and all after it.
    fn news(&self, news_from: Day) -> &[Step] {
        let steps = &self.after.steps;
        let first = steps
            .iter()
            .position(|step| step.day >= news_from && self.moves(step));
        let end = steps.partition_point(|step| step.day <= self.now);
        first
            .and_then(|first| steps.get(first..end))
            .unwrap_or_default()
    }

    fn tell_news(&self, news: &[Step], changes: &mut Vec<Change>) {
        let Some(first) = news.first() else { return };
        // What was told of that very day is what it moved from.
        let told = self.before.at(first.day);
        let told = told.filter(|step| step.day == first.day && self.was_told(step.day));
        let before = || self.after.held(first.day.prev());
        let mut from = told.map_or_else(before, |step| step.held);
        for step in news {
            changes.push(Change {
                pair: self.pair,
                subject: self.subject.clone(),
                from,
                to: step.held,
                day: step.day,
                until: None,
                occasion: if self.is_reported(step) {
                    Occasion::Happened
                } else {
                    Occasion::Lapsed
                },
                causes: step.causes.clone(),
            });
            from = step.held;
        }
    }

    /// Spans that were told and read otherwise now, unless a step that is news begins them.
    fn tell_rewritten(&self, news: &[Step], changes: &mut Vec<Change>) {
        let Some(told) = self.told else { return };
        let mut edges: Vec<Day> = self
            .before
            .steps
            .iter()
            .chain(&self.after.steps)
            .map(|step| step.day)
            .filter(|day| *day <= told)
            .collect();
        edges.sort_unstable();
        edges.dedup();
        let mut open: Option<(Day, Option<Held>, Option<Held>)> = None;
        for day in edges {
            let (was, is) = (self.before.held(day), self.after.held(day));
            if open.is_some_and(|(_, from, to)| (from, to) == (was, is)) {
                continue;
            }
            if let Some(span) = open.take() {
                changes.push(self.learned(span, Some(day)));
            }
            let told_as_news = news.iter().any(|step| step.day == day);
            if was != is && !told_as_news {
                open = Some((day, was, is));
            }
        }
        if let Some(span) = open {
            changes.push(self.learned(span, None));
        }
    }

    fn learned(
        &self,
        (day, from, to): (Day, Option<Held>, Option<Held>),
        until: Option<Day>,
    ) -> Change {
        Change {
            pair: self.pair,
            subject: self.subject.clone(),
            from,
            to,
            day,
            until,
            occasion: Occasion::Learned,
            causes: self.events.touched.to_vec(),
        }
    }
}
