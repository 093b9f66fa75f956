//! Why, by both clocks: the reasons of the fold, with what only the record of records knows.

use crate::chronicle::Chronicle;
use crate::rows::{Position, Row};
use detente_domain::day::Day;
use detente_domain::dimension::Dimension;
use detente_domain::event::EventId;
use detente_domain::fold::why::{Asked, Because, Ground};
use detente_domain::fold::{self, Item, Regimes};
use detente_domain::party::Party;
use detente_domain::routes::{Direction, Pair};
use std::collections::{BTreeMap, BTreeSet};

/// The reasons of a dimension, and how each event in them came to be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The reasons.
    pub why: fold::why::Why,
    /// By event, for each that the reasons cite.
    pub tellings: BTreeMap<EventId, Telling>,
}

/// How an event came to be known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telling {
    /// The commit that first reported it.
    pub position: Position,
    /// The commit since which it is taken for what it is.
    pub settled: Position,
    /// The parties that deny it, in order of codes.
    pub denied_by: Vec<Party>,
    /// The events that are one with it.
    pub linked: Vec<EventId>,
}

impl Chronicle {
    /// Why a dimension of a conduct stands where it does on a day, by what was believed at a
    /// position (now, without one).
    pub fn why(
        &mut self,
        pair: Pair,
        direction: Direction,
        dimension: Dimension,
        at: Day,
        known: Option<Position>,
    ) -> Account {
        let held = self.held(pair, known);
        let number = self.number(pair);
        let [a, b] = self.regimes_of(pair, known);
        let items = number.map_or_else(Vec::new, |number| self.items(number, known));
        let hidden = number.map_or_else(Vec::new, |number| self.hidden(number, known));
        let asked = Asked {
            folded: &held,
            items: &items,
            hidden: &hidden,
            regimes: Regimes { a: &a, b: &b },
            rules: &self.rules,
            direction,
            at,
        };
        let why = fold::why(asked, dimension);
        let tellings = cited(&why)
            .into_iter()
            .filter_map(|event| Some((event, self.telling(event, known)?)))
            .collect();
        Account { why, tellings }
    }

    /// The events of a relation that tell nothing, and why not.
    fn hidden(&self, number: u32, known: Option<Position>) -> Vec<(Item<'_>, Because)> {
        self.held_true(number, known)
            .filter(|row| row.content().silent)
            .filter_map(|row| Some((self.item(number, row)?, self.silenced(row, known)?)))
            .collect()
    }

    fn silenced(&self, row: &Row, known: Option<Position>) -> Option<Because> {
        let known = known.unwrap_or(self.head);
        if let Some(by) = self.retractions.taken_back_by(row.event.into(), known) {
            return Some(Because::Retracted { by });
        }
        let group = self.links.group(row.event, &self.retractions, known);
        let tells = |member: &EventId| {
            let first = self.rows.first(*member);
            first.is_some_and(|row| self.rows.get(row).position() <= known)
                && self.retractions.counts((*member).into(), known)
        };
        let by = group.into_iter().find(tells)?;
        Some(Because::Told { by })
    }

    fn telling(&self, event: EventId, known: Option<Position>) -> Option<Telling> {
        let at = known.unwrap_or(self.head);
        let row = self.rows.at(event, at)?;
        let linked = if self.links.has(event) {
            let mut group = self.links.group(event, &self.retractions, at);
            group.remove(&event);
            group.into_iter().collect()
        } else {
            Vec::new()
        };
        Some(Telling {
            position: self.rows.get(self.rows.first(event)?).position(),
            settled: self.rows.get(row).position(),
            denied_by: if self.rows.get(row).content().disputed {
                self.denied_by(event, at)
            } else {
                Vec::new()
            },
            linked,
        })
    }
}

/// Every event that reasons cite.
fn cited(why: &fold::why::Why) -> BTreeSet<EventId> {
    let uncounted = why.uncounted.iter().map(|one| one.cited.event);
    let mut cited: BTreeSet<EventId> = uncounted.collect();
    match &why.ground {
        Ground::Weighed(weighing) => {
            cited.extend(weighing.shares.iter().map(|share| share.cited.event));
        }
        Ground::Ladder(ladder) => {
            cited.extend(ladder.stones.iter().map(|stone| stone.cited.event));
        }
        Ground::Blend(blend) => cited.extend(blend.parts.iter().filter_map(|part| part.above_all)),
    }
    cited
}
