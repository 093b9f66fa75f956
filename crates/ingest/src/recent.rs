//! A table of recent entries: beyond a number, the oldest are evicted. The lock is never held across
//! an await.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The most record ids, which take about 20 MB, and the most idempotency keys.
pub(crate) const RECENT_MAX: usize = 200_000;

/// A table of recent entries. Clones share it.
#[derive(Debug)]
pub(crate) struct Recent<K, E> {
    table: Arc<Mutex<Table<K, E>>>,
}

#[derive(Debug)]
pub(crate) struct Table<K, E> {
    pub(crate) entries: HashMap<K, E>,
    /// Keys by age; the oldest is evicted first.
    pub(crate) order: VecDeque<K>,
    max: usize,
}

/// What happens to an entry that is the oldest.
#[derive(Debug)]
pub(crate) enum Eviction {
    /// It is removed.
    Remove,
    /// It stays, as the youngest.
    Renew,
    /// It stays until its owner removes it.
    KeepUnordered,
}

/// An entry that can be evicted.
pub(crate) trait Evict {
    fn evict(&mut self) -> Eviction;
}

impl<K: Copy + Eq + Hash, E: Evict> Recent<K, E> {
    pub(crate) fn new(max: usize) -> Self {
        let table = Table {
            entries: HashMap::new(),
            order: VecDeque::new(),
            max,
        };
        let table = Arc::new(Mutex::new(table));
        Self { table }
    }

    /// Adds an entry. Only the first one of a key counts.
    pub(crate) fn add(&self, key: K, entry: E) {
        let mut table = self.lock();
        if let Entry::Vacant(vacant) = table.entries.entry(key) {
            vacant.insert(entry);
            table.push_youngest(key);
        }
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, Table<K, E>> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Copy + Eq + Hash, E: Evict> Table<K, E> {
    /// Adds a key to the order as the youngest, and evicts the oldest ones.
    pub(crate) fn push_youngest(&mut self, key: K) {
        self.order.push_back(key);
        for _ in self.max..self.order.len() {
            let Some(oldest) = self.order.pop_front() else {
                return;
            };
            match self.entries.get_mut(&oldest).map(E::evict) {
                Some(Eviction::Remove) => drop(self.entries.remove(&oldest)),
                Some(Eviction::Renew) => self.order.push_back(oldest),
                Some(Eviction::KeepUnordered) | None => {}
            }
        }
    }
}

impl<K, E> Clone for Recent<K, E> {
    fn clone(&self) -> Self {
        let table = Arc::clone(&self.table);
        Self { table }
    }
}
