//! Whole bodies: rows, broken rows, media types, answers.

use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::sample;
use detente_api::refusal::{Code, Refusal};
use detente_api::submission::{
    Accepted, BodyFormat, Draft, Refused, ReportOutcome, Submission, binary, foreign_id,
    submissions,
};

/// The rows of a body of events.
fn rows(
    body: &[u8],
    format: BodyFormat,
) -> impl Iterator<Item = (usize, Result<Draft, Vec<Refusal>>)> + '_ {
    submissions(body, format).map(|(row, read)| match read {
        Ok(Submission::Event(draft)) => (row, Ok(draft)),
        Ok(Submission::Amendment(amendment)) => panic!("{amendment:?}"),
        Err(refusals) => (row, Err(refusals)),
    })
}

/// Row numbers with `ok` or the first code.
fn outcomes(body: &[u8], format: BodyFormat) -> Vec<(usize, &'static str)> {
    let word = |read: Result<Draft, Vec<Refusal>>| match read {
        Ok(_) => "ok",
        Err(refusals) => refusals
            .first()
            .map_or("nothing", |refusal| refusal.code.as_str()),
    };
    rows(body, format)
        .map(|(row, read)| (row, word(read)))
        .collect()
}

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
fn duplicate_keys_and_deep_nesting_are_harmless() {
    let twice = good().replacen('{', "{\"kind\":\"visit.made\",", 1);
    assert_eq!(outcomes(twice.as_bytes(), BodyFormat::Json), [(1, "ok")]);
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
fn an_event_without_an_id_gets_that_of_its_cloud_event() {
    let mut data = sample();
    data.as_object_mut().expect("is an object").remove("id");
    let envelope = |id: &str| json!({"specversion": "1.0", "type": "event", "source": "/feed", "id": id, "data": data});
    let own = "0190b5a0-0000-7000-8000-00000000000a";
    let body = json!([envelope("17"), envelope(own), {"specversion": "1.0"}]).to_string();
    let read: Vec<_> = rows(body.as_bytes(), BodyFormat::CloudEvents)
        .map(|(_, read)| read)
        .collect();
    let id = |read: &Result<Draft, _>| read.as_ref().ok().and_then(|draft| draft.id);
    assert_eq!(id(&read[0]), Some(foreign_id("/feed", "17")));
    assert_eq!(id(&read[1]), Uuid::try_parse(own).ok());
    let refusals = read[2].as_ref().expect_err("is refused");
    assert_eq!(refusals.len(), 3, "{refusals:?}");
    assert_ne!(foreign_id("a", "b/c"), foreign_id("a/b", "c"));
}

#[test]
fn one_cloud_event_and_a_batch_are_distinguished() {
    let envelope = json!({
        "specversion": "1.0", "type": "event", "source": "/feed", "id": "17", "data": sample(),
    });
    let (single, batch) = (envelope.to_string(), json!([envelope]).to_string());
    assert_eq!(
        outcomes(single.as_bytes(), BodyFormat::CloudEvent),
        [(1, "ok")]
    );
    assert_eq!(
        outcomes(batch.as_bytes(), BodyFormat::CloudEvents),
        [(1, "ok")]
    );
    let misplaced = [(1, "unsupported_media_type")];
    assert_eq!(
        outcomes(batch.as_bytes(), BodyFormat::CloudEvent),
        misplaced
    );
    assert_eq!(
        outcomes(single.as_bytes(), BodyFormat::CloudEvents),
        misplaced
    );
}

#[test]
fn invalid_envelopes_are_refused() {
    let envelope = |key: &str, value: Value| {
        let mut envelope = json!({
            "specversion": "1.0", "type": "event", "source": "/feed", "id": "17",
            "data": sample(),
        });
        envelope[key] = value;
        outcomes(envelope.to_string().as_bytes(), BodyFormat::CloudEvent)
    };
    assert_eq!(envelope("subject", json!("anything")), [(1, "ok")]);
    assert_eq!(
        envelope("datacontenttype", json!("application/json")),
        [(1, "ok")]
    );
    for (key, value, code) in [
        ("specversion", json!("0.3"), "unsupported_media_type"),
        (
            "datacontenttype",
            json!("application/xml"),
            "unsupported_media_type",
        ),
        ("data_base64", json!("e30="), "unsupported_media_type"),
        ("data", Value::Null, "missing_field"),
        ("data", json!("text"), "wrong_type"),
        ("source", Value::Null, "missing_field"),
        ("id", json!(7), "wrong_type"),
    ] {
        assert_eq!(envelope(key, value), [(1, code)], "{key}");
    }
}

#[test]
fn a_cloud_event_in_headers_equals_one_in_a_body() {
    let mut data = sample();
    data.as_object_mut().expect("is an object").remove("id");
    let attributes = |id: &str| {
        let pairs = [
            ("specversion", "1.0"),
            ("type", "event"),
            ("source", "/feed"),
            ("id", id),
        ];
        pairs.map(|(name, value)| (name.to_owned(), value.to_owned()))
    };
    let body = data.to_string();
    let read = |id: &str| binary(&attributes(id), body.as_bytes()).map(|row| row.id());
    assert_eq!(read("17"), Ok(Some(foreign_id("/feed", "17"))));
    assert_eq!(read("%D8%B2"), Ok(Some(foreign_id("/feed", "ز"))));
    assert_eq!(read("%FF").unwrap_err()[0].code, Code::BadUtf8);
    let bare = binary(&attributes("17")[..1], body.as_bytes()).unwrap_err();
    assert_eq!(bare.len(), 3, "{bare:?}");
    let empty = binary(&attributes("17"), b"").unwrap_err();
    assert_eq!(empty[0].code, Code::EmptyBody);
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
