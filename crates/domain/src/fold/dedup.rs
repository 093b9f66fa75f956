//! Deduplication of machine-coded rows.

use super::{Item, terms};
use crate::day::Day;
use crate::details::Field;
use crate::relations::Direction;
use crate::rulebook::Rulebook;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// The machine-coded rows that count: of those of one day, direction and code, the one with the
/// greatest weight, then the smallest id. Rows are given as indices of items.
pub(super) struct DailyDedup<'a>(BTreeMap<Key<'a>, usize>);

/// Day, direction, PLOVER code, CAMEO code.
type Key<'a> = (Day, Direction, &'a str, &'a str);

impl<'a> DailyDedup<'a> {
    /// Chooses the rows that count.
    pub(super) fn new(items: &[Item<'a>], rules: &Rulebook) -> Self {
        let mut counted = BTreeMap::new();
        let rank = |place: usize| {
            let item = &items[place];
            (
                Reverse(terms::trust(item, rules)),
                item.disputed,
                item.event,
            )
        };
        for (place, item) in items.iter().enumerate() {
            if !item.act.kind.is_machine_coded() {
                continue;
            }
            for direction in item.directions() {
                let slot = counted.entry(key(item, direction)).or_insert(place);
                if rank(place) < rank(*slot) {
                    *slot = place;
                }
            }
        }
        Self(counted)
    }

    /// Returns the rows that count, by day.
    pub(super) fn by_day(&self) -> BTreeMap<Day, Vec<usize>> {
        let mut days: BTreeMap<Day, Vec<usize>> = BTreeMap::new();
        for ((day, ..), place) in &self.0 {
            days.entry(*day).or_default().push(*place);
        }
        for rows in days.values_mut() {
            rows.sort_unstable();
            rows.dedup();
        }
        days
    }

    /// Returns the row that counts for an item.
    pub(super) fn counted(&self, item: &Item<'_>, direction: Direction) -> Option<usize> {
        self.0.get(&key(item, item.acting(direction))).copied()
    }

    /// Returns true if an item counts in a direction: by its own act or, if it acts only in the
    /// other direction, by its mutual share.
    pub(super) fn keeps(&self, item: &Item<'_>, direction: Direction, place: usize) -> bool {
        item.acts(item.acting(direction)) && self.counted(item, direction) == Some(place)
    }
}

fn key<'a>(item: &Item<'a>, direction: Direction) -> Key<'a> {
    let text = |field| item.act.details.text(field).unwrap_or_default();
    let (plover, cameo) = (text(Field::Plover), text(Field::Cameo));
    (item.earliest, direction, plover, cameo)
}
