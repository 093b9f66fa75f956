//! The recent idempotency keys, each with the body of its request.
//!
//! A key is held while its request is in flight, and kept if something of it is, or may be, in the
//! log; a request that stored nothing leaves no key. After a restart the keys are recovered from
//! the ids that were derived from them.

use std::collections::hash_map::Entry;

use detente_api::submission::{KeyedRequest, ReportOutcome};
use detente_api::{FailureCode, Refusal};

use crate::error::Failure;
use crate::recent::{Evict, Eviction, Recent};

/// The recent keys.
pub(crate) type RecentKeys = Recent<u64, KnownKey>;

#[derive(Debug)]
pub(crate) struct KnownKey {
    body: u64,
    /// Requests in flight.
    in_flight: usize,
    kept: bool,
}

/// A key whose request is in flight.
#[derive(Debug)]
pub(crate) struct HeldKey {
    keys: RecentKeys,
    request: KeyedRequest,
}

// === impl RecentKeys ===

impl RecentKeys {
    /// Adds the request of a record of the log. Only the first one of a key counts.
    pub(crate) fn learn(&self, request: KeyedRequest) {
        let key = KnownKey {
            body: request.request_digest(),
            in_flight: 0,
            kept: true,
        };
        self.add(request.key(), key);
    }

    /// Holds the key of a request. The same request may be in flight several times.
    ///
    /// # Errors
    /// `idempotency_conflict` if the key came with another body before.
    pub(crate) fn hold(&self, request: KeyedRequest) -> Result<HeldKey, Refusal> {
        let mut table = self.lock();
        let key = table.entries.entry(request.key()).or_insert(KnownKey {
            body: request.request_digest(),
            in_flight: 0,
            kept: false,
        });
        if key.body != request.request_digest() {
            return Err(KeyedRequest::conflict());
        }
        key.in_flight += 1;
        Ok(HeldKey {
            keys: self.clone(),
            request,
        })
    }
}

impl Evict for KnownKey {
    fn evict(&mut self) -> Eviction {
        self.kept = false;
        if self.in_flight == 0 {
            Eviction::Remove
        } else {
            Eviction::KeepUnordered
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
                FailureCode::LogUnavailable | FailureCode::LogFull => !failure.accepted.is_empty(),
                FailureCode::OutcomeUnknown | FailureCode::Internal => true,
            },
        };
        if may_be_stored {
            let mut table = self.keys.lock();
            if let Some(key) = table.entries.get_mut(&self.request.key())
                && !std::mem::replace(&mut key.kept, true)
            {
                table.push_youngest(self.request.key());
            }
        }
    }
}

impl Drop for HeldKey {
    fn drop(&mut self) {
        let mut table = self.keys.lock();
        if let Entry::Occupied(mut entry) = table.entries.entry(self.request.key()) {
            let key = entry.get_mut();
            key.in_flight = key.in_flight.saturating_sub(1);
            if key.in_flight == 0 && !key.kept {
                entry.remove();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use detente_api::refusal::Code;
    use detente_api::submission::{Accepted, IdempotencyKey};
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
        let first = keys.hold(request("a", "1")).unwrap();
        let again = keys.hold(request("a", "1")).unwrap();
        assert!(!is_free(&keys, request("a", "2")));
        drop(first);
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
        let in_flight = keys.hold(request("a", "1")).unwrap();
        keys.hold(request("a", "1")).unwrap().settle(&stored());
        for key in ["b", "c"] {
            keys.learn(request(key, "1"));
        }
        assert!(!is_free(&keys, request("a", "2")));
        drop(in_flight);
        assert!(is_free(&keys, request("a", "2")));
        assert!(!is_free(&keys, request("c", "2")));
        assert_eq!(keys.lock().entries.len(), 2);
    }
}
