//! Reading states, timelines, relations and their events.

use super::Chronicle;
use crate::relation::Relation;
use crate::versions::{Position, Version};
use detente_domain::day::Day;
use detente_domain::event::EventId;
use detente_domain::fold::regime::Takeover;
use detente_domain::fold::{self, Folded, FoldedConduct, Regimes};
use detente_domain::party::Party;
use detente_domain::relations::{Direction, Pair};
use detente_domain::state::{State, Subject};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

impl Chronicle {
    /// Returns the state of a conduct on a day, as known at a position (now, without one).
    pub fn state(
        &mut self,
        pair: Pair,
        direction: Direction,
        at: Day,
        known: Option<Position>,
    ) -> State {
        let [a, b] = &self.regimes_of(pair, known);
        let folded = self.folded_until(pair, known, at);
        let conduct = FoldedConduct {
            folded: &folded,
            regimes: Regimes { a, b },
            rules: &self.rules,
            direction,
        };
        let mut state = conduct.state(at);
        self.name_deniers(&mut state, known);
        state
    }

    /// Returns every timeline of a relation, as known at a position (now, without one).
    pub fn timelines(
        &mut self,
        pair: Pair,
        known: Option<Position>,
    ) -> BTreeMap<Subject, fold::Timeline> {
        self.folded(pair, known).timelines.clone()
    }

    /// Returns the fold of a relation, with the timelines of all days, as known at a position (now,
    /// without one). Holding it makes the next event of the relation copy it.
    pub fn fold(&mut self, pair: Pair, known: Option<Position>) -> Arc<Folded> {
        self.folded(pair, known)
    }

    /// Returns true if a commit up to a position touched a relation.
    #[must_use]
    pub fn was_touched(&self, pair: Pair, known: Position) -> bool {
        let relation = self.number(pair).and_then(|number| self.relation(number));
        let first = relation.and_then(|relation| relation.first_touched);
        first.is_some_and(|first| first <= known)
    }

    /// Returns the position of the last commit that touched a relation; 0 if none has.
    #[must_use]
    pub fn last_touched(&self, pair: Pair) -> Position {
        let relation = self.number(pair).and_then(|number| self.relation(number));
        relation.map_or(Position(0), |relation| relation.touched_at)
    }

    /// Returns the position of the last commit that touched any relation; 0 if none has.
    #[must_use]
    pub const fn touched_at(&self) -> Position {
        self.touched_at
    }

    /// Returns the position of the last commit that touched a relation, or with whose tick time alone
    /// changed it; 0 if there is none.
    pub fn last_moved(&mut self, pair: Pair) -> Position {
        let Some(now) = self.ticks.last().map(|(_, day)| *day) else {
            return self.last_touched(pair);
        };
        let folded = self.folded_until(pair, None, now);
        let last_steps = folded.timelines.values().filter_map(|timeline| {
            let until = timeline.steps.partition_point(|step| step.day <= now);
            timeline.steps[..until].last().map(|step| step.day)
        });
        let last_step = last_steps.max();
        let tick = last_step.map(|last| self.ticks.partition_point(|(_, day)| *day < last));
        let tick = tick.and_then(|index| self.ticks.get(index));
        let ticked = tick.map_or(Position(0), |(position, _)| *position);
        self.last_touched(pair).max(ticked)
    }

    /// Iterates over the relations that have any event, in order of pairs.
    pub fn pairs(&self) -> impl Iterator<Item = Pair> {
        self.by_pair.keys().copied()
    }

    /// Returns the relations of a state.
    #[must_use]
    pub fn pairs_of(&self, state: Party) -> BTreeSet<Pair> {
        let numbers = self.by_state.get(&state).into_iter().flatten();
        numbers
            .filter_map(|number| self.relation(*number))
            .map(|relation| relation.pair)
            .collect()
    }

    /// Returns the authority of a state on a day, as known at a position (now, without one).
    #[must_use]
    pub fn governing(&self, state: Party, at: Day, known: Option<Position>) -> Option<Takeover> {
        self.regime(state, known).governing(at)
    }

    /// Returns true if a relation had any event, as known at a position (now, without one).
    #[must_use]
    pub fn is_known(&self, pair: Pair, known: Option<Position>) -> bool {
        let number = self.number(pair);
        number.is_some_and(|number| self.visible_versions(number, known).next().is_some())
    }

    /// Returns true if a state of a relation acts with the other one itself, and not
    /// through an organisation.
    #[must_use]
    pub fn has_own_acts(&self, pair: Pair) -> bool {
        let Some(number) = self.number(pair) else {
            return false;
        };
        let mut versions = self.current_versions(number, None);
        versions.any(|version| {
            let affected = self.affected(number, version.content().act, None);
            let directed = affected.into_iter().flat_map(|affected| affected.directed);
            directed.flatten().any(|act| act.via.is_none())
        })
    }

    /// Returns the events of a relation as known at a position, in order of arrival.
    #[must_use]
    pub fn arrivals_of(&self, pair: Pair, known: Option<Position>) -> Vec<EventId> {
        self.events_by(pair, known, |version| self.versions.first(version.event))
    }

    /// Returns the events of a relation as known at a position, in order of valid days.
    #[must_use]
    pub fn events_of(&self, pair: Pair, known: Option<Position>) -> Vec<EventId> {
        self.events_by(pair, known, |version| version.content().earliest)
    }

    fn events_by<K: Ord>(
        &self,
        pair: Pair,
        known: Option<Position>,
        key: impl Fn(&Version) -> K,
    ) -> Vec<EventId> {
        let number = self.number(pair).into_iter();
        let versions = number.flat_map(|number| self.visible_versions(number, known));
        let mut events: Vec<(K, EventId)> = versions
            .map(|version| (key(version), version.event))
            .collect();
        events.sort_unstable();
        events.into_iter().map(|(_, event)| event).collect()
    }

    pub(super) fn relation(&self, number: u32) -> Option<&Relation> {
        self.relations.get(number as usize)
    }

    pub(super) fn number(&self, pair: Pair) -> Option<u32> {
        self.by_pair.get(&pair).copied()
    }
}
