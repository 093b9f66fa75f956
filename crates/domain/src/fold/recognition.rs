//! Recognition: a ladder that restarts when the recognised authority changes.
//!
//! `dealings` follows from official contact; `de_facto` and `de_jure` only from an explicit
//! declaration; nothing follows from representation.

use super::regime::{Regimes, Takeover};
use super::{Item, Timeline, sorted};
use crate::day::Day;
use crate::details::Field;
use crate::event::EventId;
use crate::kind::Kind;
use crate::level::{Declared, Recognition};
use crate::party::Party;
use crate::relations::{Direction, Pair};
use crate::rulebook::Rulebook;
use crate::state::{Basis, Held, RecognitionState, Since};

/// The evidence of recognition, for each authority in turn.
#[derive(Clone, Debug, Default)]
pub struct LadderState {
    tenures: Vec<Tenure>,
}

/// The evidence from the days under one authority.
#[derive(Clone, Debug, Default)]
struct Tenure {
    /// `None` before any known authority.
    takeover: Option<Takeover>,
    /// In order of days.
    contacts: Vec<DatedEvent>,
    /// In order of days.
    declarations: Vec<(DatedEvent, Declaration)>,
    /// Events read as implicit recognition, in order of days.
    signals: Vec<DatedEvent>,
}

#[derive(Clone, Copy, Debug)]
struct DatedEvent {
    event: EventId,
    disputed: bool,
    since: Since,
}

/// A declaration about recognition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Declaration {
    pub(super) statement: Declared,
    /// The rung that it sets, if any.
    pub(super) rung: Option<Recognition>,
}

/// Collects the evidence of recognition in a direction.
pub(super) fn ladder(
    pair: Pair,
    items: &[Item<'_>],
    direction: Direction,
    regimes: &Regimes<'_>,
    rules: &Rulebook,
) -> LadderState {
    let takeovers = regimes.of_object(direction).takeovers().iter();
    let (_, object) = pair.ends(direction);
    let tenure = |takeover| Tenure {
        takeover,
        ..Tenure::default()
    };
    let mut tenures = vec![tenure(None)];
    tenures.extend(takeovers.map(|takeover| tenure(Some(*takeover))));
    for item in items.iter().filter(|item| rules.moves_ladders(item.grade)) {
        let begun = tenures.partition_point(|tenure| tenure.first_day() <= item.earliest);
        let Some(tenure) = tenures[..begun].last_mut() else {
            continue;
        };
        let event = DatedEvent {
            event: item.event,
            disputed: item.disputed,
            since: Since {
                earliest: item.earliest,
                latest: item.latest,
            },
        };
        let acts = item.acts(direction);
        let rule = rules.kind(item.act.kind);
        if rule.contact {
            tenure.contacts.push(event);
        }
        if rule.signal && acts {
            tenure.signals.push(event);
        }
        if acts && let Some(declaration) = declaration(item, object, tenure.takeover) {
            tenure.declarations.push((event, declaration));
        }
    }
    LadderState { tenures }
}

/// Returns the declaration of an item about a state or the authority that governs it; `None` if it
/// makes no declaration, or one about another party.
pub(super) fn declaration(
    item: &Item<'_>,
    state: Party,
    takeover: Option<Takeover>,
) -> Option<Declaration> {
    let (statement, rung) = match item.act.kind {
        Kind::RecognitionGranted if item.act.details.text(Field::Form) == Some("de_jure") => {
            (Declared::Recognises, Some(Recognition::DeJure))
        }
        Kind::RecognitionGranted => (Declared::Recognises, Some(Recognition::DeFacto)),
        Kind::RecognitionWithheld => (Declared::Withholds, None),
        Kind::RecognitionRefused | Kind::RecognitionWithdrawn => (Declared::Refuses, None),
        _ => return None,
    };
    let of = item.act.details.party(Field::Of)?;
    let meant = of == state || takeover.is_some_and(|takeover| takeover.authority == of);
    meant.then_some(Declaration { statement, rung })
}

impl LadderState {
    /// Returns recognition on a day, naming at most `most` events of its evidence.
    pub(super) fn at(&self, day: Day, most: usize) -> RecognitionState {
        let mut tenures = self.tenures.iter().rev();
        let Some(tenure) = tenures.find(|tenure| tenure.first_day() <= day) else {
            return RecognitionState::default();
        };
        let (level, declared) = tenure.rung(day, |since| since.earliest);
        let settled = tenure.rung(day, |since| since.latest);
        let begun = |event: &DatedEvent| event.since.earliest <= day;
        let declarations = tenure.declarations.iter().rev().map(|(event, _)| event);
        let latest = declarations.copied().find(begun);
        let contacts = &tenure.contacts[..tenure.contacts.partition_point(begun)];
        let rests_on = if declared == Some(Declared::Recognises) {
            latest
        } else {
            contacts.first().copied().or(latest)
        };
        let evidence = latest.into_iter().chain(contacts.iter().rev().copied());
        let signals = tenure.signals.iter().filter(|event| begun(event));
        RecognitionState {
            level,
            declared,
            since: rests_on.map(|event| event.since),
            signals: signals.map(|event| event.event).collect(),
            basis: Basis {
                uncertain: (level, declared) != settled,
                disputed: latest
                    .into_iter()
                    .chain(rests_on)
                    .any(|event| event.disputed),
                evidence: evidence.map(|event| event.event).take(most).collect(),
                count: contacts.len() + usize::from(latest.is_some()),
            },
        }
    }

    /// Computes the timelines of the rung and of the statement.
    pub(super) fn timelines(&self) -> [Timeline; 2] {
        let mut rungs = Timeline::default();
        let mut statements = Timeline::default();
        for (place, tenure) in self.tenures.iter().enumerate() {
            let next = self.tenures.get(place + 1);
            let end = next.map_or(Day::MAX, Tenure::first_day);
            let days = tenure.days().filter(|day| *day < end);
            for day in sorted(days.chain([tenure.first_day()])) {
                let (level, declared) = tenure.rung(day, |since| since.earliest);
                let settled = tenure.rung(day, |since| since.latest);
                let held = |word: &'static str, uncertain| Held {
                    uncertain,
                    ..Held::certain(word)
                };
                let rung = level.map(|level| held(level.as_str(), Some(level) != settled.0));
                let statement = declared
                    .map(|statement| held(statement.as_str(), Some(statement) != settled.1));
                rungs.push_events(day, rung, tenure.causes(day, true));
                statements.push_events(day, statement, tenure.causes(day, false));
            }
        }
        [rungs, statements]
    }
}

impl Tenure {
    fn first_day(&self) -> Day {
        self.takeover.map_or(Day::MIN, |takeover| takeover.day)
    }

    /// Returns the rung and the statement on a day, if events count from the day that `from` gives.
    fn rung(&self, day: Day, from: fn(&Since) -> Day) -> (Option<Recognition>, Option<Declared>) {
        let begun = |event: &DatedEvent| from(&event.since) <= day;
        let mut declarations = self.declarations.iter().rev();
        let latest = declarations.find(|(event, _)| begun(event));
        let latest = latest.map(|(_, declaration)| declaration);
        let contact = self.contacts.iter().any(begun);
        let level = match latest {
            Some(Declaration {
                rung: Some(rung), ..
            }) => Some(*rung),
            _ if contact => Some(Recognition::Dealings),
            Some(_) => Some(Recognition::None),
            None => None,
        };
        (level, latest.map(|declaration| declaration.statement))
    }

    /// Iterates over the days on which the rung or the statement can change.
    fn days(&self) -> impl Iterator<Item = Day> {
        let contacts = || self.contacts.iter().map(|event| event.since);
        let earliest = contacts().map(|since| since.earliest).min();
        let latest = contacts().map(|since| since.latest).min();
        let declared = self.declarations.iter();
        let declared = declared.flat_map(|(event, _)| [event.since.earliest, event.since.latest]);
        earliest.into_iter().chain(latest).chain(declared)
    }

    /// Returns the declarations, the change of authority and, for the rung, the contacts of a day.
    fn causes(&self, day: Day, rung: bool) -> Vec<EventId> {
        let contacts = self.contacts.iter().filter(|_| rung);
        let events = contacts.chain(self.declarations.iter().map(|(event, _)| event));
        let begun = events.filter(|event| event.since.earliest == day);
        let takeover = self.takeover.filter(|takeover| takeover.day == day);
        let begun = begun.map(|event| event.event);
        sorted(begun.chain(takeover.map(|takeover| takeover.event)))
    }
}
