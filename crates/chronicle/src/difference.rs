//! The difference between two points of the two clocks.

use crate::chronicle::Chronicle;
use crate::rows::Position;
use detente_domain::day::Day;
use detente_domain::event::EventId;
use detente_domain::fold::difference::{elapsed, learned};
use detente_domain::fold::{Belief, Difference, Regimes};
use detente_domain::routes::{Direction, Pair};
use std::collections::BTreeSet;

/// A point of both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// The valid day.
    pub at: Day,
    /// What the log held.
    pub known: Position,
}

/// A way from one point to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// Where it begins.
    pub from: Point,
    /// Where it ends.
    pub to: Point,
}

impl Chronicle {
    /// What differs between two points, of a conduct and of what both sides share: first what was
    /// learned of the first day, from the first belief to the second; then what happened, or
    /// lapsed, from the first day to the second as the second belief has it.
    pub fn diff(&mut self, pair: Pair, direction: Direction, way: Way) -> Vec<Difference> {
        let (was_known, is_known) = (Some(way.from.known), Some(way.to.known));
        let (before, after) = (self.held(pair, was_known), self.held(pair, is_known));
        let then = self.regimes_of(pair, was_known);
        let now = self.regimes_of(pair, is_known);
        let rules = &self.rules;
        let before = Belief {
            folded: &before,
            regimes: Regimes {
                a: &then[0],
                b: &then[1],
            },
            rules,
            direction,
        };
        let after = Belief {
            folded: &after,
            regimes: Regimes {
                a: &now[0],
                b: &now[1],
            },
            rules,
            direction,
        };
        let mut differences = if way.from.known == way.to.known {
            Vec::new()
        } else {
            let touched = self.reread(pair, way);
            learned(before, after, way.from.at, &touched)
        };
        differences.extend(elapsed(after, way.from.at, way.to.at));
        differences
    }

    /// The events of a relation, and those that say who governs its states, which one belief takes
    /// for something else than the other.
    fn reread(&self, pair: Pair, way: Way) -> BTreeSet<EventId> {
        let (from, to) = (way.from.known, way.to.known);
        let relation = self.number(pair).map(|number| number as usize);
        let relation = relation.and_then(|number| self.relations.get(number));
        let own = relation.into_iter().flat_map(|relation| &relation.rows);
        let takeovers = [pair.a(), pair.b()]
            .into_iter()
            .filter(|state| self.regime_at(*state, Some(from)) != self.regime_at(*state, Some(to)))
            .filter_map(|state| self.takeovers.get(&state))
            .flatten();
        own.chain(takeovers)
            .filter(|row| self.rows.differs(**row, from, to))
            .map(|row| self.rows.get(*row).event)
            .collect()
    }
}
