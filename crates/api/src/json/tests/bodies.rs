//! Whole bodies: rows, broken rows, media types, answers.

use proptest::prelude::*;
use serde_json::{Value, json};
use uuid::Uuid;

use super::sample;
use crate::json::{Accepted, Answer, Draft, Entry, Form, Refused, binary, entries, foreign_id};
use crate::refusal::{Code, Refusal};

/// The rows of a body of events.
fn rows(
    body: &[u8],
    form: Form,
) -> impl Iterator<Item = (usize, Result<Draft, Vec<Refusal>>)> + '_ {
    entries(body, form).map(|(row, read)| match read {
        Ok(Entry::Event(draft)) => (row, Ok(draft)),
        Ok(Entry::Amendment(found)) => panic!("{found:?}"),
        Err(refusals) => (row, Err(refusals)),
    })
}

/// Row numbers with `ok` or the first code.
fn told(body: &[u8], form: Form) -> Vec<(usize, &'static str)> {
    let word = |read: Result<Draft, Vec<Refusal>>| match read {
        Ok(_) => "ok",
        Err(refusals) => refusals
            .first()
            .map_or("nothing", |refusal| refusal.code.as_str()),
    };
    rows(body, form)
        .map(|(row, read)| (row, word(read)))
        .collect()
}

fn good() -> String {
    sample().to_string()
}

#[test]
fn one_object_or_an_array_is_read() {
    let one = good();
    assert_eq!(told(one.as_bytes(), Form::Json), [(1, "ok")]);
    let pretty = format!("\u{feff}\r\n{:#}\n", sample());
    assert_eq!(told(pretty.as_bytes(), Form::Json), [(1, "ok")]);
    let array = format!(" [ {one} ,\n{one}\n] ");
    assert_eq!(told(array.as_bytes(), Form::Json), [(1, "ok"), (2, "ok")]);
}

#[test]
fn one_bad_element_never_spoils_the_others() {
    let one = good();
    let mut body = format!("[{one},{{\"a\":}},5,{{\"kind\":\"x]}}\"}},").into_bytes();
    body.extend(b"{\"a\":\"\xFF\"},");
    body.extend(format!("{{\"a\":1]}},\"un\\\"closed,\n{one}]").as_bytes());
    assert_eq!(
        told(&body, Form::Json),
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
fn lines_are_rows_of_their_own_number() {
    let one = good();
    let body = format!("\u{feff}# events\n{one}\r\n\n   \n{{broken\n  # more\n{one}");
    assert_eq!(
        told(body.as_bytes(), Form::Ndjson),
        [(2, "ok"), (5, "bad_json"), (7, "ok")]
    );
    let mut body = one.clone().into_bytes();
    body.extend(b"\n\xC3\x28\n");
    body.extend(one.as_bytes());
    assert_eq!(
        told(&body, Form::Ndjson),
        [(1, "ok"), (2, "bad_utf8"), (3, "ok")]
    );
}

#[test]
fn an_array_that_is_broken_at_its_end_keeps_its_rows() {
    let one = good();
    for (body, end) in [
        (format!("[{one}"), Some("bad_json")),
        (format!("[{one},"), Some("bad_json")),
        (format!("[{one},]"), Some("bad_json")),
        (format!("[{one}] []"), Some("bad_json")),
        (format!("[{one},{{\"kind\":"), Some("bad_json")),
        (format!("[{one}]"), None),
    ] {
        let expected: Vec<_> = [(1, "ok")]
            .into_iter()
            .chain(end.map(|end| (2, end)))
            .collect();
        assert_eq!(told(body.as_bytes(), Form::Json), expected, "{body}");
    }
    assert_eq!(
        told(format!("[,{one}]").as_bytes(), Form::Json),
        [(1, "bad_json"), (2, "ok")]
    );
}

#[test]
fn nothing_is_an_empty_body() {
    for form in [
        Form::Json,
        Form::Ndjson,
        Form::CloudEvent,
        Form::CloudEvents,
    ] {
        assert_eq!(told(b" \n", form), [(1, "empty_body")]);
    }
    assert_eq!(told(b"[ ]", Form::Json), [(1, "empty_body")]);
    assert_eq!(
        told(b"# only a comment\n", Form::Ndjson),
        [(1, "empty_body")]
    );
}

#[test]
fn several_objects_without_an_array_are_told_how_to_be_sent() {
    let body = format!("{0}\n{0}", good());
    let (_, read) = rows(body.as_bytes(), Form::Json).next().expect("has a row");
    let refusals = read.expect_err("is refused");
    assert!(
        refusals[0].message.contains("application/x-ndjson"),
        "{}",
        refusals[0]
    );
    assert_eq!(Form::guess(body.as_bytes()), Form::Ndjson);
    assert_eq!(
        Form::guess(format!("{:#}", sample()).as_bytes()),
        Form::Json
    );
    assert_eq!(Form::guess(b"# x\n{}"), Form::Ndjson);
    assert_eq!(Form::guess(b"[{}\n,{}]"), Form::Json);
}

#[test]
fn duplicate_keys_and_deep_nesting_are_harmless() {
    let twice = good().replacen('{', "{\"kind\":\"visit.made\",", 1);
    assert_eq!(told(twice.as_bytes(), Form::Json), [(1, "ok")]);
    let deep = "[".repeat(100_000);
    assert_eq!(told(deep.as_bytes(), Form::Json), [(1, "bad_json")]);
    let deep = format!("{}\n{}", "{\"a\":".repeat(100_000), good());
    assert_eq!(
        told(deep.as_bytes(), Form::Ndjson),
        [(1, "bad_json"), (2, "ok")]
    );
}

#[test]
fn media_types_are_read_with_their_parameters() {
    assert_eq!(Form::parse("application/json"), Ok(Form::Json));
    assert_eq!(
        Form::parse("Application/JSON; charset=UTF-8"),
        Ok(Form::Json)
    );
    assert_eq!(Form::parse("application/x-ndjson"), Ok(Form::Ndjson));
    assert_eq!(
        Form::parse("application/cloudevents-batch+json"),
        Ok(Form::CloudEvents)
    );
    for wrong in ["", "text/html", "application/json; charset=windows-1256"] {
        let refusal = Form::parse(wrong).expect_err("is refused");
        assert_eq!(refusal.code, Code::UnsupportedMediaType, "{wrong}");
        assert!(refusal.allowed.contains(&"application/json".to_owned()));
    }
}

#[test]
fn a_cloud_event_lends_its_id_to_its_event() {
    let mut data = sample();
    data.as_object_mut().expect("is an object").remove("id");
    let envelope = |id: &str| json!({"specversion": "1.0", "type": "event", "source": "/feed", "id": id, "data": data});
    let own = "0190b5a0-0000-7000-8000-00000000000a";
    let body = json!([envelope("17"), envelope(own), {"specversion": "1.0"}]).to_string();
    let read: Vec<_> = rows(body.as_bytes(), Form::CloudEvents)
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
fn one_cloud_event_and_a_batch_are_not_taken_for_each_other() {
    let envelope = json!({
        "specversion": "1.0", "type": "event", "source": "/feed", "id": "17", "data": sample(),
    });
    let (one, batch) = (envelope.to_string(), json!([envelope]).to_string());
    assert_eq!(told(one.as_bytes(), Form::CloudEvent), [(1, "ok")]);
    assert_eq!(told(batch.as_bytes(), Form::CloudEvents), [(1, "ok")]);
    let misplaced = [(1, "unsupported_media_type")];
    assert_eq!(told(batch.as_bytes(), Form::CloudEvent), misplaced);
    assert_eq!(told(one.as_bytes(), Form::CloudEvents), misplaced);
}

#[test]
fn a_cloud_event_says_what_is_wrong_with_its_envelope() {
    let envelope = |key: &str, value: Value| {
        let mut envelope = json!({
            "specversion": "1.0", "type": "event", "source": "/feed", "id": "17",
            "data": sample(),
        });
        envelope[key] = value;
        told(envelope.to_string().as_bytes(), Form::CloudEvent)
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
fn a_cloud_event_in_headers_is_the_same_as_one_in_a_body() {
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
    let id = |entry: Entry| match entry {
        Entry::Event(draft) => draft.id,
        Entry::Amendment(amendment) => amendment.id,
    };
    let body = data.to_string();
    let read = |given: &str| binary(&attributes(given), body.as_bytes()).map(id);
    assert_eq!(read("17"), Ok(Some(foreign_id("/feed", "17"))));
    assert_eq!(read("%D8%B2"), Ok(Some(foreign_id("/feed", "ز"))));
    assert_eq!(read("%FF").unwrap_err()[0].code, Code::BadUtf8);
    let bare = binary(&attributes("17")[..1], body.as_bytes()).unwrap_err();
    assert_eq!(bare.len(), 3, "{bare:?}");
    let empty = binary(&attributes("17"), b"").unwrap_err();
    assert_eq!(empty[0].code, Code::EmptyBody);
}

#[test]
fn the_answer_names_rows_and_gives_a_status() {
    let id = Uuid::from_u128(5);
    let accepted = Accepted {
        row: 1,
        id,
        position: 57,
        repeat: false,
    };
    let refusals = vec![Refusal::new(Code::BadJson, "x")];
    let refused = Refused { row: 2, refusals };
    let both = Answer {
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
        Answer {
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
        Answer {
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
        for form in [Form::Json, Form::Ndjson, Form::CloudEvent, Form::CloudEvents] {
            prop_assert!(rows(&bytes, form).count() > 0);
        }
        let _ = Form::guess(&bytes);
    }

    #[test]
    fn any_brackets_end_in_rows(text in "[\\[\\]{},:\"\\\\ a1\n]{0,40}") {
        for form in [Form::Json, Form::Ndjson, Form::CloudEvent, Form::CloudEvents] {
            prop_assert!(rows(text.as_bytes(), form).count() > 0);
        }
    }
}
