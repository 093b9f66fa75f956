//! Deduplication: the recent record ids, by which a repeat is answered and a conflict is refused.
//!
//! An id is reserved before its record is appended, and settled or released afterwards; of two
//! requests with one id, the second gets the outcome of the first. The lock is never held across
//! an await.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use detente_jetstream::appender::AppendError;
use tokio::sync::oneshot;
use uuid::Uuid;

/// The most ids, which take about 20 MB.
pub(crate) const RECENT_MAX: usize = 200_000;

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

/// The recent ids. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct RecentIds {
    table: Arc<Mutex<Table>>,
}

/// An id that is reserved for an append. If it is dropped before the record is sent, the id is free
/// again; if later, the outcome is unknown.
#[derive(Debug)]
pub(crate) struct Reserved {
    recent: RecentIds,
    key: RecordKey,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Waiting,
    Sent,
    Settled,
}

#[derive(Debug, Default)]
struct Table {
    rows: HashMap<Uuid, Row>,
    /// Ids by age; the oldest is evicted first.
    order: VecDeque<Uuid>,
    max: usize,
}

#[derive(Debug)]
struct Row {
    content: u64,
    state: State,
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
    pub(crate) fn new(max: usize) -> Self {
        let table = Table {
            max,
            ..Table::default()
        };
        let table = Arc::new(Mutex::new(table));
        Self { table }
    }

    /// Adds a record of the log. Only the first one of an id counts.
    pub(crate) fn learn(&self, key: RecordKey, position: u64) {
        let mut table = self.lock();
        if let Entry::Vacant(row) = table.rows.entry(key.id) {
            row.insert(Row {
                content: key.content,
                state: State::At(position),
            });
            table.remember(key.id);
        }
    }

    /// Reserves the id of a record, unless it is known.
    pub(crate) fn claim(&self, key: RecordKey) -> Claim {
        let mut table = self.lock();
        let in_flight = || State::InFlight(Vec::new());
        match table.rows.entry(key.id) {
            Entry::Vacant(row) => {
                row.insert(Row {
                    content: key.content,
                    state: in_flight(),
                });
            }
            Entry::Occupied(row) if row.get().content != key.content => return Claim::Conflict,
            Entry::Occupied(mut row) => match &mut row.get_mut().state {
                State::At(position) => return Claim::Repeat(*position),
                State::InFlight(waiting) => {
                    let (sender, outcome) = oneshot::channel();
                    waiting.push(sender);
                    return Claim::InFlight(outcome);
                }
                uncertain @ State::Uncertain => {
                    *uncertain = in_flight();
                    return Claim::New(self.reserved(key));
                }
            },
        }
        table.remember(key.id);
        Claim::New(self.reserved(key))
    }

    fn reserved(&self, key: RecordKey) -> Reserved {
        Reserved {
            recent: self.clone(),
            key,
            stage: Stage::Waiting,
        }
    }

    fn settle(&self, key: RecordKey, outcome: &AppendOutcome) {
        let mut table = self.lock();
        let Some(row) = table.rows.get_mut(&key.id) else {
            return;
        };
        let state = match outcome {
            Ok(position) => Some(State::At(*position)),
            Err(AppendError::Unknown { .. }) => Some(State::Uncertain),
            Err(_) => None,
        };
        let before = match state {
            Some(state) => std::mem::replace(&mut row.state, state),
            // Nothing was stored, so the id is free again. Its entry in the order may stay.
            None => match table.rows.remove(&key.id) {
                Some(row) => row.state,
                None => return,
            },
        };
        drop(table);
        if let State::InFlight(waiting) = before {
            for sender in waiting {
                // A receiver may have been dropped.
                drop(sender.send(outcome.clone()));
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// === impl Table ===

impl Table {
    /// Adds an id to the order, and evicts the oldest settled ones.
    fn remember(&mut self, id: Uuid) {
        self.order.push_back(id);
        let mut excess = self.order.len().saturating_sub(self.max);
        while excess > 0
            && let Some(oldest) = self.order.pop_front()
        {
            excess -= 1;
            match self.rows.get(&oldest).map(|row| &row.state) {
                Some(State::InFlight(_)) => self.order.push_back(oldest),
                Some(State::Uncertain | State::At(_)) => drop(self.rows.remove(&oldest)),
                None => {}
            }
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
        self.stage = Stage::Sent;
    }

    /// Settles the reservation, and passes the outcome to the requests that wait for it.
    pub(crate) fn settle(mut self, outcome: &AppendOutcome) {
        self.stage = Stage::Settled;
        self.recent.settle(self.key, outcome);
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        let outcome = match self.stage {
            Stage::Waiting => AppendError::Stopped,
            Stage::Sent => AppendError::Unknown { waited_ms: 0 },
            Stage::Settled => return,
        };
        self.recent.settle(self.key, &Err(outcome));
    }
}

#[cfg(test)]
mod tests;
