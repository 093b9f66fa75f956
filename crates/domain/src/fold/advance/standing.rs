//! What stands, when a fold is advanced by events that do more than weigh.

use super::Advance;
use crate::day::Day;
use crate::dimension::{Dimension, Register, Weighed};
use crate::event::EventId;
use crate::fold::band::{Appended, Facts};
use crate::fold::registers::EntryUpdate;
use crate::fold::structure::{self, Structure};
use crate::fold::{Item, in_force, registers, representation};
use crate::kind::Kind;
use crate::party::Party;
use crate::relations::Direction;
use crate::state::{EntryKey, Subject};

impl<'a> Advance<'_, 'a> {
    /// Computes what stands again from the structural items, in order of effect.
    pub(super) fn restructure(&mut self, items: &[Item<'a>]) -> Option<()> {
        let (pair, regimes, rules) = (self.folded.pair, self.regimes, self.rules);
        let known = self.folded.structural.iter();
        let known = known.map(|place| (self.folded.events[*place].0, *place));
        let places = structure::places(items, known)?;
        let Structure { entries, bands } = structure::build(pair, (items, &places), regimes, rules);
        self.folded.last = in_force::last(items, rules);
        let old = std::mem::replace(&mut self.folded.bands, bands);
        for direction in Direction::BOTH {
            let side = direction.index();
            for (place, old) in old[side].iter().enumerate() {
                let differs = old.first_difference(&self.folded.bands[side][place]);
                self.note(direction, place, differs);
            }
            for weighed in Weighed::ALL {
                let place = weighed.index();
                let band = &self.folded.bands[side][place];
                let sums = &mut self.folded.sums[side][place];
                let differs = sums.set_structure(items, (direction, weighed), band, rules);
                self.note(direction, place, differs);
            }
            let ladder = &mut self.folded.recognition[side];
            ladder.set_claims(items, direction, pair, rules);
            self.recognition[side] = true;
        }
        let old = std::mem::replace(&mut self.folded.entries, entries);
        let keys = self.folded.entries.0.keys();
        let gone = old
            .0
            .keys()
            .filter(|key| !self.folded.entries.0.contains_key(*key));
        let keys = keys.filter(|key| old.0.get(*key) != self.folded.entries.0.get(*key));
        let changed: Vec<_> = keys.chain(gone).cloned().collect();
        for key in &changed {
            let updates = self.folded.entries.0.get(key);
            let timeline = updates.map(|updates| registers::timeline(updates));
            self.replace(Subject::Entry(key.clone()), timeline.unwrap_or_default());
        }
        self.represent(&changed);
        Some(())
    }

    /// Computes representation again, if entries that it depends on have changed.
    fn represent(&mut self, changed: &[EntryKey]) {
        let counts = |key: &EntryKey| {
            matches!(
                key.register,
                Register::Relations | Register::Missions | Register::Envoys
            )
        };
        if !changed.iter().any(counts) {
            return;
        }
        let (pair, regimes) = (self.folded.pair, self.regimes);
        for direction in Direction::BOTH {
            let entries = &self.folded.entries;
            let accepted = representation::timeline(pair, direction, entries, regimes);
            let subject = Subject::Conduct(direction, Dimension::Representation);
            self.replace(subject, accepted);
        }
    }

    /// Adds structural items, in order of effect and with their places, to what stands, at a cost
    /// that depends on the entries that they touch alone. Returns false, and changes nothing, unless
    /// they come after all others, and decide nothing about those.
    pub(super) fn append(
        &mut self,
        added: &[(Item<'a>, usize)],
        items_of: &impl Fn(Vec<EventId>) -> Vec<Item<'a>>,
    ) -> bool {
        let Some((first, _)) = added.first() else {
            return true;
        };
        let last = self.folded.last.as_ref();
        let follows = in_force::last(std::slice::from_ref(first), self.rules).as_ref() > last;
        if !follows || added.iter().any(|(item, _)| decides(item)) || self.may_leave(added) {
            return false;
        }
        let mut touched: Vec<(EntryKey, usize)> = Vec::new();
        for (item, place) in added {
            self.folded
                .entries
                .add(self.folded.pair, (item, *place), self.rules);
            for (key, updates) in &self.folded.entries.0 {
                let mut new = updates.iter().rev();
                let new = new.by_ref().take_while(|update| update.event == item.event);
                let new = new.count();
                if new > 0 && touched.iter().all(|(other, _)| other != key) {
                    touched.push((key.clone(), updates.len() - new));
                }
            }
        }
        let Some(limits) = self.appended(added, &touched, items_of) else {
            for (key, count) in touched {
                if let Some(updates) = self.folded.entries.0.get_mut(&key) {
                    updates.truncate(count);
                }
            }
            self.folded
                .entries
                .0
                .retain(|_, updates| !updates.is_empty());
            return false;
        };
        self.limit(limits);
        self.folded.last = in_force::last(
            &added.iter().map(|(item, _)| *item).collect::<Vec<_>>(),
            self.rules,
        );
        for (key, _) in &touched {
            self.extend(key, first.earliest);
        }
        let keys: Vec<EntryKey> = touched.into_iter().map(|(key, _)| key).collect();
        self.represent(&keys);
        true
    }

    /// Returns true if an organisation that acts in an entry, or in an item, has lost one of the
    /// states: what it began no longer stands then.
    fn may_leave(&self, added: &[(Item<'a>, usize)]) -> bool {
        let left = |organisation: Party| {
            let regimes = [self.regimes.a, self.regimes.b].into_iter();
            let mut own = regimes.flat_map(|regime| regime.in_organisation(organisation));
            own.any(|membership| membership.left.is_some())
        };
        let vias = added
            .iter()
            .flat_map(|(item, _)| Direction::BOTH.map(|direction| item.via(direction)));
        let vias = vias.chain(self.folded.entries.0.keys().map(|key| key.via));
        let mut last = None;
        vias.flatten()
            .any(|via| last.replace(via) != Some(via) && left(via))
    }

    /// Returns the limits that follow from added items and from the updates of entries after a
    /// count; `None` if they depend on more.
    fn appended(
        &self,
        added: &[(Item<'a>, usize)],
        touched: &[(EntryKey, usize)],
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
            let new = added.iter().find(|(_, place)| *place == update.item);
            if let Some((item, _)) = new {
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
        for (key, count) in touched {
            let updates = self.folded.entries.0.get(key)?;
            limits.add_entry((key, updates, *count), item_of, facts);
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
            for (sums, band) in self.folded.sums[side]
                .iter_mut()
                .zip(&self.folded.bands[side])
            {
                sums.set_known(band);
            }
        }
    }

    /// Computes the steps of an entry again from a day on.
    fn extend(&mut self, key: &EntryKey, day: Day) {
        let Some(updates) = self.folded.entries.0.get(key) else {
            return;
        };
        let subject = Subject::Entry(key.clone());
        let timeline = self.folded.timelines.entry(subject.clone()).or_default();
        let last_event = timeline.last_event;
        let ends = timeline.truncate(day);
        let kept = timeline.steps.len();
        registers::extend(timeline, updates, day);
        if timeline.steps[kept..] != ends[..] {
            let before = timeline.steps[..kept].last();
            let old = self.before.entry(subject).or_default();
            old.steps.extend(before.cloned());
            old.steps.extend(ends);
            old.last_event = last_event;
            self.moved = self.moved.into_iter().chain([day]).min();
        }
    }
}

/// Returns true if an item may decide about others, or what follows from others decides about it: a
/// claim about recognition, the end of a group, a membership.
fn decides(item: &Item<'_>) -> bool {
    let kind = item.act.kind;
    let register = kind.register() == Some(Register::Memberships);
    register || kind == Kind::GroupDisbanded || structure::is_claim(item)
}
