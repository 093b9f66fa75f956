//! Old bytes stay readable: a record of each kind, as version 1 encoded it.
//!
//! These files never change. A new form of a record gets a new file.

use detente_codec::{Decoded, Skim, decode, encode, skim};
use detente_domain::day::Day;
use detente_domain::details::{Details, Field, Value};
use detente_domain::edtf::Edtf;
use detente_domain::event::{Act, Authorship, Event, EventId, Report};
use detente_domain::grade::Grade;
use detente_domain::kind::Kind;
use detente_domain::party::{Lang, Party};
use detente_domain::record::{Body, Patch, Record, RecordId};
use time::OffsetDateTime;
use uuid::Uuid;

/// `0190b5a0-…` with the number at its end.
fn uuid(number: u128) -> Uuid {
    Uuid::from_u128(0x0190_b5a0_0000_7000_8000_0000_0000_0000 + number)
}

fn event(number: u128) -> EventId {
    EventId(uuid(number))
}

fn party(code: &str) -> Party {
    Party::find(code).expect("is known")
}

fn date(text: &str) -> Edtf {
    Edtf::parse(text).expect("is EDTF")
}

fn record(number: u128, body: Body) -> Record {
    let recorded = OffsetDateTime::from_unix_timestamp_nanos(1_681_776_000_123_000_000);
    let authorship = Authorship {
        author: "local".to_owned(),
        recorded: recorded.expect("is a moment"),
    };
    Record {
        id: RecordId(uuid(number)),
        authorship,
        body,
    }
}

fn report() -> Report {
    Report {
        publisher: "A think tank".to_owned(),
        url: Some("https://example.org/a".to_owned()),
        language: Some("ar".to_owned()),
        published: Some(date("2023-04-18")),
        quote: Some("سلّمت القنصلية".to_owned()),
        grade: Grade::parse("B2").expect("is a grade"),
    }
}

fn bare_report() -> Report {
    Report {
        publisher: "X".to_owned(),
        url: None,
        language: None,
        published: None,
        quote: None,
        grade: Grade::UNJUDGED,
    }
}

fn reported() -> Body {
    let mut details = Details::none();
    for (field, value) in [
        (Field::Mission, Value::Choice("embassy")),
        (Field::Host, Value::Party(party("TKM"))),
        (Field::Sender, Value::Party(party("AFG"))),
        (Field::City, Value::Text("Ashgabat".into())),
        (Field::ControlledBy, Value::Party(party("TALIBAN"))),
    ] {
        details.set(field, value);
    }
    Body::Reported(Box::new(Event {
        id: event(1),
        act: Act {
            kind: Kind::MissionHandedOver,
            actors: vec![party("TKM")],
            recipients: vec![party("AFG")],
            details,
        },
        occurred: date("2022-03"),
        title: [
            (Lang::En, "Embassy handed over"),
            (Lang::Ar, "تسليم السفارة"),
            (Lang::Ru, "Посольство"),
        ]
        .map(|(lang, text)| (lang, text.to_owned()))
        .into(),
        report: report(),
    }))
}

/// A condition with open dates, numbers, no recipient and the barest report.
fn reported_open() -> Body {
    let mut details = Details::none();
    details.set(Field::Group, Value::Party(party("ISKP")));
    details.set(Field::From, Value::Party(party("AFG")));
    details.set(Field::Fighters, Value::Count(4_000));
    Body::Reported(Box::new(Event {
        id: event(2),
        act: Act {
            kind: Kind::PresenceClaimed,
            actors: vec![party("USA"), party("UN")],
            recipients: Vec::new(),
            details,
        },
        occurred: date("2021-08/.."),
        title: [(Lang::En, "Presence claimed".to_owned())].into(),
        report: bare_report(),
    }))
}

fn corrected() -> Body {
    let patch = Patch {
        kind: Some(Kind::MissionOpened),
        actors: Some(vec![party("TKM"), party("UZB")]),
        recipients: Some(Vec::new()),
        occurred: Some(date("2022-03-15~")),
        details: vec![
            (Field::City, None),
            (Field::Mission, Some(Value::Choice("consulate"))),
            (Field::People, Some(Value::Count(0))),
        ],
        title: vec![(Lang::Ru, "Консульство".to_owned())],
    };
    Body::Corrected {
        event: event(1),
        patch,
        report: report(),
    }
}

fn all() -> Vec<(&'static str, Record)> {
    let one = event(1);
    let disputed = Body::Disputed {
        event: one,
        by: Some(party("TALIBAN")),
        report: bare_report(),
        claim: Some("no evidence exists".to_owned()),
    };
    let contradicted = Body::Disputed {
        event: one,
        by: None,
        report: report(),
        claim: None,
    };
    vec![
        ("reported", record(1, reported())),
        ("reported_open", record(2, reported_open())),
        (
            "corroborated",
            record(
                3,
                Body::Corroborated {
                    event: one,
                    report: report(),
                },
            ),
        ),
        ("disputed", record(4, disputed)),
        ("contradicted", record(5, contradicted)),
        ("corrected", record(6, corrected())),
        (
            "retracted",
            record(
                7,
                Body::Retracted {
                    record: RecordId(uuid(6)),
                    reason: "a hoax".to_owned(),
                },
            ),
        ),
        (
            "linked",
            record(
                8,
                Body::Linked {
                    one,
                    other: event(2),
                },
            ),
        ),
        (
            "unlinked",
            record(
                9,
                Body::Unlinked {
                    one,
                    other: event(2),
                },
            ),
        ),
        (
            "tick",
            record(
                10,
                Body::Tick {
                    day: Day::parse("2023-04-18").expect("is a day"),
                },
            ),
        ),
    ]
}

fn path(name: &str) -> std::path::PathBuf {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/fixtures/{name}.v1.hex"))
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .chunks(32)
        .map(|line| line.iter().map(|b| format!("{b:02x}")).collect::<String>() + "\n")
        .collect()
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    let byte = |pair: &[u8]| {
        let text = std::str::from_utf8(pair).expect("is ASCII");
        u8::from_str_radix(text, 16).expect("is hexadecimal")
    };
    digits.chunks(2).map(byte).collect()
}

#[test]
fn records_of_version_1_decode_as_they_were_meant() {
    for (name, expected) in all() {
        let text = std::fs::read_to_string(path(name)).unwrap_or_else(|error| {
            panic!(
                "{name}: {error}; version 1 would have encoded:\n{}",
                hex(&encode(&expected))
            )
        });
        let bytes = unhex(&text);
        let is_event = matches!(expected.body, Body::Reported(_));
        assert_eq!(decode(&bytes), Ok(Decoded::Record(expected)), "{name}");
        let skimmed = skim(&bytes).expect("is readable");
        assert_eq!(matches!(skimmed, Skim::Event(_)), is_event, "{name}");
    }
}

#[test]
fn every_fixture_is_tested() {
    let names: Vec<_> = all().iter().map(|(name, _)| path(name)).collect();
    let directory = path("x").with_file_name("");
    for entry in std::fs::read_dir(directory).expect("is there") {
        let found = entry.expect("is readable").path();
        assert!(names.contains(&found), "{}", found.display());
    }
}
