//! Registers: keyed entries that events open, change and close.
//!
//! All events of an entry apply in one order (day, kind, id), whatever order they came in. An
//! event with an imprecise date takes effect on its earliest day and is uncertain until its
//! latest.

use super::{Item, Timeline};
use crate::day::Day;
use crate::details::{Details, Field, Value};
use crate::dimension::Register;
use crate::event::EventId;
use crate::kind::{Class, Effect};
use crate::party::Party;
use crate::routes::{Direction, Pair};
use crate::rulebook::Rulebook;
use crate::state::{EntryKey, Held, Since, Subject};
use std::collections::BTreeMap;

/// What an event made of an entry.
#[derive(Clone, Copy, Debug)]
pub struct Mark {
    /// The event: its place among the items.
    pub item: usize,
    /// Its id.
    pub event: EventId,
    /// Whether somebody disputes it.
    pub disputed: bool,
    /// Its date.
    pub since: Since,
    /// The last day on which it holds by itself; only a claim over a span has one.
    pub holds_until: Option<Day>,
    /// The status that it gives.
    pub status: &'static str,
    /// Whether the entry stands.
    pub open: bool,
    /// Who holds the premises.
    pub controlled_by: Option<Party>,
}

/// The entries of a relation, each with its marks in order of effect.
#[derive(Clone, Debug, Default)]
pub struct Entries(pub BTreeMap<EntryKey, Vec<Mark>>);

/// The first day on which an entry is no longer as an event left it, and the place of the item
/// that changed it.
pub(super) type End = (Day, Option<u32>);

/// The status of a claim whose span is over.
pub const LAPSED: &str = "lapsed";

/// Details that name an entry, by register.
const fn naming(register: Register) -> &'static [Field] {
    match register {
        Register::Relations => &[],
        Register::Missions => &[Field::Mission, Field::Host, Field::Sender, Field::City],
        Register::Envoys => &[Field::Host, Field::Sender, Field::Rank, Field::Name],
        Register::Listings => &[Field::List, Field::Listed],
        Register::Borders => &[Field::Crossing],
        Register::Trade => &[Field::Name, Field::What],
        Register::Deployments => &[Field::Name, Field::Crossing],
        Register::Groups => &[Field::Group, Field::From],
        Register::Sanctions
        | Register::Agreements
        | Register::Projects
        | Register::Meetings
        | Register::Channels
        | Register::Measures => &[Field::Name],
    }
}

/// Whether an entry is one side's, and not shared by both.
const fn one_sided(register: Register) -> bool {
    match register {
        Register::Listings
        | Register::Sanctions
        | Register::Borders
        | Register::Trade
        | Register::Deployments
        | Register::Groups
        | Register::Measures => true,
        Register::Relations
        | Register::Missions
        | Register::Envoys
        | Register::Agreements
        | Register::Projects
        | Register::Meetings
        | Register::Channels => false,
    }
}

/// Whether only evidence that moves ladders may write it.
const fn gated(register: Register) -> bool {
    matches!(
        register,
        Register::Relations | Register::Missions | Register::Envoys | Register::Listings
    )
}

/// Builds the entries from items in order of effect.
pub(super) fn build(pair: Pair, items: &[Item<'_>], rules: &Rulebook) -> Entries {
    let mut entries = Entries::default();
    for (place, item) in items.iter().enumerate() {
        let Some(register) = item.act.kind.register() else {
            continue;
        };
        if gated(register) && !rules.moves_ladders(item.grade) || !of_pair(pair, &item.act.details)
        {
            continue;
        }
        if one_sided(register) {
            for direction in Direction::BOTH {
                if item.ways[direction.index()].is_some() {
                    entries.apply(key(register, item, Some(direction)), place, item);
                }
            }
        } else {
            entries.apply(key(register, item, None), place, item);
        }
    }
    entries
}

/// A mission or envoy of other states is none of this relation's.
fn of_pair(pair: Pair, details: &Details) -> bool {
    [Field::Host, Field::Sender]
        .into_iter()
        .filter_map(|field| details.party(field))
        .all(|state| state == pair.a() || state == pair.b())
}

fn key(register: Register, item: &Item<'_>, by: Option<Direction>) -> EntryKey {
    let held = |field: &Field| Some((*field, item.act.details.get(*field)?.clone()));
    let fields = naming(register).iter().filter_map(held).collect();
    EntryKey {
        register,
        family: item.act.kind.family(),
        by,
        fields,
    }
}

impl Entries {
    fn apply(&mut self, key: EntryKey, place: usize, item: &Item<'_>) {
        // What holds over a span begins with it, and ends with it.
        let condition = item.act.kind.class() == Class::Condition;
        let since = Since {
            earliest: item.earliest,
            latest: if condition {
                item.earliest
            } else {
                item.latest
            },
        };
        let mark = |status, open, controlled_by| Mark {
            item: place,
            event: item.event,
            disputed: item.disputed,
            since,
            holds_until: condition.then_some(item.latest),
            status,
            open,
            controlled_by,
        };
        let given = item.act.details.party(Field::ControlledBy);
        match item.act.kind.effect() {
            Effect::None => {}
            Effect::Notes(status) => {
                self.0
                    .entry(key)
                    .or_default()
                    .push(mark(status, false, None));
            }
            Effect::Sets(status) => {
                let marks = self.0.entry(key).or_default();
                let before = marks.last().and_then(|last| last.controlled_by);
                marks.push(mark(status, true, given.or(before)));
            }
            Effect::Closes(status) => {
                for (open, marks) in &mut self.0 {
                    let stands = marks.last().is_some_and(|last| last.open);
                    if stands && same_entry(&key, open) {
                        let before = marks.last().and_then(|last| last.controlled_by);
                        marks.push(mark(status, false, before));
                    }
                }
            }
        }
    }

    /// Of each item, by its place and by whose act it is: until when what it opened stands, and
    /// what ended it.
    pub(super) fn ends(&self, items: usize) -> Vec<[Option<End>; 2]> {
        let mut ends = vec![[None; 2]; items];
        for (key, marks) in &self.0 {
            let nexts = marks.iter().skip(1).map(Some).chain([None]);
            for (mark, next) in marks.iter().zip(nexts) {
                let end = next.map_or((Day::MAX, None), |next| {
                    (next.since.earliest, u32::try_from(next.item).ok())
                });
                let Some(slots) = ends.get_mut(mark.item) else {
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

/// Whether what closes names an entry: they agree on every detail that both give.
fn same_entry(closing: &EntryKey, open: &EntryKey) -> bool {
    let value = |key: &EntryKey, field: Field| -> Option<Value> {
        key.fields
            .iter()
            .find(|(held, _)| *held == field)
            .map(|(_, value)| value.clone())
    };
    // An agreement ends whatever was agreed; forces withdrawn lower no alert.
    let family = closing.family == open.family || closing.register == Register::Agreements;
    closing.register == open.register
        && family
        && closing.by == open.by
        && closing
            .fields
            .iter()
            .all(|(field, given)| value(open, *field).is_none_or(|held| held == *given))
}

/// An entry on a day: the mark that holds, and whether it is uncertain.
#[derive(Clone, Copy, Debug)]
pub struct Shown {
    /// Its place among the entry's marks.
    pub place: usize,
    /// The status, [`LAPSED`] once a claim's span is over.
    pub status: &'static str,
    /// Whether it stands.
    pub open: bool,
    /// The day is within the bounds of an imprecise date that it rests on.
    pub uncertain: bool,
}

/// The marks that have begun by a day, however imprecise their dates.
fn begun(marks: &[Mark], day: Day) -> &[Mark] {
    &marks[..marks.partition_point(|mark| mark.since.earliest <= day)]
}

/// What an entry shows on a day; `None` before its first event.
#[must_use]
pub fn shown(marks: &[Mark], day: Day) -> Option<Shown> {
    let marks = begun(marks, day);
    let last = marks.len().checked_sub(1)?;
    // Of claims over spans, the last one whose span is not over.
    let holds = |mark: &Mark| mark.holds_until.is_none_or(|until| until >= day);
    let place = marks.iter().rposition(holds).unwrap_or(last);
    let mark = &marks[place];
    let over = mark.holds_until.is_some_and(|until| until < day);
    let settled = marks.iter().rposition(|mark| mark.since.latest <= day);
    let settled = settled.is_some_and(|at| outcome(&marks[at]) == outcome(mark));
    Some(Shown {
        place,
        status: if over { LAPSED } else { mark.status },
        open: mark.open && !over,
        uncertain: !settled,
    })
}

const fn outcome(mark: &Mark) -> (&'static str, bool, Option<Party>) {
    (mark.status, mark.open, mark.controlled_by)
}

/// The days on which an entry may show something else than the day before.
pub(super) fn days(marks: &[Mark]) -> Vec<Day> {
    let mut days: Vec<Day> = marks
        .iter()
        .flat_map(|mark| {
            let over = mark.holds_until.map(Day::next);
            [Some(mark.since.earliest), Some(mark.since.latest), over]
        })
        .flatten()
        .filter(|day| *day != Day::MAX)
        .collect();
    days.sort_unstable();
    days.dedup();
    days
}

/// The timelines of all entries.
pub(super) fn timelines(entries: &Entries, items: &[Item<'_>]) -> BTreeMap<Subject, Timeline> {
    let timeline = |marks: &[Mark]| {
        let mut timeline = Timeline::default();
        for day in days(marks) {
            let Some(shown) = shown(marks, day) else {
                continue;
            };
            let held = Held {
                word: shown.status,
                controlled_by: marks[shown.place].controlled_by,
                uncertain: shown.uncertain,
            };
            let before = marks.partition_point(|mark| mark.since.earliest < day);
            let causes: Vec<EventId> = begun(marks, day)[before..]
                .iter()
                .filter_map(|mark| items.get(mark.item))
                .map(|item| item.event)
                .collect();
            if !causes.is_empty() {
                timeline.note(day);
            }
            timeline.push(day, Some(held), causes);
        }
        timeline
    };
    entries
        .0
        .iter()
        .map(|(key, marks)| (Subject::Entry(key.clone()), timeline(marks)))
        .collect()
}
