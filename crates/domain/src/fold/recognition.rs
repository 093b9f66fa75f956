//! Recognition: a ladder that restarts when the authority recognised changes.
//!
//! `dealings` follows from official contact; `de_facto` and `de_jure` only from an explicit
//! declaration; nothing follows from representation.

use super::regime::{Regimes, Takeover};
use super::{Item, Timeline};
use crate::day::Day;
use crate::details::Field;
use crate::dimension::Dimension;
use crate::event::EventId;
use crate::kind::Kind;
use crate::level::{Declared, Recognition};
use crate::party::Party;
use crate::routes::{Direction, Pair};
use crate::rulebook::Rulebook;
use crate::state::{Held, Since, Subject};
use std::collections::BTreeMap;

/// What recognition rests on, from one change of authority to the next.
#[derive(Clone, Debug, Default)]
pub struct Climb {
    spells: Vec<Spell>,
}

/// The days under one authority.
#[derive(Clone, Debug)]
struct Spell {
    from: Day,
    takeover: Option<Takeover>,
    /// Contacts, in order of days.
    contacts: Vec<Stone>,
    /// Declarations, in order of days.
    declarations: Vec<(Stone, Said)>,
    /// Events read as implicit recognition.
    signals: Vec<Stone>,
}

/// An event that a rung rests on.
#[derive(Clone, Copy, Debug)]
struct Stone {
    event: EventId,
    disputed: bool,
    since: Since,
}

/// What a declaration says, and the rung that it makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Said(pub(super) Declared, pub(super) Option<Recognition>);

/// Recognition on a day.
#[derive(Clone, Debug, Default)]
pub struct Standing {
    /// The rung; `None` is unknown.
    pub level: Option<Recognition>,
    /// The latest explicit statement.
    pub declared: Option<Declared>,
    /// Its date, or that of the first contact.
    pub since: Option<Since>,
    /// It rests on an imprecise date whose bounds the day is within.
    pub uncertain: bool,
    /// It rests on a disputed event.
    pub disputed: bool,
    /// Declaration first, then contacts from the latest.
    pub evidence: Vec<EventId>,
    /// Events read as implicit recognition, in order of days.
    pub signals: Vec<EventId>,
}

pub(super) fn climb(
    pair: Pair,
    items: &[Item<'_>],
    direction: Direction,
    regimes: &Regimes<'_>,
    rules: &Rulebook,
) -> Climb {
    let regime = regimes.of_object(direction);
    let (_, object) = pair.ends(direction);
    let mut spells = vec![Spell::new(Day::MIN, None)];
    spells.extend(
        regime
            .takeovers()
            .iter()
            .map(|takeover| Spell::new(takeover.day, Some(*takeover))),
    );
    for item in items.iter().filter(|item| rules.moves_ladders(item.grade)) {
        let place = spells.partition_point(|spell| spell.from <= item.earliest);
        let Some(spell) = place.checked_sub(1).and_then(|place| spells.get_mut(place)) else {
            continue;
        };
        let since = Since {
            earliest: item.earliest,
            latest: item.latest,
        };
        let stone = Stone {
            event: item.event,
            disputed: item.disputed,
            since,
        };
        let acts = item.ways[direction.index()].is_some();
        let rule = rules.kind(item.act.kind);
        if rule.contact {
            spell.contacts.push(stone);
        }
        if rule.signal && acts {
            spell.signals.push(stone);
        }
        if acts && let Some(said) = said(item, object, spell.takeover) {
            spell.declarations.push((stone, said));
        }
    }
    Climb { spells }
}

/// What an item declares about a state or the authority that governs it; nothing if it speaks of
/// another.
pub(super) fn said(item: &Item<'_>, state: Party, takeover: Option<Takeover>) -> Option<Said> {
    let said = match item.act.kind {
        Kind::RecognitionGranted if item.act.details.text(Field::Form) == Some("de_jure") => {
            Said(Declared::Recognises, Some(Recognition::DeJure))
        }
        Kind::RecognitionGranted => Said(Declared::Recognises, Some(Recognition::DeFacto)),
        Kind::RecognitionWithheld => Said(Declared::Withholds, None),
        Kind::RecognitionRefused | Kind::RecognitionWithdrawn => Said(Declared::Refuses, None),
        _ => return None,
    };
    let of = item.act.details.party(Field::Of)?;
    let meant = of == state || takeover.is_some_and(|takeover| takeover.authority == of);
    meant.then_some(said)
}

impl Spell {
    const fn new(from: Day, takeover: Option<Takeover>) -> Self {
        Self {
            from,
            takeover,
            contacts: Vec::new(),
            declarations: Vec::new(),
            signals: Vec::new(),
        }
    }

    /// The rung and statement on a day, when an event counts from the day that `from` gives.
    fn rung(&self, day: Day, from: fn(&Since) -> Day) -> (Option<Recognition>, Option<Declared>) {
        let begun = |stone: &Stone| from(&stone.since) <= day;
        let said = self
            .declarations
            .iter()
            .rev()
            .find(|(stone, _)| begun(stone));
        let contact = self.contacts.iter().any(begun);
        let level = match said {
            Some((_, Said(_, Some(rung)))) => Some(*rung),
            _ if contact => Some(Recognition::Dealings),
            Some(_) => Some(Recognition::None),
            None => None,
        };
        (level, said.map(|(_, Said(declared, _))| *declared))
    }

    fn days(&self) -> impl Iterator<Item = Day> {
        let first =
            |from: fn(&Since) -> Day| self.contacts.iter().map(|stone| from(&stone.since)).min();
        let contact = [first(|since| since.earliest), first(|since| since.latest)];
        let said = self
            .declarations
            .iter()
            .flat_map(|(stone, _)| [stone.since.earliest, stone.since.latest]);
        contact.into_iter().flatten().chain(said)
    }
}

impl Climb {
    fn spell(&self, day: Day) -> Option<&Spell> {
        let after = self.spells.partition_point(|spell| spell.from <= day);
        after
            .checked_sub(1)
            .and_then(|place| self.spells.get(place))
    }

    /// Recognition on a day.
    #[must_use]
    pub fn at(&self, day: Day) -> Standing {
        self.resting_on(day, usize::MAX).0
    }

    /// Recognition on a day with so many pieces of its evidence at the most, and how many there
    /// are.
    pub(super) fn resting_on(&self, day: Day, most: usize) -> (Standing, usize) {
        let Some(spell) = self.spell(day) else {
            return (Standing::default(), 0);
        };
        let (level, declared) = spell.rung(day, |since| since.earliest);
        let settled = spell.rung(day, |since| since.latest);
        let begun = |stone: &&Stone| stone.since.earliest <= day;
        let said = spell
            .declarations
            .iter()
            .rev()
            .map(|(stone, _)| stone)
            .find(begun);
        let contacts = spell.contacts.partition_point(|stone| begun(&stone));
        let contacts = &spell.contacts[..contacts];
        let recognised = declared == Some(Declared::Recognises);
        let rests_on = if recognised {
            said
        } else {
            contacts.first().or(said)
        };
        let count = contacts.len() + usize::from(said.is_some());
        let standing = Standing {
            level,
            declared,
            since: rests_on.map(|stone| stone.since),
            uncertain: (level, declared) != settled,
            disputed: said.into_iter().chain(rests_on).any(|stone| stone.disputed),
            evidence: said
                .into_iter()
                .chain(contacts.iter().rev())
                .map(|stone| stone.event)
                .take(most)
                .collect(),
            signals: spell
                .signals
                .iter()
                .filter(begun)
                .map(|stone| stone.event)
                .collect(),
        };
        (standing, count)
    }

    /// The step timelines of rung and statement.
    pub(super) fn timelines(&self, direction: Direction) -> BTreeMap<Subject, Timeline> {
        let mut rungs = Timeline::default();
        let mut statements = Timeline::default();
        for (place, spell) in self.spells.iter().enumerate() {
            let end = self
                .spells
                .get(place + 1)
                .map_or(Day::MAX, |next| next.from);
            let mut days: Vec<Day> = spell.days().filter(|day| *day < end).collect();
            days.push(spell.from);
            days.sort_unstable();
            days.dedup();
            for day in days {
                let (level, declared) = spell.rung(day, |since| since.earliest);
                let settled = spell.rung(day, |since| since.latest);
                let said = spell.causes(day, false);
                let causes = spell.causes(day, true);
                for (timeline, causes) in [(&mut rungs, &causes), (&mut statements, &said)] {
                    if !causes.is_empty() {
                        timeline.note(day);
                    }
                }
                let held = |word: Option<&'static str>, uncertain| {
                    word.map(|word| Held {
                        word,
                        controlled_by: None,
                        uncertain,
                    })
                };
                rungs.push(
                    day,
                    held(level.map(Recognition::as_str), level != settled.0),
                    causes,
                );
                statements.push(
                    day,
                    held(declared.map(Declared::as_str), declared != settled.1),
                    said,
                );
            }
        }
        let named = [
            (Dimension::Recognition, rungs),
            (Dimension::Declared, statements),
        ];
        named
            .into_iter()
            .filter(|(_, timeline)| !timeline.steps.is_empty())
            .map(|(dimension, timeline)| (Subject::Conduct(direction, dimension), timeline))
            .collect()
    }
}

impl Spell {
    /// The declarations, the change of authority and, for the rung, the contacts of a day.
    fn causes(&self, day: Day, rung: bool) -> Vec<EventId> {
        let contacts = self.contacts.iter().filter(|_| rung);
        let stones = contacts.chain(self.declarations.iter().map(|(stone, _)| stone));
        let begun = stones
            .filter(|stone| stone.since.earliest == day)
            .map(|stone| stone.event);
        let taken = self
            .takeover
            .filter(|takeover| takeover.day == day)
            .map(|t| t.event);
        let mut causes: Vec<EventId> = begun.chain(taken).collect();
        causes.sort_unstable();
        causes.dedup();
        causes
    }
}
