//! Deduplication: the recent record ids, by which a repeat is answered and a conflict is refused.
//!
//! An id is reserved before its record is appended, and settled or released afterwards; of two
//! requests with one id, the second gets the outcome of the first.

use std::collections::hash_map::Entry;

use detente_jetstream::appender::AppendError;
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::recent::{Evict, Eviction, Recent};

/// The outcome of an append: the position of the commit, or the error.
pub(crate) type AppendOutcome = Result<u64, AppendError>;

/// A record's id and the digest of its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RecordKey {
    pub(crate) id: Uuid,
    pub(crate) content: u64,
}

/// The result of claiming the id of a record.
#[derive(Debug)]
pub(crate) enum Claim {
    /// It is new, and reserved: the reservation must be settled.
    New(Reserved),
    /// The same record is in the log at this position.
    Repeat(u64),
    /// The same record is being appended; wait for the outcome. A closed channel is a failure.
    InFlight(oneshot::Receiver<AppendOutcome>),
    /// A different record has the id.
    Conflict,
}

/// The recent ids.
pub(crate) type RecentIds = Recent<Uuid, KnownId>;

#[derive(Debug)]
pub(crate) struct KnownId {
    content: u64,
    state: State,
}

/// An id that is reserved for an append. If it is dropped before the record is sent, the id is free
/// again; if later, the outcome is unknown.
#[derive(Debug)]
pub(crate) struct Reserved {
    recent: RecentIds,
    key: RecordKey,
    /// The outcome if it is dropped; `None` once it is settled.
    if_dropped: Option<AppendError>,
}

#[derive(Debug)]
enum State {
    InFlight(Vec<oneshot::Sender<AppendOutcome>>),
    /// It was sent without an answer: only the same content may be sent again.
    Uncertain,
    At(u64),
}

// === impl RecentIds ===

impl RecentIds {
    /// Adds a record of the log. Only the first one of an id counts.
    pub(crate) fn learn(&self, RecordKey { id, content }: RecordKey, position: u64) {
        let state = State::At(position);
        self.add(id, KnownId { content, state });
    }

    /// Reserves the id of a record, unless it is known.
    pub(crate) fn claim(&self, key: RecordKey) -> Claim {
        let mut table = self.lock();
        let in_flight = State::InFlight(Vec::new());
        match table.entries.entry(key.id) {
            Entry::Vacant(entry) => {
                entry.insert(KnownId {
                    content: key.content,
                    state: in_flight,
                });
                table.push_youngest(key.id);
            }
            Entry::Occupied(entry) if entry.get().content != key.content => return Claim::Conflict,
            Entry::Occupied(mut entry) => match &mut entry.get_mut().state {
                State::At(position) => return Claim::Repeat(*position),
                State::InFlight(waiting) => {
                    let (sender, outcome) = oneshot::channel();
                    waiting.push(sender);
                    return Claim::InFlight(outcome);
                }
                uncertain @ State::Uncertain => *uncertain = in_flight,
            },
        }
        Claim::New(Reserved {
            recent: self.clone(),
            key,
            if_dropped: Some(AppendError::Stopped),
        })
    }

    fn settle(&self, key: RecordKey, outcome: &AppendOutcome) {
        let state = match outcome {
            Ok(position) => Some(State::At(*position)),
            Err(AppendError::Unknown { .. }) => Some(State::Uncertain),
            Err(_) => None,
        };
        let mut table = self.lock();
        let before = match state {
            Some(state) => {
                let known = table.entries.get_mut(&key.id);
                known.map(|known| std::mem::replace(&mut known.state, state))
            }
            // Nothing was stored, so the id is free again. Its place in the order may stay.
            None => table.entries.remove(&key.id).map(|known| known.state),
        };
        drop(table);
        if let Some(State::InFlight(waiting)) = before {
            for sender in waiting {
                // A receiver may have been dropped.
                drop(sender.send(outcome.clone()));
            }
        }
    }
}

impl Evict for KnownId {
    fn evict(&mut self) -> Eviction {
        match self.state {
            State::InFlight(_) => Eviction::Renew,
            State::Uncertain | State::At(_) => Eviction::Remove,
        }
    }
}

// === impl Reserved ===

impl Reserved {
    /// Returns the id of the record.
    pub(crate) fn id(&self) -> Uuid {
        self.key.id
    }

    /// Marks the record as sent to the log.
    pub(crate) fn sent(&mut self) {
        self.if_dropped = Some(AppendError::Unknown { waited_ms: 0 });
    }

    /// Settles the reservation, and passes the outcome to the requests that wait for it.
    pub(crate) fn settle(mut self, outcome: &AppendOutcome) {
        self.if_dropped = None;
        self.recent.settle(self.key, outcome);
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        if let Some(error) = self.if_dropped.take() {
            self.recent.settle(self.key, &Err(error));
        }
    }
}

#[cfg(test)]
mod tests;
