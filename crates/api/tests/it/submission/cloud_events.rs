//! CloudEvents: their identity, their data, and the modes in which they are sent.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::{codes, outcomes, rows, sample};
use detente_api::refusal::{Code, Refusal};
use detente_api::submission::{BodyFormat, Draft, binary, foreign_id};

/// The sample without an id.
fn anonymous() -> Value {
    let mut data = sample();
    data.as_object_mut().expect("is an object").remove("id");
    data
}

fn envelope(source: &str, id: &str, data: &Value) -> Value {
    json!({"specversion": "1.0", "type": "event", "source": source, "id": id, "data": data})
}

/// The id of an accepted event.
fn id(read: &Result<Draft, Vec<Refusal>>) -> Option<Uuid> {
    read.as_ref().ok().and_then(|draft| draft.id)
}

#[test]
fn an_event_without_an_id_gets_one_of_source_and_id_of_its_cloud_event() {
    let uuid = "0190b5a0-0000-7000-8000-00000000000a";
    let body = json!([
        envelope("/feed", "17", &anonymous()),
        envelope("/feed", uuid, &anonymous()),
        envelope("/other", uuid, &anonymous()),
        envelope("/feed", "17", &sample()),
        {"specversion": "1.0"},
    ]);
    let body = body.to_string();
    let read: Vec<_> = rows(body.as_bytes(), BodyFormat::CloudEvents)
        .map(|(_, read)| read)
        .collect();
    assert_eq!(id(&read[0]), Some(foreign_id("/feed", "17")));
    assert_eq!(id(&read[1]), Some(foreign_id("/feed", uuid)));
    assert_eq!(id(&read[2]), Some(foreign_id("/other", uuid)));
    let own = sample()["id"]
        .as_str()
        .and_then(|id| Uuid::try_parse(id).ok());
    assert_eq!(id(&read[3]), own);
    let refusals = read[4].as_ref().expect_err("is refused");
    assert_eq!(refusals.len(), 3, "{refusals:?}");
    assert_ne!(foreign_id("a", "b/c"), foreign_id("a/b", "c"));
}

#[test]
fn an_event_in_base64_is_the_same_event() {
    let read = |mut envelope: Value, encoded: Value| {
        envelope["data_base64"] = encoded;
        let body = envelope.to_string();
        let (_, read) = rows(body.as_bytes(), BodyFormat::CloudEvent)
            .next()
            .expect("has a row");
        read
    };
    let plain = envelope("/feed", "17", &anonymous());
    let bare = envelope("/feed", "17", &Value::Null);
    let encoded = |text: &str| json!(BASE64_STANDARD.encode(text));
    let event = anonymous().to_string();
    let expected = read(plain.clone(), Value::Null);
    assert!(expected.is_ok(), "{expected:?}");
    assert_eq!(read(bare.clone(), encoded(&event)), expected);
    let twice = event.replacen("\"grade\":", "\"grade\":\"F6\",\"grade\":", 1);
    for (envelope, encoded, code, field) in [
        (&plain, encoded(&event), "unknown_field", "data_base64"),
        (&bare, Value::Null, "missing_field", "data"),
        (&bare, json!(7), "wrong_type", "data_base64"),
        (&bare, json!("e30"), "wrong_type", "data_base64"),
        (&bare, encoded("7"), "wrong_type", "data_base64"),
        (&bare, encoded("{"), "bad_json", "data_base64"),
        (&bare, encoded(&twice), "duplicate_key", "report.grade"),
        (&bare, encoded("{\"kind\": 7}"), "wrong_type", "kind"),
    ] {
        let refusals = read(envelope.clone(), encoded).expect_err("is refused");
        assert_eq!(codes(&refusals)[0], (code, field), "{refusals:?}");
    }
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
        ("data_base64", json!("e30="), "unknown_field"),
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
    let body = anonymous().to_string();
    let read = |id: &str| binary(&attributes(id), body.as_bytes()).map(|row| row.id());
    assert_eq!(read("17"), Ok(Some(foreign_id("/feed", "17"))));
    assert_eq!(read("%D8%B2"), Ok(Some(foreign_id("/feed", "ز"))));
    for (header, id) in [
        ("\"h5 \\\"x\\\"\"", "h5 \"x\""),
        ("h5%20%22x%22", "h5 \"x\""),
        ("\"h5%20\\%22x%22\"", "h5 \"x\""),
        ("\"a\\\\b\"", "a\\b"),
        ("a\\b", "a\\b"),
        ("\"a", "\"a"),
    ] {
        assert_eq!(read(header), Ok(Some(foreign_id("/feed", id))), "{header}");
    }
    assert_eq!(read("%FF").unwrap_err()[0].code, Code::BadUtf8);
    let bare = binary(&attributes("17")[..1], body.as_bytes()).unwrap_err();
    assert_eq!(bare.len(), 3, "{bare:?}");
    let empty = binary(&attributes("17"), b"").unwrap_err();
    assert_eq!(empty[0].code, Code::EmptyBody);
}

/// The attributes of a CloudEvent in binary mode.
fn attributes(id: &str) -> [(String, String); 4] {
    let pairs = [
        ("specversion", "1.0"),
        ("type", "event"),
        ("source", "/feed"),
        ("id", id),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned()))
}

/// Encodes every byte of a header's value.
fn percent_encoded(text: &str) -> String {
    text.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// Writes printable ASCII as a quoted string.
fn quoted(text: &str) -> String {
    let escaped = text.replace('\\', "\\\\").replace('"', "\\\"");
    format!("\"{}\"", escaped.replace('%', "%25"))
}

proptest! {
    #[test]
    fn an_id_is_the_same_quoted_encoded_and_in_the_body(given in "[ -~]{0,20}[!-~]") {
        let data = anonymous();
        let body = envelope("/feed", &given, &data).to_string();
        let (_, read) = rows(body.as_bytes(), BodyFormat::CloudEvent).next().expect("has a row");
        let expected = id(&read);
        prop_assert!(expected.is_some());
        for header in [quoted(&given), percent_encoded(&given)] {
            let read = binary(&attributes(&header), data.to_string().as_bytes());
            prop_assert_eq!(read.map(|row| row.id()), Ok(expected), "{}", header);
        }
    }
}
