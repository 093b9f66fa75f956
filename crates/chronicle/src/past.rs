//! Folds of earlier beliefs, kept for as long as there is room.
//!
//! Between two positions that touch a relation its fold is one and the same, so it is kept under
//! the last of them that is not after what was asked for.

use crate::chronicle::Chronicle;
use crate::rows::Position;
use detente_domain::fold::{self, Folded, Regime, Regimes};
use detente_domain::routes::Pair;
use hashbrown::HashMap;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Rows that folds of earlier beliefs may hold together: some hundred megabytes at the most.
const ROWS_MAX: usize = 500_000;
/// What a fold counts for beside its rows.
const FOLD_ROWS: usize = 50;

type Key = (u32, Position);

/// Folds of earlier beliefs.
#[derive(Debug, Default)]
pub(crate) struct Past {
    folds: HashMap<Key, (u64, Arc<Folded>)>,
    /// By when they were last asked for.
    asked: BTreeMap<u64, Key>,
    clock: u64,
    rows: usize,
}

impl Chronicle {
    /// The fold of a relation, by what was believed at a position (now, without one).
    pub(crate) fn held(&mut self, pair: Pair, known: Option<Position>) -> Arc<Folded> {
        let Some(number) = self.number(pair) else {
            return Arc::new(self.nothing(pair, known));
        };
        match self.version_at(number, known) {
            None => self.refold(number),
            Some(Position(0)) => Arc::new(self.nothing(pair, known)),
            Some(version) => {
                let key = (number, version);
                if let Some(found) = self.past.find(key) {
                    return found;
                }
                let fresh = Arc::new(self.fold_at(number, known, None));
                self.past.keep(key, Arc::clone(&fresh));
                fresh
            }
        }
    }

    /// The last position up to `known` that touched a relation, 0 if none did; `None` where that
    /// is the last one of all.
    fn version_at(&self, number: u32, known: Option<Position>) -> Option<Position> {
        let relation = self.relations.get(number as usize)?;
        let known = known.filter(|known| *known < relation.version)?;
        let rows = &relation.rows;
        let row = rows.partition_point(|row| self.rows.get(*row).position() <= known);
        let row = row.checked_sub(1).and_then(|place| rows.get(place));
        let row = row.map(|row| self.rows.get(*row).position());
        let stirred = relation.stirred.partition_point(|at| *at <= known);
        let stirred = stirred
            .checked_sub(1)
            .and_then(|place| relation.stirred.get(place));
        Some(row.max(stirred.copied()).unwrap_or(Position(0)))
    }

    fn nothing(&self, pair: Pair, known: Option<Position>) -> Folded {
        let [a, b]: [Regime; 2] = self.regimes_of(pair, known);
        fold::fold(pair, &[], &Regimes { a: &a, b: &b }, &self.rules, None)
    }
}

impl Past {
    fn find(&mut self, key: Key) -> Option<Arc<Folded>> {
        let (asked, folded) = self.folds.get_mut(&key)?;
        self.asked.remove(asked);
        self.clock += 1;
        *asked = self.clock;
        self.asked.insert(self.clock, key);
        Some(Arc::clone(folded))
    }

    fn keep(&mut self, key: Key, folded: Arc<Folded>) {
        self.clock += 1;
        self.rows += folded.events.len() + FOLD_ROWS;
        self.asked.insert(self.clock, key);
        self.folds.insert(key, (self.clock, folded));
        while self.rows > ROWS_MAX && self.asked.len() > 1 {
            let Some((_, oldest)) = self.asked.pop_first() else {
                break;
            };
            if let Some((_, folded)) = self.folds.remove(&oldest) {
                self.rows -= folded.events.len() + FOLD_ROWS;
            }
        }
    }
}
