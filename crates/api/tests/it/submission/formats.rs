//! The same row in protobuf and in JSON.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};
use uuid::Uuid;

use super::{codes, sample, with};
use detente_api::proto::{self, amendment::Amend, detail_value, report_row::Row};
use detente_api::refusal::Refusal;
use detente_api::submission::{
    BodyFormat, EventDto, PatchDto, ReportDto, Submission, from_message, submissions,
};
use detente_testkit::strategies;

type Parsed = Result<Submission, Vec<Refusal>>;

const TARGET: Uuid = Uuid::from_u128(9);

fn optional(object: &Value, key: &str) -> Option<String> {
    object[key].as_str().map(str::to_owned)
}

fn text(object: &Value, key: &str) -> String {
    optional(object, key).unwrap_or_default()
}

fn list(object: &Value, key: &str) -> Option<proto::PartyList> {
    let items = object[key].as_array()?.iter();
    let codes = items.map(|item| item.as_str().expect("a string").to_owned());
    Some(proto::PartyList {
        codes: codes.collect(),
    })
}

fn map<T>(object: &Value, key: &str, value: impl Fn(&Value) -> T) -> BTreeMap<String, T> {
    let empty = Map::new();
    let entries = object[key].as_object().unwrap_or(&empty).iter();
    entries
        .map(|(key, item)| (key.clone(), value(item)))
        .collect()
}

fn title(object: &Value) -> BTreeMap<String, String> {
    map(object, "title", |text| {
        text.as_str().expect("a string").to_owned()
    })
}

fn details(object: &Value) -> BTreeMap<String, proto::DetailValue> {
    map(object, "details", |value| proto::DetailValue {
        value: match value {
            Value::Null => None,
            Value::String(text) => Some(detail_value::Value::Text(text.clone())),
            count => Some(detail_value::Value::Count(count.as_u64().expect("a count"))),
        },
    })
}

fn report(object: &Value) -> Option<proto::Publication> {
    let report = object.get("report")?;
    Some(proto::Publication {
        publisher: text(report, "publisher"),
        url: optional(report, "url"),
        language: optional(report, "language"),
        published: optional(report, "published"),
        quote: optional(report, "quote"),
        grade: text(report, "grade"),
    })
}

/// Returns the row in protobuf.
pub(super) fn message(row: &Value) -> Row {
    let link = || proto::Link {
        other: text(row, "other"),
    };
    let amendments = [
        (
            "corroborate",
            Amend::Corroborate(proto::Corroboration {
                report: report(row),
            }),
        ),
        (
            "dispute",
            Amend::Dispute(proto::Denial {
                by: optional(row, "by"),
                claim: optional(row, "claim"),
                report: report(row),
            }),
        ),
        (
            "correct",
            Amend::Correct(proto::Correction {
                kind: optional(row, "kind"),
                actors: list(row, "actors"),
                recipients: list(row, "recipients"),
                occurred: optional(row, "occurred"),
                details: details(row),
                title: title(row),
                report: report(row),
            }),
        ),
        (
            "retract",
            Amend::Retract(proto::Retraction {
                reason: text(row, "reason"),
            }),
        ),
        ("link", Amend::Link(link())),
        ("unlink", Amend::Unlink(link())),
    ];
    let amendment = amendments
        .into_iter()
        .find(|(key, _)| row.get(key).is_some());
    match amendment {
        Some((key, amend)) => Row::Amendment(proto::Amendment {
            id: text(row, "id"),
            target: text(row, key),
            amend: Some(amend),
        }),
        None => Row::Event(proto::EventDraft {
            id: text(row, "id"),
            kind: text(row, "kind"),
            actors: list(row, "actors").unwrap_or_default().codes,
            recipients: list(row, "recipients").unwrap_or_default().codes,
            occurred: text(row, "occurred"),
            details: details(row),
            title: title(row),
            report: report(row),
        }),
    }
}

fn in_json(row: &Value) -> Parsed {
    let body = row.to_string();
    let mut rows = submissions(body.as_bytes(), BodyFormat::Json);
    rows.next().expect("has a row").1
}

fn in_protobuf(row: Row) -> Parsed {
    from_message(Some(proto::ReportRow { row: Some(row) }))
}

#[test]
fn valid_rows_are_the_same_in_both_formats() {
    let report = json!({"publisher": "A wire agency", "language": "en", "grade": "B2"});
    for row in [
        sample(),
        with("/details/city", Value::Null),
        with("/details/city", json!("ش".repeat(400))),
        with("/details/mission", json!("high commission")),
        json!({
            "kind": "attack.occurred", "actors": ["ISKP"], "recipients": [], "occurred": "2022-07",
            "details": {"from": "AFG", "casualties": 3, "plover": "ASSAULT"},
            "title": {"ru": "Ракеты"}, "report": {"publisher": "X"}
        }),
        json!({"corroborate": TARGET, "id": Uuid::from_u128(5), "report": report}),
        json!({"dispute": TARGET, "by": "TALIBAN", "claim": "It never was", "report": report}),
        json!({"dispute": TARGET, "report": report}),
        json!({"correct": TARGET, "recipients": [], "details": {"city": null}, "report": report}),
        json!({
            "correct": TARGET, "kind": "attack.occurred", "actors": ["ISKP"], "occurred": "2022-07",
            "details": {"casualties": 0, "means": "rockets"}, "title": {"en": "Rockets"},
            "report": report
        }),
        json!({"retract": TARGET, "reason": "A mistake"}),
        json!({"link": TARGET, "other": Uuid::from_u128(4)}),
        json!({"unlink": TARGET, "other": Uuid::from_u128(4)}),
    ] {
        let parsed = in_protobuf(message(&row));
        assert!(parsed.is_ok(), "{row}: {parsed:?}");
        assert_eq!(parsed, in_json(&row), "{row}");
    }
}

#[test]
fn invalid_rows_have_the_same_refusals_in_both_formats() {
    let report = json!({"publisher": "X", "url": "ftp://x", "language": "?", "published": "soon",
                        "quote": " ", "grade": "Z"});
    let wrong: Map<_, _> = (0..30).map(|n| (format!("wrong{n}"), json!(n))).collect();
    for row in [
        with("/id", json!("1")),
        with("/kind", json!("mission.hand_over")),
        with("/actors", json!([])),
        with("/actors", json!(["TKM", "XQX", "TKM"])),
        with("/actors", json!(vec!["TKM"; 301])),
        with("/occurred", json!("2022-13")),
        with("/occurred", json!("20220301")),
        with("/occurred", json!("1890")),
        with("/actors", json!(["SUN", "ISKP"])),
        with("/details/mission", json!("tent")),
        with("/details/host", json!("ISKP")),
        with("/details/host", json!(7)),
        with("/details/sender", json!("TKM")),
        with("/details/city", json!("ش".repeat(401))),
        with("/kind", json!("attack.occurred")),
        with("/details/casualties", json!(3)),
        with("/details", Value::Object(wrong)),
        with("/title", json!({})),
        with("/title/fr", json!("x")),
        with("/title/en", json!("")),
        with("/report", report.clone()),
        json!({"actors": []}),
        json!({"corroborate": TARGET, "report": {}}),
        json!({"corroborate": TARGET, "id": TARGET, "report": report}),
        json!({"dispute": TARGET, "by": "XQX", "claim": "\u{1b}", "report": report}),
        json!({"dispute": TARGET}),
        json!({"correct": TARGET, "report": {"publisher": "X"}}),
        json!({
            "correct": TARGET, "kind": "attack.occurred", "actors": ["ISKP", "ISKP"],
            "recipients": ["ISKP", "nobody"], "occurred": "",
            "details": {"casualties": "many", "from": null, "hots": 1}, "title": {"fr": "x"},
        }),
        json!({"correct": TARGET, "actors": [], "details": {"host": "TJK", "sender": "TJK"}}),
        json!({"retract": TARGET}),
        json!({"retract": TARGET, "reason": " "}),
        json!({"link": TARGET, "other": TARGET}),
        json!({"unlink": TARGET, "id": "x", "other": "y"}),
    ] {
        let parsed = in_protobuf(message(&row));
        assert!(parsed.is_err(), "{row}: {parsed:?}");
        assert_eq!(parsed, in_json(&row), "{row}");
    }
}

#[test]
fn a_message_without_its_content_is_refused() {
    let refused = |row| from_message(row).expect_err("is refused");
    let nothing = refused(None);
    assert_eq!(codes(&nothing), [("missing_field", "row")]);
    assert_eq!(nothing[0].allowed, ["event", "amendment"]);
    assert_eq!(nothing, refused(Some(proto::ReportRow { row: None })));

    let amendment = |target: &str, amend| {
        let (id, target) = (String::new(), target.to_owned());
        let amendment = proto::Amendment { id, target, amend };
        in_protobuf(Row::Amendment(amendment)).expect_err("is refused")
    };
    let refusals = amendment("that one", None);
    assert_eq!(codes(&refusals), [("bad_id", "target")]);
    let refusals = amendment(&TARGET.to_string(), None);
    assert_eq!(codes(&refusals), [("missing_field", "amend")]);
    assert_eq!(refusals[0].allowed.len(), 6);
    let empty = Amend::Corroborate(proto::Corroboration { report: None });
    let refusals = amendment(&TARGET.to_string(), Some(empty));
    assert_eq!(codes(&refusals), [("missing_field", "report.publisher")]);
}

/// Sets the strings at JSON pointers, where there are any, to others.
fn with_texts(mut row: Value, texts: &[(&str, &str)]) -> Value {
    for (pointer, text) in texts {
        if let Some(value) = row.pointer_mut(pointer) {
            *value = json!(text);
        }
    }
    row
}

/// Strings of every field, most of them wrong there.
fn texts() -> impl Strategy<Value = Vec<(&'static str, &'static str)>> {
    let pointers = vec![
        "/id",
        "/kind",
        "/actors/0",
        "/recipients/0",
        "/occurred",
        "/title/en",
        "/title/ar",
        "/details/host",
        "/details/sender",
        "/details/city",
        "/details/mission",
        "/details/casualties",
        "/details/name",
        "/report/publisher",
        "/report/url",
        "/report/language",
        "/report/published",
        "/report/quote",
        "/report/grade",
    ];
    let texts = vec![
        " ",
        "TJK",
        "ISKP",
        "XQX",
        "visit.made",
        "2022-03",
        "2022-13",
        "B2",
        "\u{7}",
    ];
    prop::collection::vec((select(pointers), select(texts)), 0..4)
}

proptest! {
    #[test]
    fn any_event_is_the_same_in_both_formats(event in strategies::event(), texts in texts()) {
        let row = serde_json::to_value(EventDto::from(&event)).expect("is JSON");
        let row = with_texts(row, &texts);
        prop_assert_eq!(in_protobuf(message(&row)), in_json(&row));
    }

    #[test]
    fn any_correction_is_the_same_in_both_formats(
        patch in strategies::patch(),
        report in strategies::report(),
        texts in texts(),
    ) {
        let mut row = serde_json::to_value(PatchDto::from(&patch)).expect("is JSON");
        row["correct"] = json!(TARGET);
        row["report"] = serde_json::to_value(ReportDto::from(&report)).expect("is JSON");
        let row = with_texts(row, &texts);
        prop_assert_eq!(in_protobuf(message(&row)), in_json(&row));
    }
}
