//! How far a webhook's deliveries came: one place in the feed, and a lane for each relation that
//! is not told of up to there.
//!
//! A relation's changes go out one after the other. What cannot be delivered keeps its own
//! relation waiting and no other: the lane remembers which messages of the feed are due, and not
//! what is in them, so a receiver that is away costs a few bytes for each relation. Times and lots
//! enter as arguments; times are milliseconds since 1970.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use detente_feed::cursor::Cursor;
use detente_jetstream::topology::Projection;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::schedule;

/// The most relations that may wait; beyond, the feed is not read on until one has gone.
pub const LANES_MAX: usize = 256;
/// The most deliveries that were given up and are remembered.
pub const PARKED_MAX: usize = 100;

/// How far a webhook's deliveries came.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lanes {
    /// Which beginning of the webhook this goes on from; a replay makes a new one.
    pub generation: Uuid,
    /// Everything up to here was delivered, or stands in a lane.
    pub cursor: String,
    /// The relations that are not told of up to the cursor.
    pub waiting: BTreeMap<String, Lane>,
    /// Nothing is sent before, as the receiver has asked.
    #[serde(default)]
    pub held_until: Option<i64>,
    /// What was given up, the latest last.
    pub parked: VecDeque<Parked>,
    /// How many deliveries were given up.
    pub parked_total: u64,
    /// How many deliveries were taken, each counted once or, after a crash, again.
    #[serde(default)]
    pub delivered: u64,
}

/// A relation that waits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lane {
    /// The messages that are due, in order; of several feeds where a rulebook was switched.
    pub due: VecDeque<Span>,
    /// How often the first of them was tried in vain.
    #[serde(default)]
    pub attempts: u32,
    /// Since when nothing of the relation was taken.
    #[serde(default)]
    pub failing_since: Option<i64>,
    /// When the first is tried again.
    #[serde(default)]
    pub next_at: Option<i64>,
    /// What went wrong last.
    #[serde(default)]
    pub error: Option<String>,
}

/// Messages of one feed: those of the relation from the first sequence to the last.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// The feed.
    pub projection: String,
    /// The first sequence.
    pub first: u64,
    /// The last sequence.
    pub last: u64,
}

/// A delivery that was given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parked {
    /// The delivery's id.
    pub id: String,
    /// The relation.
    pub relation: String,
    /// The frame's cursor. A replay from here begins after it.
    pub cursor: String,
    /// A replay from here begins with it.
    pub replay_from: String,
    /// How often it was tried.
    pub attempts: u32,
    /// Since when it was tried, in milliseconds since 1970.
    pub failing_since: i64,
    /// When it was given up, in milliseconds since 1970.
    pub parked_at: i64,
    /// What went wrong last.
    pub error: String,
}

/// A delivery that has failed.
#[derive(Clone, Debug)]
pub struct Failed {
    /// The delivery's id.
    pub id: String,
    /// The frame.
    pub cursor: Cursor,
    /// When the frame was stored.
    pub stored_at: i64,
    /// What went wrong.
    pub error: String,
    /// For how long the receiver wants nothing, in milliseconds.
    pub retry_after: Option<i64>,
}

/// What a failed delivery comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// It is tried again.
    Again,
    /// It was given up.
    Parked,
}

impl Lanes {
    /// Takes a frame that is to be delivered.
    pub fn take(&mut self, relation: &str, cursor: &Cursor) {
        let lane = self.waiting.entry(relation.to_owned()).or_default();
        let projection = cursor.projection.as_str();
        match lane.due.back_mut() {
            Some(span) if span.projection == projection => span.last = cursor.sequence,
            Some(_) | None => lane.due.push_back(Span {
                projection: projection.to_owned(),
                first: cursor.sequence,
                last: cursor.sequence,
            }),
        }
    }

    /// Whether there is room for another relation.
    #[must_use]
    pub fn has_room(&self) -> bool {
        self.waiting.len() < LANES_MAX
    }

    /// The relations to deliver now, with those under way at most so many: the oldest first. What
    /// has failed before takes half of the places at most, so a receiver that hangs on some
    /// relations is told of the others.
    #[must_use]
    pub fn ready(&self, now: i64, busy: &BTreeSet<String>, most: usize) -> Vec<String> {
        if self.held_until.is_some_and(|until| now < until) {
            return Vec::new();
        }
        let is_failing = |lane: &Lane| lane.attempts > 0;
        let is_ready = |(relation, lane): &(&String, &Lane)| {
            !busy.contains(*relation) && lane.next_at.is_none_or(|at| at <= now)
        };
        let mut ready: Vec<_> = self.waiting.iter().filter(is_ready).collect();
        ready.sort_by_key(|(_, lane)| (lane.next_at, lane.due.front().map(|span| span.first)));
        let failing = busy
            .iter()
            .filter_map(|relation| self.waiting.get(relation));
        let mut again = (most / 2).saturating_sub(failing.filter(|lane| is_failing(lane)).count());
        let may = |(_, lane): &(&String, &Lane)| {
            let may = !is_failing(lane) || again > 0;
            again = again.saturating_sub(usize::from(is_failing(lane)));
            may
        };
        let room = most.saturating_sub(busy.len());
        let ready = ready.into_iter().filter(may).take(room);
        ready.map(|(relation, _)| relation.clone()).collect()
    }

    /// When there may be something to deliver again, if nothing comes and nothing ends.
    #[must_use]
    pub fn next_at(&self, now: i64, busy: &BTreeSet<String>) -> Option<i64> {
        if self.held_until.is_some_and(|until| now < until) {
            return self.held_until.filter(|_| !self.waiting.is_empty());
        }
        let waiting = self.waiting.iter();
        let idle = waiting.filter(|(relation, _)| !busy.contains(*relation));
        let times = idle.filter_map(|(_, lane)| lane.next_at);
        times.filter(|at| *at > now).min()
    }

    /// The first messages that are due of a relation.
    #[must_use]
    pub fn first(&self, relation: &str) -> Option<&Span> {
        self.waiting.get(relation)?.due.front()
    }

    /// A delivery was taken: all messages of the relation up to it are done with.
    pub fn deliver(&mut self, relation: &str, sequence: u64) {
        self.delivered = self.delivered.saturating_add(1);
        if let Some(lane) = self.waiting.get_mut(relation) {
            lane.failing_since = None;
        }
        self.pass(relation, sequence);
    }

    /// All messages of a relation up to this one are done with.
    pub fn pass(&mut self, relation: &str, sequence: u64) {
        let Some(lane) = self.waiting.get_mut(relation) else {
            return;
        };
        if let Some(span) = lane.due.front_mut() {
            span.first = sequence.saturating_add(1).max(span.first);
            if span.first > span.last {
                lane.due.pop_front();
            }
        }
        lane.attempts = 0;
        lane.next_at = None;
        lane.error = None;
        if lane.due.is_empty() {
            self.waiting.remove(relation);
        }
    }

    /// A relation could not be looked at: it is looked at again in a moment, and nothing counts.
    pub fn postpone(&mut self, relation: &str, now: i64) {
        if let Some(lane) = self.waiting.get_mut(relation) {
            lane.next_at = Some(now.saturating_add(schedule::LOOK_AGAIN));
        }
    }

    /// A delivery of a relation has failed. One that has failed for long enough is given up, and
    /// the relation goes on with what follows; what was waiting behind it all the while is tried
    /// once more, and given up with it.
    pub fn fail(&mut self, relation: &str, failed: &Failed, now: i64, plan: Plan) -> Next {
        let Some(lane) = self.waiting.get_mut(relation) else {
            return Next::Again;
        };
        lane.attempts = lane.attempts.saturating_add(1);
        let since = *lane.failing_since.get_or_insert(now);
        let since = since.max(failed.stored_at.min(now));
        if let Some(wait) = failed.retry_after {
            self.held_until = Some(now.saturating_add(schedule::asked(wait)));
        }
        if now.saturating_sub(since) < plan.tried_for {
            let delay = schedule::delay(lane.attempts, plan.draw);
            lane.next_at = Some(now.saturating_add(delay));
            lane.error = Some(failed.error.clone());
            return Next::Again;
        }
        let before = Cursor {
            sequence: failed.cursor.sequence.saturating_sub(1),
            ..failed.cursor.clone()
        };
        self.parked.push_back(Parked {
            id: failed.id.clone(),
            relation: relation.to_owned(),
            cursor: failed.cursor.to_string(),
            replay_from: before.to_string(),
            attempts: lane.attempts,
            failing_since: since,
            parked_at: now,
            error: failed.error.clone(),
        });
        while self.parked.len() > PARKED_MAX {
            self.parked.pop_front();
        }
        self.parked_total = self.parked_total.saturating_add(1);
        self.pass(relation, failed.cursor.sequence);
        Next::Parked
    }
}

/// How long deliveries are tried, and the lot of this one.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// For how long, in milliseconds.
    pub tried_for: i64,
    /// Parts those that fail at the same moment.
    pub draw: u32,
}

impl Span {
    /// The feed, where its name is one.
    #[must_use]
    pub fn feed(&self) -> Option<Projection> {
        Projection::new(&self.projection).ok()
    }
}
