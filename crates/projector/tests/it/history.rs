//! A log to project: the demonstration set with its amendments, and many events more, with ticks.

use std::path::Path;

use detente_api::submission::{self, BodyFormat};
use detente_domain::day::Day;
use detente_domain::event::{Authorship, EventId};
use detente_domain::record::{Body, Record, RecordId};
use serde_json::json;
use time::OffsetDateTime;
use uuid::Uuid;

const STATES: [&str; 8] = ["AFG", "KAZ", "KGZ", "TJK", "TKM", "UZB", "PAK", "IRN"];
const KINDS: [&str; 6] = [
    "statement.critical",
    "statement.supportive",
    "talks.held",
    "clash.occurred",
    "aid.delivered",
    "threat.made",
];

/// A stream of numbers that is always the same.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) const fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    /// A number below `sides`.
    pub(crate) fn roll(&mut self, sides: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) % sides
    }
}

pub(crate) fn id(number: u64) -> Uuid {
    Uuid::from_u64_pair(0x0190_0000_0000_7000, 0x8000 << 48 | number)
}

fn authorship() -> Authorship {
    Authorship {
        author: "local".to_owned(),
        recorded: OffsetDateTime::from_unix_timestamp(1_700_000_000).expect("a moment"),
    }
}

pub(crate) fn record(id: Uuid, body: Body) -> Record {
    Record {
        id: RecordId(id),
        authorship: authorship(),
        body,
    }
}

pub(crate) fn tick(ymd: (i32, u32, u32)) -> Record {
    let day = Day::from_ymd(ymd.0, ymd.1, ymd.2).expect("a day");
    let name = format!("tick {day}");
    record(
        Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()),
        Body::Tick { day },
    )
}

/// An event of a kind that needs no details.
pub(crate) fn event(number: u64, kind: &str, actor: &str, recipient: &str, day: &str) -> Record {
    let event = json!({
        "kind": kind, "actors": [actor], "recipients": [recipient], "occurred": day,
        "title": {"en": "An event"},
        "report": {"publisher": "A paper", "grade": "B2"},
    });
    let draft = submission::event(&event).unwrap_or_else(|faults| panic!("{kind}: {faults:?}"));
    let id = id(number);
    record(id, Body::Reported(Box::new(draft.into_event(EventId(id)))))
}

/// The records of the files that ship with the product.
pub(crate) fn demo() -> Vec<Record> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../cli/data");
    let mut records = Vec::new();
    for file in ["background.ndjson", "demo.ndjson"] {
        let body = std::fs::read(data.join(file)).expect("a file of ours");
        // These tests do not check that every row may be admitted.
        for entry in
            submission::submissions(&body, BodyFormat::Ndjson).filter_map(|(_, entry)| entry.ok())
        {
            let id = entry.id().expect("an id");
            records.push(entry.into_record(id, authorship()));
        }
    }
    assert!(records.len() > 50, "{} records", records.len());
    records
}

/// Random events of one day to three years, with ticks in between and some retractions.
pub(crate) fn random(seed: u64, commits: u64) -> Vec<Vec<Record>> {
    let mut dice = Dice::new(seed);
    let mut number = seed << 32;
    let mut log = Vec::new();
    for commit in 0..commits {
        if commit % 25 == 0 {
            let month = commit / 25;
            let (year, month) = (
                2022 + i32::try_from(month / 12).unwrap_or(0),
                month % 12 + 1,
            );
            log.push(vec![tick((year, month as u32, 1))]);
            continue;
        }
        let records = (0..=dice.roll(3)).map(|_| {
            number += 1;
            let actor = dice.roll(8);
            let recipient = (actor + 1 + dice.roll(7)) % 8;
            let kind = KINDS[dice.roll(6) as usize];
            let day = format!("202{}-{:02}", 1 + dice.roll(3), 1 + dice.roll(12));
            let day = if dice.roll(4) == 0 {
                day
            } else {
                format!("{day}-{:02}", 1 + dice.roll(28))
            };
            event(
                number,
                kind,
                STATES[actor as usize],
                STATES[recipient as usize],
                &day,
            )
        });
        let mut records: Vec<Record> = records.collect();
        if dice.roll(10) == 0 {
            let target = RecordId(id(number - dice.roll(20).min(number - (seed << 32) - 1)));
            number += 1;
            let reason = "a mistake".to_owned();
            records.push(record(
                id(number),
                Body::Retracted {
                    record: target,
                    reason,
                },
            ));
        }
        log.push(records);
    }
    log
}

/// The demonstration set and random events, with ticks.
pub(crate) fn log() -> Vec<Vec<Record>> {
    let mut log = vec![vec![tick((2021, 9, 1))]];
    log.extend(demo().chunks(3).map(<[Record]>::to_vec));
    log.extend(random(1, 250));
    log.push(vec![tick((2026, 3, 1))]);
    log
}
