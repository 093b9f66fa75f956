//! Explanations: the reasons of the fold, with the provenance of each event.

use super::Chronicle;
use crate::versions::{Position, Version};
use detente_domain::day::Day;
use detente_domain::dimension::Dimension;
use detente_domain::event::EventId;
use detente_domain::fold::why::{Context, ExclusionReason, Rationale};
use detente_domain::fold::{self, Item, Regimes};
use detente_domain::party::Party;
use detente_domain::relations::{Direction, Pair};
use std::collections::{BTreeMap, BTreeSet};

/// The reasons for the value of a dimension, with the provenance of the events that they cite.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Explanation {
    /// The reasons.
    pub why: fold::why::Why,
    /// By cited event.
    pub provenance: BTreeMap<EventId, Provenance>,
}

/// The provenance of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// The commit that first reported it.
    pub position: Position,
    /// The commit since which it has its present content.
    pub settled: Position,
    /// The parties that deny it, in order of codes.
    pub denied_by: Vec<Party>,
    /// The events linked with it.
    pub linked: Vec<EventId>,
}

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
    ) -> Explanation {
        let folded = self.folded(pair, known);
        let number = self.number(pair);
        let [a, b] = &self.regimes_of(pair, known);
        let items = number.map(|number| self.items(number, known));
        let hidden = number.map(|number| self.hidden(number, known));
        let context = Context {
            folded: &folded,
            items: &items.unwrap_or_default(),
            hidden: &hidden.unwrap_or_default(),
            regimes: Regimes { a, b },
            rules: &self.rules,
            direction,
            at,
        };
        let why = fold::why(context, dimension);
        let provenance = cited(&why)
            .into_iter()
            .filter_map(|event| Some((event, self.provenance(event, known)?)))
            .collect();
        Explanation { why, provenance }
    }

    /// Returns the hidden events of a relation, with the reasons.
    fn hidden(&self, number: u32, known: Option<Position>) -> Vec<(Item<'_>, ExclusionReason)> {
        self.current_versions(number, known)
            .filter(|version| version.content().hidden)
            .filter_map(|version| {
                Some((self.item(number, version)?, self.exclusion(version, known)?))
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

    fn provenance(&self, event: EventId, known: Option<Position>) -> Option<Provenance> {
        let at = known.unwrap_or(self.head);
        let version = self.versions.at(event, at)?;
        Some(Provenance {
            position: self.versions.reported_at(event)?,
            settled: self.versions.get(version).position(),
            denied_by: if self.versions.get(version).content().disputed {
                self.denied_by(event, at)
            } else {
                Vec::new()
            },
            linked: self.same_as(event, at),
        })
    }
}

/// Returns every event that the reasons cite.
fn cited(why: &fold::why::Why) -> BTreeSet<EventId> {
    let uncounted = why.uncounted.iter().map(|one| one.cited.event);
    let mut cited: BTreeSet<EventId> = uncounted.collect();
    match &why.rationale {
        Rationale::Weighed(weighing) => {
            cited.extend(weighing.shares.iter().map(|share| share.cited.event));
        }
        Rationale::Ladder(ladder) => {
            cited.extend(ladder.evidence.iter().map(|one| one.cited.event));
        }
        Rationale::Blend(blend) => cited.extend(blend.parts.iter().filter_map(|part| part.leading)),
    }
    cited
}
