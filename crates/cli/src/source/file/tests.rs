//! Files that are folded here: positions, refused rows, rows without ids.

use std::fs::{self, File};

use detente_api::request::{Country, CountryRequest, EventsRequest, Order, ParamValue as _};
use detente_api::request::{DirectedPair, RelationRequest};

use super::*;
use crate::args::OutputFormat;
use crate::source::Source;
use detente_read_model::ReadRequest as _;

const ROWS: &str = r#"# a comment
{"kind":"visit.made","actors":["UZB"],"recipients":["AFG"],"occurred":"2022-05-01","title":{"en":"One"},"report":{"publisher":"P","grade":"B2"}}

{"kind":"visit.maid","actors":["UZB"],"recipients":["AFG"],"occurred":"2022-05-01","title":{"en":"Bad"},"report":{"publisher":"P","grade":"B2"}}
{"id":"00000000-0000-7000-8000-000000000003","kind":"mission.opened","actors":["UZB"],"recipients":["AFG"],"occurred":"2022-06-01","details":{"mission":"consulate","host":"UZB","sender":"AFG","city":"Termez"},"title":{"en":"Two"},"report":{"publisher":"P","grade":"B2"}}
"#;

/// Opens a source of these rows, and returns it with the notes.
fn opened(rows: &str, read: Read) -> (anyhow::Result<FileSource>, String) {
    let dir = tempfile::tempdir().unwrap();
    let (events, notes) = (dir.path().join("events.ndjson"), dir.path().join("notes"));
    fs::write(&events, rows).unwrap();
    let mut out = Output::to(
        Box::new(std::io::sink()),
        Box::new(File::create(&notes).unwrap()),
        OutputFormat::Json,
    );
    let file = vec![events];
    let source = FileSource::open(&Read { file, ..read }, &mut out);
    (source, fs::read_to_string(&notes).unwrap())
}

fn at(day: &str) -> Read {
    Read {
        at: Day::parse(day),
        ..Read::default()
    }
}

fn from_uzb_to_afg(read: &Read) -> RelationRequest {
    RelationRequest {
        relation: DirectedPair::between("UZB", "AFG").unwrap(),
        clocks: read.clocks(),
    }
}

#[tokio::test]
async fn good_rows_are_folded_in_order_and_bad_ones_are_reported_with_their_line() {
    let read = at("2022-12-31");
    let request = from_uzb_to_afg(&read);
    let (source, notes) = opened(ROWS, read);
    let source = source.unwrap();
    assert_eq!(source.refused(), 1);
    assert!(
        notes.contains("row 4: kind: no kind of event is called \"visit.maid\""),
        "{notes}"
    );
    let view = request.answer(&source).await.unwrap();
    assert_eq!(view.known_at, 2);
    assert_eq!(view.representation.level.as_str(), "consular");
}

#[tokio::test]
async fn a_row_is_known_from_its_own_position_on_and_authority_from_the_start() {
    let read = |position| Read {
        known_at: Some(KnownAt::Position(position)),
        ..at("2022-12-31")
    };
    let afghanistan = |position| CountryRequest {
        country: Country::parse_param("country", "AFG").unwrap(),
        clocks: read(position).clocks(),
    };
    let source = opened(ROWS, read(1)).0.unwrap();
    let view = from_uzb_to_afg(&read(1)).answer(&source).await;
    let view = view.unwrap();
    let level = view.representation.level.as_str();
    assert_eq!((view.known_at, level), (1, "unknown"));
    let view = afghanistan(1).answer(&source).await.unwrap();
    assert_eq!(view.governed_by, "TALIBAN");
    let source = opened(ROWS, read(0)).0.unwrap();
    let view = afghanistan(0).answer(&source).await.unwrap();
    assert_eq!(view.governed_by, "TALIBAN");
    assert!(view.relations.is_empty());
}

#[tokio::test]
async fn a_row_without_an_id_has_the_same_one_every_time() {
    let ids = async || {
        let source = opened(ROWS, at("2022-12-31")).0.unwrap();
        let request = EventsRequest {
            order: Some(Order::Oldest),
            ..EventsRequest::default()
        };
        let page = Source::File(Box::new(source)).events(request).await;
        let ids = page.unwrap().items.into_iter().map(|view| view.event.id);
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
