//! The changes that a commit causes.
//!
//! A projector begins a commit, applies its records, and ends it. Ending folds the relations
//! touched, and on a tick those in which time alone changes something, and compares each with the
//! fold before the commit.

use super::Chronicle;
use crate::regime_act::RegimeAct;
use crate::versions::{Content, Position};
use detente_domain::day::Day;
use detente_domain::event::EventId;
use detente_domain::fold::regime::{Membership, Takeover};
use detente_domain::fold::{self, AffectedEvents, Folded, Resume, TickWindow};
use detente_domain::party::Party;
use detente_domain::relations::Pair;
use detente_domain::state::Change;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

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

impl Chronicle {
    /// Begins a commit: the records applied until [`Chronicle::end_commit`] are its content.
    pub fn begin_commit(&mut self) {
        self.touched = Some(Touched::default());
    }

    /// Ends the commit at a position. Returns every relation that it touched, in order of pairs.
    pub fn end_commit(&mut self, position: Position) -> Vec<RelationChanges> {
        self.advance_to(position);
        let before = Position(position.0.saturating_sub(1));
        let touched = self.touched_relations(before);
        let ticks = TickWindow {
            before: self.ticked(before),
            now: self.ticked(position),
        };
        let numbers: BTreeMap<Pair, u32> = if ticks.before != ticks.now {
            self.by_pair.clone()
        } else {
            touched
                .keys()
                .map(|number| (self.relations[*number as usize].pair, *number))
                .collect()
        };
        let none = BTreeSet::new();
        let mut relations = Vec::new();
        for (pair, number) in numbers {
            let events = touched.get(&number);
            if events.is_none() && !self.may_lapse(number, ticks.now) {
                continue;
            }
            let changes = self.compare(number, before, ticks, events.unwrap_or(&none));
            if events.is_some() || !changes.is_empty() {
                relations.push(RelationChanges { pair, changes });
            }
        }
        relations
    }

    fn touched_relations(&mut self, before: Position) -> BTreeMap<u32, BTreeSet<EventId>> {
        let Touched {
            mut relations,
            regimes,
        } = self.touched.take().unwrap_or_default();
        for (state, event) in regimes {
            if !self.changes_regime(state, event, before) {
                continue;
            }
            for number in self.by_state.get(&state).into_iter().flatten() {
                relations.entry(*number).or_default().insert(event);
            }
        }
        relations
    }

    /// Returns the last day that ticks had reached at a position.
    #[must_use]
    pub fn ticked(&self, known: Position) -> Option<Day> {
        let ticks = &self.ticks;
        let count = ticks.partition_point(|(position, _)| *position <= known);
        ticks[..count].last().map(|(_, day)| *day)
    }

    fn may_lapse(&self, number: u32, now: Option<Day>) -> bool {
        let next = self
            .relation(number)
            .and_then(|relation| relation.next_step);
        next.zip(now).is_none_or(|(next, now)| next <= now)
    }

    fn reported_after(&self, event: EventId, before: Position) -> bool {
        self.versions
            .reported_at(event)
            .is_some_and(|position| position > before)
    }

    /// Returns true if the commit changed the content or the denials of an event that counts in a
    /// relation or in the regimes of its states. An event reported and retracted in one commit is
    /// not effective.
    fn is_effective(&self, number: u32, event: EventId, before: Position) -> bool {
        let known = [before, self.head];
        let contents = known.map(|known| self.content_at(event, known));
        let [then, now] = contents;
        let denials_differ = |now: &Content| {
            let [then, now] = known.map(|known| {
                let denied = self.denied(event, now, Some(known));
                (self.denied_by(event, known), denied)
            });
            then != now
        };
        let is_denied = |content: &&Content| content.disputed;
        let differs = then != now || now.as_ref().filter(is_denied).is_some_and(denials_differ);
        let affects = |(content, known): (&Option<Content>, Position)| {
            let content = content.as_ref();
            content.is_some_and(|content| self.affected(number, content.act, Some(known)).is_some())
        };
        differs
            && (contents.iter().zip(known).any(affects)
                || self.changes_regimes(number, event, contents, before))
    }

    /// Returns the content of an event that counts at a position.
    fn content_at(&self, event: EventId, known: Position) -> Option<Content> {
        let content = self.versions.get(self.versions.at(event, known)?).content();
        (!content.hidden).then_some(content)
    }

    /// Returns true if the commit changed the part of an event in the regimes of a relation.
    fn changes_regimes(
        &self,
        number: u32,
        event: EventId,
        contents: [Option<Content>; 2],
        before: Position,
    ) -> bool {
        let pair = self.relations[number as usize].pair;
        let acts = contents.iter().flatten();
        let acts = acts.filter_map(|content| self.acts.get(content.act).regime.as_ref());
        let mut states = acts.flat_map(RegimeAct::states);
        states.any(|state| {
            [pair.a(), pair.b()].contains(state) && self.changes_regime(*state, event, before)
        })
    }

    /// Returns true if the commit changed the part of an event in the regime of a state.
    fn changes_regime(&self, state: Party, event: EventId, before: Position) -> bool {
        self.regime_by(state, event, before) != self.regime_by(state, event, self.head)
    }

    /// Returns the takeovers and memberships of a state in which an event has a part, as known at a
    /// position.
    fn regime_by(
        &self,
        state: Party,
        event: EventId,
        known: Position,
    ) -> (Vec<Takeover>, Vec<Membership>) {
        let regime = self.regime_at(state, Some(known));
        let takeovers = regime.takeovers().iter();
        let takeovers = takeovers.filter(|takeover| takeover.event == event);
        let memberships = regime.memberships().iter().filter(|membership| {
            let left = membership.left.map(|(_, left)| left);
            membership.event == event || left == Some(event)
        });
        (takeovers.copied().collect(), memberships.copied().collect())
    }

    fn compare(
        &mut self,
        number: u32,
        before: Position,
        ticks: TickWindow,
        events: &BTreeSet<EventId>,
    ) -> Vec<Change> {
        let pair = self.relations[number as usize].pair;
        let (stale_from, cached) = self.take_cached_fold(number);
        let (old, new) = if events.is_empty() && stale_from.is_none() {
            let same = cached.unwrap_or_else(|| Arc::new(self.fold_at(number, None, None)));
            (Arc::clone(&same), same)
        } else {
            // A fold that is stale now was up to date before this commit.
            let old = cached.filter(|_| stale_from.is_some());
            let old = old.unwrap_or_else(|| Arc::new(self.fold_at(number, Some(before), None)));
            let resume = stale_from.map(|from| Resume { folded: &old, from });
            let new = Arc::new(self.fold_at(number, None, resume));
            (old, new)
        };
        let touched: Vec<EventId> = events
            .iter()
            .copied()
            .filter(|event| self.is_effective(number, *event, before))
            .collect();
        let reported: Vec<EventId> = touched
            .iter()
            .copied()
            .filter(|event| self.reported_after(*event, before))
            .collect();
        let events = AffectedEvents {
            reported: &reported,
            touched: &touched,
        };
        let changes = fold::changes(pair, &old, &new, ticks, events);
        if let Some(relation) = self.relations.get_mut(number as usize) {
            relation.next_step = Some(next_step(&new, ticks.now));
        }
        self.cache_fold(number, new);
        changes
    }
}

/// Returns the first day after `now` on which a timeline steps.
fn next_step(folded: &Folded, now: Option<Day>) -> Day {
    let Some(now) = now else { return Day::MIN };
    folded
        .timelines
        .values()
        .filter_map(|timeline| {
            let after = timeline.steps.partition_point(|step| step.day <= now);
            timeline.steps.get(after).map(|step| step.day)
        })
        .min()
        .unwrap_or(Day::MAX)
}
