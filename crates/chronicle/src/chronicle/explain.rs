//! Explanations: the reasons of the fold.

use super::Chronicle;
use super::events::BelievedEvent;
use crate::background;
use crate::versions::{Position, Version};
use detente_domain::day::Day;
use detente_domain::dimension::Dimension;
use detente_domain::fold::why::{Context, ExclusionReason, Why};
use detente_domain::fold::{self, FoldedConduct, Item, Regimes};
use detente_domain::relations::{Direction, Pair};

impl Chronicle {
    /// Explains the value of a dimension of a conduct on a day, as known at a position (now,
    /// without one).
    pub fn why(
        &mut self,
        pair: Pair,
        direction: Direction,
        dimension: Dimension,
        at: Day,
        known: Option<Position>,
    ) -> Why {
        let folded = self.folded_until(pair, known, at);
        let number = self.number(pair);
        let [a, b] = &self.regimes_of(pair, known);
        let items = match number {
            Some(number) => self.items(number, known),
            None => background::items(pair),
        };
        let hidden = number.map(|number| self.hidden(number, known));
        let joined = folded.recognition[direction.index()].implied_by(at);
        let joined = joined.into_iter().flatten();
        let joined = joined.filter_map(|event| self.event(event, known));
        let joined: Vec<Item<'_>> = joined.map(cited).collect();
        let context = Context {
            conduct: FoldedConduct {
                folded: &folded,
                regimes: Regimes { a, b },
                rules: &self.rules,
                direction,
            },
            items: &items,
            hidden: &hidden.unwrap_or_default(),
            joined: &joined,
            at,
        };
        fold::why(context, dimension)
    }

    /// Returns the hidden events of a relation, with the reasons.
    fn hidden(&self, number: u32, known: Option<Position>) -> Vec<(Item<'_>, ExclusionReason)> {
        self.current_versions(number, known)
            .filter(|version| version.content().hidden)
            .filter_map(|version| {
                Some((
                    self.item(number, version, known)?,
                    self.exclusion(version, known)?,
                ))
            })
            .collect()
    }

    fn exclusion(&self, version: &Version, known: Option<Position>) -> Option<ExclusionReason> {
        let known = known.unwrap_or(self.head);
        if let Some(by) = self.retractions.retracted_by(version.event.into(), known) {
            return Some(ExclusionReason::Retracted { by });
        }
        let group = self.links.group(version.event, &self.retractions, known);
        let by = group
            .into_iter()
            .find(|member| self.is_in_force(*member, known))?;
        Some(ExclusionReason::Linked { by })
    }
}

/// Returns an event of other parties as an item that acts in no direction, to cite it.
const fn cited(event: BelievedEvent<'_>) -> Item<'_> {
    Item {
        event: event.event,
        act: event.act,
        earliest: event.earliest,
        latest: event.latest,
        grade: event.grade,
        disputed: event.disputed,
        denied: 0,
        directed: [None; 2],
        rival: None,
    }
}
