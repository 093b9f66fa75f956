//! Structural items that come late in order of effect: only what they touch is computed again.

use super::Advance;
use crate::day::Day;
use crate::dimension::Register;
use crate::event::EventId;
use crate::fold::band::{Appended, Facts};
use crate::fold::in_force::{self, Order};
use crate::fold::registers::{self, Entries, EntryUpdate};
use crate::fold::{Item, Step, Timeline, structure};
use crate::kind::Kind;
use crate::party::Party;
use crate::relations::Direction;
use crate::state::{EntryKey, Subject};
use std::collections::{BTreeMap, BTreeSet};

/// The most structural items that may come after the added ones.
const LATER_MAX: usize = 64;

/// A structural item, with its place in order of effect and among all.
type Placed<'a> = (Order, (Item<'a>, usize));

/// The items to apply, in order of effect, and the keys of all entries that they may touch; `None`
/// if these may be any.
type Last<'a> = (Vec<Placed<'a>>, Option<BTreeSet<EntryKey>>);

/// The entries that items touch: the number of updates before, and those that they replace.
type Touched = BTreeMap<EntryKey, (usize, Vec<EntryUpdate>)>;

/// The steps of an entry that end with an advance.
pub(super) struct Ended {
    pub(super) subject: Subject,
    /// The number of steps before them.
    pub(super) kept: usize,
    pub(super) steps: Vec<Step>,
    pub(super) last_event: Option<Day>,
}

impl<'a> Advance<'_, 'a> {
    /// Adds structural items, with their places, to what stands: those that come after them are
    /// applied again. Returns false, and changes nothing, if many do, or if any decides about
    /// others.
    pub(super) fn append(
        &mut self,
        added: &[(Item<'a>, usize)],
        items_of: &impl Fn(Vec<EventId>) -> Vec<Item<'a>>,
    ) -> bool {
        if added.is_empty() {
            return true;
        }
        let Some((items, keys)) = self.last_items(added, items_of) else {
            return false;
        };
        let keys = keys.as_ref();
        if self.may_leave(&items, keys) || items.iter().any(|(_, (item, _))| decides(item)) {
            return false;
        }
        let touched = self.apply_again(&items, keys);
        let Some(limits) = self.appended((added, &items), &touched, items_of) else {
            self.restore(&touched);
            return false;
        };
        self.limit(limits);
        let first = items.iter().map(|((day, ..), _)| *day).min();
        for key in touched.keys() {
            self.extend(key, first.unwrap_or(Day::MIN));
        }
        let keys: Vec<EntryKey> = touched.into_keys().collect();
        self.represent(&keys);
        true
    }

    /// Returns added items, and those that come after the first of them and may depend on one, in
    /// order of effect.
    fn last_items(
        &self,
        added: &[(Item<'a>, usize)],
        items_of: &impl Fn(Vec<EventId>) -> Vec<Item<'a>>,
    ) -> Option<Last<'a>> {
        let placed = |(item, place): &(Item<'a>, usize)| {
            let order = in_force::order(item, item.earliest, self.rules);
            (order, (*item, *place))
        };
        let mut items: Vec<Placed<'a>> = added.iter().map(placed).collect();
        let first = items.iter().map(|(order, _)| *order).min()?;
        let structural = &self.folded.structural;
        let later = structural.partition_point(|(order, _)| *order < first);
        let later = &structural[later..];
        let kinds = later.iter().map(|((.., kind, _), _)| *kind);
        let mut kinds = kinds.chain(added.iter().map(|(item, _)| item.act.kind));
        let keys = kinds.all(registers::changes_one).then(|| self.keys(added));
        let later: BTreeSet<usize> = match &keys {
            Some(keys) => self.updates_from(keys, first.0),
            None if later.len() <= LATER_MAX => later.iter().map(|(_, place)| *place).collect(),
            None => return None,
        };
        let places = later.into_iter();
        let places: BTreeMap<EventId, usize> = places
            .map(|place| Some((self.folded.events.get(place)?.0, place)))
            .collect::<Option<_>>()?;
        for item in items_of(places.keys().copied().collect()) {
            let item = in_force::alone(item, self.regimes)?;
            items.push(placed(&(item, *places.get(&item.event)?)));
        }
        if items.len() != added.len() + places.len() {
            return None;
        }
        items.retain(|(order, _)| first <= *order);
        items.sort_unstable_by_key(|(order, _)| *order);
        Some((items, keys))
    }

    /// Returns the keys of the entries that added items are about.
    fn keys(&self, added: &[(Item<'a>, usize)]) -> BTreeSet<EntryKey> {
        let added = added.iter();
        added
            .flat_map(|(item, _)| registers::keys_of(self.folded.pair, item, self.rules))
            .collect()
    }

    /// Returns the places of the items that updated some entries on a day or later.
    fn updates_from(&self, keys: &BTreeSet<EntryKey>, day: Day) -> BTreeSet<usize> {
        let updates = keys
            .iter()
            .filter_map(|key| self.folded.entries.0.get(key))
            .flat_map(|updates| {
                let last = updates.iter().rev();
                last.take_while(|update| update.since.earliest >= day)
            });
        updates.map(|update| update.item).collect()
    }

    /// Returns true if an organisation that acts in an entry that may be touched, or in an item, has
    /// lost one of the states: what it began no longer stands then.
    fn may_leave(&self, items: &[Placed<'a>], keys: Option<&BTreeSet<EntryKey>>) -> bool {
        let left = |organisation: Party| {
            let regimes = [self.regimes.a, self.regimes.b].into_iter();
            let mut own = regimes.flat_map(|regime| regime.in_organisation(organisation));
            own.any(|membership| membership.left.is_some())
        };
        let vias = items
            .iter()
            .flat_map(|(_, (item, _))| Direction::BOTH.map(|direction| item.via(direction)));
        // The keys of items name the organisations of the items.
        let others = keys.is_none().then(|| self.folded.entries.0.keys());
        let vias = vias.chain(others.into_iter().flatten().map(|key| key.via));
        let mut last = None;
        let mut vias = vias.flatten();
        vias.any(|via| last.replace(via) != Some(via) && left(via))
    }

    /// Removes the updates of entries by items that are there already, and applies all.
    fn apply_again(&mut self, items: &[Placed<'a>], keys: Option<&BTreeSet<EntryKey>>) -> Touched {
        let events: BTreeSet<EventId> = items.iter().map(|(_, (item, _))| item.event).collect();
        let kept = |updates: &[EntryUpdate]| {
            let last = updates.iter().rev();
            let last = last.take_while(|update| events.contains(&update.event));
            updates.len() - last.count()
        };
        let mut touched = Touched::new();
        let entries = &mut self.folded.entries;
        each(entries, keys, |key, updates| {
            let kept = kept(updates);
            if kept < updates.len() {
                touched.insert(key.clone(), (kept, updates.split_off(kept)));
            }
        });
        for (_, (item, place)) in items {
            // A later item of a touched entry may have another one, which stays as it is.
            let is_wanted = |key: &EntryKey| keys.is_none_or(|keys| keys.contains(key));
            entries.add(self.folded.pair, (item, *place), self.rules, is_wanted);
        }
        each(entries, keys, |key, updates| {
            let kept = kept(updates);
            if kept < updates.len() && !touched.contains_key(key) {
                touched.insert(key.clone(), (kept, Vec::new()));
            }
        });
        remove_empty(entries, &touched);
        touched
    }

    /// Puts the updates of entries back.
    fn restore(&mut self, touched: &Touched) {
        let entries = &mut self.folded.entries;
        for (key, (kept, was)) in touched {
            let updates = entries.0.entry(key.clone()).or_default();
            updates.truncate(*kept);
            updates.extend(was);
        }
        remove_empty(entries, touched);
    }

    /// Returns the limits that follow from added items and from the entries touched; `None` if they
    /// depend on more.
    fn appended(
        &self,
        (added, items): (&[(Item<'a>, usize)], &[Placed<'a>]),
        touched: &Touched,
        items_of: &impl Fn(Vec<EventId>) -> Vec<Item<'a>>,
    ) -> Option<Appended> {
        let facts = Facts {
            pair: self.folded.pair,
            items: &[],
            regimes: self.regimes,
            rules: self.rules,
        };
        let depends = std::cell::Cell::new(false);
        let item_of = |update: &EntryUpdate| {
            let mut last = items.iter().map(|(_, placed)| placed);
            if let Some((item, _)) = last.find(|(_, place)| *place == update.item) {
                return Some(*item);
            }
            let (event, _) = *self.folded.events.get(update.item)?;
            let item = items_of(vec![event]).pop()?;
            let alone = in_force::alone(item, self.regimes);
            depends.set(depends.get() || alone.is_none());
            alone
        };
        let mut limits = Appended::default();
        for (item, _) in added {
            limits.add_act(*item, facts);
        }
        for (key, (kept, was)) in touched {
            let updates = self
                .folded
                .entries
                .0
                .get(key)
                .map_or(&[][..], Vec::as_slice);
            let (before, is) = updates.split_at((*kept).min(updates.len()));
            limits.add_entry(key, before, (was, is), item_of, facts);
        }
        Some(limits).filter(|_| !depends.get())
    }

    fn limit(&mut self, limits: Appended) {
        let first = limits.apply(&mut self.folded.bands);
        for direction in Direction::BOTH {
            let side = direction.index();
            for (place, first) in first[side].iter().enumerate() {
                self.note(direction, place, *first);
            }
            let sums = self.folded.sums[side].iter_mut();
            for (sums, band) in sums.zip(&self.folded.bands[side]) {
                sums.set_known(band);
            }
        }
    }

    /// Computes the steps of an entry again from a day on.
    fn extend(&mut self, key: &EntryKey, day: Day) {
        let updates = self.folded.entries.0.get(key);
        let updates = updates.map_or(&[][..], Vec::as_slice);
        let subject = Subject::Entry(key.clone());
        let timeline = self.folded.timelines.entry(subject.clone()).or_default();
        let last_event = timeline.last_event;
        let steps = timeline.truncate(day);
        let kept = timeline.steps.len();
        let events = updates.iter().map(|update| update.since.earliest);
        timeline.last_event = events.max();
        registers::extend(timeline, updates, day);
        if timeline.steps[kept..] != steps[..] {
            self.ended.push(Ended {
                subject,
                kept,
                steps,
                last_event,
            });
            self.moved = self.moved.into_iter().chain([day]).min();
        }
    }

    /// Keeps what ended of entries, with their steps from a day on, and the one that held before it.
    pub(super) fn keep_ended(&mut self, from: Day) {
        for ended in std::mem::take(&mut self.ended) {
            let timelines = &mut self.folded.timelines;
            let steps = timelines.get(&ended.subject);
            let steps = steps.map_or(&[][..], |timeline| &timeline.steps);
            let before = &steps[..ended.kept.min(steps.len())];
            let first = before.partition_point(|step| step.day < from);
            let old = Timeline {
                steps: [&before[first.saturating_sub(1)..], &ended.steps].concat(),
                last_event: ended.last_event,
                summed: Vec::new(),
            };
            if steps.is_empty() {
                timelines.remove(&ended.subject);
            }
            self.before.insert(ended.subject, old);
        }
    }
}

/// Calls a function for entries: those of some keys, or all.
fn each(
    entries: &mut Entries,
    keys: Option<&BTreeSet<EntryKey>>,
    mut function: impl FnMut(&EntryKey, &mut Vec<EntryUpdate>),
) {
    let Some(keys) = keys else {
        for (key, updates) in &mut entries.0 {
            function(key, updates);
        }
        return;
    };
    for key in keys {
        if let Some(updates) = entries.0.get_mut(key) {
            function(key, updates);
        }
    }
}

/// Removes touched entries that have no updates.
fn remove_empty(entries: &mut Entries, touched: &Touched) {
    for key in touched.keys() {
        if entries.0.get(key).is_some_and(Vec::is_empty) {
            entries.0.remove(key);
        }
    }
}

/// Returns true if an item may decide about others, or what follows from others decides about it: a
/// claim about recognition, the end of a group, a membership, lowered relations.
fn decides(item: &Item<'_>) -> bool {
    let kind = item.act.kind;
    kind.register() == Some(Register::Memberships)
        || matches!(kind, Kind::GroupDisbanded | Kind::RelationsDowngraded)
        || structure::is_claim(item)
}
