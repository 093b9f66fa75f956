//! Refused amendments, over HTTP and the command line.

use crate::amend::amend;
use crate::expect::{ExpectedRefusal, refuses, refuses_field};
use crate::helpers::{accepted, clash, get, get_event, mission, ready, reported, stderr};
use detente_tests::product::Product;
use serde_json::{Value, json};

/// Returns corrections without their publication, and the expected refusals.
fn corrections() -> Vec<(Value, ExpectedRefusal)> {
    let empties = |field, fields| (fields, refuses_field("emptied_field", field, "null"));
    vec![
        (json!({}), refuses(422, "empty_correction")),
        (
            json!({"actors": []}),
            refuses_field("missing_actor", "actors", ""),
        ),
        empties("actors", json!({"actors": null, "occurred": "2023"})),
        empties("kind", json!({"kind": null, "occurred": "2023"})),
        empties("occurred", json!({"occurred": null, "kind": "visit.made"})),
        empties(
            "details.host",
            json!({"kind": "mission.opened", "details": {"host": null}}),
        ),
        (
            json!({"kind": "visit.mde"}),
            refuses_field("unknown_kind", "kind", "visit.mde").allowing("visit.made"),
        ),
        (
            json!({"details": {"fighters": "many"}}),
            refuses_field("wrong_type", "details.fighters", ""),
        ),
        (
            json!({"details": {"mission": "palace"}}),
            refuses_field("bad_detail", "details.mission", "palace").allowing("embassy"),
        ),
        (
            json!({"details": {"host": "ISKP"}}),
            refuses_field("bad_detail", "details.host", "ISKP"),
        ),
        (
            json!({"actors": ["TJK"], "recipients": ["TJK"]}),
            refuses_field("self_relation", "recipients", "TJK"),
        ),
        (
            json!({"occurred": "2023-02-30"}),
            refuses_field("bad_date", "occurred", "2023-02-30"),
        ),
    ]
}

/// Returns routes, bodies that they refuse, and the expected refusals.
fn bodies() -> Vec<(&'static str, Value, ExpectedRefusal)> {
    let missing = |route, field, body| (route, body, refuses_field("missing_field", field, ""));
    let report = |code, field: &'static str, value: &'static str| {
        let body = json!({"publisher": "X", field: value});
        ("reports", body, refuses_field(code, field, value))
    };
    let dispute = |mut body: Value, expected| {
        body["report"] = json!({"publisher": "X"});
        ("disputes", body, expected)
    };
    let mut bodies = vec![
        missing("retraction", "reason", json!({})),
        (
            "retraction",
            json!({"reason": "  "}),
            refuses_field("bad_text", "reason", "  "),
        ),
        missing("links", "other", json!({})),
        (
            "links",
            json!({"other": "x"}),
            refuses_field("bad_id", "other", "x"),
        ),
        missing("corrections", "report", json!({"occurred": "2023"})),
        report("bad_language", "language", "in Arabic"),
        report("bad_grade", "grade", "Z9"),
        report("bad_url", "url", "javascript:alert(1)"),
        dispute(
            json!({"by": "Nowhereland"}),
            refuses_field("unknown_party", "by", "Nowhereland"),
        ),
        dispute(
            json!({"claims": "no"}),
            refuses_field("unknown_field", "claims", "claims").allowing("claim"),
        ),
        (
            "disputes",
            json!([{}, {}]),
            refuses(413, "too_many_records"),
        ),
    ];
    for (mut body, expected) in corrections() {
        body["report"] = json!({"publisher": "X"});
        bodies.push(("corrections", body, expected));
    }
    bodies
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_amendment_is_refused_and_stores_nothing() {
    let product = Product::temporary(&[]);
    let (id, _) = reported(&product, &clash(1)).await;
    for (route, body, expected) in bodies() {
        let refused = amend(&product, &id, route, &body).await;
        expected.assert_answers(&format!("{route} {body}"), &refused);
    }
    let itself = amend(&product, &id, "links", &json!({"other": id})).await;
    refuses(422, "self_relation").assert_answers("a link with itself", &itself);
    let own = json!({"id": id, "reason": "itself"});
    let itself = amend(&product, &id, "retraction", &own).await;
    refuses(422, "self_relation").assert_answers("a retraction of itself", &itself);
    let nowhere = amend(&product, "nowhere", "retraction", &json!({"reason": "x"})).await;
    refuses_field("bad_id", "id", "nowhere").assert_answers("a malformed id", &nowhere);
    let view = get(&product, &format!("/v1/events/{id}")).await;
    for list in ["reports", "disputes", "corrections", "links", "retractions"] {
        assert_eq!(view[list], json!([]), "{list}");
    }
    assert_eq!(
        get(&product, "/v1/events?pending=true").await["items"],
        json!([])
    );
    ready(&product.http).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_line_refuses_corrections_that_invalidate_the_event() {
    let product = Product::temporary(&[]);
    let opened = mission(json!({"mission": "consulate", "host": "KAZ", "sender": "UZB"}));
    let (id, _) = reported(&product, &opened).await;
    for (flags, code) in [
        ("--clear-detail host", "missing_detail"),
        ("--actors UZB", "self_relation"),
        ("--detail sender=KAZ", "self_relation"),
        ("--kind envoy.recalled", "missing_detail"),
        ("--kind visit.mad", "unknown_kind"),
        ("--occurred soon", "bad_date"),
        ("--detail bases=many", "wrong_type"),
        ("--grade B9", "bad_grade"),
    ] {
        let mut args = vec!["correct", &id, "--publisher", "X"];
        args.extend(flags.split(' '));
        let output = product.client(&args);
        assert_eq!(output.status.code(), Some(1), "{flags}");
        let note = stderr(&output);
        assert!(note.contains(&format!("({code})")), "{flags}: {note}");
    }
    // The gateway stores such a correction, and the fold ignores it.
    let unfit = json!({"details": {"host": null}, "report": {"publisher": "X", "grade": "A1"}});
    let answer = amend(&product, &id, "corrections", &unfit).await;
    let (_, position) = accepted(&answer.body);
    let view = get_event(&product, &id, position).await;
    assert_eq!(view["details"]["host"], "KAZ");
    assert_eq!(view["corrections"].as_array().unwrap().len(), 1);
    ready(&product.http).await;
}
