//! Deduplication: the recent record ids, by which a repeat is answered and a conflict is refused.
//!
//! An id is reserved before its record is appended, and settled or released afterwards; of two
//! requests with one id, the second gets the outcome of the first. If another gateway has stored a
//! record with the id, the first one in the log counts.

use std::collections::hash_map::Entry;

use detente_jetstream::appender::AppendError;
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::recent::{Evict, Eviction, Recent};

/// A record's id and the digest of its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RecordKey {
    pub(crate) id: Uuid,
    pub(crate) content: u64,
}

/// A record of the log with an id that is in question.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Found {
    /// The position of its commit.
    pub(crate) position: u64,
    /// The digest of its content.
    pub(crate) content: u64,
    /// True if this gateway has stored it.
    pub(crate) is_own: bool,
}

/// What became of a record whose id was reserved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It was stored at this position.
    Stored(u64),
    /// Another gateway had stored the same record at this position.
    Repeat(u64),
    /// Another gateway had stored a different record with the id.
    Conflict,
    /// It was not, or may not have been, stored.
    Failed(AppendError),
}

/// The result of claiming the id of a record.
#[derive(Debug)]
pub(crate) enum Claim {
    /// It is new, and reserved: the reservation must be settled.
    New(Reserved),
    /// The same record is in the log at this position.
    Repeat(u64),
    /// The same record is being appended; wait for the outcome. A closed channel is a failure.
    InFlight(oneshot::Receiver<Outcome>),
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
    InFlight {
        waiting: Vec<oneshot::Sender<Outcome>>,
        /// The first record with this id that the follower has read meanwhile.
        first: Option<Found>,
    },
    /// It was sent without an answer: only the same content may be sent again.
    Uncertain,
    At(u64),
}

// === impl RecentIds ===

impl RecentIds {
    /// Adds a record of the log, which this gateway or another one has stored. Records come in the
    /// order of the log: only the first one of an id counts.
    pub(crate) fn learn(&self, key: RecordKey, position: u64, is_own: bool) {
        let RecordKey { id, content } = key;
        let mut table = self.lock();
        let at = State::At(position);
        match table.entries.entry(id) {
            Entry::Vacant(vacant) => {
                vacant.insert(KnownId { content, state: at });
                table.push_youngest(id);
            }
            Entry::Occupied(mut entry) => match &mut entry.get_mut().state {
                State::At(_) => {}
                State::InFlight { first, .. } => {
                    first.get_or_insert(Found {
                        position,
                        content,
                        is_own,
                    });
                }
                State::Uncertain => *entry.get_mut() = KnownId { content, state: at },
            },
        }
    }

    /// Returns true if a record with this id is in the log, or is being appended.
    pub(crate) fn is_known(&self, id: Uuid) -> bool {
        let table = self.lock();
        let known = table.entries.get(&id);
        known.is_some_and(|known| !matches!(known.state, State::Uncertain))
    }

    /// Returns the position of the first record with an id that is being appended, if the log has
    /// one.
    pub(crate) fn first(&self, id: Uuid) -> Option<u64> {
        match &self.lock().entries.get(&id)?.state {
            State::InFlight { first, .. } => first.map(|first| first.position),
            State::Uncertain | State::At(_) => None,
        }
    }

    /// Reserves the id of a record, unless it is known.
    pub(crate) fn claim(&self, key: RecordKey) -> Claim {
        let mut table = self.lock();
        let in_flight = State::InFlight {
            waiting: Vec::new(),
            first: None,
        };
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
                State::InFlight { waiting, .. } => {
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

    fn settle(&self, key: RecordKey, result: Result<u64, AppendError>) -> Outcome {
        let mut table = self.lock();
        let entry = table.entries.remove(&key.id);
        let (waiting, read) = match entry.map(|known| known.state) {
            Some(State::InFlight { waiting, first }) => (waiting, first),
            Some(State::Uncertain | State::At(_)) | None => (Vec::new(), None),
        };
        // What the follower has read may be the record itself, or come after it.
        let found = match (result, read) {
            (Ok(position), Some(read)) if read.position <= position => Ok(read),
            (Ok(position), _) => Ok(Found {
                position,
                content: key.content,
                is_own: true,
            }),
            (Err(_), Some(read)) => Ok(read),
            (Err(error), None) => Err(error),
        };
        let known = match &found {
            Ok(found) => Some(KnownId {
                content: found.content,
                state: State::At(found.position),
            }),
            Err(AppendError::Unknown { .. }) => Some(KnownId {
                content: key.content,
                state: State::Uncertain,
            }),
            // Nothing was stored, so the id is free again. Its place in the order may stay.
            Err(_) => None,
        };
        if let Some(known) = known {
            table.entries.insert(key.id, known);
        }
        drop(table);
        let outcome = match found {
            Ok(found) if found.content != key.content => Outcome::Conflict,
            Ok(found) if found.is_own => Outcome::Stored(found.position),
            Ok(found) => Outcome::Repeat(found.position),
            Err(error) => Outcome::Failed(error),
        };
        for sender in waiting {
            // A receiver may have been dropped.
            drop(sender.send(outcome.clone()));
        }
        outcome
    }
}

impl Evict for KnownId {
    fn evict(&mut self) -> Eviction {
        match self.state {
            State::InFlight { .. } => Eviction::Renew,
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

    /// Settles the reservation with the result of the append, or with the first record that was
    /// read meanwhile, and passes the outcome to the requests that wait for it.
    pub(crate) fn settle(mut self, result: Result<u64, AppendError>) -> Outcome {
        self.if_dropped = None;
        self.recent.settle(self.key, result)
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        if let Some(error) = self.if_dropped.take() {
            self.recent.settle(self.key, Err(error));
        }
    }
}

#[cfg(test)]
mod tests;
