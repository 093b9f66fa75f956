//! The folds of relations, as known at any position.

use super::Chronicle;
use crate::versions::{Position, Version};
use detente_domain::day::Day;
use detente_domain::fold::{self, Folded, Item, Regime, Regimes, Resume};
use detente_domain::party::Party;
use detente_domain::relations::Pair;
use std::sync::Arc;

/// The most versions that cached current folds hold together before all are dropped.
const CACHED_VERSIONS_MAX: usize = 2_000_000;

impl Chronicle {
    /// Returns the regime of a state, as known at a position (now, without one).
    pub(super) fn regime(&self, state: Party, known: Option<Position>) -> Regime {
        match known.filter(|known| *known < self.head) {
            Some(known) => self.regime_at(state, Some(known)),
            None => self.regimes.get(&state).cloned().unwrap_or_default(),
        }
    }

    /// Returns the versions of a relation that count at a position.
    pub(super) fn visible_versions(
        &self,
        number: u32,
        known: Option<Position>,
    ) -> impl Iterator<Item = &Version> {
        self.current_versions(number, known)
            .filter(|version| !version.content().hidden)
    }

    /// Returns the versions of a relation that were current at a position, hidden ones included.
    pub(super) fn current_versions(
        &self,
        number: u32,
        known: Option<Position>,
    ) -> impl Iterator<Item = &Version> {
        let known = known.unwrap_or(self.head);
        let relation = self.relation(number);
        let versions = relation.map(|relation| &*relation.versions);
        versions
            .unwrap_or_default()
            .iter()
            .filter(move |version| self.versions.is_current(**version, known))
            .map(|version| self.versions.get(*version))
    }

    /// Converts a version to an item of a relation.
    pub(super) fn item(&self, number: u32, version: &Version) -> Option<Item<'_>> {
        let content = version.content();
        let act = self.acts.get(content.act);
        let (_, affected) = act
            .relations
            .iter()
            .find(|(relation, _)| *relation == number)?;
        Some(Item {
            event: version.event,
            act: &act.act,
            earliest: content.earliest,
            latest: content.latest,
            grade: content.grade,
            disputed: content.disputed,
            directed: affected.directed,
        })
    }

    /// Returns the items of a relation as known at a position.
    pub(super) fn items(&self, number: u32, known: Option<Position>) -> Vec<Item<'_>> {
        let versions = self.visible_versions(number, known);
        versions
            .filter_map(|version| self.item(number, version))
            .collect()
    }

    /// Returns the regimes of both states of a pair, as known at a position.
    pub(super) fn regimes_of(&self, pair: Pair, known: Option<Position>) -> [Regime; 2] {
        [self.regime(pair.a(), known), self.regime(pair.b(), known)]
    }

    /// Folds a relation as known at a position.
    pub(super) fn fold_at(
        &self,
        number: u32,
        known: Option<Position>,
        resume: Option<Resume<'_>>,
    ) -> Folded {
        let pair = self.relations[number as usize].pair;
        let items = self.items(number, known);
        let [a, b] = &self.regimes_of(pair, known);
        fold::fold(pair, &items, &Regimes { a, b }, &self.rules, resume)
    }

    /// Returns the current fold, resumed from the cached one where possible.
    pub(super) fn refold(&mut self, number: u32) -> Arc<Folded> {
        let fresh = match self.take_cached_fold(number) {
            (None, Some(folded)) => folded,
            (Some(from), Some(folded)) => {
                let folded = &folded;
                let resume = Some(Resume { folded, from });
                Arc::new(self.fold_at(number, None, resume))
            }
            (_, None) => Arc::new(self.fold_at(number, None, None)),
        };
        self.cache_fold(number, Arc::clone(&fresh));
        fresh
    }

    /// Removes the cached fold of a relation and returns it with the first day on which it is out
    /// of date.
    pub(super) fn take_cached_fold(&mut self, number: u32) -> (Option<Day>, Option<Arc<Folded>>) {
        let Some(relation) = self.relations.get_mut(number as usize) else {
            return (None, None);
        };
        let folded = relation.folded.take();
        self.cached -= folded.as_ref().map_or(0, |folded| folded.events.len());
        (relation.stale_from.take(), folded)
    }

    /// Caches the current fold.
    pub(super) fn cache_fold(&mut self, number: u32, folded: Arc<Folded>) {
        self.bound_cache();
        if let Some(relation) = self.relations.get_mut(number as usize) {
            self.cached += folded.events.len();
            relation.folded = Some(folded);
        }
    }

    /// Drops all cached current folds when they have grown too large.
    fn bound_cache(&mut self) {
        if self.cached > CACHED_VERSIONS_MAX {
            self.cached = 0;
            for relation in &mut self.relations {
                relation.folded = None;
                relation.stale_from = None;
            }
        }
    }
}
