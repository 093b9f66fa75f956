//! A cache of folds as known at earlier positions; the least recently used are dropped.
//!
//! The fold of a relation is the same between two positions that touch it, so the earlier of them
//! is the key.

use super::Chronicle;
use crate::background;
use crate::versions::Position;
use detente_domain::day::Day;
use detente_domain::fold::{self, Folded, Regimes};
use detente_domain::relations::Pair;
use hashbrown::HashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// The most versions that the folds hold together: some hundred megabytes.
const VERSIONS_MAX: usize = 500_000;
/// The size of a fold beside its versions, in versions.
const FOLD_VERSIONS: usize = 50;

type Key = (u32, Position);

/// Folds by relation and position.
#[derive(Debug, Default)]
pub(super) struct FoldCache {
    folds: HashMap<Key, (u64, Arc<Folded>)>,
    /// By the time of the last use.
    used: BTreeMap<u64, Key>,
    /// Counts uses.
    clock: u64,
    versions: usize,
}

impl Chronicle {
    /// Returns the fold of a relation as known at a position (now, without one).
    pub(super) fn folded(&mut self, pair: Pair, known: Option<Position>) -> Arc<Folded> {
        self.folded_until(pair, known, Day::MAX)
    }

    /// Returns the fold of a relation with its levels at least up to a day.
    pub(super) fn folded_until(
        &mut self,
        pair: Pair,
        known: Option<Position>,
        until: Day,
    ) -> Arc<Folded> {
        let Some(number) = self.number(pair) else {
            return Arc::new(self.empty_fold(pair, known));
        };
        match self.effective_position(number, known) {
            None => self.refold(number, until),
            Some(Position(0)) => Arc::new(self.empty_fold(pair, known)),
            Some(position) => {
                let key = (number, position);
                if let Some(cached) = self.fold_cache.get(key) {
                    return cached;
                }
                let fresh = Arc::new(self.fold_at(number, known, None, Day::MAX));
                self.fold_cache.insert(key, Arc::clone(&fresh));
                fresh
            }
        }
    }

    /// Returns the last position up to `known` that touched a relation, 0 if none did; `None` if no
    /// later position touched it.
    pub(super) fn effective_position(
        &self,
        number: u32,
        known: Option<Position>,
    ) -> Option<Position> {
        let relation = self.relation(number)?;
        let known = known.filter(|known| *known < relation.touched_at)?;
        let position = |version: &u32| self.versions.get(*version).position();
        let versions = &relation.versions;
        let count = versions.partition_point(|version| position(version) <= known);
        let by_version = versions[..count].last().map(position);
        let otherwise = &relation.touched_otherwise;
        let count = otherwise.partition_point(|at| *at <= known);
        let last = by_version.max(otherwise[..count].last().copied());
        Some(last.unwrap_or(Position(0)))
    }

    /// Folds a relation without any reported event.
    fn empty_fold(&self, pair: Pair, known: Option<Position>) -> Folded {
        let [a, b] = &self.regimes_of(pair, known);
        fold::fold(
            pair,
            &background::items(pair),
            &Regimes { a, b },
            &self.rules,
            None,
            Day::MAX,
        )
    }
}

impl FoldCache {
    pub(super) fn has(&self, key: Key) -> bool {
        self.folds.contains_key(&key)
    }

    fn get(&mut self, key: Key) -> Option<Arc<Folded>> {
        let (used, folded) = self.folds.get_mut(&key)?;
        self.used.remove(used);
        self.clock += 1;
        *used = self.clock;
        self.used.insert(self.clock, key);
        Some(Arc::clone(folded))
    }

    /// Adds a fold, unless it has it already.
    pub(super) fn insert(&mut self, key: Key, folded: Arc<Folded>) {
        if self.has(key) {
            return;
        }
        self.clock += 1;
        self.versions += folded.events.len() + FOLD_VERSIONS;
        self.used.insert(self.clock, key);
        self.folds.insert(key, (self.clock, folded));
        while self.versions > VERSIONS_MAX && self.used.len() > 1 {
            let Some((_, oldest)) = self.used.pop_first() else {
                break;
            };
            if let Some((_, folded)) = self.folds.remove(&oldest) {
                self.versions -= folded.events.len() + FOLD_VERSIONS;
            }
        }
    }
}
