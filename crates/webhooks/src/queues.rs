//! The progress of a webhook's deliveries: one cursor in the feed, and a queue for each relation
//! with changes before it that are not delivered yet.
//!
//! The changes of a relation are delivered one after the other. A failing delivery delays only its
//! own relation. A queue holds the sequences of messages and not their content, so a receiver that
//! is down costs a few bytes for each relation. Time and jitter are arguments; times are in
//! milliseconds since 1970.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use detente_feed::cursor::Cursor;
use detente_jetstream::Incarnation;
use detente_jetstream::topology::Projection;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::schedule;
use crate::webhook::Webhook;

/// The most queues; with this many, the feed is not read until one is empty.
const QUEUES_MAX: usize = 256;
/// The most dead letters that are kept.
const DEAD_LETTERS_MAX: usize = 100;

/// The progress of a webhook's deliveries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Queues {
    /// The generation of the webhook.
    pub(crate) generation: Uuid,
    /// The cursor up to which everything is delivered, or in a queue.
    pub(crate) cursor: String,
    /// The queues, by relation; none is empty.
    pub(crate) waiting: BTreeMap<String, DeliveryQueue>,
    /// The time before which the receiver asked for no delivery.
    #[serde(default)]
    pub(crate) held_until: Option<i64>,
    /// The abandoned deliveries, the latest last. In JSON and in metrics they are called
    /// `parked`.
    #[serde(rename = "parked")]
    pub(crate) dead_letters: VecDeque<DeadLetter>,
    /// The number of abandoned deliveries.
    #[serde(rename = "parked_total")]
    pub(crate) dead_letter_total: u64,
    /// The number of accepted deliveries; after a crash some count twice.
    #[serde(default)]
    pub(crate) delivered: u64,
}

/// The queue of a relation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DeliveryQueue {
    /// The messages that are due, in order; of several feeds after a switch of the rulebook.
    pub(crate) due: VecDeque<Span>,
    /// The number of failed attempts of the first.
    #[serde(default)]
    pub(crate) attempts: u32,
    /// The time since which every delivery of the relation has failed.
    #[serde(default)]
    pub(crate) failing_since: Option<i64>,
    /// The time of the next attempt.
    #[serde(default)]
    pub(crate) next_at: Option<i64>,
    /// The latest error.
    #[serde(default)]
    pub(crate) error: Option<String>,
}

/// The messages of a relation in one feed, from a first to a last sequence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Span {
    /// The projection of the feed.
    pub(crate) projection: String,
    /// The incarnation of the feed; empty in what version 0.1 stored.
    #[serde(default)]
    pub(crate) incarnation: String,
    /// The first sequence.
    pub(crate) first: u64,
    /// The last sequence.
    pub(crate) last: u64,
}

/// An abandoned delivery, stored with times in milliseconds and shown with RFC 3339.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(rename = "DeadLetter")]
pub struct DeadLetter<Time = i64> {
    /// The id of the delivery.
    pub id: String,
    /// The relation.
    pub relation: String,
    /// The cursor of the frame. A replay from here begins after the frame.
    pub cursor: String,
    /// The cursor from which a replay begins with the frame.
    pub replay_from: String,
    /// The number of attempts.
    pub attempts: u32,
    /// The time since which deliveries failed.
    pub failing_since: Time,
    /// The time at which it was abandoned.
    pub parked_at: Time,
    /// The latest error.
    pub error: String,
}

/// A failed delivery.
#[derive(Clone, Debug)]
pub(crate) struct FailedDelivery {
    /// The delivery's id.
    pub(crate) id: String,
    /// The frame's cursor.
    pub(crate) cursor: Cursor,
    /// The time at which the frame was stored.
    pub(crate) stored_at: i64,
    /// The error.
    pub(crate) error: String,
    /// The wait that the receiver asks for, in milliseconds.
    pub(crate) retry_after: Option<i64>,
}

/// The policy of retries.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RetryPolicy {
    /// The time for which a delivery is retried, in milliseconds.
    pub(crate) give_up_after: i64,
    /// A random number that spreads retries.
    pub(crate) jitter: u32,
}

impl Span {
    /// Creates the span of one message.
    fn new(cursor: &Cursor) -> Self {
        let incarnation = cursor.incarnation.as_ref();
        Self {
            projection: cursor.projection.to_string(),
            incarnation: incarnation.map(ToString::to_string).unwrap_or_default(),
            first: cursor.sequence,
            last: cursor.sequence,
        }
    }

    fn is_of_feed(&self, other: &Self) -> bool {
        (&self.projection, &self.incarnation) == (&other.projection, &other.incarnation)
    }

    /// Returns the cursor after one of its messages; `None` if its names are not valid.
    pub(crate) fn cursor(&self, sequence: u64) -> Option<Cursor> {
        Some(Cursor {
            projection: Projection::new(&self.projection).ok()?,
            incarnation: Incarnation::parse(&self.incarnation),
            sequence,
        })
    }
}

impl Queues {
    /// Returns the state of a webhook before its first delivery.
    pub(crate) fn new(webhook: &Webhook) -> Self {
        Self {
            generation: webhook.generation,
            cursor: webhook.start_cursor.clone(),
            ..Self::default()
        }
    }

    /// Adds a frame to deliver.
    pub(crate) fn push(&mut self, relation: &str, cursor: &Cursor) {
        let queue = self.waiting.entry(relation.to_owned()).or_default();
        let new = Span::new(cursor);
        match queue.due.back_mut() {
            Some(span) if span.is_of_feed(&new) => span.last = cursor.sequence,
            Some(_) | None => queue.due.push_back(new),
        }
    }

    /// Returns true if the queue of another relation may be added.
    pub(crate) fn has_room(&self) -> bool {
        self.waiting.len() < QUEUES_MAX
    }

    /// Returns the relations to deliver now, the oldest first: with those in flight at most
    /// `limit`. Those that failed before take at most half of it, so a receiver that hangs on some
    /// relations still gets the others.
    pub(crate) fn ready(
        &self,
        now: i64,
        in_flight: &BTreeSet<String>,
        limit: usize,
    ) -> Vec<String> {
        if self.held_until.is_some_and(|until| now < until) {
            return Vec::new();
        }
        let is_failing = |queue: &DeliveryQueue| queue.attempts > 0;
        let is_ready = |(relation, queue): &(&String, &DeliveryQueue)| {
            !in_flight.contains(*relation) && queue.next_at.is_none_or(|at| at <= now)
        };
        let mut ready: Vec<_> = self.waiting.iter().filter(is_ready).collect();
        ready.sort_by_key(|(_, queue)| (queue.next_at, queue.due.front().map(|span| span.first)));
        let failing = in_flight
            .iter()
            .filter_map(|relation| self.waiting.get(relation));
        let failing = failing.filter(|queue| is_failing(queue)).count();
        let mut retries = (limit / 2).saturating_sub(failing);
        let may = |(_, queue): &(&String, &DeliveryQueue)| {
            let may = !is_failing(queue) || retries > 0;
            retries = retries.saturating_sub(usize::from(is_failing(queue)));
            may
        };
        let room = limit.saturating_sub(in_flight.len());
        let ready = ready.into_iter().filter(may).take(room);
        ready.map(|(relation, _)| relation.clone()).collect()
    }

    /// Returns the time of the next retry.
    pub(crate) fn next_at(&self, now: i64, in_flight: &BTreeSet<String>) -> Option<i64> {
        if self.held_until.is_some_and(|until| now < until) {
            return self.held_until.filter(|_| !self.waiting.is_empty());
        }
        let waiting = self.waiting.iter();
        let idle = waiting.filter(|(relation, _)| !in_flight.contains(*relation));
        let times = idle.filter_map(|(_, queue)| queue.next_at);
        times.filter(|at| *at > now).min()
    }

    /// Returns the first span of a relation.
    pub(crate) fn first(&self, relation: &str) -> Option<&Span> {
        self.waiting.get(relation)?.due.front()
    }

    /// Removes the messages of a relation up to one that was delivered.
    pub(crate) fn complete(&mut self, relation: &str, sequence: u64) {
        self.delivered = self.delivered.saturating_add(1);
        if let Some(queue) = self.waiting.get_mut(relation) {
            queue.failing_since = None;
        }
        self.skip(relation, sequence);
    }

    /// Removes the messages of a relation up to this one.
    pub(crate) fn skip(&mut self, relation: &str, sequence: u64) {
        let Some(queue) = self.waiting.get_mut(relation) else {
            return;
        };
        if let Some(span) = queue.due.front_mut() {
            span.first = sequence.saturating_add(1).max(span.first);
            if span.first > span.last {
                queue.due.pop_front();
            }
        }
        queue.attempts = 0;
        queue.next_at = None;
        queue.error = None;
        if queue.due.is_empty() {
            self.waiting.remove(relation);
        }
    }

    /// Delays a relation whose message could not be read; this is not a failed attempt.
    pub(crate) fn postpone(&mut self, relation: &str, now: i64) {
        if let Some(queue) = self.waiting.get_mut(relation) {
            queue.next_at = Some(now.saturating_add(schedule::READ_RETRY));
        }
    }

    /// Records a failed delivery. Returns true if it was abandoned: one that has failed for long
    /// enough becomes a dead letter, and the relation continues with the next; those that waited
    /// behind it for as long are tried once, and abandoned if that fails too.
    pub(crate) fn fail(
        &mut self,
        relation: &str,
        failed: &FailedDelivery,
        now: i64,
        policy: RetryPolicy,
    ) -> bool {
        let Some(queue) = self.waiting.get_mut(relation) else {
            return false;
        };
        queue.attempts = queue.attempts.saturating_add(1);
        let since = *queue.failing_since.get_or_insert(now);
        let since = since.max(failed.stored_at.min(now));
        if let Some(wait) = failed.retry_after {
            self.held_until = Some(now.saturating_add(schedule::retry_after(wait)));
        }
        if now.saturating_sub(since) < policy.give_up_after {
            let delay = schedule::delay(queue.attempts, policy.jitter);
            queue.next_at = Some(now.saturating_add(delay));
            queue.error = Some(failed.error.clone());
            return false;
        }
        let before = Cursor {
            sequence: failed.cursor.sequence.saturating_sub(1),
            ..failed.cursor.clone()
        };
        self.dead_letters.push_back(DeadLetter {
            id: failed.id.clone(),
            relation: relation.to_owned(),
            cursor: failed.cursor.to_string(),
            replay_from: before.to_string(),
            attempts: queue.attempts,
            failing_since: since,
            parked_at: now,
            error: failed.error.clone(),
        });
        while self.dead_letters.len() > DEAD_LETTERS_MAX {
            self.dead_letters.pop_front();
        }
        self.dead_letter_total = self.dead_letter_total.saturating_add(1);
        self.skip(relation, failed.cursor.sequence);
        true
    }
}
