//! Records decode as they were encoded, and records of newer writers are tolerated.

use detente_domain::record::{Body, Record};
use proptest::prelude::*;
use prost::Message;

use super::{Decoded, act, decode, decode_act, encode};
use crate::proto;
use detente_testkit::strategies;

proptest! {
    #[test]
    fn a_record_decodes_as_it_was_encoded(record in strategies::record()) {
        let bytes = encode(&record);
        prop_assert_eq!(encode(&record), bytes.clone());
        prop_assert_eq!(decode(&bytes), Ok(Decoded::Record(record)));
    }

    #[test]
    fn an_act_decodes_and_its_bytes_are_part_of_its_record(event in strategies::event()) {
        let bytes = act::to_proto(&event.act).encode_to_vec();
        prop_assert_eq!(decode_act(&bytes), Ok(event.act.clone()));
        let whole = encode(&record_of(Body::Reported(Box::new(event))));
        prop_assert!(whole.windows(bytes.len()).any(|window| window == bytes));
    }

    #[test]
    fn no_bytes_make_decoding_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&bytes);
        let _ = decode_act(&bytes);
    }

    #[test]
    fn a_truncated_record_is_never_another_one(
        record in strategies::record(),
        cut in any::<prop::sample::Index>(),
    ) {
        let bytes = encode(&record);
        let cut = cut.index(bytes.len());
        prop_assert_ne!(decode(&bytes[..cut]), Ok(Decoded::Record(record)));
    }
}

fn record_of(body: Body) -> Record {
    use detente_domain::event::Authorship;
    use detente_domain::record::RecordId;
    let id = match &body {
        Body::Reported(event) => event.id.0,
        _ => uuid::Uuid::from_u128(7),
    };
    let authorship = Authorship {
        author: "local".to_owned(),
        recorded: time::OffsetDateTime::UNIX_EPOCH,
    };
    Record {
        id: RecordId(id),
        authorship,
        body,
    }
}

fn sample() -> proto::Record {
    proto::Record {
        id: vec![7; 16],
        author: "local".to_owned(),
        recorded_unix_ms: 5,
        body: Some(proto::record::Body::Reported(proto::Reported {
            act: Some(proto::Act {
                kind: "visit.made".to_owned(),
                actors: vec!["KAZ".to_owned()],
                recipients: vec!["AFG".to_owned()],
                details: Vec::new(),
            }),
            occurred: Some(proto::Date {
                earliest: 0,
                latest: 0,
                text: "1970-01-01".to_owned(),
            }),
            report: Some(proto::Report {
                publisher: "X".to_owned(),
                ..Default::default()
            }),
            title: vec![proto::Title {
                language: "en".to_owned(),
                text: "T".to_owned(),
            }],
        })),
    }
}

#[track_caller]
fn changed(change: impl FnOnce(&mut proto::Reported)) -> Decoded {
    let mut record = sample();
    if let Some(proto::record::Body::Reported(reported)) = &mut record.body {
        change(reported);
    }
    decode(&record.encode_to_vec()).expect("is protobuf")
}

#[track_caller]
fn not_understood(decoded: Decoded) -> String {
    match decoded {
        Decoded::NotUnderstood { id, what } => {
            assert_eq!(id.as_bytes(), &[7; 16]);
            what
        }
        Decoded::Record(record) => panic!("was understood: {record:?}"),
    }
}

#[test]
fn values_of_a_newer_writer_are_tolerated_and_described() {
    fn act(reported: &mut proto::Reported) -> &mut proto::Act {
        reported.act.as_mut().expect("is there")
    }
    assert!(matches!(changed(|_| ()), Decoded::Record(_)));
    let detail = |field: &str, value| proto::Detail {
        field: field.to_owned(),
        value,
    };
    let text = |text: &str| Some(proto::detail::Value::Text(text.to_owned()));
    for (decoded, what) in [
        (
            changed(|r| act(r).kind = "moon.landed".to_owned()),
            "a kind: \"moon.landed\"",
        ),
        (
            changed(|r| act(r).actors.push("XYZ".to_owned())),
            "a party: \"XYZ\"",
        ),
        (
            changed(|r| act(r).details.push(detail("colour", text("red")))),
            "a detail: \"colour\"",
        ),
        (
            changed(|r| act(r).details.push(detail("level", text("emperor")))),
            "a value of the detail level: \"emperor\"",
        ),
        (
            changed(|r| act(r).details.push(detail("level", None))),
            "a value of the detail: \"level\"",
        ),
        (
            changed(|r| r.occurred.as_mut().expect("is there").latest = 3),
            "a date: \"1970-01-01\"",
        ),
        (changed(|r| r.act = None), "an event without an act"),
        (changed(|r| r.occurred = None), "an event without a date"),
        (
            changed(|r| r.report = None),
            "a record without its publication",
        ),
    ] {
        assert_eq!(not_understood(decoded), what);
    }
}

#[test]
fn an_unknown_body_is_tolerated() {
    let mut bytes = proto::Record {
        body: None,
        ..sample()
    }
    .encode_to_vec();
    // Field 15, two bytes long.
    bytes.extend([0x7A, 2, 8, 1]);
    assert_eq!(
        not_understood(decode(&bytes).expect("is protobuf")),
        "its body"
    );
}

#[test]
fn a_field_that_a_newer_writer_added_is_skipped() {
    let mut bytes = sample().encode_to_vec();
    bytes.extend([0x7A, 2, 8, 1]);
    assert_eq!(decode(&bytes), decode(&sample().encode_to_vec()));
}

#[test]
fn a_title_in_an_unsupported_language_is_dropped() {
    let title = proto::Title {
        language: "tg".to_owned(),
        text: "Т".to_owned(),
    };
    assert_eq!(changed(|r| r.title.push(title)), changed(|_| ()));
}

#[test]
fn bytes_without_an_id_are_not_a_record() {
    let bytes = proto::Record {
        id: vec![1, 2],
        ..sample()
    }
    .encode_to_vec();
    assert_eq!(
        decode(&bytes).map_err(|error| error.to_string()),
        Err("not a record: its id is not of 16 bytes".to_owned())
    );
    assert!(decode(b"\xFF\xFF").is_err());
    assert!(decode(b"").is_err());
}

#[test]
fn a_commit_is_its_records_one_after_another() {
    let commit = proto::Commit {
        records: vec![sample(), sample()],
    };
    let one = sample().encode_to_vec();
    let length = u8::try_from(one.len()).expect("is short");
    let mut framed = Vec::new();
    for _ in 0..2 {
        framed.extend([0x0A, length]);
        framed.extend(&one);
    }
    assert_eq!(commit.encode_to_vec(), framed);
}
