//! Recognition: a ladder that restarts when the recognised authority changes.
//!
//! `de_facto` and `de_jure` follow from an explicit declaration. Diplomatic relations, and common
//! membership in the United Nations while no authority has taken the state over, imply `de_jure`,
//! which is then presumed; a party that refuses or withholds recognition, or recognises an
//! exclusive rival, ends the presumption. States recognise each for itself: what an organisation
//! does or says is neither contact nor a claim of its members. `dealings` follows from official
//! contact since the last refusal. Nothing follows from representation, and nothing is taken back
//! by severed relations.

mod add;
mod claim;

use super::regime::{Regimes, Takeover};
use super::{Item, Timeline, sorted};
use crate::day::Day;
use crate::event::EventId;
use crate::level::Recognition;
use crate::party::Party;
use crate::relations::{Direction, Pair};
use crate::rulebook::Rulebook;
use crate::state::{Basis, Held, RecognitionState, Since};

use claim::Standing;
pub(super) use claim::{Claim, Effect, claim};

/// The organisation whose members are presumed to recognise each other.
const UNITED_NATIONS: &str = "UN";

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
    /// In order of effect.
    claims: Vec<(DatedEvent, Claim)>,
    /// What the claims come to from each day on, if they count from the first day of their dates.
    earliest: Vec<(Day, Standing)>,
    /// The same from the last days of their dates.
    latest: Vec<(Day, Standing)>,
    /// The first days of the contacts, and their last, each in order.
    contact_days: [Vec<Day>; 2],
    /// Events read as implicit recognition, in order of days.
    signals: Vec<DatedEvent>,
    /// The spans on which both states are members of the United Nations, with the events by which
    /// they joined.
    members: Vec<(Day, Day, [EventId; 2])>,
}

#[derive(Clone, Copy, Debug)]
struct DatedEvent {
    event: EventId,
    disputed: bool,
    since: Since,
}

/// The days of dates that count.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bound {
    Earliest,
    Latest,
}

/// What holds on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rung {
    level: Option<Recognition>,
    presumed: bool,
    standing: Standing,
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
    let tenure = |takeover| Tenure {
        takeover,
        ..Tenure::default()
    };
    let mut tenures = vec![tenure(None)];
    tenures.extend(takeovers.map(|takeover| tenure(Some(*takeover))));
    tenures[0].members = members(regimes);
    for item in items.iter().filter(|item| rules.moves_ladders(item.grade)) {
        let begun = tenures.partition_point(|tenure| tenure.first_day() <= item.earliest);
        let Some(tenure) = tenures[..begun].last_mut() else {
            continue;
        };
        let event = DatedEvent::new(item);
        let rule = rules.kind(item.act.kind);
        if rule.contact && item.is_own() {
            tenure.contacts.push(event);
        }
        if rule.signal && item.acts_itself(direction) {
            tenure.signals.push(event);
        }
    }
    for tenure in &mut tenures {
        tenure.contacts.sort_by_key(DatedEvent::order);
        tenure.signals.sort_by_key(DatedEvent::order);
        tenure.contact_days = [Bound::Earliest, Bound::Latest].map(|bound| {
            let contacts = tenure.contacts.iter();
            sorted(contacts.map(|contact| bound.of(contact.since)))
        });
    }
    let mut ladder = LadderState { tenures };
    ladder.set_claims(items, direction, pair, rules);
    ladder
}

/// Returns the spans on which both states are members of the United Nations.
fn members(regimes: &Regimes<'_>) -> Vec<(Day, Day, [EventId; 2])> {
    let Some(organisation) = Party::find(UNITED_NATIONS) else {
        return Vec::new();
    };
    let mut spans = Vec::new();
    for one in regimes.a.in_organisation(organisation) {
        for other in regimes.b.in_organisation(organisation) {
            let from = one.from.max(other.from);
            let until = one.until().min(other.until());
            if from < until {
                spans.push((from, until, [one.event, other.event]));
            }
        }
    }
    spans
}

impl LadderState {
    /// Returns the event that sets the rung of a day: a claim or a contact.
    pub(super) fn set_by(&self, day: Day) -> Option<EventId> {
        let mut tenures = self.tenures.iter().rev();
        let tenure = tenures.find(|tenure| tenure.first_day() <= day)?;
        let rung = tenure.rung(day, Bound::Earliest);
        Some(tenure.rests_on(&rung)?.event)
    }

    /// Returns the events by which both states joined the United Nations, if nothing but that
    /// implies the rung of a day.
    #[must_use]
    pub fn implied_by(&self, day: Day) -> Option<[EventId; 2]> {
        let mut tenures = self.tenures.iter().rev();
        let tenure = tenures.find(|tenure| tenure.first_day() <= day)?;
        let rung = tenure.rung(day, Bound::Earliest);
        let implies = rung.presumed && rung.standing.set_by.is_none();
        let (.., events) = tenure.members_on(day).filter(|_| implies)?;
        Some(*events)
    }

    /// Returns the event of the latest statement on a day.
    pub(super) fn declared_by(&self, day: Day) -> Option<EventId> {
        let mut tenures = self.tenures.iter().rev();
        let tenure = tenures.find(|tenure| tenure.first_day() <= day)?;
        let place = tenure.rung(day, Bound::Earliest).standing.declared_by?;
        Some(tenure.claims.get(place)?.0.event)
    }

    /// Returns recognition on a day, naming at most `most` events of its evidence.
    pub(super) fn at(&self, day: Day, most: usize) -> RecognitionState {
        let mut tenures = self.tenures.iter().rev();
        let Some(tenure) = tenures.find(|tenure| tenure.first_day() <= day) else {
            return RecognitionState::default();
        };
        let rung = tenure.rung(day, Bound::Earliest);
        let settled = tenure.rung(day, Bound::Latest);
        let claim = |place: Option<usize>| Some(tenure.claims.get(place?)?.0);
        let declared = claim(rung.standing.declared_by);
        let set = claim(rung.standing.set_by);
        let begun = |event: &DatedEvent| event.since.earliest <= day;
        let contacts = &tenure.contacts[..tenure.contacts.partition_point(begun)];
        let members = tenure
            .members_on(day)
            .filter(|_| rung.presumed && set.is_none());
        let rests_on = tenure.rests_on(&rung);
        let joined = members.map(|(from, ..)| Since {
            earliest: *from,
            latest: *from,
        });
        let roll = members.map(|(.., events)| *events).into_iter().flatten();
        let claims = distinct([set, declared]);
        let evidence = claims.chain(contacts.iter().rev().copied());
        let evidence = evidence.map(|event| event.event).chain(roll);
        let signals = tenure.signals.iter().filter(|event| begun(event));
        let count = contacts.len() + distinct([set, declared]).count();
        RecognitionState {
            level: rung.level,
            declared: rung.standing.declared,
            presumed: rung.presumed,
            since: joined.or(rests_on.map(|event| event.since)),
            signals: signals.map(|event| event.event).collect(),
            basis: Basis {
                uncertain: (rung.level, rung.standing.declared)
                    != (settled.level, settled.standing.declared),
                disputed: [declared, rests_on]
                    .iter()
                    .flatten()
                    .any(|event| event.disputed),
                evidence: evidence.take(most).collect(),
                count: count + 2 * usize::from(members.is_some()),
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
                let rung = tenure.rung(day, Bound::Earliest);
                let settled = tenure.rung(day, Bound::Latest);
                let held = |word: &'static str, uncertain| Held {
                    uncertain,
                    ..Held::certain(word)
                };
                let level = rung.level.map(|level| Held {
                    presumed: rung.presumed,
                    ..held(level.as_str(), Some(level) != settled.level)
                });
                let declared = rung.standing.declared;
                let statement = declared.map(|statement| {
                    held(
                        statement.as_str(),
                        Some(statement) != settled.standing.declared,
                    )
                });
                rungs.push_events(day, level, tenure.causes(day, true));
                statements.push_events(day, statement, tenure.causes(day, false));
            }
        }
        [rungs, statements]
    }
}

/// Iterates over two events, or one if they are the same.
fn distinct(events: [Option<DatedEvent>; 2]) -> impl Iterator<Item = DatedEvent> {
    let [first, second] = events;
    let second = second.filter(|second| first.is_none_or(|first| first.event != second.event));
    first.into_iter().chain(second)
}

/// Returns the values of a day, of values in order of days.
fn on_day<T>(values: &[T], day: Day, of: impl Fn(&T) -> Day) -> &[T] {
    let from = values.partition_point(|value| of(value) < day);
    let until = values.partition_point(|value| of(value) <= day);
    &values[from..until]
}

impl Bound {
    const fn of(self, since: Since) -> Day {
        match self {
            Self::Earliest => since.earliest,
            Self::Latest => since.latest,
        }
    }
}

impl Tenure {
    fn first_day(&self) -> Day {
        self.takeover.map_or(Day::MIN, |takeover| takeover.day)
    }

    /// Returns the claims with their places and the day from which each counts, in order of days.
    fn dated(&self, bound: Bound) -> Vec<(Day, usize, Claim)> {
        let claims = self.claims.iter().enumerate();
        let dated = claims.map(|(place, (event, claim))| (bound.of(event.since), place, *claim));
        let mut dated: Vec<(Day, usize, Claim)> = dated.collect();
        dated.sort_by_key(|(day, place, _)| (*day, *place));
        dated
    }

    /// Returns the event that a rung rests on: the first contact since the last refusal, or the
    /// claim that set or denied it.
    fn rests_on(&self, rung: &Rung) -> Option<DatedEvent> {
        let claim = || Some(self.claims.get(rung.standing.set_by?)?.0);
        let refused = rung.standing.refused;
        match rung.level {
            Some(Recognition::Dealings) => {
                let before = |contact: &DatedEvent| contact.since.earliest <= refused;
                let first = self.contacts.partition_point(before);
                self.contacts.get(first).copied()
            }
            _ => claim(),
        }
    }

    fn members_on(&self, day: Day) -> Option<&(Day, Day, [EventId; 2])> {
        let mut spans = self.members.iter();
        spans.find(|(from, until, _)| *from <= day && day < *until)
    }

    /// Returns the rung on a day, if events count from that end of their dates.
    fn rung(&self, day: Day, bound: Bound) -> Rung {
        let steps = match bound {
            Bound::Earliest => &self.earliest,
            Bound::Latest => &self.latest,
        };
        let begun = steps.partition_point(|(from, _)| *from <= day);
        let last = steps[..begun].last().map(|(_, standing)| *standing);
        let standing = last.unwrap_or_default();
        let rung = |level, presumed| Rung {
            level,
            presumed,
            standing,
        };
        if let Some(level) = standing.rung {
            return rung(Some(level), standing.presumed);
        }
        if last.is_none() && self.members_on(day).is_some() {
            return rung(Some(Recognition::DeJure), true);
        }
        let contact = self.first_contact(bound, standing.refused);
        if contact.is_some_and(|contact| contact <= day) {
            return rung(Some(Recognition::Dealings), false);
        }
        rung(last.map(|_| Recognition::None), false)
    }

    /// Returns the first day of a contact after a refusal, if they count from that end of their
    /// dates.
    fn first_contact(&self, bound: Bound, refused: Day) -> Option<Day> {
        let days = &self.contact_days[bound as usize];
        let before = days.partition_point(|contact| *contact <= refused);
        days.get(before).copied()
    }

    /// Iterates over the days on which the rung or the statement can change.
    fn days(&self) -> impl Iterator<Item = Day> {
        // Of contacts, the first since each refusal.
        let refused = |bound: Bound| {
            let steps = match bound {
                Bound::Earliest => &self.earliest,
                Bound::Latest => &self.latest,
            };
            let refused = sorted(steps.iter().map(|(_, standing)| standing.refused));
            let refused = refused.into_iter().chain([Day::MIN]);
            let firsts = refused.filter_map(|refused| self.first_contact(bound, refused));
            firsts.collect::<Vec<Day>>()
        };
        let contacts = [Bound::Earliest, Bound::Latest].map(refused);
        let claims = self.claims.iter();
        let claims = claims.flat_map(|(event, _)| [event.since.earliest, event.since.latest]);
        let members = self.members.iter();
        let members = members.flat_map(|(from, until, _)| [*from, *until]);
        let members = members.filter(|day| *day != Day::MAX);
        contacts.into_iter().flatten().chain(claims).chain(members)
    }

    /// Returns the claims, the change of authority and, for the rung, the contacts and memberships
    /// of a day.
    fn causes(&self, day: Day, rung: bool) -> Vec<EventId> {
        let contacts = on_day(&self.contacts, day, |contact| contact.since.earliest);
        let contacts = contacts.iter().filter(|_| rung);
        let claims = on_day(&self.claims, day, |(event, _)| event.since.earliest);
        let claims = claims.iter();
        let claims = claims.filter(|(_, claim)| rung || claim.statement.is_some());
        let begun = contacts.chain(claims.map(|(event, _)| event));
        let takeover = self.takeover.filter(|takeover| takeover.day == day);
        let begun = begun.map(|event| event.event);
        let members = self
            .members
            .iter()
            .filter(|(from, ..)| rung && *from == day);
        let members = members.flat_map(|(.., events)| *events);
        let takeover = takeover.map(|takeover| takeover.event);
        sorted(begun.chain(takeover).chain(members))
    }
}
