//! The recent idempotency keys, each with the body of its request.
//!
//! A key is held while its request is in flight, and kept if something of it is, or may be, in the
//! log; a request that stored nothing leaves no key. After a restart the keys are recovered from
//! the ids that were derived from them.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use detente_api::json::{KeyedRequest, ReportOutcome};
use detente_api::{FailureCode, Refusal};

use crate::error::Failure;

/// The recent keys. Clones share them.
#[derive(Clone, Debug)]
pub(crate) struct RecentKeys {
    table: Arc<Mutex<Table>>,
}

/// A key whose request is in flight.
#[derive(Debug)]
pub(crate) struct HeldKey {
    keys: RecentKeys,
    request: KeyedRequest,
}

#[derive(Debug, Default)]
struct Table {
    slots: HashMap<u64, Slot>,
    /// Kept keys by age; the oldest is evicted first.
    order: VecDeque<u64>,
    max: usize,
}

#[derive(Debug)]
struct Slot {
    body: u64,
    /// Requests in flight.
    in_flight: usize,
    kept: bool,
}

// === impl RecentKeys ===

impl RecentKeys {
    pub(crate) fn new(max: usize) -> Self {
        let table = Table {
            max,
            ..Table::default()
        };
        let table = Arc::new(Mutex::new(table));
        Self { table }
    }

    /// Adds the request of a record of the log. Only the first one of a key counts.
    pub(crate) fn learn(&self, request: KeyedRequest) {
        let mut table = self.lock();
        if let Entry::Vacant(slot) = table.slots.entry(request.key()) {
            slot.insert(Slot {
                body: request.body(),
                in_flight: 0,
                kept: true,
            });
            table.remember(request.key());
        }
    }

    /// Holds the key of a request. The same request may be in flight several times.
    ///
    /// # Errors
    /// `idempotency_conflict` if the key came with another body before.
    pub(crate) fn hold(&self, request: KeyedRequest) -> Result<HeldKey, Refusal> {
        let mut table = self.lock();
        let slot = table.slots.entry(request.key()).or_insert(Slot {
            body: request.body(),
            in_flight: 0,
            kept: false,
        });
        if slot.body != request.body() {
            return Err(KeyedRequest::conflict());
        }
        slot.in_flight += 1;
        Ok(HeldKey {
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
                if slot.get().in_flight == 0 {
                    slot.remove();
                }
            }
        }
    }
}

// === impl HeldKey ===

impl HeldKey {
    /// Keeps the key if something of the request is, or may be, in the log.
    pub(crate) fn settle(self, outcome: &Result<ReportOutcome, Failure>) {
        let may_be_stored = match outcome {
            Ok(outcome) => !outcome.accepted.is_empty(),
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

impl Drop for HeldKey {
    fn drop(&mut self) {
        let mut table = self.keys.lock();
        if let Entry::Occupied(mut slot) = table.slots.entry(self.request.key()) {
            slot.get_mut().in_flight = slot.get().in_flight.saturating_sub(1);
            if slot.get().in_flight == 0 && !slot.get().kept {
                slot.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use detente_api::json::{Accepted, IdempotencyKey};
    use detente_api::refusal::Code;
    use uuid::Uuid;

    fn request(key: &str, body: &str) -> KeyedRequest {
        let key = IdempotencyKey::parse(key.as_bytes()).unwrap();
        KeyedRequest::new("local", &key, &[body.as_bytes()])
    }

    fn stored() -> Result<ReportOutcome, Failure> {
        let accepted = Accepted {
            row: 1,
            id: Uuid::nil(),
            position: 1,
            repeat: false,
        };
        Ok(ReportOutcome {
            accepted: vec![accepted],
            refused: Vec::new(),
        })
    }

    fn is_free(keys: &RecentKeys, request: KeyedRequest) -> bool {
        match keys.hold(request) {
            Ok(_) => true,
            Err(refusal) => {
                assert_eq!(refusal.code, Code::IdempotencyConflict);
                false
            }
        }
    }

    #[test]
    fn a_key_is_held_while_its_request_is_in_flight_and_kept_if_something_is_stored() {
        let keys = RecentKeys::new(10);
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
        let refused = Ok(ReportOutcome::default());
        keys.hold(request("c", "1")).unwrap().settle(&refused);
        assert!(is_free(&keys, request("c", "2")));
    }

    #[test]
    fn the_oldest_keys_are_evicted_and_those_in_flight_are_kept() {
        let keys = RecentKeys::new(2);
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
