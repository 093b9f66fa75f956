//! Random histories for property tests: records of every kind about a few states and organisations,
//! reported early and late, repeated and amended.

use detente_domain::day::Day;
use detente_domain::decay::Decay;
use detente_domain::details::{Details, Field, Value};
use detente_domain::dimension::Weighed;
use detente_domain::edtf::{self, Edtf};
use detente_domain::event::{Act, Authorship, Event, EventId, Report};
use detente_domain::grade::Grade;
use detente_domain::kind::Kind;
use detente_domain::level::Level;
use detente_domain::record::{Body, Patch, Record, RecordId};
use detente_domain::rulebook::Rulebook;
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::sync::Arc;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::notation::{self, party};

/// The first day of a history, in days since 1970.
pub const FIRST: i32 = 18_600;
/// The day after the last one of a history.
pub const LAST: i32 = 19_500;

/// Names of a few publishers; some belong to one publisher.
const PUBLISHERS: [&str; 6] = [
    "A paper",
    "Reuters",
    "www.reuters.com",
    "Azattyq",
    "RFE/RL",
    "Another paper",
];

const RECOGNITIONS: [Kind; 3] = [
    Kind::RecognitionRefused,
    Kind::RecognitionWithheld,
    Kind::RecognitionGranted,
];

/// Those who deny events; one of them is no party.
const DENIERS: [Option<&str>; 4] = [Some("TALIBAN"), Some("KAZ"), None, Some("TJK")];

/// The grade of a report, and the index of its publisher.
type Source = (Grade, usize);

#[derive(Clone, Debug)]
enum Draft {
    Event((Act, Edtf, Source)),
    Amendment((u8, u64, u64, Edtf, Source, Act)),
}

/// Returns a rulebook with rules of every kind, and a half-life of its own for each class of
/// memory; some of the kinds limit levels.
pub fn rules() -> Arc<Rulebook> {
    let mut rules = notation::rules::rules();
    for (memory, half_life_days) in rules.memory.iter_mut().zip([90, 200, 300]) {
        memory.half_life_days = half_life_days;
        memory.decay = Decay::new(half_life_days);
    }
    let (political, security) = (Weighed::Political.index(), Weighed::Security.index());
    let closed = &mut rules.kinds[Kind::MissionClosed.index()];
    closed.base.weights[political].strain = 5000;
    closed.memory = 1;
    let handed_over = &mut rules.kinds[Kind::MissionHandedOver.index()];
    (handed_over.mutual, handed_over.contact) = (300, true);
    let clash = &mut rules.kinds[Kind::ClashOccurred.index()];
    clash.memory = 2;
    clash.base.ceiling[security] = Some(Level::Strained);
    clash.base.days = 100;
    let granted = &mut rules.kinds[Kind::RecognitionGranted.index()].base;
    granted.floor[political] = Some(Level::Neutral);
    granted.days = 200;
    let border = &mut rules.kinds[Kind::BorderClosed.index()].base;
    border.ceiling[Weighed::Economic.index()] = Some(Level::Neutral);
    if let Some((_, rule)) = rules.organisations.first().cloned() {
        rules.organisations.push((party("EAEU"), rule));
    }
    rules.machine_share = 300;
    rules.mixed = 2000;
    rules.posture.weights = [3000, 2000, 1000, 1000, 500, 1000];
    rules.trajectory_days = 90;
    Arc::new(rules)
}

fn id(number: u64) -> Uuid {
    Uuid::from_u64_pair(
        0x0190_0000_0000_7000 ^ number.rotate_left(40),
        0x8000 << 48 | number,
    )
}

fn record(number: u64, body: Body) -> Record {
    Record {
        id: RecordId(id(number)),
        authorship: Authorship {
            author: "local".to_owned(),
            recorded: OffsetDateTime::UNIX_EPOCH,
        },
        body,
    }
}

fn report((grade, publisher): Source) -> Report {
    Report {
        publisher: PUBLISHERS[publisher].to_owned(),
        url: None,
        language: None,
        published: None,
        quote: None,
        grade,
    }
}

fn dates() -> impl Strategy<Value = Edtf> {
    (
        FIRST..LAST,
        prop_oneof![4 => Just(0), 1 => 1..60i32, 1 => 60..400i32],
    )
        .prop_map(|(first, length)| {
            let text = edtf::canonical(Day::new(first), Day::new(first + length));
            Edtf::parse(&text).unwrap_or_else(|_| Edtf::day(Day::new(first)))
        })
}

fn sources() -> impl Strategy<Value = Source> {
    (grades(), 0..PUBLISHERS.len())
}

fn grades() -> impl Strategy<Value = Grade> {
    prop_oneof![3 => Just(7u8), 1 => 0..36u8].prop_map(Grade::from_packed)
}

fn act(kind: Kind, actors: &[&str], recipients: &[&str], fields: &[(Field, &str)]) -> Act {
    let parties = |codes: &[&str]| codes.iter().map(|code| party(code)).collect();
    let mut details = Details::none();
    for (field, text) in fields {
        if let Ok(value) = field.parse_value(text) {
            details.set(*field, value);
        }
    }
    Act {
        kind,
        actors: parties(actors),
        recipients: parties(recipients),
        details,
    }
}

const STATES: [&str; 3] = ["KAZ", "TJK", "UZB"];
/// Organisations with few members; by the background, some of the states are members.
const ORGANISATIONS: [&str; 3] = ["EAEU", "OTS", "EAEU"];

fn acts() -> impl Strategy<Value = Act> {
    prop_oneof![
        13 => neighbours_acts(),
        3 => organisations_acts(),
        2 => claimants_acts(),
    ]
}

/// Generates acts between Afghanistan and its neighbours.
fn neighbours_acts() -> impl Strategy<Value = Act> {
    (0..13usize, 0..3usize, 0..3usize, any::<bool>(), 0..3usize).prop_map(
        move |(form, one, other, forth, choice)| {
            let state = STATES[one];
            let kabul = if choice == 0 { "TALIBAN" } else { "AFG" };
            let city = ["Khorog", "Termez", "Ashgabat"][choice];
            let authority = ["TALIBAN", "AFG-REPUBLIC", "TALIBAN"];
            let mission = [
                (Field::Mission, ["consulate", "embassy", "liaison"][choice]),
                (Field::Host, state),
                (Field::Sender, "AFG"),
                (Field::City, city),
                (Field::ControlledBy, authority[other]),
            ];
            let mut act = match form {
                0 => act(Kind::VisitMade, &[state], &[kabul], &[]),
                1 => act(Kind::StatementCritical, &[state], &[kabul], &[]),
                2 => act(Kind::ClashOccurred, &[state, "AFG"], &[], &[]),
                3 => act(Kind::TensionPrevailed, &[state, kabul], &[], &[]),
                4 => act(Kind::MissionHandedOver, &[state], &["AFG"], &mission),
                5 => act(Kind::MissionClosed, &[state], &["AFG"], &mission[..3]),
                6 => {
                    let fields = [(Field::From, "AFG"), (Field::Group, "ISKP")];
                    act(Kind::AttackOccurred, &["ISKP"], &[state], &fields)
                }
                7 => {
                    let fields = [(Field::State, "AFG"), (Field::Authority, authority[choice])];
                    act(Kind::AuthorityChanged, &["TALIBAN"], &[], &fields)
                }
                8 => {
                    let fields = [(Field::Of, "TALIBAN"), (Field::Form, "de_facto")];
                    act(RECOGNITIONS[choice], &[state], &["AFG"], &fields)
                }
                9 => act(Kind::BorderClosed, &[state], &["AFG"], &[]),
                10 => act(Kind::BorderOpened, &[state], &["AFG"], &[]),
                11 => {
                    let plover = ["ASSAULT", "CONSULT", "ACCUSE"][other];
                    act(Kind::Coded, &[state], &[kabul], &[(Field::Plover, plover)])
                }
                _ => act(Kind::TalksHeld, &STATES, &[kabul], &[]),
            };
            if forth && !act.recipients.is_empty() && form != 6 && form != 8 {
                std::mem::swap(&mut act.actors, &mut act.recipients);
            }
            act
        },
    )
}

/// Generates acts of organisations, and of states that join and leave them.
fn organisations_acts() -> impl Strategy<Value = Act> {
    (0..6usize, 0..3usize, 0..3usize, 0..3usize).prop_map(|(form, one, other, choice)| {
        let organisation = ORGANISATIONS[other];
        let state = ["AFG", "TJK", "KAZ"][one];
        match form {
            0 => act(Kind::StatementCritical, &[organisation], &["AFG"], &[]),
            1 => act(
                [
                    Kind::SanctionImposed,
                    Kind::SanctionEased,
                    Kind::SanctionImposed,
                ][choice],
                &[organisation, STATES[one]],
                &["AFG"],
                &[(Field::Name, "Sanctions")],
            ),
            2 => act(Kind::TalksHeld, &[organisation, "AFG"], &[], &[]),
            3 => act(Kind::MembershipLeft, &[state], &[organisation], &[]),
            _ => act(
                [
                    Kind::MembershipJoined,
                    Kind::MembershipJoined,
                    Kind::MembershipSuspended,
                ][choice],
                &[state],
                &[organisation],
                &[],
            ),
        }
    })
}

/// Generates acts towards two exclusive claimants, one of which the background refuses.
fn claimants_acts() -> impl Strategy<Value = Act> {
    (0..4usize, any::<bool>(), 0..3usize).prop_map(|(form, first, choice)| {
        let claimant = if first { "CHN" } else { "TWN" };
        let actor = if choice == 0 { "OTS" } else { "HND" };
        let fields = [(Field::Of, claimant), (Field::Form, "de_jure")];
        match form {
            0 | 1 => act(RECOGNITIONS[choice], &[actor], &[claimant], &fields),
            2 => act(Kind::RelationsEstablished, &["HND", claimant], &[], &[]),
            _ => act(Kind::RelationsSevered, &["HND"], &[claimant], &[]),
        }
    })
}

/// Generates fewer than `most` records. Amendments refer to the first events or to each other.
pub fn records(most: usize) -> impl Strategy<Value = Vec<Record>> {
    let event = (acts(), dates(), sources());
    let amendment = (0..9u8, 0..12u64, 0..12u64, dates(), sources(), acts());
    let draft = prop_oneof![
        4 => event.prop_map(Draft::Event),
        2 => amendment.prop_map(Draft::Amendment),
    ];
    proptest::collection::vec(draft, 1..most).prop_map(number)
}

fn number(drafts: Vec<Draft>) -> Vec<Record> {
    let mut records = Vec::new();
    let (mut events, mut amendments) = (0, 100);
    for draft in drafts {
        match draft {
            Draft::Event((act, occurred, source)) => {
                let own = EventId(id(events));
                let event = Event {
                    id: own,
                    act,
                    occurred,
                    title: BTreeMap::new(),
                    report: report(source),
                };
                records.push(record(events, Body::Reported(Box::new(event))));
                events += 1;
            }
            Draft::Amendment((form, one, other, date, source, act)) => {
                let (target, second) = (EventId(id(one)), EventId(id(other)));
                let corrected = |patch| Body::Corrected {
                    event: target,
                    patch,
                    report: report(source),
                };
                let body = match form {
                    0 => Body::Corroborated {
                        event: target,
                        report: report(source),
                    },
                    1 => Body::Disputed {
                        event: target,
                        by: DENIERS[other as usize % DENIERS.len()].map(party),
                        report: report(source),
                        claim: None,
                    },
                    2 => corrected(Patch {
                        occurred: Some(date),
                        ..Patch::default()
                    }),
                    3 => corrected(Patch {
                        kind: Some(act.kind),
                        actors: Some(act.actors),
                        recipients: Some(act.recipients),
                        details: act
                            .details
                            .iter()
                            .map(|(field, value)| (field, Some(value.clone())))
                            .collect(),
                        ..Patch::default()
                    }),
                    4 => retracted(RecordId(target.0)),
                    5 => retracted(RecordId(id(100 + one))),
                    6 => Body::Linked {
                        one: target,
                        other: second,
                    },
                    7 => Body::Unlinked {
                        one: target,
                        other: second,
                    },
                    _ => corrected(Patch {
                        details: vec![(Field::City, Some(Value::Text("Dushanbe".into())))],
                        ..Patch::default()
                    }),
                };
                records.push(record(amendments, body));
                amendments += 1;
            }
        }
    }
    records
}

fn retracted(record: RecordId) -> Body {
    Body::Retracted {
        record,
        reason: "mistaken".to_owned(),
    }
}

fn tick(number: u64, day: i32) -> Record {
    record(10_000 + number, Body::Tick { day: Day::new(day) })
}

/// Generates a history cut into commits, with ticks in between.
pub fn commits() -> impl Strategy<Value = Vec<Vec<Record>>> {
    let ticks = proptest::collection::vec(FIRST..LAST + 600, 1..6);
    (records(22), ticks, any::<u64>()).prop_map(|(records, mut ticks, cut)| {
        ticks.sort_unstable();
        let mut commits = Vec::new();
        let mut commit = Vec::new();
        let mut rest = ticks.into_iter().enumerate();
        for (index, record) in records.into_iter().enumerate() {
            commit.push(record);
            let bit = cut >> (index % 64) & 1 == 1;
            if bit {
                commits.push(std::mem::take(&mut commit));
            }
            if index % 5 == 2
                && let Some((number, day)) = rest.next()
            {
                commits.push(vec![tick(number as u64, day)]);
            }
        }
        commits.push(commit);
        commits.extend(rest.map(|(number, day)| vec![tick(number as u64, day)]));
        commits
    })
}
