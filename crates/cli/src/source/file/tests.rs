//! Files that are folded here: positions, refused rows, rows without ids.

use detente_api::parse;
use std::sync::{Arc, Mutex, PoisonError};

use detente_read_model::queries;

use super::*;
use crate::args::Output;

const ROWS: &str = r#"# a comment
{"kind":"visit.made","actors":["UZB"],"recipients":["AFG"],"occurred":"2022-05-01","title":{"en":"One"},"report":{"publisher":"P","grade":"B2"}}

{"kind":"visit.maid","actors":["UZB"],"recipients":["AFG"],"occurred":"2022-05-01","title":{"en":"Bad"},"report":{"publisher":"P","grade":"B2"}}
{"id":"00000000-0000-7000-8000-000000000003","kind":"mission.opened","actors":["UZB"],"recipients":["AFG"],"occurred":"2022-06-01","details":{"mission":"consulate","host":"UZB","sender":"AFG","city":"Termez"},"title":{"en":"Two"},"report":{"publisher":"P","grade":"B2"}}
"#;

/// A stream that a test can read back.
#[derive(Clone, Default)]
struct Heard(Arc<Mutex<Vec<u8>>>);

impl Heard {
    fn text(&self) -> String {
        let bytes = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl std::io::Write for Heard {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn opened(rows: &str, read: Read) -> (anyhow::Result<FileBook>, String) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("events.ndjson");
    std::fs::write(&path, rows).unwrap();
    let notes = Heard::default();
    let mut out = Out::to(
        Box::new(Heard::default()),
        Box::new(notes.clone()),
        Output::Json,
    );
    let book = FileBook::open(
        &Read {
            file: vec![path],
            ..read
        },
        &mut out,
    );
    (book, notes.text())
}

fn at(day: &str) -> Read {
    Read {
        at: Day::parse(day),
        ..Read::default()
    }
}

#[test]
fn good_rows_are_folded_in_order_and_bad_ones_are_told_with_their_line() {
    let (book, notes) = opened(ROWS, at("2022-12-31"));
    let mut book = book.unwrap();
    assert_eq!(book.refused(), 1);
    assert!(
        notes.contains("row 4: kind: no kind of event is called \"visit.maid\""),
        "{notes}"
    );
    let view = book.relation(parse::ends("UZB", "AFG").unwrap());
    assert_eq!(view.known_at, 2);
    assert_eq!(view.representation.level, "consular");
}

#[test]
fn a_row_is_known_from_its_own_position_on_and_who_governs_from_the_start() {
    let read = Read {
        known_at: Some(KnownAt::Position(1)),
        ..at("2022-12-31")
    };
    let mut book = opened(ROWS, read).0.unwrap();
    let view = book.relation(parse::ends("UZB", "AFG").unwrap());
    assert_eq!((view.known_at, &*view.representation.level), (1, "unknown"));
    let afghanistan = parse::state("country", "AFG").unwrap();
    assert_eq!(book.country(afghanistan).governed_by, "TALIBAN");
    let read = Read {
        known_at: Some(KnownAt::Position(0)),
        ..at("2022-12-31")
    };
    let mut book = opened(ROWS, read).0.unwrap();
    assert_eq!(book.country(afghanistan).governed_by, "TALIBAN");
    assert!(book.country(afghanistan).relations.is_empty());
}

#[test]
fn a_row_without_an_id_has_the_same_one_every_time() {
    let ids = || {
        let book = opened(ROWS, at("2022-12-31")).0.unwrap();
        let query = EventsQuery {
            limit: 10,
            oldest: true,
            ..EventsQuery::default()
        };
        let page = book.events(&query).unwrap();
        page.items
            .into_iter()
            .map(|view| view.event.id)
            .collect::<Vec<_>>()
    };
    // Who governs comes first; of it, what had begun by the day.
    assert_eq!(ids().len(), 5);
    assert_eq!(ids(), ids());
}

#[test]
fn a_position_beyond_the_file_and_a_time_are_faults_of_usage() {
    for known_at in [
        KnownAt::Position(3),
        KnownAt::Time(OffsetDateTime::UNIX_EPOCH),
    ] {
        let read = Read {
            known_at: Some(known_at),
            ..at("2022-12-31")
        };
        let error = opened(ROWS, read).0.unwrap_err();
        assert!(
            matches!(error.downcast_ref::<Fault>(), Some(Fault::Usage(_))),
            "{error}"
        );
    }
}

#[test]
fn what_ships_is_read_without_a_fault() {
    let demo = include_str!("../../../data/demo.ndjson");
    let (book, notes) = opened(demo, at("2023-04-18"));
    assert_eq!((book.unwrap().refused(), notes.as_str()), (0, ""));
}
