//! Comparing the state of a relation at two points of both clocks.

use super::Chronicle;
use crate::versions::Position;
use detente_domain::day::Day;
use detente_domain::event::EventId;
use detente_domain::fold::compare_points::{elapsed, learned};
use detente_domain::fold::{Difference, FoldedConduct, Regimes};
use detente_domain::relations::{Direction, Pair};
use std::collections::BTreeSet;

/// A point of both clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// The valid day.
    pub at: Day,
    /// The position on the known clock.
    pub known: Position,
}

impl Chronicle {
    /// Returns the differences between two points, in a conduct and in what both sides share: first
    /// those learned about the first day from one position to the other, then those that happened
    /// or lapsed from the first day to the second, as known at the second position.
    pub fn diff(
        &mut self,
        pair: Pair,
        direction: Direction,
        from: Point,
        to: Point,
    ) -> Vec<Difference> {
        let (was_known, is_known) = (Some(from.known), Some(to.known));
        let (before, after) = (self.folded(pair, was_known), self.folded(pair, is_known));
        let rules = &self.rules;
        let [a, b] = &self.regimes_of(pair, was_known);
        let before = FoldedConduct {
            folded: &before,
            regimes: Regimes { a, b },
            rules,
            direction,
        };
        let [a, b] = &self.regimes_of(pair, is_known);
        let after = FoldedConduct {
            folded: &after,
            regimes: Regimes { a, b },
            ..before
        };
        let mut differences = if from.known == to.known {
            Vec::new()
        } else {
            let events = self.changed_events(pair, from.known, to.known);
            learned(before, after, from.at, &events)
        };
        differences.extend(elapsed(after, from.at, to.at));
        differences
    }

    /// Returns the events of a relation, and those that change the regimes of its states, whose
    /// versions differ between two positions.
    fn changed_events(&self, pair: Pair, from: Position, to: Position) -> BTreeSet<EventId> {
        let later = Some(from.max(to));
        let affects = |number, version: &u32| {
            let act = self.versions.get(*version).content().act;
            self.affected(number, act, later).is_some()
        };
        let own = self.number(pair).into_iter().flat_map(|number| {
            let relation = self.relation(number).into_iter();
            let versions = relation.flat_map(|relation| &relation.versions);
            versions.filter(move |version| affects(number, version))
        });
        let regimes = [pair.a(), pair.b()]
            .into_iter()
            .filter(|state| self.regime_at(*state, Some(from)) != self.regime_at(*state, Some(to)))
            .filter_map(|state| self.regime_versions.get(&state))
            .flatten();
        own.chain(regimes)
            .filter(|version| self.versions.differs(**version, from, to))
            .map(|version| self.versions.get(*version).event)
            .collect()
    }
}
