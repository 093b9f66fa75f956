//! The inputs of an explanation.

use super::{ExclusionReason, Uncounted};
use crate::day::Day;
use crate::dimension::{Dimension, Weighed};
use crate::event::EventId;
use crate::fold::{FoldedConduct, Item, in_force};
use crate::level::{Level, Threat, judge};
use std::collections::{BTreeMap, BTreeSet};

/// The inputs of an explanation.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The conduct, folded from the items.
    pub conduct: FoldedConduct<'a>,
    /// The items that were folded, in any order.
    pub items: &'a [Item<'a>],
    /// The events that were left out of the fold, with the reason.
    pub hidden: &'a [(Item<'a>, ExclusionReason)],
    /// The events by which both states joined the organisation that implies recognition, if they
    /// do: see [`LadderState::implied_by`](crate::fold::recognition::LadderState::implied_by).
    pub joined: &'a [Item<'a>],
    /// The day.
    pub at: Day,
}

impl<'a> Context<'a> {
    /// Returns the items in order of effect, with the conducts that count.
    pub(super) fn in_force(&self) -> Vec<Item<'a>> {
        in_force::in_force(self.items, &self.conduct.regimes, self.conduct.rules)
    }

    /// Returns the items in force as indexed by the fold: in order of
    /// [`Folded::events`](crate::fold::Folded::events).
    pub(super) fn as_folded(&self) -> Vec<Item<'a>> {
        let items = self.in_force();
        let events = self.conduct.folded.events.iter().map(|(event, _)| event);
        // That is the same, unless events were added to the fold.
        if items.iter().map(|item| &item.event).eq(events.clone()) {
            return items;
        }
        let items = items.into_iter().map(|item| (item.event, item));
        let items: BTreeMap<EventId, Item<'a>> = items.collect();
        let folded = events.filter_map(|event| items.get(event));
        folded.copied().collect()
    }

    /// Returns the events that concern a dimension but are not among the items in force: those
    /// that do not count for the states, and those left out of the fold.
    pub(super) fn outside_fold(
        &self,
        in_force: &[Item<'_>],
        concerns: impl Fn(&Item<'_>) -> bool,
    ) -> Vec<Uncounted> {
        // Most items are in force as they are, and need not be found there.
        let as_it_is = |item: &Item<'_>| {
            let counts = |item: &Item<'_>| (item.earliest, item.directed, item.rival);
            let alone = in_force::alone(*item, &self.conduct.regimes);
            let acts = item.directed != [None; 2] || item.rival.is_some();
            acts && alone.is_some_and(|alone| counts(&alone) == counts(item))
        };
        let mut rest: Vec<&Item<'_>> = self.items.iter().filter(|item| !as_it_is(item)).collect();
        if !rest.is_empty() {
            let concerning = in_force.iter().filter(|item| concerns(item));
            let kept: BTreeSet<EventId> = concerning.map(|item| item.event).collect();
            rest.retain(|item| concerns(item) && !kept.contains(&item.event));
        }
        let not_governing = rest.into_iter();
        let not_governing = not_governing.map(|item| (item, ExclusionReason::NotGoverning));
        let hidden = self.hidden.iter().filter(|(item, _)| concerns(item));
        not_governing
            .chain(hidden.map(|(item, reason)| (item, *reason)))
            .map(|(item, reason)| Uncounted::new(item, reason))
            .collect()
    }

    /// Returns the reason why an item cannot move a ladder or register by the day, if any.
    pub(super) fn barred(&self, item: &Item<'_>) -> Option<ExclusionReason> {
        if !self.conduct.rules.moves_ladders(item.grade) {
            Some(ExclusionReason::TooWeak)
        } else if item.earliest > self.at {
            Some(ExclusionReason::NotYet)
        } else {
            None
        }
    }

    /// Returns the level of the sums of the day before, before any limit.
    pub(super) fn before(&self, dimension: Dimension) -> Option<&'static str> {
        let level = self
            .conduct
            .timeline(dimension)?
            .summed_at(self.at.prev())?;
        let word = match dimension {
            Dimension::Weighed(Weighed::Threat) => Threat::ALL.get(level)?.as_str(),
            _ => Level::ALL.get(level)?.as_str(),
        };
        Some(word)
    }

    /// Returns the level that the sums of a dimension hold on to, if their index is of a higher
    /// one.
    pub(super) fn kept(&self, dimension: Dimension, index: i64) -> Option<&'static str> {
        let level = self.conduct.timeline(dimension)?.summed_at(self.at)?;
        let judged = judge(&self.conduct.rules.levels, Some(level), index);
        let level = Level::ALL.get(level).filter(|_| level < judged)?;
        Some(level.as_str())
    }
}
