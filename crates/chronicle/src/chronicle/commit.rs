//! The changes that a commit causes.
//!
//! A projector begins a commit, applies its records, and ends it. Ending folds the relations
//! touched, and on a tick those in which time alone changes something, and compares each with the
//! fold before the commit.

use super::Chronicle;
use crate::relation::CachedFold;
use crate::versions::{Content, Position};
use detente_domain::day::Day;
use detente_domain::event::EventId;
use detente_domain::fold::TickWindow;
use detente_domain::party::Party;
use detente_domain::relations::Pair;
use detente_domain::state::Change;
use std::collections::{BTreeMap, BTreeSet};

/// The most relations whose folds are held beside those that are cached.
const COMPARED_AT_ONCE: usize = 256;

/// A relation that a commit touched, with the changes that it caused, if any.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RelationChanges {
    /// The relation.
    pub pair: Pair,
    /// The changes, in order of days.
    pub changes: Vec<Change>,
}

/// The relations and regimes that the present commit touches.
#[derive(Debug, Default)]
pub(super) struct Touched {
    /// By number of relation: the events that touch it.
    pub(super) relations: BTreeMap<u32, BTreeSet<EventId>>,
    /// Events that change the regime of a state. They touch each of its relations, also those that
    /// begin in the same commit.
    pub(super) regimes: BTreeSet<(Party, EventId)>,
}

/// A relation to compare.
pub(super) struct Work<'a> {
    pub(super) pair: Pair,
    pub(super) number: u32,
    /// The events of the commit that touch it, if any does.
    pub(super) events: Option<&'a BTreeSet<EventId>>,
    pub(super) cached: CachedFold,
}

/// What relations are compared by.
#[derive(Clone, Copy)]
pub(super) struct Commit<'a> {
    /// The position before the commit.
    pub(super) before: Position,
    pub(super) ticks: TickWindow,
    /// The states whose regimes it changed.
    pub(super) changed: &'a BTreeSet<Party>,
}

impl Chronicle {
    /// Begins a commit: the records applied until [`Chronicle::end_commit`] are its content.
    pub fn begin_commit(&mut self) {
        self.open_commit();
        self.touched = Some(Touched::default());
    }

    /// Ends the commit at a position. Returns every relation that it touched, in order of pairs.
    pub fn end_commit(&mut self, position: Position) -> Vec<RelationChanges> {
        self.close_commit(position);
        let before = Position(position.0.saturating_sub(1));
        let Touched {
            mut relations,
            regimes,
        } = self.touched.take().unwrap_or_default();
        let changed = self.changed_regimes(&regimes, before);
        self.add_touched_by_regime(&mut relations, &regimes, &changed, before);
        let touched = relations;
        let ticks = TickWindow {
            before: self.ticked(before),
            now: self.ticked(position),
        };
        let pair = |number: u32| (self.relations[number as usize].pair, number);
        let mut numbers: BTreeMap<Pair, u32> = touched.keys().map(|number| pair(*number)).collect();
        if ticks.before != ticks.now {
            let due = (0..).zip(&self.relations);
            let due = due.filter(|(_, relation)| relation.may_lapse(ticks.now));
            numbers.extend(due.map(|(number, relation)| (relation.pair, number)));
        }
        let numbers: Vec<(Pair, u32)> = numbers.into_iter().collect();
        let commit = Commit {
            before,
            ticks,
            changed: &changed,
        };
        let mut relations = Vec::new();
        for some in numbers.chunks(COMPARED_AT_ONCE) {
            let works = some.iter().map(|(pair, number)| Work {
                pair: *pair,
                number: *number,
                events: touched.get(number),
                cached: self.take_cached(*number),
            });
            let mut works: Vec<Work<'_>> = works.collect();
            relations.extend(self.compare_all(&mut works, commit));
            for work in works {
                self.put_cached(work.number, work.cached);
            }
        }
        relations
    }

    /// Returns the states among those touched whose regimes the commit changed.
    fn changed_regimes(
        &self,
        touched: &BTreeSet<(Party, EventId)>,
        before: Position,
    ) -> BTreeSet<Party> {
        let mut states: BTreeSet<Party> = touched.iter().map(|(state, _)| *state).collect();
        states.retain(|state| {
            self.regime_at(*state, Some(before)) != self.regime_at(*state, Some(self.head))
        });
        states
    }

    /// Adds the relations of states whose regimes changed.
    fn add_touched_by_regime(
        &self,
        relations: &mut BTreeMap<u32, BTreeSet<EventId>>,
        regimes: &BTreeSet<(Party, EventId)>,
        changed: &BTreeSet<Party>,
        before: Position,
    ) {
        for (state, event) in regimes {
            let contents = self.contents(*event, before);
            if !changed.contains(state) || !self.counts_in_regime(*state, &contents) {
                continue;
            }
            for number in self.by_state.get(state).into_iter().flatten() {
                relations.entry(*number).or_default().insert(*event);
            }
        }
    }

    /// Returns the last day that ticks had reached at a position.
    #[must_use]
    pub fn ticked(&self, known: Position) -> Option<Day> {
        let ticks = &self.ticks;
        let count = ticks.partition_point(|(position, _)| *position <= known);
        ticks[..count].last().map(|(_, day)| *day)
    }

    pub(super) fn reported_after(&self, event: EventId, before: Position) -> bool {
        self.versions
            .reported_at(event)
            .is_some_and(|position| position > before)
    }

    /// Returns the events whose content or denials the commit changed, of those that count in a
    /// relation or in the regimes of its states. An event reported and retracted in one commit is
    /// not effective.
    pub(super) fn effective(
        &self,
        number: u32,
        events: &BTreeSet<EventId>,
        before: Position,
        changed: &BTreeSet<Party>,
    ) -> Vec<EventId> {
        let pair = self.relations[number as usize].pair;
        let known = [before, self.head];
        let is_effective = |event: &EventId| {
            let contents = self.contents(*event, before);
            let affects = |(content, known): (&Option<Content>, Position)| {
                let content = content.as_ref();
                content.is_some_and(|content| {
                    self.affected(number, content.act, Some(known)).is_some()
                })
            };
            let counts_in_regime =
                |state: &Party| changed.contains(state) && self.counts_in_regime(*state, &contents);
            (contents[0] != contents[1] || self.denials_differ(*event, &contents, before))
                && (contents.iter().zip(known).any(affects)
                    || [pair.a(), pair.b()].iter().any(counts_in_regime))
        };
        events.iter().copied().filter(is_effective).collect()
    }

    fn denials_differ(
        &self,
        event: EventId,
        contents: &[Option<Content>; 2],
        before: Position,
    ) -> bool {
        let now = contents[1].as_ref().filter(|content| content.disputed);
        now.is_some_and(|now| {
            let [then, now] = [before, self.head].map(|known| {
                let denied = self.denied(event, now, Some(known));
                (self.denied_by(event, known), denied)
            });
            then != now
        })
    }

    /// Returns the content of an event, where it counts, before the commit and now.
    fn contents(&self, event: EventId, before: Position) -> [Option<Content>; 2] {
        [before, self.head].map(|known| {
            let content = self.versions.get(self.versions.at(event, known)?).content();
            (!content.hidden).then_some(content)
        })
    }

    /// Returns true if one of the contents changes the regime of a state.
    fn counts_in_regime(&self, state: Party, contents: &[Option<Content>; 2]) -> bool {
        let mut contents = contents.iter().flatten();
        contents.any(|content| {
            let act = self.acts.get(content.act).regime.as_ref();
            act.is_some_and(|act| {
                act.states().contains(&state) && self.counts_for_regimes(act, content.grade)
            })
        })
    }
}
