//! The changes that a commit causes.
//!
//! A projector begins a commit, applies its records, and ends it. Ending folds the relations
//! touched, and on a tick those in which time alone changes something, and compares each with the
//! fold before the commit.

use super::Chronicle;
use crate::versions::{Content, Position};
use detente_domain::day::Day;
use detente_domain::event::EventId;
use detente_domain::fold::{self, Advanced, AffectedEvents, Folded, Resume, TickWindow};
use detente_domain::party::Party;
use detente_domain::relations::Pair;
use detente_domain::state::{Change, Subject};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The days after the last tick up to which levels are computed: the further, the more a fold costs,
/// and the fewer folds are made only because that many days have passed.
const DAYS_AHEAD: i32 = 366;

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
        let mut relations = Vec::new();
        for (pair, number) in numbers {
            let events = touched.get(&number);
            let events = events.map(|events| self.effective(number, events, before, &changed));
            let changes = self.compare(number, before, ticks, events.as_deref());
            if events.is_some() || !changes.is_empty() {
                relations.push(RelationChanges { pair, changes });
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

    fn reported_after(&self, event: EventId, before: Position) -> bool {
        self.versions
            .reported_at(event)
            .is_some_and(|position| position > before)
    }

    /// Returns the events whose content or denials the commit changed, of those that count in a
    /// relation or in the regimes of its states. An event reported and retracted in one commit is
    /// not effective.
    fn effective(
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

    fn compare(
        &mut self,
        number: u32,
        before: Position,
        ticks: TickWindow,
        events: Option<&[EventId]>,
    ) -> Vec<Change> {
        // Before any tick nothing is published.
        let Some(now) = ticks.now else {
            return Vec::new();
        };
        let is_stale = self.relations[number as usize].stale_from.is_some();
        let is_touched = events.is_some() || is_stale;
        let touched = events.unwrap_or_default();
        let reported: Vec<EventId> = touched
            .iter()
            .copied()
            .filter(|event| self.reported_after(*event, before))
            .collect();
        let events = AffectedEvents {
            reported: &reported,
            touched,
        };
        if let Some(advanced) = self.advance(number, now) {
            return self.advanced_changes(number, &advanced, ticks, events);
        }
        if !is_touched {
            return self.lapsed(number, now, ticks);
        }
        let until = now.plus(DAYS_AHEAD);
        let pair = self.relations[number as usize].pair;
        let (stale_from, cached) = self.take_cached_fold(number);
        // A fold that is stale now was up to date before this commit.
        let old = cached.filter(|_| stale_from.is_some());
        let old = old.unwrap_or_else(|| {
            let before = Some(before);
            Arc::new(self.fold_at(number, before, None, until))
        });
        let resume = stale_from.map(|from| Resume { folded: &old, from });
        let new = Arc::new(self.fold_at(number, None, resume, until));
        self.cache_fold(number, Arc::clone(&new));
        let changes = fold::changes(pair, &old, &new, ticks, events);
        if let Some(relation) = self.relations.get_mut(number as usize) {
            relation.next_step = Some(next_step(&new, new.timelines.keys(), now));
        }
        changes
    }

    /// Returns the changes to a relation that no event of the commit touches: time alone causes them.
    fn lapsed(&mut self, number: u32, now: Day, ticks: TickWindow) -> Vec<Change> {
        let folded = self.refolded_past(number, now);
        if let Some(relation) = self.relations.get_mut(number as usize) {
            relation.next_step = Some(next_step(&folded, folded.timelines.keys(), now));
        }
        fold::lapsed(&folded, ticks)
    }

    /// Returns the current fold with levels up to a day; if it has to be folded, far past it.
    fn refolded_past(&mut self, number: u32, now: Day) -> Arc<Folded> {
        let folded = self.relations[number as usize].folded.as_ref();
        let reaches = folded.is_some_and(|folded| now <= folded.until);
        let until = if reaches { now } else { now.plus(DAYS_AHEAD) };
        self.refold(number, until)
    }

    /// Returns the changes to a relation whose cached fold was advanced.
    fn advanced_changes(
        &mut self,
        number: u32,
        advanced: &Advanced,
        ticks: TickWindow,
        events: AffectedEvents<'_>,
    ) -> Vec<Change> {
        let Some(relation) = self.relations.get_mut(number as usize) else {
            return Vec::new();
        };
        let (Some(folded), Some(now)) = (&relation.folded, ticks.now) else {
            return Vec::new();
        };
        let next = next_step(folded, advanced.before.keys(), now);
        relation.next_step = relation.next_step.map(|other| other.min(next));
        fold::advanced_changes(relation.pair, advanced, folded, ticks, events)
    }
}

/// Returns the first day after `now` on which one of the subjects steps, as far as levels are computed.
fn next_step<'a>(folded: &Folded, subjects: impl Iterator<Item = &'a Subject>, now: Day) -> Day {
    let next = |subject: &Subject| {
        let timeline = folded.timelines.get(subject)?;
        let after = timeline.steps.partition_point(|step| step.day <= now);
        timeline.steps.get(after).map(|step| step.day)
    };
    let steps = subjects.filter_map(next).min();
    steps.map_or(folded.until.next(), |day| day.min(folded.until.next()))
}
