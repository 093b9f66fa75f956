//! Registers: keyed entries that events open, change and close.
//!
//! All events of an entry apply in one order (day, kind, id), independent of their arrival. An
//! event with an imprecise date takes effect on its earliest day and is uncertain until its latest.

use super::{Item, Timeline, sorted};
use crate::day::Day;
use crate::details::{Details, Field, Value};
use crate::dimension::Register;
use crate::event::EventId;
use crate::kind::{DurationClass, Effect};
use crate::party::Party;
use crate::relations::{Direction, Pair};
use crate::rulebook::Rulebook;
use crate::state::{EntryKey, Held, Since, Subject};
use std::collections::BTreeMap;

/// The status of a claim whose span is over.
pub const LAPSED: &str = "lapsed";

/// An update of an entry by an event.
#[derive(Clone, Copy, Debug)]
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

/// The rules of a register.
struct Layout {
    /// The details that identify an entry.
    fields: &'static [Field],
    /// True if entries belong to one conduct, and are not shared by both.
    one_sided: bool,
    /// True if only evidence that moves ladders changes the register.
    gated: bool,
}

/// The first day on which an update of an entry no longer holds, and the index of the item that
/// replaced it.
pub(super) type EntryEnd = (Day, Option<u32>);

/// Returns the rules of a register.
const fn layout(register: Register) -> Layout {
    use Field::{
        City, Crossing, From, Group, Host, List, Listed, Mission, Name, Rank, Sender, What,
    };
    let (fields, one_sided, gated): (&[Field], bool, bool) = match register {
        Register::Relations => (&[], false, true),
        Register::Missions => (&[Mission, Host, Sender, City], false, true),
        Register::Envoys => (&[Host, Sender, Rank, Name], false, true),
        Register::Listings => (&[List, Listed], true, true),
        Register::Borders => (&[Crossing], true, false),
        Register::Trade => (&[Name, What], true, false),
        Register::Deployments => (&[Name, Crossing], true, false),
        Register::Groups => (&[Group, From], true, false),
        Register::Sanctions | Register::Measures => (&[Name], true, false),
        Register::Agreements | Register::Projects | Register::Meetings | Register::Channels => {
            (&[Name], false, false)
        }
    };
    Layout {
        fields,
        one_sided,
        gated,
    }
}

/// Builds the entries from items, which are in order of effect.
pub(super) fn build(pair: Pair, items: &[Item<'_>], rules: &Rulebook) -> Entries {
    let mut entries = Entries::default();
    for (place, item) in items.iter().enumerate() {
        let Some(register) = item.act.kind.register() else {
            continue;
        };
        let layout = layout(register);
        let blocked = layout.gated && !rules.moves_ladders(item.grade);
        if blocked || !of_pair(pair, &item.act.details) {
            continue;
        }
        let key = |by| key(register, &layout, item, by);
        if layout.one_sided {
            for direction in item.directions() {
                entries.apply(key(Some(direction)), place, item);
            }
        } else {
            entries.apply(key(None), place, item);
        }
    }
    entries
}

/// Returns true if the host and sender of a mission or envoy are the states of the pair.
fn of_pair(pair: Pair, details: &Details) -> bool {
    [Field::Host, Field::Sender]
        .into_iter()
        .filter_map(|field| details.party(field))
        .all(|state| state == pair.a() || state == pair.b())
}

fn key(register: Register, layout: &Layout, item: &Item<'_>, by: Option<Direction>) -> EntryKey {
    let named = |field: &Field| Some((*field, item.act.details.get(*field)?.clone()));
    EntryKey {
        register,
        family: item.act.kind.family(),
        by,
        fields: layout.fields.iter().filter_map(named).collect(),
    }
}

impl Entries {
    fn apply(&mut self, key: EntryKey, place: usize, item: &Item<'_>) {
        // A condition begins with the first day of its span, and ends with the last.
        let condition = item.act.kind.class() == DurationClass::Condition;
        let since = Since {
            earliest: item.earliest,
            latest: if condition {
                item.earliest
            } else {
                item.latest
            },
        };
        let update = |status, open, controlled_by| EntryUpdate {
            item: place,
            event: item.event,
            disputed: item.disputed,
            since,
            holds_until: condition.then_some(item.latest),
            status,
            open,
            controlled_by,
        };
        let controlled_by = item.act.details.party(Field::ControlledBy);
        match item.act.kind.effect() {
            Effect::None => {}
            Effect::Notes(status) => {
                let updates = self.0.entry(key).or_default();
                updates.push(update(status, false, None));
            }
            Effect::Sets(status) => {
                let updates = self.0.entry(key).or_default();
                let before = updates.last().and_then(|last| last.controlled_by);
                updates.push(update(status, true, controlled_by.or(before)));
            }
            Effect::Closes(status) => {
                for (open, updates) in &mut self.0 {
                    let stands = updates.last().is_some_and(|last| last.open);
                    if stands && same_entry(&key, open) {
                        let before = updates.last().and_then(|last| last.controlled_by);
                        updates.push(update(status, false, before));
                    }
                }
            }
        }
    }

    /// Returns the end of the update by each item, by the index of the item and the direction of
    /// the act.
    pub(super) fn ends(&self, items: usize) -> Vec<[Option<EntryEnd>; 2]> {
        let mut ends = vec![[None; 2]; items];
        for (key, updates) in &self.0 {
            for (update, next) in with_next(updates) {
                let end = next.map_or((Day::MAX, None), |next| {
                    (next.since.earliest, u32::try_from(next.item).ok())
                });
                let Some(slots) = ends.get_mut(update.item) else {
                    continue;
                };
                for direction in Direction::BOTH {
                    if key.by.is_none_or(|by| by == direction) {
                        slots[direction.index()].get_or_insert(end);
                    }
                }
            }
        }
        ends
    }
}

/// Iterates over the updates of an entry, each with the next.
pub(super) fn with_next(
    updates: &[EntryUpdate],
) -> impl Iterator<Item = (&EntryUpdate, Option<&EntryUpdate>)> {
    let nexts = updates.iter().skip(1).map(Some).chain([None]);
    updates.iter().zip(nexts)
}

/// Returns true if a closing event applies to an entry: they agree on every detail that both have.
fn same_entry(closing: &EntryKey, open: &EntryKey) -> bool {
    let agrees = |(field, value): &(Field, Value)| {
        let mut fields = open.fields.iter();
        fields.all(|(other, named)| other != field || named == value)
    };
    // Kinds of different families close agreements, but withdrawn forces do not lower an alert.
    let family = closing.family == open.family || closing.register == Register::Agreements;
    closing.register == open.register
        && family
        && closing.by == open.by
        && closing.fields.iter().all(agrees)
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

/// Returns the days on which an entry can change.
pub(super) fn days(updates: &[EntryUpdate]) -> Vec<Day> {
    let days = updates.iter().flat_map(|update| {
        let over = update.holds_until.map(Day::next);
        [Some(update.since.earliest), Some(update.since.latest), over]
    });
    sorted(days.flatten().filter(|day| *day != Day::MAX))
}

/// Computes the timelines of all entries.
pub(super) fn timelines(entries: &Entries) -> BTreeMap<Subject, Timeline> {
    let timeline = |updates: &[EntryUpdate]| {
        let mut timeline = Timeline::default();
        for day in days(updates) {
            let Some(entry) = entry_at(updates, day) else {
                continue;
            };
            let held = Held {
                word: entry.status,
                controlled_by: entry.update.controlled_by,
                uncertain: entry.uncertain,
            };
            let before = updates.partition_point(|update| update.since.earliest < day);
            let causes = begun(updates, day)[before..].iter();
            let causes = causes.map(|update| update.event).collect();
            timeline.push_events(day, Some(held), causes);
        }
        timeline
    };
    let entries = entries.0.iter();
    entries
        .map(|(key, updates)| (Subject::Entry(key.clone()), timeline(updates)))
        .collect()
}
