//! Counts of what is in use, by key, each within a limit.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// How much each key has in use. Clones share the counts.
#[derive(Debug)]
pub(crate) struct Tally<K>(Arc<Mutex<HashMap<K, usize>>>);

/// One in use, until it is dropped.
#[derive(Debug)]
pub(crate) struct Taken<K: Eq + Hash> {
    tally: Tally<K>,
    key: K,
}

// === impl Tally ===

impl<K> Tally<K> {
    pub(crate) fn new() -> Self {
        Self(Arc::default())
    }

    fn counts(&self) -> MutexGuard<'_, HashMap<K, usize>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Clone + Eq + Hash> Tally<K> {
    /// Counts one more for the key; `None` if it has `max` in use.
    pub(crate) fn take(&self, key: &K, max: usize) -> Option<Taken<K>> {
        let mut counts = self.counts();
        if counts.get(key).is_some_and(|count| *count >= max) {
            return None;
        }
        *counts.entry(key.clone()).or_default() += 1;
        Some(Taken {
            tally: Self(Arc::clone(&self.0)),
            key: key.clone(),
        })
    }
}

// === impl Taken ===

impl<K: Eq + Hash> Drop for Taken<K> {
    fn drop(&mut self) {
        let mut counts = self.tally.counts();
        match counts.get_mut(&self.key) {
            Some(count) if *count > 1 => *count -= 1,
            Some(_) | None => drop(counts.remove(&self.key)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_its_own_limit_and_what_is_dropped_can_be_taken_again() {
        let tally = Tally::new();
        let taken: Vec<_> = (0..3).map(|_| tally.take(&"a", 3).unwrap()).collect();
        assert!(tally.take(&"a", 3).is_none());
        let other = tally.take(&"b", 3);
        assert!(other.is_some());
        drop(taken);
        assert!(tally.take(&"a", 1).is_some());
        drop(other);
        assert!(tally.counts().is_empty(), "nothing is left behind");
    }
}
