//! Reading: states by both clocks, timelines, and the events behind them.

use crate::chronicle::Chronicle;
use crate::rows::{Position, Row};
use crate::standing::Said;
use detente_domain::day::Day;
use detente_domain::event::{Act, EventId};
use detente_domain::fold::regime::Takeover;
use detente_domain::fold::{self, Folded, Item, Regime, Regimes, Resume};
use detente_domain::grade::Grade;
use detente_domain::party::Party;
use detente_domain::routes::{Direction, Pair};
use detente_domain::state::{State, Subject};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// Rows that cached folds may hold together; beyond it, those not in use are dropped.
const CACHED_ROWS_MAX: usize = 2_000_000;

/// An event, as it is believed at a position.
#[derive(Clone, Copy, Debug)]
pub struct Believed<'a> {
    /// Its id.
    pub event: EventId,
    /// Where it was first reported.
    pub position: Position,
    /// The commit since which it is taken for what it is.
    pub settled: Position,
    /// Who did what to whom.
    pub act: &'a Act,
    /// The first day on which it may have been so.
    pub earliest: Day,
    /// The last.
    pub latest: Day,
    /// The grade that it counts with: that of its best-weighted report, raised by further
    /// publishers as the rulebook says.
    pub grade: Grade,
    /// The grade of its best-weighted report alone.
    pub reported_grade: Grade,
    /// How many independent publishers report it, with those of the events that are one with it.
    pub publishers: usize,
    /// How many of those have a grade that the rulebook counts.
    pub vouching: usize,
    /// Somebody denies or contradicts it.
    pub disputed: bool,
    /// It was retracted, or another event that it is linked with tells it.
    pub silent: bool,
}

impl Chronicle {
    /// The state of a conduct on a day, by what was believed at a position (now, without one).
    pub fn state(
        &mut self,
        pair: Pair,
        direction: Direction,
        at: Day,
        known: Option<Position>,
    ) -> State {
        let rules = Arc::clone(&self.rules);
        let [a, b] = self.regimes_of(pair, known);
        let regimes = Regimes { a: &a, b: &b };
        let held = self.held(pair, known);
        let mut state = fold::state(&held, direction, at, &regimes, &rules);
        self.name_deniers(&mut state, known);
        state
    }

    /// Every timeline of a relation, by what was believed at a position (now, without one).
    pub fn timelines(
        &mut self,
        pair: Pair,
        known: Option<Position>,
    ) -> BTreeMap<Subject, fold::Timeline> {
        self.held(pair, known).timelines.clone()
    }

    /// The position of the last commit that touched a relation; 0 if none has.
    #[must_use]
    pub fn version(&self, pair: Pair) -> Position {
        let number = self
            .number(pair)
            .and_then(|number| self.relations.get(number as usize));
        number.map_or(Position(0), |relation| relation.version)
    }

    /// The relations that have any event, in order of pairs.
    pub fn pairs(&self) -> impl Iterator<Item = Pair> {
        self.by_pair.keys().copied()
    }

    /// The relations of a state.
    #[must_use]
    pub fn pairs_of(&self, state: Party) -> BTreeSet<Pair> {
        let numbers = self.by_state.get(&state).into_iter().flatten();
        numbers
            .filter_map(|number| self.relations.get(*number as usize))
            .map(|relation| relation.pair)
            .collect()
    }

    /// Who governs a state on a day, by what was believed at a position.
    #[must_use]
    pub fn governing(&self, state: Party, at: Day, known: Option<Position>) -> Option<Takeover> {
        self.regime(state, known).governing(at)
    }

    /// An event, by what was believed at a position; `None` if it was not yet known.
    #[must_use]
    pub fn event(&self, event: EventId, known: Option<Position>) -> Option<Believed<'_>> {
        let first = self.rows.first(event)?;
        let known = known.unwrap_or(self.head);
        let row = self.rows.at(event, known)?;
        let content = self.rows.get(row).content();
        let own = self.rows.get(first).content();
        let report = Said {
            voice: own.voice,
            grade: own.grade,
        };
        let standing = self.standing(event, report, known);
        Some(Believed {
            event,
            position: self.rows.get(first).position(),
            settled: self.rows.get(row).position(),
            act: &self.acts.get(content.act).act,
            earliest: content.earliest,
            latest: content.latest,
            grade: content.grade,
            reported_grade: standing.reported,
            publishers: standing.publishers,
            vouching: standing.vouching,
            disputed: content.disputed,
            silent: content.silent,
        })
    }

    /// Every event in order of arrival, as first reported: id and position.
    pub fn events(&self) -> impl DoubleEndedIterator<Item = (EventId, Position)> {
        self.rows.firsts().map(|row| (row.event, row.position()))
    }

    /// Whether a relation had any event, by what was believed at a position.
    #[must_use]
    pub fn is_known(&self, pair: Pair, known: Option<Position>) -> bool {
        let number = self.number(pair);
        number.is_some_and(|number| self.believed(number, known).next().is_some())
    }

    /// The events of a relation by what was believed at a position, in order of arrival.
    #[must_use]
    pub fn arrivals_of(&self, pair: Pair, known: Option<Position>) -> Vec<EventId> {
        let number = self.number(pair).into_iter();
        let rows = number.flat_map(|number| self.believed(number, known));
        let mut events: Vec<(Option<u32>, EventId)> = rows
            .map(|row| (self.rows.first(row.event), row.event))
            .collect();
        events.sort_unstable();
        events.into_iter().map(|(_, event)| event).collect()
    }

    /// The events of a relation by what was believed at a position, in order of valid days.
    #[must_use]
    pub fn events_of(&self, pair: Pair, known: Option<Position>) -> Vec<EventId> {
        let Some(number) = self.number(pair) else {
            return Vec::new();
        };
        let mut events: Vec<(Day, EventId)> = self
            .believed(number, known)
            .map(|row| (row.content().earliest, row.event))
            .collect();
        events.sort_unstable();
        events.into_iter().map(|(_, event)| event).collect()
    }

    pub(crate) fn number(&self, pair: Pair) -> Option<u32> {
        self.by_pair.get(&pair).copied()
    }

    fn regime(&self, state: Party, known: Option<Position>) -> Regime {
        match known.filter(|known| *known < self.head) {
            Some(known) => self.regime_at(state, Some(known)),
            None => self.regimes.get(&state).cloned().unwrap_or_default(),
        }
    }

    fn believed(&self, number: u32, known: Option<Position>) -> impl Iterator<Item = &Row> {
        self.held_true(number, known)
            .filter(|row| !row.content().silent)
    }

    /// The rows of a relation that were believed at a position, those that tell nothing included.
    pub(crate) fn held_true(
        &self,
        number: u32,
        known: Option<Position>,
    ) -> impl Iterator<Item = &Row> {
        let known = known.unwrap_or(self.head);
        let rows = self
            .relations
            .get(number as usize)
            .map(|relation| &*relation.rows);
        rows.unwrap_or_default()
            .iter()
            .filter(move |row| self.rows.believed(**row, known))
            .map(|row| self.rows.get(*row))
    }

    /// A row as a relation sees it.
    pub(crate) fn item(&self, number: u32, row: &Row) -> Option<Item<'_>> {
        let content = row.content();
        let act = self.acts.get(content.act);
        let (_, touch) = act.touches.iter().find(|(touched, _)| *touched == number)?;
        Some(Item {
            event: row.event,
            act: &act.act,
            earliest: content.earliest,
            latest: content.latest,
            grade: content.grade,
            disputed: content.disputed,
            ways: touch.ways,
        })
    }

    /// The items of a relation that were believed at a position.
    pub(crate) fn items(&self, number: u32, known: Option<Position>) -> Vec<Item<'_>> {
        let rows = self.believed(number, known);
        rows.filter_map(|row| self.item(number, row)).collect()
    }

    /// Who governed the two states of a pair, by what was believed at a position.
    pub(crate) fn regimes_of(&self, pair: Pair, known: Option<Position>) -> [Regime; 2] {
        [self.regime(pair.a(), known), self.regime(pair.b(), known)]
    }

    /// Folds what was believed at a position.
    pub(crate) fn fold_at(
        &self,
        number: u32,
        known: Option<Position>,
        resume: Option<Resume<'_>>,
    ) -> Folded {
        let pair = self.relations[number as usize].pair;
        let items = self.items(number, known);
        let [a, b] = self.regimes_of(pair, known);
        let regimes = Regimes { a: &a, b: &b };
        fold::fold(pair, &items, &regimes, &self.rules, resume)
    }

    /// The fold of what is believed now, from the cache as far as it is there.
    pub(crate) fn refold(&mut self, number: u32) -> Arc<Folded> {
        let fresh = match self.release(number) {
            (None, Some(folded)) => folded,
            (Some(from), Some(folded)) => {
                let folded = &folded;
                let resume = Some(Resume { folded, from });
                Arc::new(self.fold_at(number, None, resume))
            }
            (_, None) => Arc::new(self.fold_at(number, None, None)),
        };
        self.keep(number, Arc::clone(&fresh));
        fresh
    }

    /// Takes the cached fold of a relation, and the first day on which it is out of date.
    pub(crate) fn release(&mut self, number: u32) -> (Option<Day>, Option<Arc<Folded>>) {
        let Some(relation) = self.relations.get_mut(number as usize) else {
            return (None, None);
        };
        let folded = relation.folded.take();
        self.cached -= folded.as_ref().map_or(0, |folded| folded.events.len());
        (relation.stale_from.take(), folded)
    }

    /// Caches the fold of what is believed now.
    pub(crate) fn keep(&mut self, number: u32, folded: Arc<Folded>) {
        self.bound_cache();
        if let Some(relation) = self.relations.get_mut(number as usize) {
            self.cached += folded.events.len();
            relation.folded = Some(folded);
        }
    }

    pub(crate) fn now(&self, number: u32) -> Option<&Arc<Folded>> {
        self.relations.get(number as usize)?.folded.as_ref()
    }

    /// Drops cached folds when they have grown too large; they are made again when asked for.
    fn bound_cache(&mut self) {
        if self.cached > CACHED_ROWS_MAX {
            self.cached = 0;
            for relation in &mut self.relations {
                relation.folded = None;
                relation.stale_from = None;
            }
        }
    }
}
