//! Whole bodies: rows, broken rows, media types, answers.

use proptest::prelude::*;
use serde_json::json;
use uuid::Uuid;

use super::{outcomes, rows, sample};
use detente_api::refusal::{Code, Refusal};
use detente_api::submission::{Accepted, BodyFormat, Refused, ReportOutcome};

fn good() -> String {
    sample().to_string()
}

#[test]
fn one_object_or_an_array_is_parsed() {
    let row = good();
    assert_eq!(outcomes(row.as_bytes(), BodyFormat::Json), [(1, "ok")]);
    let pretty = format!("\u{feff}\r\n{:#}\n", sample());
    assert_eq!(outcomes(pretty.as_bytes(), BodyFormat::Json), [(1, "ok")]);
    let array = format!(" [ {row} ,\n{row}\n] ");
    assert_eq!(
        outcomes(array.as_bytes(), BodyFormat::Json),
        [(1, "ok"), (2, "ok")]
    );
}

#[test]
fn a_bad_element_does_not_affect_the_others() {
    let row = good();
    let mut body = format!("[{row},{{\"a\":}},5,{{\"kind\":\"x]}}\"}},").into_bytes();
    body.extend(b"{\"a\":\"\xFF\"},");
    body.extend(format!("{{\"a\":1]}},\"un\\\"closed,\n{row}]").as_bytes());
    assert_eq!(
        outcomes(&body, BodyFormat::Json),
        [
            (1, "ok"),
            (2, "bad_json"),
            (3, "wrong_type"),
            (4, "unknown_kind"),
            (5, "bad_utf8"),
            (6, "bad_json"),
            (7, "bad_json"),
        ]
    );
}

#[test]
fn lines_are_rows_numbered_by_line() {
    let row = good();
    let body = format!("\u{feff}# events\n{row}\r\n\n   \n{{broken\n  # more\n{row}");
    assert_eq!(
        outcomes(body.as_bytes(), BodyFormat::Ndjson),
        [(2, "ok"), (5, "bad_json"), (7, "ok")]
    );
    let mut body = row.clone().into_bytes();
    body.extend(b"\n\xC3\x28\n");
    body.extend(row.as_bytes());
    assert_eq!(
        outcomes(&body, BodyFormat::Ndjson),
        [(1, "ok"), (2, "bad_utf8"), (3, "ok")]
    );
}

#[test]
fn an_array_that_is_truncated_keeps_its_rows() {
    let row = good();
    for (body, end) in [
        (format!("[{row}"), Some("bad_json")),
        (format!("[{row},"), Some("bad_json")),
        (format!("[{row},]"), Some("bad_json")),
        (format!("[{row}] []"), Some("bad_json")),
        (format!("[{row},{{\"kind\":"), Some("bad_json")),
        (format!("[{row}]"), None),
    ] {
        let expected: Vec<_> = [(1, "ok")]
            .into_iter()
            .chain(end.map(|end| (2, end)))
            .collect();
        assert_eq!(
            outcomes(body.as_bytes(), BodyFormat::Json),
            expected,
            "{body}"
        );
    }
    assert_eq!(
        outcomes(format!("[,{row}]").as_bytes(), BodyFormat::Json),
        [(1, "bad_json"), (2, "ok")]
    );
}

#[test]
fn a_body_without_rows_is_empty() {
    for format in [
        BodyFormat::Json,
        BodyFormat::Ndjson,
        BodyFormat::CloudEvent,
        BodyFormat::CloudEvents,
    ] {
        assert_eq!(outcomes(b" \n", format), [(1, "empty_body")]);
    }
    assert_eq!(outcomes(b"[ ]", BodyFormat::Json), [(1, "empty_body")]);
    assert_eq!(
        outcomes(b"# only a comment\n", BodyFormat::Ndjson),
        [(1, "empty_body")]
    );
}

#[test]
fn several_objects_without_an_array_are_refused_with_a_hint() {
    let body = format!("{0}\n{0}", good());
    let (_, read) = rows(body.as_bytes(), BodyFormat::Json)
        .next()
        .expect("has a row");
    let refusals = read.expect_err("is refused");
    assert!(
        refusals[0].message.contains("application/x-ndjson"),
        "{}",
        refusals[0]
    );
    assert_eq!(BodyFormat::guess(body.as_bytes()), BodyFormat::Ndjson);
    assert_eq!(
        BodyFormat::guess(format!("{:#}", sample()).as_bytes()),
        BodyFormat::Json
    );
    assert_eq!(BodyFormat::guess(b"# x\n{}"), BodyFormat::Ndjson);
    assert_eq!(BodyFormat::guess(b"[{}\n,{}]"), BodyFormat::Json);
}

#[test]
fn a_body_in_utf_16_is_one_row_and_named() {
    for text in [good(), format!("[{0},{0}]", good())] {
        let units: Vec<u16> = text.encode_utf16().collect();
        let body: Vec<u8> = units.iter().flat_map(|unit| unit.to_le_bytes()).collect();
        for format in [
            BodyFormat::Json,
            BodyFormat::Ndjson,
            BodyFormat::CloudEvents,
        ] {
            let read: Vec<_> = rows(&body, format).collect();
            let [(1, Err(refusals))] = &read[..] else {
                panic!("{read:?}");
            };
            assert_eq!(refusals[0].code, Code::BadUtf8);
            assert!(refusals[0].message.contains("UTF-16"), "{}", refusals[0]);
        }
    }
}

#[test]
fn a_row_with_a_key_twice_is_refused_and_deep_nesting_is_harmless() {
    let row = good();
    let twice = row.replacen('{', "{\"kind\":\"visit.made\",", 1);
    let nested = row.replacen("\"grade\":", "\"grade\":\"F6\",\"grade\":", 1);
    let body = format!("{row}\n{twice}\n{nested}\n{row}");
    assert_eq!(
        outcomes(body.as_bytes(), BodyFormat::Ndjson),
        [
            (1, "ok"),
            (2, "duplicate_key"),
            (3, "duplicate_key"),
            (4, "ok")
        ]
    );
    let fields: Vec<_> = rows(body.as_bytes(), BodyFormat::Ndjson)
        .filter_map(|(_, read)| read.err()?.first()?.field.clone())
        .collect();
    assert_eq!(fields, ["kind", "report.grade"]);
    let deep = "[".repeat(100_000);
    assert_eq!(
        outcomes(deep.as_bytes(), BodyFormat::Json),
        [(1, "bad_json")]
    );
    let deep = format!("{}\n{}", "{\"a\":".repeat(100_000), good());
    assert_eq!(
        outcomes(deep.as_bytes(), BodyFormat::Ndjson),
        [(1, "bad_json"), (2, "ok")]
    );
}

#[test]
fn media_types_are_parsed_with_their_parameters() {
    assert_eq!(BodyFormat::parse("application/json"), Ok(BodyFormat::Json));
    assert_eq!(
        BodyFormat::parse("Application/JSON; charset=UTF-8"),
        Ok(BodyFormat::Json)
    );
    assert_eq!(
        BodyFormat::parse("application/x-ndjson"),
        Ok(BodyFormat::Ndjson)
    );
    assert_eq!(
        BodyFormat::parse("application/cloudevents-batch+json"),
        Ok(BodyFormat::CloudEvents)
    );
    for wrong in ["", "text/html", "application/json; charset=windows-1256"] {
        let refusal = BodyFormat::parse(wrong).expect_err("is refused");
        assert_eq!(refusal.code, Code::UnsupportedMediaType, "{wrong}");
        assert!(refusal.allowed.contains(&"application/json".to_owned()));
    }
}

#[test]
fn the_outcome_has_row_numbers_and_a_status() {
    let id = Uuid::from_u128(5);
    let accepted = Accepted {
        row: 1,
        id,
        position: 57,
        repeat: false,
    };
    let refusals = vec![Refusal::new(Code::BadJson, "x")];
    let refused = Refused { row: 2, refusals };
    let both = ReportOutcome {
        accepted: vec![accepted.clone()],
        refused: vec![refused.clone()],
    };
    assert_eq!(
        serde_json::to_value(&both).expect("is JSON"),
        json!({
            "accepted": [{"row": 1, "id": id, "position": 57, "repeat": false}],
            "refused": [{"row": 2, "refusals": [{"code": "bad_json", "message": "x"}]}]
        })
    );
    assert_eq!(both.status(), 201);
    assert_eq!(
        ReportOutcome {
            accepted: Vec::new(),
            refused: vec![refused]
        }
        .status(),
        400
    );
    let repeat = Accepted {
        repeat: true,
        ..accepted
    };
    assert_eq!(
        ReportOutcome {
            accepted: vec![repeat],
            refused: Vec::new()
        }
        .status(),
        200
    );
}

proptest! {
    #[test]
    fn any_bytes_end_in_rows(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        for format in [BodyFormat::Json, BodyFormat::Ndjson, BodyFormat::CloudEvent, BodyFormat::CloudEvents] {
            prop_assert!(rows(&bytes, format).count() > 0);
        }
        let _ = BodyFormat::guess(&bytes);
    }

    #[test]
    fn any_brackets_end_in_rows(text in "[\\[\\]{},:\"\\\\ a1\n]{0,40}") {
        for format in [BodyFormat::Json, BodyFormat::Ndjson, BodyFormat::CloudEvent, BodyFormat::CloudEvents] {
            prop_assert!(rows(text.as_bytes(), format).count() > 0);
        }
    }
}
