//! Registers: keyed entries that events open, change and close.
//!
//! All events of an entry apply in one order, independent of their arrival: see `in_force`. Some
//! events end entries of other registers, too (`cascade`), and memberships of organisations make
//! entries of their own (`members`). An event with an imprecise date takes effect on its earliest
//! day and is uncertain until its latest.

use super::regime::Regimes;
use super::{Item, Timeline, sorted};
use crate::day::Day;
use crate::details::{Details, Field};
use crate::event::EventId;
use crate::kind::{DurationClass, Effect, Kind};
use crate::party::Party;
use crate::relations::Pair;
use crate::rulebook::Rulebook;
use crate::state::{EntryKey, Held, Since, Subject};
use std::collections::BTreeMap;

mod cascade;
mod keys;
mod members;

pub use keys::key_fields;
use keys::same_entry;
pub(super) use keys::{changes_one, closes, of as keys_of};
pub(super) use members::organisation;

/// The status of a claim whose span is over.
pub const LAPSED: &str = "lapsed";

/// The status of relations that were downgraded.
const LOWERED: &str = "downgraded";

/// An update of an entry by an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EntryUpdate {
    /// The index of the event's item.
    pub item: usize,
    /// The id of the event.
    pub event: EventId,
    /// True if it is disputed.
    pub disputed: bool,
    /// The date of the event.
    pub since: Since,
    /// The last day on which it holds; only a claim over a span has one.
    pub holds_until: Option<Day>,
    /// The status of the entry.
    pub status: &'static str,
    /// True if the entry is open.
    pub open: bool,
    /// The authority that controls the premises.
    pub controlled_by: Option<Party>,
    /// The index of the item that lowered relations, also if they were broken off by then.
    pub lowered: Option<usize>,
}

/// The entries of a relation, each with its updates in order of effect.
#[derive(Clone, Debug, Default)]
pub struct Entries(pub BTreeMap<EntryKey, Vec<EntryUpdate>>);

/// An entry on a day.
#[derive(Clone, Copy, Debug)]
pub struct EntryAt<'a> {
    /// The update that holds.
    pub update: &'a EntryUpdate,
    /// The status; [`LAPSED`] once the span of a claim is over.
    pub status: &'static str,
    /// True if it is open.
    pub open: bool,
    /// True if it rests on an imprecise date whose bounds include the day.
    pub uncertain: bool,
}

/// Builds the entries from items, which are in order of effect.
pub(super) fn build(
    pair: Pair,
    items: &[Item<'_>],
    regimes: &Regimes<'_>,
    rules: &Rulebook,
) -> Entries {
    let mut entries = Entries::default();
    for (place, item) in items.iter().enumerate() {
        entries.add(pair, (item, place), rules, |_| true);
    }
    members::leave(&mut entries, items, regimes);
    members::share(&mut entries, regimes, rules);
    entries
}

/// Returns true if the host and sender of a mission or envoy are the states of the pair.
pub(super) fn of_pair(pair: Pair, details: &Details) -> bool {
    [Field::Host, Field::Sender]
        .into_iter()
        .filter_map(|field| details.party(field))
        .all(|state| state == pair.a() || state == pair.b())
}

impl Entries {
    /// Replaces the indices of structural items by their places among all.
    pub(super) fn renumber(&mut self, places: &[usize]) {
        let place = |item: usize| places.get(item).copied().unwrap_or(item);
        for update in self.0.values_mut().flatten() {
            update.item = place(update.item);
            update.lowered = update.lowered.map(place);
        }
    }

    /// Applies an item, which comes after all others in order of effect, with its place, to those of
    /// its entries that are wanted.
    pub(super) fn add(
        &mut self,
        pair: Pair,
        (item, place): (&Item<'_>, usize),
        rules: &Rulebook,
        is_wanted: impl Fn(&EntryKey) -> bool,
    ) {
        for key in keys::of(pair, item, rules) {
            if is_wanted(&key) {
                self.apply(key, place, item);
            }
        }
    }

    fn apply(&mut self, key: EntryKey, place: usize, item: &Item<'_>) {
        let kind = item.act.kind;
        match kind.effect() {
            Effect::None => {}
            Effect::Notes(status) => self.set(key, EntryUpdate::new(place, item, status, false)),
            Effect::Sets(status) => {
                let update = EntryUpdate::new(place, item, status, true);
                if kind.continues() && self.update_open(&key, update) {
                    return;
                }
                if kind != Kind::CeasefireBroken && self.applies(&key, kind) {
                    let update = self.reopened(&key, kind, update);
                    self.set(key, update);
                } else if let Some(last) = self.0.get_mut(&key).and_then(|all| all.last_mut()) {
                    last.lowered = update.lowered.or(last.lowered);
                }
            }
            Effect::Closes(status) => {
                let update = EntryUpdate::new(place, item, status, false);
                let closed = self.update_open(&key, update);
                // A recall tells that there was an envoy, and a closure that there was a mission.
                let told = matches!(
                    kind,
                    Kind::EnvoyRecalled | Kind::EnvoyExpelled | Kind::MissionClosed
                );
                if !closed && told {
                    self.set(key, update);
                }
            }
        }
        cascade::follow(self, place, item);
    }

    /// Returns true if an event changes the entry of its key: an observation opens only what is not
    /// open, and a milder measure does not replace a harsher one.
    fn applies(&self, key: &EntryKey, kind: Kind) -> bool {
        let last = self.0.get(key).and_then(|updates| updates.last());
        let Some(last) = last.filter(|last| last.open) else {
            return kind != Kind::RelationsUpgraded;
        };
        let broken = matches!(last.status, "severed" | "suspended");
        match kind {
            Kind::RelationsDowngraded => !broken,
            Kind::RelationsSuspended => last.status != "severed",
            Kind::RelationsUpgraded => last.status == "downgraded",
            _ if kind.is_observation() => broken,
            _ => true,
        }
    }

    /// Returns an update by an observation as it applies: relations that are found in place after a
    /// break are lowered still, if they were before or meanwhile.
    fn reopened(&self, key: &EntryKey, kind: Kind, update: EntryUpdate) -> EntryUpdate {
        let last = self.0.get(key).and_then(|updates| updates.last());
        let lowered = last.and_then(|last| last.lowered);
        match lowered.filter(|_| kind.is_observation()) {
            Some(item) => EntryUpdate {
                item,
                status: LOWERED,
                lowered,
                ..update
            },
            None => update,
        }
    }

    fn set(&mut self, key: EntryKey, update: EntryUpdate) {
        let updates = self.0.entry(key).or_default();
        let lowered = updates.last().and_then(|last| last.lowered);
        let stays = matches!(update.status, LOWERED | "suspended" | "severed");
        let before = updates.last().and_then(|last| last.controlled_by);
        let controlled_by = update.controlled_by.or(before).filter(|_| update.open);
        updates.push(EntryUpdate {
            controlled_by,
            lowered: update.lowered.or(lowered).filter(|_| stays),
            ..update
        });
    }

    /// Updates every open entry that agrees with a key. Returns true if there is one.
    fn update_open(&mut self, key: &EntryKey, update: EntryUpdate) -> bool {
        self.update_where(update, |open| same_entry(key, open))
    }

    /// Updates every open entry with such a key. Returns true if there is one.
    fn update_where(&mut self, update: EntryUpdate, is_meant: impl Fn(&EntryKey) -> bool) -> bool {
        let mut found = false;
        for (key, updates) in &mut self.0 {
            let last = updates.last().copied();
            if let Some(last) = last.filter(|last| last.open && is_meant(key)) {
                found = true;
                updates.push(EntryUpdate {
                    controlled_by: update.controlled_by.or(last.controlled_by),
                    ..update
                });
            }
        }
        found
    }
}

impl EntryUpdate {
    fn new(place: usize, item: &Item<'_>, status: &'static str, open: bool) -> Self {
        // A condition begins with the first day of its span, and ends with the last.
        let condition = item.act.kind.class() == DurationClass::Condition;
        Self {
            item: place,
            event: item.event,
            disputed: item.disputed,
            since: Since {
                earliest: item.earliest,
                latest: if condition {
                    item.earliest
                } else {
                    item.latest
                },
            },
            holds_until: condition.then_some(item.latest),
            status,
            open,
            controlled_by: item.act.details.party(Field::ControlledBy),
            lowered: (item.act.kind == Kind::RelationsDowngraded).then_some(place),
        }
    }
}

/// Iterates over the updates of an entry, each with the next.
pub(super) fn with_next(
    updates: &[EntryUpdate],
) -> impl Iterator<Item = (&EntryUpdate, Option<&EntryUpdate>)> {
    let nexts = updates.iter().skip(1).map(Some).chain([None]);
    updates.iter().zip(nexts)
}

/// Returns the updates whose earliest day has come.
fn begun(updates: &[EntryUpdate], day: Day) -> &[EntryUpdate] {
    &updates[..updates.partition_point(|update| update.since.earliest <= day)]
}

/// Returns an entry on a day; `None` before its first event.
#[must_use]
pub fn entry_at(updates: &[EntryUpdate], day: Day) -> Option<EntryAt<'_>> {
    let updates = begun(updates, day);
    let last = updates.last()?;
    // Of claims over spans, the last one whose span is not over holds.
    let holds = |update: &EntryUpdate| update.holds_until.is_none_or(|until| until >= day);
    let update = updates
        .iter()
        .rev()
        .find(|update| holds(update))
        .unwrap_or(last);
    let over = !holds(update);
    let mut latest = updates.iter().rev();
    let settled = latest.find(|update| update.since.latest <= day);
    let settled = settled.is_some_and(|settled| outcome(settled) == outcome(update));
    Some(EntryAt {
        update,
        status: if over { LAPSED } else { update.status },
        open: update.open && !over,
        uncertain: !settled,
    })
}

const fn outcome(update: &EntryUpdate) -> (&'static str, bool, Option<Party>) {
    (update.status, update.open, update.controlled_by)
}

/// Returns the days, from one on, on which an entry can change.
pub(super) fn days(updates: &[EntryUpdate], from: Day) -> Vec<Day> {
    let days = updates.iter().flat_map(|update| {
        let over = update.holds_until.map(Day::next);
        [Some(update.since.earliest), Some(update.since.latest), over]
    });
    sorted(
        days.flatten()
            .filter(|day| from <= *day && *day != Day::MAX),
    )
}

/// Computes the timelines of all entries.
pub(super) fn timelines(entries: &Entries) -> BTreeMap<Subject, Timeline> {
    let entries = entries.0.iter();
    entries
        .map(|(key, updates)| (Subject::Entry(key.clone()), timeline(updates)))
        .collect()
}

/// Computes the timeline of an entry.
pub(super) fn timeline(updates: &[EntryUpdate]) -> Timeline {
    let mut timeline = Timeline::default();
    extend(&mut timeline, updates, Day::MIN);
    timeline
}

/// Adds the steps of an entry from a day on to those before it.
pub(super) fn extend(timeline: &mut Timeline, updates: &[EntryUpdate], from: Day) {
    for day in days(updates, from) {
        let Some(entry) = entry_at(updates, day) else {
            continue;
        };
        let held = Held {
            controlled_by: entry.update.controlled_by,
            uncertain: entry.uncertain,
            ..Held::certain(entry.status)
        };
        let before = updates.partition_point(|update| update.since.earliest < day);
        let causes = begun(updates, day)[before..].iter();
        let causes = causes.map(|update| update.event).collect();
        timeline.push_events(day, Some(held), causes);
    }
}
