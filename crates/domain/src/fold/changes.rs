//! The changes that a commit causes: the differences between the timelines of two folds.
//!
//! A step is `happened` if an event first reported in the commit causes it, on or after the day of
//! the subject's last event. Later steps, and steps on days that were not published before, are
//! `lapsed`, if time alone causes them. Other differences on published days are `learned`, with the
//! span that is rewritten. Days after the last tick of the log are not published.

use super::{Advanced, Folded, Step, Timeline};
use crate::day::Day;
use crate::event::EventId;
use crate::relations::Pair;
use crate::state::{Change, Held, Occasion, Subject};
use std::collections::{BTreeMap, BTreeSet};

/// The last days published, by the ticks of the log: before a commit and with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TickWindow {
    /// The last day published before the commit; `None` before any tick.
    pub before: Option<Day>,
    /// The last day to publish with it.
    pub now: Option<Day>,
}

/// The events of a commit that affect a relation, in order of ids.
#[derive(Clone, Copy, Debug)]
pub struct AffectedEvents<'a> {
    /// The events first reported in the commit.
    pub reported: &'a [EventId],
    /// All events that the commit reports or amends.
    pub touched: &'a [EventId],
}

/// The timelines of a relation.
type Timelines = BTreeMap<Subject, Timeline>;

/// Returns the changes from `old` to `new`, in order of days, then occasions, then subjects.
#[must_use]
pub fn changes(
    pair: Pair,
    old: &Folded,
    new: &Folded,
    window: TickWindow,
    events: AffectedEvents<'_>,
) -> Vec<Change> {
    let (old, new) = (&old.timelines, &new.timelines);
    let subjects: BTreeSet<&Subject> = old.keys().chain(new.keys()).collect();
    compared(pair, (old, new), subjects, Day::MIN, window, events)
}

/// Returns the changes of the days that were not published before, to a fold that stays as it is.
#[must_use]
pub fn lapsed(folded: &Folded, window: TickWindow) -> Vec<Change> {
    let timelines = &folded.timelines;
    let since = window.before.map_or(Day::MIN, Day::next);
    let events = AffectedEvents {
        reported: &[],
        touched: &[],
    };
    let same = (timelines, timelines);
    compared(folded.pair, same, timelines.keys(), since, window, events)
}

/// Returns the changes to a fold that was advanced, as [`changes`] does.
#[must_use]
pub fn advanced_changes(
    pair: Pair,
    advanced: &Advanced,
    new: &Folded,
    window: TickWindow,
    events: AffectedEvents<'_>,
) -> Vec<Change> {
    let old = &advanced.before;
    if window.before == window.now {
        let timelines = (old, &new.timelines);
        return compared(pair, timelines, old.keys(), advanced.from, window, events);
    }
    // What was not published before is compared with itself.
    let unpublished = window.before.map_or(Day::MIN, Day::next);
    let since = unpublished.min(advanced.from);
    let empty = Timeline::default();
    let whole = old.iter().map(|(subject, before)| {
        let after = new.timelines.get(subject).unwrap_or(&empty);
        let steps = before.joined(after, (since, advanced.from));
        (subject.clone(), steps)
    });
    let whole: Timelines = whole.collect();
    let timelines = (&whole, &new.timelines);
    let mut changes = compared(pair, timelines, whole.keys(), since, window, events);
    let others = new.timelines.keys();
    let others = others.filter(|subject| !whole.contains_key(*subject));
    let same = (&new.timelines, &new.timelines);
    changes.extend(compared(pair, same, others, unpublished, window, events));
    changes.sort_by(in_order);
    changes
}

impl Timeline {
    /// Returns its steps from a day on, after those of another from an earlier day on, with the step
    /// that holds there.
    fn joined(&self, other: &Self, (since, from): (Day, Day)) -> Self {
        let first = other.steps.partition_point(|step| step.day <= since);
        let first = first.saturating_sub(1);
        let end = other.steps.partition_point(|step| step.day < from);
        let earlier = other.steps.get(first..end).unwrap_or_default();
        let own = self.steps.partition_point(|step| step.day < from);
        Self {
            steps: [earlier, &self.steps[own..]].concat(),
            last_event: self.last_event,
            summed: Vec::new(),
        }
    }
}

/// The order of changes: by day, then occasion, then subject.
fn in_order(one: &Change, other: &Change) -> std::cmp::Ordering {
    (one.day, one.occasion, &one.subject).cmp(&(other.day, other.occasion, &other.subject))
}

/// Returns the changes of some subjects, whose timelines are the same before a day.
fn compared<'a>(
    pair: Pair,
    (old, new): (&Timelines, &Timelines),
    subjects: impl IntoIterator<Item = &'a Subject>,
    since: Day,
    window: TickWindow,
    events: AffectedEvents<'_>,
) -> Vec<Change> {
    let Some(now) = window.now else {
        return Vec::new();
    };
    let empty = Timeline::default();
    let mut changes = Vec::new();
    for subject in subjects {
        let before = old.get(subject).unwrap_or(&empty);
        let after = new.get(subject).unwrap_or(&empty);
        if window.before != Some(now) || before.steps != after.steps {
            let comparison = Comparison {
                pair,
                subject,
                before,
                after,
                since,
                published: window.before,
                now,
                events,
            };
            comparison.add_changes(&mut changes);
        }
    }
    changes.sort_by(in_order);
    changes
}

/// The timelines of one subject in both folds.
struct Comparison<'a> {
    pair: Pair,
    subject: &'a Subject,
    before: &'a Timeline,
    after: &'a Timeline,
    /// The first day that is compared: before it they are the same, or published.
    since: Day,
    published: Option<Day>,
    now: Day,
    events: AffectedEvents<'a>,
}

impl Comparison<'_> {
    fn add_changes(&self, changes: &mut Vec<Change>) {
        let new = self.new_steps();
        self.add_learned(new, changes);
        self.add_new(new, changes);
    }

    fn was_published(&self, day: Day) -> bool {
        self.published.is_some_and(|published| day <= published)
    }

    /// Returns true if a step differs from the value published for its day, or if none was
    /// published.
    fn differs(&self, step: &Step) -> bool {
        !self.was_published(step.day) || self.before.held(step.day) != step.held
    }

    fn is_reported(&self, step: &Step) -> bool {
        step.causes
            .iter()
            .any(|cause| self.events.reported.binary_search(cause).is_ok())
    }

    /// Returns the first day of new steps: of the first step that a reported event causes on or
    /// after the day of the subject's last event, and at the latest the first unpublished day.
    fn new_from(&self) -> Day {
        let unpublished = self.published.map_or(Day::MIN, Day::next);
        let last = self.before.last_event.unwrap_or(Day::MIN);
        let mut caused = self
            .later_steps()
            .iter()
            .filter(|step| step.day >= last && self.differs(step) && self.is_reported(step));
        caused
            .next()
            .map_or(unpublished, |step| step.day.min(unpublished))
    }

    /// Returns the steps that may be new.
    fn later_steps(&self) -> &[Step] {
        let steps = &self.after.steps;
        &steps[steps.partition_point(|step| step.day < self.since)..]
    }

    /// Returns the new steps: the first that differs from the published values, and all after it.
    fn new_steps(&self) -> &[Step] {
        let (from, steps) = (self.new_from(), self.later_steps());
        let first = steps
            .iter()
            .position(|step| step.day >= from && self.differs(step));
        let end = steps.partition_point(|step| step.day <= self.now);
        first
            .and_then(|first| steps.get(first..end))
            .unwrap_or_default()
    }

    fn add_new(&self, new: &[Step], changes: &mut Vec<Change>) {
        let Some(first) = new.first() else { return };
        // A step published for that very day is the earlier value.
        let published = self.before.at(first.day);
        let published =
            published.filter(|step| step.day == first.day && self.was_published(step.day));
        let begins = first.day == Day::MIN;
        let before = || self.after.held(first.day.prev()).filter(|_| !begins);
        let mut from = published.map_or_else(before, |step| step.held);
        for step in new {
            let occasion = if self.is_reported(step) {
                Occasion::Happened
            } else {
                Occasion::Lapsed
            };
            let change = self.change((step.day, from, step.held), occasion, &step.causes);
            changes.push(change);
            from = step.held;
        }
    }

    /// Adds the published spans that have other values now, unless a new step begins them.
    fn add_learned(&self, new: &[Step], changes: &mut Vec<Change>) {
        let Some(published) = self.published.filter(|published| self.since <= *published) else {
            return;
        };
        let spans = self.before.differences(self.after, self.since, published);
        for (day, until, [from, to]) in spans {
            if new.binary_search_by_key(&day, |step| step.day).is_err() {
                let touched = self.events.touched;
                let change = self.change((day, from, to), Occasion::Learned, touched);
                changes.push(Change { until, ..change });
            }
        }
    }

    fn change(
        &self,
        (day, from, to): (Day, Option<Held>, Option<Held>),
        occasion: Occasion,
        causes: &[EventId],
    ) -> Change {
        Change {
            pair: self.pair,
            subject: self.subject.clone(),
            from,
            to,
            day,
            until: None,
            occasion,
            causes: causes.to_vec(),
        }
    }
}
