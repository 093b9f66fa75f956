//! A cache of folds as known at earlier positions; the least recently used are dropped.
//!
//! The fold of a relation is the same between two positions that touch it, so the earlier of them
//! is the key.

use super::Chronicle;
use crate::background;
use crate::uses::{Use, Uses};
use crate::versions::Position;
use detente_domain::day::Day;
use detente_domain::fold::{self, Folded, Regimes};
use detente_domain::relations::Pair;
use hashbrown::HashMap;
use std::sync::Arc;

/// The most bytes that the folds take together, about.
const BYTES_MAX: usize = 128 << 20;

type Key = (u32, Position);

/// Folds by relation and position.
#[derive(Debug, Default)]
pub(super) struct FoldCache {
    folds: HashMap<Key, (Use, Arc<Folded>)>,
    uses: Uses<Key>,
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
                let folded = match self.fold_cache.take(key) {
                    Some(folded) => self.extended(number, known, folded, until),
                    None => Arc::new(self.fold_at(number, known, None, until)),
                };
                self.fold_cache.insert(key, Arc::clone(&folded));
                folded
            }
        }
    }

    /// Returns a fold as known at a position with its levels at least up to a day.
    fn extended(
        &self,
        number: u32,
        known: Option<Position>,
        mut folded: Arc<Folded>,
        until: Day,
    ) -> Arc<Folded> {
        if until <= folded.until {
            return folded;
        }
        let [a, b] = &self.regimes_of(folded.pair, known);
        let context = (&Regimes { a, b }, &*self.rules);
        let same = Arc::make_mut(&mut folded);
        match fold::advance(same, &[], |_| Vec::new(), context, until) {
            Some(_) => folded,
            None => Arc::new(self.fold_at(number, known, None, until)),
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
        // Versions from before came when a state joined an organisation, and do not count until
        // then. Changes of regimes from before are not noted in the relation.
        if relation.first_touched.is_none_or(|first| known < first) {
            return Some(Position(0));
        }
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

    fn take(&mut self, key: Key) -> Option<Arc<Folded>> {
        let (used, folded) = self.folds.remove(&key)?;
        self.uses.remove(used);
        Some(folded)
    }

    /// Adds a fold, unless it has it already.
    pub(super) fn insert(&mut self, key: Key, folded: Arc<Folded>) {
        if self.has(key) {
            return;
        }
        let used = self.uses.note(key, folded.bytes());
        self.folds.insert(key, (used, folded));
        while let Some(oldest) = self.uses.pop_above(BYTES_MAX) {
            self.folds.remove(&oldest);
        }
    }
}
