//! Reading: states by both clocks, timelines, and the events behind them.

use crate::chronicle::Chronicle;
use crate::rows::Position;
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

/// Rows that cached folds may hold together; beyond it, those not in use are dropped.
const CACHED_ROWS_MAX: usize = 2_000_000;

/// An event, as it is believed at a position.
#[derive(Clone, Copy, Debug)]
pub struct Believed<'a> {
    /// Its id.
    pub event: EventId,
    /// Where it was first reported.
    pub position: Position,
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
        let known = known.filter(|known| *known < self.head);
        let regimes = [self.regime(pair.a(), known), self.regime(pair.b(), known)];
        let regimes = Regimes {
            a: &regimes[0],
            b: &regimes[1],
        };
        let rules = std::sync::Arc::clone(&self.rules);
        let mut state = match (self.number(pair), known) {
            (Some(number), None) => {
                self.refold(number);
                self.folded(number)
                    .map(|folded| fold::state(folded, direction, at, &regimes, &rules))
            }
            (Some(number), Some(_)) => {
                let folded = self.fold_at(number, known, None);
                Some(fold::state(&folded, direction, at, &regimes, &rules))
            }
            (None, _) => None,
        }
        .unwrap_or_else(|| {
            let nothing = fold::fold(pair, &[], &regimes, &rules, None);
            fold::state(&nothing, direction, at, &regimes, &rules)
        });
        self.name_deniers(&mut state, known);
        state
    }

    /// Every timeline of a relation, by what was believed at a position (now, without one).
    pub fn timelines(
        &mut self,
        pair: Pair,
        known: Option<Position>,
    ) -> BTreeMap<Subject, fold::Timeline> {
        let Some(number) = self.number(pair) else {
            return BTreeMap::new();
        };
        match known.filter(|known| *known < self.head) {
            Some(known) => self.fold_at(number, Some(known), None).timelines,
            None => {
                self.refold(number);
                self.folded(number)
                    .map(|folded| folded.timelines.clone())
                    .unwrap_or_default()
            }
        }
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
        let known = known.unwrap_or(self.head);
        let first = self.rows.first(event)?;
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

    fn number(&self, pair: Pair) -> Option<u32> {
        self.by_pair.get(&pair).copied()
    }

    fn regime(&self, state: Party, known: Option<Position>) -> Regime {
        match known.filter(|known| *known < self.head) {
            Some(known) => self.regime_at(state, Some(known)),
            None => self.regimes.get(&state).cloned().unwrap_or_default(),
        }
    }

    fn believed(
        &self,
        number: u32,
        known: Option<Position>,
    ) -> impl Iterator<Item = &crate::rows::Row> {
        let known = known.unwrap_or(self.head);
        let rows = self
            .relations
            .get(number as usize)
            .map(|relation| &*relation.rows);
        rows.unwrap_or_default()
            .iter()
            .filter(move |row| self.rows.believed(**row, known))
            .map(|row| self.rows.get(*row))
            .filter(|row| !row.content().silent)
    }

    /// Folds what was believed at a position.
    pub(crate) fn fold_at(
        &self,
        number: u32,
        known: Option<Position>,
        resume: Option<Resume<'_>>,
    ) -> Folded {
        let pair = self.relations[number as usize].pair;
        let items: Vec<Item<'_>> = self
            .believed(number, known)
            .filter_map(|row| {
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
            })
            .collect();
        let regimes = [self.regime(pair.a(), known), self.regime(pair.b(), known)];
        let regimes = Regimes {
            a: &regimes[0],
            b: &regimes[1],
        };
        fold::fold(pair, &items, &regimes, &self.rules, resume)
    }

    /// Brings the cached fold of a relation up to what is believed now.
    pub(crate) fn refold(&mut self, number: u32) {
        let fresh = match self.release(number) {
            (None, Some(folded)) => folded,
            (Some(from), Some(folded)) => Box::new(self.fold_at(
                number,
                None,
                Some(Resume {
                    folded: &folded,
                    from,
                }),
            )),
            (_, None) => Box::new(self.fold_at(number, None, None)),
        };
        self.keep(number, fresh);
    }

    /// Takes the cached fold of a relation, and the first day on which it is out of date.
    pub(crate) fn release(&mut self, number: u32) -> (Option<Day>, Option<Box<Folded>>) {
        let Some(relation) = self.relations.get_mut(number as usize) else {
            return (None, None);
        };
        let folded = relation.folded.take();
        self.cached -= folded.as_ref().map_or(0, |folded| folded.events.len());
        (relation.stale_from.take(), folded)
    }

    /// Caches the fold of what is believed now.
    pub(crate) fn keep(&mut self, number: u32, folded: Box<Folded>) {
        self.bound_cache();
        if let Some(relation) = self.relations.get_mut(number as usize) {
            self.cached += folded.events.len();
            relation.folded = Some(folded);
        }
    }

    pub(crate) fn folded(&self, number: u32) -> Option<&Folded> {
        self.relations.get(number as usize)?.folded.as_deref()
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
