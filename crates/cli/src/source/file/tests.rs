//! Files that are folded here: positions, refused rows, rows without ids.

use std::sync::{Arc, Mutex, PoisonError};

use super::*;
use crate::args::OutputFormat;

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

fn opened(rows: &str, read: Read) -> (anyhow::Result<FileSource>, String) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("events.ndjson");
    std::fs::write(&path, rows).unwrap();
    let notes = Heard::default();
    let mut out = Output::to(
        Box::new(Heard::default()),
        Box::new(notes.clone()),
        OutputFormat::Json,
    );
    let book = FileSource::open(
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

#[tokio::test]
async fn good_rows_are_folded_in_order_and_bad_ones_are_reported_with_their_line() {
    let (source, notes) = opened(ROWS, at("2022-12-31"));
    let source = source.unwrap();
    assert_eq!(source.refused(), 1);
    assert!(
        notes.contains("row 4: kind: no kind of event is called \"visit.maid\""),
        "{notes}"
    );
    let ends = Ends::between("UZB", "AFG").unwrap();
    let view = source.relation(ends).await.unwrap();
    assert_eq!(view.known_at, 2);
    assert_eq!(view.representation.level.as_str(), "consular");
}

#[tokio::test]
async fn a_row_is_known_from_its_own_position_on_and_authority_from_the_start() {
    let read = Read {
        known_at: Some(KnownAt::Position(1)),
        ..at("2022-12-31")
    };
    let source = opened(ROWS, read).0.unwrap();
    let ends = Ends::between("UZB", "AFG").unwrap();
    let view = source.relation(ends).await.unwrap();
    let level = view.representation.level.as_str();
    assert_eq!((view.known_at, level), (1, "unknown"));
    let afghanistan = Country::parse_param("country", "AFG").unwrap();
    let view = source.country(afghanistan).await.unwrap();
    assert_eq!(view.governed_by, "TALIBAN");
    let read = Read {
        known_at: Some(KnownAt::Position(0)),
        ..at("2022-12-31")
    };
    let source = opened(ROWS, read).0.unwrap();
    let view = source.country(afghanistan).await.unwrap();
    assert_eq!(view.governed_by, "TALIBAN");
    assert!(view.relations.is_empty());
}

#[tokio::test]
async fn a_row_without_an_id_has_the_same_one_every_time() {
    let ids = async || {
        let source = opened(ROWS, at("2022-12-31")).0.unwrap();
        let query = EventsQuery {
            party: None,
            pair: None,
            kind: None,
            limit: 10,
            from: None,
            oldest: true,
        };
        let page = source.events(&query).await.unwrap();
        let ids = page.items.into_iter().map(|view| view.event.id);
        ids.collect::<Vec<_>>()
    };
    // Changes of authority come first, those that had begun by the day.
    assert_eq!(ids().await.len(), 5);
    assert_eq!(ids().await, ids().await);
}

#[test]
fn a_position_beyond_the_file_and_a_time_are_usage_errors() {
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
            matches!(error.downcast_ref::<CliError>(), Some(CliError::Usage(_))),
            "{error}"
        );
    }
}

#[test]
fn the_demo_is_folded_without_a_refusal() {
    let demo = include_str!("../../../data/demo.ndjson");
    let (source, notes) = opened(demo, at("2023-04-18"));
    assert_eq!((source.unwrap().refused(), notes.as_str()), (0, ""));
}
