//! The ids that were seen lately, so that a repeat is answered and a clash is refused.
//!
//! An id is reserved before its record is appended, and settled or released afterwards; so of two
//! requests with one id, the second one learns what became of the first. The lock is held for a
//! look into the table and never across an await.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use detente_jetstream::appender::AppendError;
use tokio::sync::oneshot;
use uuid::Uuid;

/// The ids that are remembered: about 20 MB.
pub(crate) const RECENT_MAX: usize = 200_000;

/// What became of a record that was being appended: its position, or why it has none.
pub(crate) type Outcome = Result<u64, AppendError>;

/// A record as it is known by: its id, and the digest of what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) id: Uuid,
    pub(crate) content: u64,
}

/// Whether an id may be appended.
#[derive(Debug)]
pub(crate) enum Claim {
    /// It is new, and is now the caller's: it must be settled.
    Yours(Reserved),
    /// The same record is in the log, at this position.
    Repeat(u64),
    /// The same record is being appended; wait for its outcome. A lost sender has failed.
    UnderWay(oneshot::Receiver<Outcome>),
    /// Another record has the id.
    Conflict,
}

/// The table. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Recent {
    table: Arc<Mutex<Table>>,
}

/// An id that is being appended. If it is dropped before it is sent, the id is free again; after
/// that nobody knows whether it is stored.
#[derive(Debug)]
pub(crate) struct Reserved {
    recent: Recent,
    known: Known,
    stage: Stage,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Waiting,
    Sent,
    Settled,
}

#[derive(Debug)]
struct Table {
    rows: HashMap<Uuid, Row>,
    /// Ids in the order in which they came; the first one is forgotten first.
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
    UnderWay(Vec<oneshot::Sender<Outcome>>),
    /// It was sent and not answered: the same content may be sent again, other content may not.
    Doubtful,
    At(u64),
}

// === impl Recent ===

impl Recent {
    pub(crate) fn new(max: usize) -> Self {
        let table = Table {
            rows: HashMap::new(),
            order: VecDeque::new(),
            max,
        };
        Self {
            table: Arc::new(Mutex::new(table)),
        }
    }

    /// Notes a record of the log. The first one of an id counts.
    pub(crate) fn learn(&self, known: Known, position: u64) {
        let mut table = self.lock();
        if let Entry::Vacant(row) = table.rows.entry(known.id) {
            row.insert(Row {
                content: known.content,
                state: State::At(position),
            });
            table.remember(known.id);
        }
    }

    /// Asks whether a record may be appended.
    pub(crate) fn claim(&self, known: Known) -> Claim {
        let mut table = self.lock();
        let under_way = || State::UnderWay(Vec::new());
        match table.rows.entry(known.id) {
            Entry::Vacant(row) => {
                row.insert(Row {
                    content: known.content,
                    state: under_way(),
                });
            }
            Entry::Occupied(row) if row.get().content != known.content => return Claim::Conflict,
            Entry::Occupied(mut row) => match &mut row.get_mut().state {
                State::At(position) => return Claim::Repeat(*position),
                State::UnderWay(waiting) => {
                    let (tell, told) = oneshot::channel();
                    waiting.push(tell);
                    return Claim::UnderWay(told);
                }
                doubtful @ State::Doubtful => {
                    *doubtful = under_way();
                    return Claim::Yours(self.reserved(known));
                }
            },
        }
        table.remember(known.id);
        Claim::Yours(self.reserved(known))
    }

    fn reserved(&self, known: Known) -> Reserved {
        Reserved {
            recent: self.clone(),
            known,
            stage: Stage::Waiting,
        }
    }

    fn settle(&self, known: Known, outcome: &Outcome) {
        let mut table = self.lock();
        let Some(row) = table.rows.get_mut(&known.id) else {
            return;
        };
        let state = match outcome {
            Ok(position) => Some(State::At(*position)),
            Err(AppendError::Unknown { .. }) => Some(State::Doubtful),
            Err(_) => None,
        };
        let before = match state {
            Some(state) => std::mem::replace(&mut row.state, state),
            // Nothing was stored, so the id is free again. Its place in the order may stay.
            None => match table.rows.remove(&known.id) {
                Some(row) => row.state,
                None => return,
            },
        };
        drop(table);
        if let State::UnderWay(waiting) = before {
            for tell in waiting {
                // Who has gone need not be told.
                drop(tell.send(outcome.clone()));
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// === impl Table ===

impl Table {
    /// Adds an id to the order, and forgets the oldest ones that are settled.
    fn remember(&mut self, id: Uuid) {
        self.order.push_back(id);
        let mut looks = self.order.len().saturating_sub(self.max);
        while looks > 0
            && let Some(oldest) = self.order.pop_front()
        {
            looks -= 1;
            match self.rows.get(&oldest).map(|row| &row.state) {
                Some(State::UnderWay(_)) => self.order.push_back(oldest),
                Some(State::Doubtful | State::At(_)) => drop(self.rows.remove(&oldest)),
                None => {}
            }
        }
    }
}

// === impl Reserved ===

impl Reserved {
    /// The record's id.
    pub(crate) fn id(&self) -> Uuid {
        self.known.id
    }

    /// Notes that the record is on its way to the log.
    pub(crate) fn sent(&mut self) {
        self.stage = Stage::Sent;
    }

    /// Tells what became of the record.
    pub(crate) fn settle(mut self, outcome: &Outcome) {
        self.stage = Stage::Settled;
        self.recent.settle(self.known, outcome);
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        let outcome = match self.stage {
            Stage::Waiting => AppendError::Stopped,
            Stage::Sent => AppendError::Unknown { waited_ms: 0 },
            Stage::Settled => return,
        };
        self.recent.settle(self.known, &Err(outcome));
    }
}

#[cfg(test)]
mod tests;
