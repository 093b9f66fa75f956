//! Sample events of a busy log, the same in every run.

use crate::random::mix;
use detente_api::submission::EventDto;
use detente_domain::day::Day;
use detente_domain::details::{Details, Field};
use detente_domain::edtf::{Edtf, canonical};
use detente_domain::event::{Act, Authorship, Event, EventId, Report};
use detente_domain::grade::Grade;
use detente_domain::kind::Kind;
use detente_domain::party::{Lang, Party, PartyKind};
use detente_domain::record::{Body, Record, RecordId};
use std::collections::BTreeMap;
use time::OffsetDateTime;
use uuid::Uuid;

const KINDS: [Kind; 6] = [
    Kind::VisitMade,
    Kind::TalksHeld,
    Kind::StatementCritical,
    Kind::StatementSupportive,
    Kind::Coded,
    Kind::AccusationMade,
];

/// Kinds that leave something standing, which limits levels. A sanction is by an organisation.
const STANDING: [Kind; 3] = [Kind::WarBegan, Kind::CeasefireAgreed, Kind::SanctionImposed];

/// The first day of the sample, and the number of days.
const FIRST_DAY: i32 = 16_000;
const DAYS: i32 = 3_650;

/// Returns all states of the world that exist today.
pub fn states() -> impl Iterator<Item = Party> {
    Party::all().filter(|party| party.kind() == PartyKind::State && party.life().to.is_none())
}

/// Returns all states and de facto states of the world that have existed.
pub fn parties() -> impl Iterator<Item = Party> {
    let kinds = [PartyKind::State, PartyKind::DeFacto];
    Party::all().filter(move |party| kinds.contains(&party.kind()))
}

/// Returns true for the numbers of events that leave something standing, a fortieth of all.
const fn stands(number: u64) -> bool {
    number % 40 == 17
}

/// Returns the states of the sample.
#[must_use]
pub fn sample_states() -> Vec<Party> {
    states().step_by(4).collect()
}

/// Returns the record of an event by number, about two of 60 states, within ten years. Some leave
/// something standing: a war, a ceasefire, a sanction by an organisation.
#[must_use]
pub fn record(number: u64) -> Record {
    record_among(number, &sample_states())
}

/// Returns records, numbered from `first`.
#[must_use]
pub fn records(first: u64, count: u64) -> Vec<Record> {
    let states = sample_states();
    (first..first + count)
        .map(|number| record_among(number, &states))
        .collect()
}

/// Returns an event by number, as a row to report.
#[must_use]
pub fn dto(number: u64) -> EventDto {
    EventDto::from(&event_among(number, &sample_states()))
}

/// Returns events as NDJSON, numbered from `first`.
///
/// # Errors
/// None in practice: every event can be serialised.
pub fn rows(first: u64, count: u64) -> Result<String, serde_json::Error> {
    let states = sample_states();
    let mut rows = String::new();
    for number in first..first + count {
        let form = EventDto::from(&event_among(number, &states));
        rows.push_str(&serde_json::to_string(&form)?);
        rows.push('\n');
    }
    Ok(rows)
}

/// Returns records about any two states of the world, numbered from `first`.
#[must_use]
pub fn world(first: u64, count: u64) -> Vec<Record> {
    let states: Vec<Party> = states().collect();
    (first..first + count)
        .map(|number| record_among(number, &states))
        .collect()
}

/// Returns the tick of a day of the sample.
#[must_use]
pub fn tick(day: Day) -> Record {
    let id = Uuid::from_u64_pair(0x0191_0000_0000_7000, 0x8000 << 48 | day_number(day));
    record_of(id, Body::Tick { day })
}

/// Returns records about some of the states that have existed in ten years, in order of days, with
/// the tick of each day before them.
#[must_use]
pub fn in_order(count: u64, states: &[Party]) -> Vec<Record> {
    let mut records: Vec<Record> = (0..count)
        .map(|number| record_among(number, states))
        .collect();
    records.sort_by_key(day_of);
    let mut ticked = Vec::with_capacity(records.len() + DAYS as usize);
    let mut last = None;
    for record in records {
        let day = day_of(&record);
        if last != Some(day) {
            ticked.push(tick(day));
            last = Some(day);
        }
        ticked.push(record);
    }
    ticked
}

/// Returns the same records in order of numbers, whose days are random, after the tick of the last
/// day.
#[must_use]
pub fn at_random(count: u64, states: &[Party]) -> Vec<Record> {
    let last = Day::new(FIRST_DAY + DAYS);
    let records = (0..count).map(|number| record_among(mix(number) >> 24, states));
    std::iter::once(tick(last)).chain(records).collect()
}

fn day_of(record: &Record) -> Day {
    match &record.body {
        Body::Reported(event) => event.occurred.earliest(),
        _ => Day::MIN,
    }
}

fn day_number(day: Day) -> u64 {
    u64::try_from(day.since(Day::new(0))).unwrap_or(0)
}

/// Returns records about two states, numbered from `first`; some have imprecise dates, some open or
/// close something.
#[must_use]
pub fn between(states: (Party, Party), first: u64, count: u64) -> Vec<Record> {
    let mut records = records(first, count);
    for (number, record) in (first..).zip(&mut records) {
        let Body::Reported(event) = &mut record.body else {
            continue;
        };
        let (a, b) = states;
        let (actor, recipient) = if number % 3 == 0 { (b, a) } else { (a, b) };
        event.act.actors = vec![actor];
        event.act.recipients = vec![recipient];
        if number % 10 == 7 {
            let day = event.occurred.earliest();
            let date = canonical(day, day.plus(30));
            event.occurred = Edtf::parse(&date).unwrap_or_else(|_| Edtf::day(day));
        }
        if number % 20 == 9 {
            let opens = number % 40 == 9;
            event.act.kind = if opens {
                Kind::BorderOpened
            } else {
                Kind::BorderClosed
            };
            event.act.details = Details::none();
            if let Ok(value) = Field::Crossing.parse_value(&format!("Crossing {}", number % 12)) {
                event.act.details.set(Field::Crossing, value);
            }
        }
    }
    records
}

fn record_among(number: u64, states: &[Party]) -> Record {
    let event = event_among(number, states);
    record_of(event.id.0, Body::Reported(Box::new(event)))
}

/// Returns the record of a body.
#[must_use]
pub fn record_of(id: Uuid, body: Body) -> Record {
    Record {
        id: RecordId(id),
        authorship: authorship(),
        body,
    }
}

/// Returns the author and time of every record.
#[must_use]
pub fn authorship() -> Authorship {
    Authorship {
        author: "local".to_owned(),
        recorded: OffsetDateTime::UNIX_EPOCH,
    }
}

fn event_among(number: u64, states: &[Party]) -> Event {
    let mixed = mix(number);
    let pick = |shift: u32, of: usize| usize::try_from(mixed >> shift & 0xffff).unwrap_or(0) % of;
    let actor = pick(0, states.len());
    let recipient = (actor + 1 + pick(16, states.len() - 1)) % states.len();
    let mut kind = KINDS[pick(32, KINDS.len())];
    let mut details = Details::none();
    let mut by = states[actor];
    if stands(number) {
        kind = STANDING[pick(32, STANDING.len())];
        if kind == Kind::SanctionImposed {
            by = Party::find("EAEU").unwrap_or(by);
            if let Ok(value) = Field::Name.parse_value("Sample sanctions") {
                details.set(Field::Name, value);
            }
        }
    }
    if kind == Kind::Coded
        && let Ok(value) = Field::Plover.parse_value(["CONSULT", "ACCUSE", "AID"][pick(40, 3)])
    {
        details.set(Field::Plover, value);
    }
    let day = i32::try_from(number % 3650).unwrap_or(0) + FIRST_DAY;
    let id = Uuid::from_u64_pair(0x0190_0000_0000_7000 ^ mixed << 16, 0x8000 << 48 | number);
    let title = |lang: &str| format!("{lang}: sample development {number}, of some length");
    Event {
        id: EventId(id),
        act: Act {
            kind,
            actors: vec![by],
            recipients: vec![states[recipient]],
            details,
        },
        occurred: Edtf::day(Day::new(day)),
        title: BTreeMap::from([(Lang::En, title("en")), (Lang::Ar, title("ar"))]),
        report: Report {
            publisher: "A wire agency".to_owned(),
            url: Some(format!("https://example.org/{number}")),
            language: Some("en".to_owned()),
            published: Some(Edtf::day(Day::new(day))),
            quote: None,
            grade: Grade::from_packed(7),
        },
    }
}
