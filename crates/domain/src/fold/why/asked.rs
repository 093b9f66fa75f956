//! A question, and what all its answers begin with.

use super::{Because, Uncounted};
use crate::day::Day;
use crate::dimension::Dimension;
use crate::event::EventId;
use crate::fold::regime::{self, Regimes};
use crate::fold::{Folded, Item};
use crate::routes::Direction;
use crate::rulebook::Rulebook;

/// A question, and all that the answer is made from.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// The fold of the items.
    pub folded: &'a Folded,
    /// The items that were folded, in any order.
    pub items: &'a [Item<'a>],
    /// Events that were left out of the fold, and why.
    pub hidden: &'a [(Item<'a>, Because)],
    /// Who governs.
    pub regimes: Regimes<'a>,
    /// The rulebook of the fold.
    pub rules: &'a Rulebook,
    /// The conduct.
    pub direction: Direction,
    /// The day.
    pub at: Day,
}

impl<'a> Asked<'a> {
    /// The items in order of effect, with the ways that count: as the fold numbers them.
    pub(super) fn in_force(&self) -> Vec<Item<'a>> {
        regime::in_force(self.items, &self.regimes)
    }

    /// Items that concern the dimension by what the record says, and not by who governed.
    pub(super) fn not_governing(
        &self,
        in_force: &[Item<'_>],
        concerns: impl Fn(&Item<'_>) -> bool,
    ) -> Vec<Uncounted> {
        let mut kept: Vec<(EventId, usize)> = in_force
            .iter()
            .enumerate()
            .map(|(place, item)| (item.event, place))
            .collect();
        kept.sort_unstable();
        let counts = |item: &Item<'_>| {
            let found = kept.binary_search_by_key(&item.event, |(event, _)| *event);
            found.is_ok_and(|found| concerns(&in_force[kept[found].1]))
        };
        self.items
            .iter()
            .filter(|item| concerns(item) && !counts(item))
            .map(|item| Uncounted::of(item, Because::NotGoverning))
            .collect()
    }

    /// Events that concern the dimension and were left out of the fold.
    pub(super) fn left_out(
        &self,
        concerns: impl Fn(&Item<'_>) -> bool,
    ) -> impl Iterator<Item = Uncounted> {
        let left_out = self.hidden.iter().filter(move |(item, _)| concerns(item));
        left_out.map(|(item, because)| Uncounted::of(item, *because))
    }

    /// What held the day before.
    pub(super) fn before(&self, dimension: Dimension) -> Option<&'static str> {
        let timeline = self.folded.conduct(self.direction, dimension)?;
        Some(timeline.held(self.at.prev())?.word)
    }
}
