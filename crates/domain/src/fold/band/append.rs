//! The limits of items that come after all others in order of effect.

use super::refusals::Refusals;
use super::{Bands, Facts, LEVELS, Spans, Update, add_act, add_entry, end_before};
use crate::day::Day;
use crate::fold::Item;
use crate::fold::registers::EntryUpdate;
use crate::state::EntryKey;

/// The limits that items add, and those that they end.
#[derive(Default)]
pub(in crate::fold) struct Appended {
    new: Spans,
    gone: Spans,
}

impl Appended {
    /// Adds the limits of an act without an entry. It is no refusal to recognise.
    pub(in crate::fold) fn add_act(&mut self, item: Item<'_>, facts: Facts<'_>) {
        let facts = Facts {
            items: &[item],
            ..facts
        };
        add_act(&mut self.new, 0, &Refusals::default(), facts);
    }

    /// Adds the limits of an entry after some updates, and ends those of the updates that were
    /// there, and those before that they end otherwise. `item_of` returns the item that an update
    /// takes its status from.
    pub(in crate::fold) fn add_entry<'a>(
        &mut self,
        key: &EntryKey,
        before: &[EntryUpdate],
        (was, is): (&[EntryUpdate], &[EntryUpdate]),
        item_of: impl Fn(&EntryUpdate) -> Option<Item<'a>>,
        facts: Facts<'_>,
    ) {
        let both = [true; 2];
        let add = |spans: &mut Spans, updates: &[EntryUpdate]| {
            let mut until = [(Day::MAX, None); 2];
            for update in updates.iter().rev() {
                let item = item_of(update);
                let of: Update<'_> = (key, update, item.as_ref());
                add_entry(spans, of, (until, both), facts);
                until = end_before(of, until, facts);
            }
            until
        };
        let mut was = add(&mut self.gone, was);
        let mut is = add(&mut self.new, is);
        for update in before.iter().rev() {
            let differs = [0, 1].map(|sort| was[sort] != is[sort]);
            if differs == [false; 2] {
                break;
            }
            let item = item_of(update);
            let of: Update<'_> = (key, update, item.as_ref());
            add_entry(&mut self.gone, of, (was, differs), facts);
            add_entry(&mut self.new, of, (is, differs), facts);
            was = end_before(of, was, facts);
            is = end_before(of, is, facts);
        }
    }

    /// Changes limits. Returns the first days of a difference, by direction and level.
    pub(in crate::fold) fn apply(self, bands: &mut Bands) -> [[Option<Day>; LEVELS]; 2] {
        let mut first = [[None; LEVELS]; 2];
        let spans = self.new.into_iter().flatten();
        let spans = spans.zip(self.gone.as_flattened());
        let levels = bands.as_flattened_mut().iter_mut();
        let levels = levels.zip(first.as_flattened_mut());
        for ((new, gone), (steps, first)) in spans.zip(levels) {
            if !new.is_empty() || !gone.is_empty() {
                *first = steps.replace(gone, new);
            }
        }
        first
    }
}
