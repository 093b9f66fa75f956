//! A relation: the rows that touch it, and the cache of its fold.

use crate::rows::Position;
use detente_domain::day::Day;
use detente_domain::fold::Folded;
use detente_domain::routes::Pair;
use std::sync::Arc;

/// A relation.
#[derive(Debug)]
pub(crate) struct Relation {
    pub(crate) pair: Pair,
    /// Every row that touches it, in order of arrival.
    pub(crate) rows: Vec<u32>,
    /// The fold of what is believed now, as of when it was last asked for.
    pub(crate) folded: Option<Arc<Folded>>,
    /// The first valid day that has changed since.
    pub(crate) stale_from: Option<Day>,
    /// Positions at which it was touched without a row of its own: an event left it, or somebody
    /// else governs one of its states.
    pub(crate) stirred: Vec<Position>,
    /// The position of the last commit that touched it.
    pub(crate) version: Position,
    /// The next day, after the last one told, on which time alone moves something; `None` if not
    /// known.
    pub(crate) next_move: Option<Day>,
}

impl Relation {
    pub(crate) const fn new(pair: Pair) -> Self {
        Self {
            pair,
            rows: Vec::new(),
            stirred: Vec::new(),
            folded: None,
            stale_from: None,
            version: Position(0),
            next_move: None,
        }
    }

    /// Notes that what holds from a day on has changed.
    pub(crate) fn touch(&mut self, from: Day, position: Position) {
        self.stale_from = Some(self.stale_from.map_or(from, |held| held.min(from)));
        self.version = self.version.max(position);
        self.next_move = None;
    }

    /// Notes that it was touched at a position without a row.
    pub(crate) fn stir(&mut self, position: Position) {
        if self.stirred.last() != Some(&position) {
            self.stirred.push(position);
        }
    }
}
