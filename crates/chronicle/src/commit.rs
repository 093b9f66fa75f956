//! The changes of a commit: what moved between before it and after it.
//!
//! A projector opens a commit, takes its records, and closes it. Closing folds the relations
//! touched, and on a tick those in which time alone moves something, and compares each with what
//! it was.

use crate::chronicle::Chronicle;
use crate::rows::{Content, Position};
use detente_domain::day::Day;
use detente_domain::event::EventId;
use detente_domain::fold::regime::Takeover;
use detente_domain::fold::{self, Concerned, Folded, Resume, Told};
use detente_domain::party::Party;
use detente_domain::routes::Pair;
use detente_domain::state::Change;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A relation that a commit touched, with the changes that it caused (maybe none).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moved {
    /// The relation.
    pub pair: Pair,
    /// What moved, in order of days.
    pub changes: Vec<Change>,
}

/// What a commit touches, while it is taken.
#[derive(Debug, Default)]
pub(crate) struct Touched {
    /// Relations by number, with the events that touch them.
    pub(crate) relations: BTreeMap<u32, BTreeSet<EventId>>,
    /// Events that change who governs a state: they touch each of its relations, those included
    /// that the same commit is the first to speak of.
    pub(crate) takeovers: BTreeSet<(Party, EventId)>,
}

impl Chronicle {
    /// Opens a commit: what is taken until [`Chronicle::close`] is its content.
    pub fn open(&mut self) {
        self.touched = Some(Touched::default());
    }

    /// Closes the commit at a position. Gives every relation that it touched, in order of pairs.
    pub fn close(&mut self, position: Position) -> Vec<Moved> {
        self.reach(position);
        let before = Position(position.0.saturating_sub(1));
        let touched = self.touched_relations(before);
        let told = Told {
            before: self.ticked(before),
            now: self.ticked(position),
        };
        let day_moved = told.before != told.now;
        let numbers: BTreeMap<Pair, u32> = if day_moved {
            self.by_pair.clone()
        } else {
            touched
                .keys()
                .map(|number| (self.relations[*number as usize].pair, *number))
                .collect()
        };
        let nothing = BTreeSet::new();
        let mut moved = Vec::new();
        for (pair, number) in numbers {
            let events = touched.get(&number);
            if events.is_none() && !self.may_lapse(number, told.now) {
                continue;
            }
            let changes = self.compare(number, before, told, events.unwrap_or(&nothing));
            if events.is_some() || !changes.is_empty() {
                moved.push(Moved { pair, changes });
            }
        }
        moved
    }

    fn touched_relations(&mut self, before: Position) -> BTreeMap<u32, BTreeSet<EventId>> {
        let Touched {
            mut relations,
            takeovers,
        } = self.touched.take().unwrap_or_default();
        for (state, event) in takeovers {
            if !self.moves(state, event, before) {
                continue;
            }
            for number in self.by_state.get(&state).into_iter().flatten() {
                relations.entry(*number).or_default().insert(event);
            }
        }
        relations
    }

    /// The last day that ticks had reached at a position.
    #[must_use]
    pub fn ticked(&self, known: Position) -> Option<Day> {
        let after = self
            .ticks
            .partition_point(|(position, _)| *position <= known);
        after.checked_sub(1).map(|place| self.ticks[place].1)
    }

    fn may_lapse(&self, number: u32, now: Option<Day>) -> bool {
        let next = self
            .relations
            .get(number as usize)
            .and_then(|relation| relation.next_move);
        next.zip(now).is_none_or(|(next, now)| next <= now)
    }

    fn reported_after(&self, event: EventId, before: Position) -> bool {
        self.rows
            .first(event)
            .is_some_and(|row| self.rows.get(row).position() > before)
    }

    /// Whether an event is taken for something else now than before the commit, or denied by
    /// others, and a relation, or who governs in it, rests on it. One that came and was taken back
    /// in the same commit is no news.
    fn is_news(&self, number: u32, event: EventId, before: Position) -> bool {
        let known = [before, self.head];
        let [then, now] = known.map(|known| self.tells(event, known));
        let denied_otherwise = || {
            let [then, now] = known.map(|known| self.denied_by(event, known));
            then != now
        };
        let differs = then != now || now.is_some_and(|told| told.disputed) && denied_otherwise();
        let told = [then, now];
        let touches = |told: &Content| {
            let act = self.acts.get(told.act);
            act.touches.iter().any(|(touched, _)| *touched == number)
        };
        differs && (told.iter().flatten().any(touches) || self.governs(number, event, told, before))
    }

    /// What an event tells.
    fn tells(&self, event: EventId, known: Position) -> Option<Content> {
        let content = self.rows.get(self.rows.at(event, known)?).content();
        (!content.silent).then_some(content)
    }

    /// Whether who governs a state of a relation rests otherwise on an event now.
    fn governs(
        &self,
        number: u32,
        event: EventId,
        told: [Option<Content>; 2],
        before: Position,
    ) -> bool {
        let pair = self.relations[number as usize].pair;
        let state = |told: &Content| self.acts.get(told.act).takeover.map(|(state, _)| state);
        let states = told.iter().flatten().filter_map(state);
        let mut states = states.filter(|state| [pair.a(), pair.b()].contains(state));
        states.any(|state| self.moves(state, event, before))
    }

    /// Whether an event has another place in who governs a state now than before the commit.
    fn moves(&self, state: Party, event: EventId, before: Position) -> bool {
        self.place_of(state, event, before) != self.place_of(state, event, self.head)
    }

    /// The place of an event in who governs a state.
    fn place_of(&self, state: Party, event: EventId, known: Position) -> Option<Takeover> {
        let regime = self.regime_at(state, Some(known));
        let mut takeovers = regime.takeovers().iter();
        takeovers.find(|held| held.event == event).copied()
    }

    fn compare(
        &mut self,
        number: u32,
        before: Position,
        told: Told,
        events: &BTreeSet<EventId>,
    ) -> Vec<Change> {
        let pair = self.relations[number as usize].pair;
        let (stale_from, kept) = self.release(number);
        let old = if events.is_empty() && stale_from.is_none() {
            let same = kept.unwrap_or_else(|| Arc::new(self.fold_at(number, None, None)));
            self.keep(number, same);
            None
        } else {
            // A fold that is stale now was up to date before this commit.
            let old = kept.filter(|_| stale_from.is_some());
            let old = old.unwrap_or_else(|| Arc::new(self.fold_at(number, Some(before), None)));
            let resume = stale_from.map(|from| Resume { folded: &old, from });
            let new = self.fold_at(number, None, resume);
            self.keep(number, Arc::new(new));
            Some(old)
        };
        let touched: Vec<EventId> = events
            .iter()
            .copied()
            .filter(|event| self.is_news(number, *event, before))
            .collect();
        let reported: Vec<EventId> = touched
            .iter()
            .copied()
            .filter(|event| self.reported_after(*event, before))
            .collect();
        let events = Concerned {
            reported: &reported,
            touched: &touched,
        };
        let Some(new) = self.now(number) else {
            return Vec::new();
        };
        let changes = fold::diff(pair, old.as_deref().unwrap_or(new), new, told, events);
        let next = next_move(new, told.now);
        if let Some(relation) = self.relations.get_mut(number as usize) {
            relation.next_move = Some(next);
        }
        changes
    }
}

/// The first day after `now` on which a timeline steps.
fn next_move(folded: &Folded, now: Option<Day>) -> Day {
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
