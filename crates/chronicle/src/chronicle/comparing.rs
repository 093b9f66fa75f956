//! Comparing the relations that a commit touches with their folds before it.
//!
//! Relations do not depend on each other, so many are compared on several threads.

use super::Chronicle;
use super::commit::{Commit, RelationChanges, Work};
use crate::relation::CachedFold;
use detente_domain::day::Day;
use detente_domain::event::EventId;
use detente_domain::fold::{self, Advanced, AffectedEvents, Folded, Resume, TickWindow};
use detente_domain::state::{Change, Subject};
use std::num::NonZero;
use std::sync::Arc;
use std::thread;

/// The days after the last tick up to which levels are computed when events touch a relation: the
/// next events change those of later days again. While there are none, the days are doubled each
/// time that they are over.
const DAYS_AHEAD: i32 = 128;

/// The most days after the last tick up to which levels are computed.
const DAYS_AHEAD_MAX: i32 = 512;

/// The least relations for a thread: below, starting it takes longer than comparing them.
const RELATIONS_MIN: usize = 16;

impl Chronicle {
    /// Compares relations, which are in order. Returns those that events touch or that changed.
    pub(super) fn compare_all(
        &self,
        works: &mut [Work<'_>],
        commit: Commit<'_>,
    ) -> Vec<RelationChanges> {
        if works.len() <= RELATIONS_MIN {
            return self.compare_some(works, commit);
        }
        let threads = thread::available_parallelism().map_or(1, NonZero::get);
        let share = works.len().div_ceil(threads).max(RELATIONS_MIN);
        if works.len() <= share {
            return self.compare_some(works, commit);
        }
        thread::scope(|scope| {
            let shares = works.chunks_mut(share);
            let started = shares.map(|works| scope.spawn(move || self.compare_some(works, commit)));
            let started: Vec<_> = started.collect();
            let joined = started.into_iter().flat_map(|thread| match thread.join() {
                Ok(relations) => relations,
                Err(panic) => std::panic::resume_unwind(panic),
            });
            joined.collect()
        })
    }

    fn compare_some(&self, works: &mut [Work<'_>], commit: Commit<'_>) -> Vec<RelationChanges> {
        let mut relations = Vec::new();
        for work in works {
            let changes = self.compare(work, commit);
            if work.events.is_some() || !changes.is_empty() {
                let pair = work.pair;
                relations.push(RelationChanges { pair, changes });
            }
        }
        relations
    }

    fn compare(&self, work: &mut Work<'_>, commit: Commit<'_>) -> Vec<Change> {
        // Before any tick nothing is published.
        let Some(now) = commit.ticks.now else {
            return Vec::new();
        };
        let (number, cached) = (work.number, &mut work.cached);
        let is_touched = work.events.is_some() || cached.stale_from.is_some();
        let touched = work
            .events
            .map(|events| self.effective(number, events, commit.before, commit.changed));
        let touched = touched.unwrap_or_default();
        let reported = touched.iter().copied();
        let reported = reported.filter(|event| self.reported_after(*event, commit.before));
        let reported: Vec<EventId> = reported.collect();
        let events = AffectedEvents {
            reported: &reported,
            touched: &touched,
        };
        let next = cached.next_step;
        if !is_touched {
            return self.lapsed(number, cached, (commit.ticks, now));
        }
        // A fold that a question has made may end before the days that are published.
        let ends_before = |folded: &Arc<Folded>| Some(folded.until) < commit.ticks.before;
        if cached.folded.as_ref().is_some_and(ends_before) {
            cached.folded = None;
        }
        cached.days_ahead = DAYS_AHEAD;
        let most = now.plus(DAYS_AHEAD);
        let reached = cached.folded.as_ref().map(|folded| folded.until);
        let reached = reached.filter(|day| *day >= now.plus(DAYS_AHEAD / 2));
        let until = reached.map_or(most, |day| day.min(most));
        if cached.folded.is_none()
            && let Some(added) = &mut cached.added
        {
            // It was dropped. Events of earlier commits are in the fold from before this one.
            added.retain(|version| self.versions.get(*version).position() > commit.before);
            let before = self.fold_at(number, Some(commit.before), None, until);
            cached.folded = Some(Arc::new(before));
        }
        if cached.stale_from.is_some()
            && let Some(advanced) = self.advance(number, cached, until)
        {
            cached.next_step = next;
            return changes_of(cached, &advanced, (commit.ticks, now), events);
        }
        // A fold that is stale now was up to date before this commit.
        let old = cached.folded.take().filter(|_| cached.stale_from.is_some());
        let old = old.unwrap_or_else(|| {
            let before = Some(commit.before);
            Arc::new(self.fold_at(number, before, None, until))
        });
        let resume = cached.stale_from.map(|from| Resume { folded: &old, from });
        let new = Arc::new(self.fold_at(number, None, resume, until));
        *cached = CachedFold {
            next_step: Some(next_step(&new, new.timelines.keys(), now)),
            folded: Some(Arc::clone(&new)),
            used: None,
            stale_from: None,
            added: Some(Vec::new()),
            days_ahead: DAYS_AHEAD,
        };
        fold::changes(work.pair, &old, &new, commit.ticks, events)
    }

    /// Returns the changes to a relation that no event of the commit touches: time alone causes them.
    fn lapsed(
        &self,
        number: u32,
        cached: &mut CachedFold,
        (ticks, now): (TickWindow, Day),
    ) -> Vec<Change> {
        let reaches = |folded: &Arc<Folded>| now <= folded.until;
        let until = match &cached.folded {
            Some(folded) if reaches(folded) => now,
            _ => {
                let doubled = cached.days_ahead.max(DAYS_AHEAD) * 2;
                cached.days_ahead = doubled.min(DAYS_AHEAD_MAX);
                now.plus(cached.days_ahead)
            }
        };
        let folded = self.refolded(number, cached, until);
        cached.next_step = Some(next_step(&folded, folded.timelines.keys(), now));
        fold::lapsed(&folded, ticks)
    }
}

/// Returns the changes to a relation whose cached fold was advanced.
fn changes_of(
    cached: &mut CachedFold,
    advanced: &Advanced,
    (ticks, now): (TickWindow, Day),
    events: AffectedEvents<'_>,
) -> Vec<Change> {
    let Some(folded) = &cached.folded else {
        return Vec::new();
    };
    let next = next_step(folded, advanced.before.keys(), now);
    cached.next_step = cached.next_step.map(|other| other.min(next));
    fold::advanced_changes(folded.pair, advanced, folded, ticks, events)
}

/// Returns the first day after `now` on which one of the subjects steps, as far as levels are
/// computed.
fn next_step<'a>(folded: &Folded, subjects: impl Iterator<Item = &'a Subject>, now: Day) -> Day {
    let next = |subject: &Subject| {
        let timeline = folded.timelines.get(subject)?;
        let after = timeline.steps.partition_point(|step| step.day <= now);
        timeline.steps.get(after).map(|step| step.day)
    };
    let steps = subjects.filter_map(next).min();
    steps.map_or(folded.until.next(), |day| day.min(folded.until.next()))
}
