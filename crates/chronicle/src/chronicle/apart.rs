//! Folding a relation of many events apart from the chronicle, which goes on meanwhile.

use super::Chronicle;
use super::folds::added_max;
use crate::background;
use crate::versions::{Position, Version};
use detente_domain::day::Day;
use detente_domain::event::{Act, EventId};
use detente_domain::fold::{self, Folded, Item, Regime, Regimes, Resume};
use detente_domain::grade::Grade;
use detente_domain::relations::{Affected, Pair};
use detente_domain::rulebook::Rulebook;
use std::sync::Arc;

/// A fold of a relation, with all that it needs.
#[derive(Debug)]
pub struct LongFold {
    number: u32,
    pair: Pair,
    /// The position that it is cached under; `None` for the current fold.
    past: Option<Position>,
    /// The last commit that has touched the relation.
    touched_at: Position,
    items: Vec<HeldItem>,
    regimes: [Arc<Regime>; 2],
    rules: Arc<Rulebook>,
    /// The earlier fold, and the first day that has changed since.
    resume: Option<(Arc<Folded>, Day)>,
    until: Day,
}

/// An item with its act.
#[derive(Debug)]
struct HeldItem {
    event: EventId,
    act: Arc<Act>,
    earliest: Day,
    latest: Day,
    grade: Grade,
    disputed: bool,
    denied: u32,
    affected: Affected,
}

/// The result of a [`LongFold`].
#[derive(Debug)]
pub struct FoldedApart {
    number: u32,
    past: Option<Position>,
    touched_at: Position,
    folded: Arc<Folded>,
}

impl Chronicle {
    /// Returns true if the fold that a read of a relation needs, as known at a position, is not
    /// cached and has at least so many versions.
    #[must_use]
    pub fn folds_long(&self, pair: Pair, known: Position, versions_min: usize) -> bool {
        let number = self.number(pair);
        number.is_some_and(|number| self.is_long(number, known, versions_min))
    }

    fn is_long(&self, number: u32, known: Position, versions_min: usize) -> bool {
        let Some(relation) = self.relation(number) else {
            return false;
        };
        if relation.versions.len() < versions_min {
            return false;
        }
        match self.effective_position(number, Some(known)) {
            Some(Position(0)) => false,
            Some(position) => !self.fold_cache.has((number, position)),
            None => {
                let added = relation.cached.added.as_ref().map(Vec::len);
                let folded = relation.cached.folded.as_ref();
                // A few new events are added to a fold.
                let is_added = |folded: &Arc<Folded>| {
                    added.is_some_and(|added| added <= added_max(folded.events.len()))
                };
                !folded.is_some_and(is_added)
            }
        }
    }

    /// Returns the fold that a read of a relation needs, as known at a position, with its levels up
    /// to a day, if it is not cached and has at least so many versions.
    #[must_use]
    pub fn long_fold(
        &self,
        pair: Pair,
        known: Position,
        until: Day,
        versions_min: usize,
    ) -> Option<LongFold> {
        let number = self.number(pair)?;
        let relation = self.relation(number)?;
        if !self.is_long(number, known, versions_min) {
            return None;
        }
        let past = self.effective_position(number, Some(known));
        let (known, until, resume) = match past {
            Some(_) => (Some(known), until, None),
            None => {
                let folded = relation.cached.folded.as_ref();
                let until = folded.map_or(until, |folded| folded.until.max(until));
                (None, until, folded.cloned().zip(relation.cached.stale_from))
            }
        };
        let versions = self.current_versions(number, known);
        let versions = versions.filter(|version| !version.content().hidden);
        let items = versions.filter_map(|version| self.held_item(number, version, known));
        Some(LongFold {
            number,
            pair,
            past,
            touched_at: relation.touched_at,
            items: items.collect(),
            regimes: self.regimes_of(pair, known),
            rules: Arc::clone(&self.rules),
            resume,
            until,
        })
    }

    /// Caches the result of a fold, unless it is the current one of a relation that was touched
    /// meanwhile.
    pub fn keep(&mut self, apart: FoldedApart) {
        let FoldedApart {
            number,
            past,
            touched_at,
            folded,
        } = apart;
        if let Some(position) = past {
            self.fold_cache.insert((number, position), folded);
            return;
        }
        let relation = self.relation(number);
        if relation.is_some_and(|relation| relation.touched_at == touched_at) {
            let mut cached = self.take_cached(number);
            let reached = cached.folded.as_ref().map(|folded| folded.until);
            if cached.stale_from.is_some() || reached.is_none_or(|reached| reached < folded.until) {
                cached.folded = Some(folded);
                cached.stale_from = None;
                cached.added = Some(Vec::new());
            }
            self.put_cached(number, cached);
        }
    }

    fn held_item(
        &self,
        number: u32,
        version: &Version,
        known: Option<Position>,
    ) -> Option<HeldItem> {
        let affected = self.affected(number, version.content().act, known)?;
        let item = self.item_as(version, &affected, known);
        Some(HeldItem {
            event: item.event,
            act: Arc::clone(&self.acts.get(version.content().act).act),
            earliest: item.earliest,
            latest: item.latest,
            grade: item.grade,
            disputed: item.disputed,
            denied: item.denied,
            affected,
        })
    }
}

impl LongFold {
    /// Folds the relation.
    #[must_use]
    pub fn run(self) -> FoldedApart {
        let mut items: Vec<Item<'_>> = self.items.iter().map(HeldItem::item).collect();
        items.extend(background::items(self.pair));
        let [a, b] = &self.regimes;
        let resume = self.resume.as_ref();
        let resume = resume.map(|(folded, from)| Resume {
            folded,
            from: *from,
        });
        let regimes = Regimes { a, b };
        let folded = fold::fold(self.pair, &items, &regimes, &self.rules, resume, self.until);
        FoldedApart {
            number: self.number,
            past: self.past,
            touched_at: self.touched_at,
            folded: Arc::new(folded),
        }
    }
}

impl HeldItem {
    fn item(&self) -> Item<'_> {
        Item {
            event: self.event,
            act: &self.act,
            earliest: self.earliest,
            latest: self.latest,
            grade: self.grade,
            disputed: self.disputed,
            denied: self.denied,
            directed: self.affected.directed,
            rival: self.affected.rival,
        }
    }
}
