//! The idempotency keys that came lately, and with which body each did.
//!
//! A key is noted while its request is under way, and kept if something of it is, or may be, in the
//! log; of a request that left nothing there, nothing is remembered. After a restart the keys are
//! known from the ids that were derived with them.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use detente_api::json::{Answer, Keyed};
use detente_api::refusal::Refusal;

use crate::error::{Failure, FailureCode};

/// The table. Clones share it.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    table: Arc<Mutex<Table>>,
}

/// A key whose request is under way.
#[derive(Debug)]
pub(crate) struct Held {
    keys: Keys,
    request: Keyed,
}

#[derive(Debug)]
struct Table {
    slots: HashMap<u64, Slot>,
    /// Keys that are kept, in the order in which they came; the first one is forgotten first.
    order: VecDeque<u64>,
    max: usize,
}

#[derive(Debug)]
struct Slot {
    body: u64,
    /// Requests under way.
    held: usize,
    kept: bool,
}

// === impl Keys ===

impl Keys {
    pub(crate) fn new(max: usize) -> Self {
        let table = Table {
            slots: HashMap::new(),
            order: VecDeque::new(),
            max,
        };
        Self {
            table: Arc::new(Mutex::new(table)),
        }
    }

    /// Notes the request of a record of the log. The first one of a key counts.
    pub(crate) fn learn(&self, request: Keyed) {
        let mut table = self.lock();
        if let Entry::Vacant(slot) = table.slots.entry(request.key()) {
            slot.insert(Slot {
                body: request.body(),
                held: 0,
                kept: true,
            });
            table.remember(request.key());
        }
    }

    /// Notes that a request is under way. The same one may be so several times.
    ///
    /// # Errors
    /// `idempotency_conflict` where the key came with another body.
    pub(crate) fn hold(&self, request: Keyed) -> Result<Held, Refusal> {
        let mut table = self.lock();
        let slot = table.slots.entry(request.key()).or_insert(Slot {
            body: request.body(),
            held: 0,
            kept: false,
        });
        if slot.body != request.body() {
            return Err(Keyed::conflict());
        }
        slot.held += 1;
        Ok(Held {
            keys: self.clone(),
            request,
        })
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

// === impl Table ===

impl Table {
    fn remember(&mut self, key: u64) {
        self.order.push_back(key);
        while self.order.len() > self.max
            && let Some(oldest) = self.order.pop_front()
        {
            if let Entry::Occupied(mut slot) = self.slots.entry(oldest) {
                slot.get_mut().kept = false;
                if slot.get().held == 0 {
                    slot.remove();
                }
            }
        }
    }
}

// === impl Held ===

impl Held {
    /// Keeps the key if something of its request is, or may be, in the log.
    pub(crate) fn settle(self, outcome: &Result<Answer, Failure>) {
        let may_be_stored = match outcome {
            Ok(answer) => !answer.accepted.is_empty(),
            Err(failure) => match failure.code {
                FailureCode::LogUnavailable => !failure.accepted.is_empty(),
                FailureCode::OutcomeUnknown | FailureCode::Internal => true,
            },
        };
        if may_be_stored {
            let mut table = self.keys.lock();
            if let Some(slot) = table.slots.get_mut(&self.request.key())
                && !std::mem::replace(&mut slot.kept, true)
            {
                table.remember(self.request.key());
            }
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let mut table = self.keys.lock();
        if let Entry::Occupied(mut slot) = table.slots.entry(self.request.key()) {
            slot.get_mut().held = slot.get().held.saturating_sub(1);
            if slot.get().held == 0 && !slot.get().kept {
                slot.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use detente_api::json::{Accepted, Key};
    use detente_api::refusal::Code;
    use uuid::Uuid;

    fn request(key: &str, body: &str) -> Keyed {
        let key = Key::parse(key.as_bytes()).unwrap();
        Keyed::new("local", &key, &[body.as_bytes()])
    }

    fn stored() -> Result<Answer, Failure> {
        let accepted = Accepted {
            row: 1,
            id: Uuid::nil(),
            position: 1,
            repeat: false,
        };
        Ok(Answer {
            accepted: vec![accepted],
            refused: Vec::new(),
        })
    }

    fn is_free(keys: &Keys, request: Keyed) -> bool {
        match keys.hold(request) {
            Ok(_) => true,
            Err(refusal) => {
                assert_eq!(refusal.code, Code::IdempotencyConflict);
                false
            }
        }
    }

    #[test]
    fn a_key_is_taken_while_its_request_is_under_way_and_kept_if_it_left_something() {
        let keys = Keys::new(10);
        let held = keys.hold(request("a", "1")).unwrap();
        let again = keys.hold(request("a", "1")).unwrap();
        assert!(!is_free(&keys, request("a", "2")));
        drop(held);
        assert!(!is_free(&keys, request("a", "2")));
        drop(again);
        assert!(is_free(&keys, request("a", "2")), "nothing was stored");

        keys.hold(request("a", "3")).unwrap().settle(&stored());
        assert!(!is_free(&keys, request("a", "2")));
        assert!(is_free(&keys, request("a", "3")));
        assert!(is_free(&keys, request("b", "2")));
        let refused = Ok(Answer::default());
        keys.hold(request("c", "1")).unwrap().settle(&refused);
        assert!(is_free(&keys, request("c", "2")));
    }

    #[test]
    fn the_oldest_keys_are_forgotten_and_those_under_way_are_not() {
        let keys = Keys::new(2);
        let held = keys.hold(request("a", "1")).unwrap();
        keys.hold(request("a", "1")).unwrap().settle(&stored());
        for key in ["b", "c"] {
            keys.learn(request(key, "1"));
        }
        assert!(!is_free(&keys, request("a", "2")));
        drop(held);
        assert!(is_free(&keys, request("a", "2")));
        assert!(!is_free(&keys, request("c", "2")));
        assert_eq!(keys.lock().slots.len(), 2);
    }
}
