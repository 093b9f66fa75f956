//! The folds of relations, as known at any position.

use super::Chronicle;
use crate::background;
use crate::relation::CachedFold;
use crate::versions::{Position, Version};
use detente_domain::day::Day;
use detente_domain::event::EventId;
use detente_domain::fold::{self, Advanced, Folded, Item, Regimes, Resume};
use detente_domain::relations::Affected;
use std::sync::Arc;

/// The most bytes that the current folds take together, about: those of 30,000 quiet relations, or of
/// a million events. The least recently used are dropped, and folded again from the versions of
/// their events when they are asked for or change.
pub(super) const CURRENT_BYTES_MAX: usize = 256 << 20;

/// The most new events that are added to a fold, also if it has few.
const ADDED_MAX: usize = 32;
/// The same as a part of the events of a fold: more are folded anew, together with the others.
const ADDED_SHARE: usize = 8;

/// Returns the most new events that are added to a fold of so many.
pub(super) fn added_max(events: usize) -> usize {
    ADDED_MAX.max(events / ADDED_SHARE)
}

impl Chronicle {
    /// Returns the versions of a relation that count at a position.
    pub(super) fn visible_versions(
        &self,
        number: u32,
        known: Option<Position>,
    ) -> impl Iterator<Item = &Version> {
        let relation = self.relation(number);
        let by_joining = relation.is_some_and(|relation| relation.by_joining);
        let affects = move |version: &Version| {
            let act = version.content().act;
            !by_joining || self.affected(number, act, known).is_some()
        };
        self.current_versions(number, known)
            .filter(move |version| !version.content().hidden && affects(version))
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
    pub(super) fn item(
        &self,
        number: u32,
        version: &Version,
        known: Option<Position>,
    ) -> Option<Item<'_>> {
        let affected = self.affected(number, version.content().act, known)?;
        Some(self.item_as(version, &affected, known))
    }

    /// Converts a version to an item of the relation that it affects in this way.
    pub(super) fn item_as(
        &self,
        version: &Version,
        affected: &Affected,
        known: Option<Position>,
    ) -> Item<'_> {
        let content = version.content();
        Item {
            event: version.event,
            act: &self.acts.get(content.act).act,
            earliest: content.earliest,
            latest: content.latest,
            grade: content.grade,
            disputed: content.disputed,
            denied: self.denied(version.event, &content, known),
            directed: affected.directed,
            rival: affected.rival,
        }
    }

    /// Returns the items of a relation as known at a position, those of the background included.
    pub(super) fn items(&self, number: u32, known: Option<Position>) -> Vec<Item<'_>> {
        let versions = self.current_versions(number, known);
        let versions = versions.filter(|version| !version.content().hidden);
        let items = versions.filter_map(|version| self.item(number, version, known));
        let mut items: Vec<Item<'_>> = items.collect();
        if let Some(relation) = self.relation(number) {
            items.extend(background::items(relation.pair));
        }
        items
    }

    /// Folds a relation as known at a position, its levels up to a day.
    pub(super) fn fold_at(
        &self,
        number: u32,
        known: Option<Position>,
        resume: Option<Resume<'_>>,
        until: Day,
    ) -> Folded {
        let pair = self.relations[number as usize].pair;
        let items = self.items(number, known);
        let [a, b] = &self.regimes_of(pair, known);
        fold::fold(pair, &items, &Regimes { a, b }, &self.rules, resume, until)
    }

    /// Returns the current fold with levels up to a day, made from the cached one where possible.
    pub(super) fn refold(&mut self, number: u32, until: Day) -> Arc<Folded> {
        let mut cached = self.take_cached(number);
        let fresh = self.refolded(number, &mut cached, until);
        self.put_cached(number, cached);
        fresh
    }

    /// Updates the cached fold of a relation, so that its levels reach a day, and returns it.
    pub(super) fn refolded(&self, number: u32, cached: &mut CachedFold, until: Day) -> Arc<Folded> {
        let reached = cached.folded.as_ref().map_or(until, |folded| folded.until);
        let until = until.max(reached);
        if let Some(folded) = &cached.folded
            && cached.stale_from.is_none()
            && until == reached
        {
            return Arc::clone(folded);
        }
        self.advance(number, cached, until);
        let stale_from = cached.stale_from.take();
        cached.added = Some(Vec::new());
        let fresh = match cached.folded.take() {
            Some(folded) if stale_from.is_none() => folded,
            Some(folded) => {
                let (folded, from) = (&*folded, stale_from.unwrap_or(Day::MAX));
                let resume = Some(Resume { folded, from });
                Arc::new(self.fold_at(number, None, resume, until))
            }
            None => Arc::new(self.fold_at(number, None, None, until)),
        };
        cached.folded = Some(Arc::clone(&fresh));
        fresh
    }

    /// Adds new events to the cached fold in place, if nothing else has changed, and computes its
    /// levels up to a day. Returns `None` if it is to be folded anew.
    pub(super) fn advance(
        &self,
        number: u32,
        cached: &mut CachedFold,
        until: Day,
    ) -> Option<Advanced> {
        let count = cached.added.as_ref()?.len();
        let events = cached.folded.as_ref()?.events.len();
        if count > added_max(events) {
            return None;
        }
        let added = cached.added.take()?;
        let folded = cached.folded.as_mut()?;
        let versions = added.iter().map(|version| self.versions.get(*version));
        let versions = versions.filter(|version| !version.content().hidden);
        let items = versions.filter_map(|version| self.item(number, version, None));
        let items: Vec<Item<'_>> = items.collect();
        let [a, b] = &self.regimes_of(folded.pair, None);
        let context = (&Regimes { a, b }, &*self.rules);
        let items_of = |events| self.items_of(number, events);
        // In place, unless a reader holds it.
        let folded = Arc::make_mut(folded);
        let advanced = fold::advance(folded, &items, items_of, context, until);
        if advanced.is_some() {
            // Only a comparison knows the steps that moved.
            cached.next_step = None;
            cached.stale_from = None;
            cached.added = Some(Vec::new());
        } else if cached.stale_from.is_none() {
            // Its levels could not be computed further.
            cached.stale_from = Some(Day::MAX);
        }
        advanced
    }

    /// Returns the items of events of a relation, in any order.
    fn items_of(&self, number: u32, mut events: Vec<EventId>) -> Vec<Item<'_>> {
        events.sort_unstable();
        let version = |event: &EventId| self.versions.at(*event, self.head);
        let versions = events.iter().filter_map(version);
        let versions = versions.map(|version| self.versions.get(version));
        let items = versions.filter_map(|version| self.item(number, version, None));
        let mut items: Vec<Item<'_>> = items.collect();
        if let Some(relation) = self.relation(number) {
            let background = background::items(relation.pair).into_iter();
            items.extend(background.filter(|item| events.binary_search(&item.event).is_ok()));
        }
        items
    }

    /// Removes the cached fold of a relation.
    pub(super) fn take_cached(&mut self, number: u32) -> CachedFold {
        let Some(relation) = self.relations.get_mut(number as usize) else {
            return CachedFold::default();
        };
        let mut cached = std::mem::take(&mut relation.cached);
        if let Some(used) = cached.used.take() {
            self.current.remove(used);
        }
        cached
    }

    /// Caches the fold of a relation, which is now the most recently used.
    pub(super) fn put_cached(&mut self, number: u32, mut cached: CachedFold) {
        if let Some(relation) = self.relations.get_mut(number as usize) {
            let bytes = cached.folded.as_ref().map(|folded| folded.bytes());
            cached.used = bytes.map(|bytes| self.current.note(number, bytes));
            relation.cached = cached;
        }
        while let Some(number) = self.current.pop_above(self.current_bytes_max) {
            if let Some(relation) = self.relations.get_mut(number as usize) {
                // Whatever else is known of it holds for the next fold too.
                (relation.cached.folded, relation.cached.used) = (None, None);
            }
        }
    }

    /// Sets the most bytes that the current folds take together. It changes no answer, only how
    /// much is folded again.
    pub const fn bound_folds(&mut self, bytes_max: usize) {
        self.current_bytes_max = bytes_max;
    }
}
