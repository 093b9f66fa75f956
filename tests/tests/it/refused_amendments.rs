//! Refused amendments, over HTTP and the command line.

use crate::amend::amend;
use crate::expect::{ExpectedRefusal, allowing, refuses, refuses_field};
use crate::helpers::{event, get, ready, report, text};
use detente_tests::product::Product;
use serde_json::{Value, json};

/// Returns routes, bodies that they refuse, and the expected refusals.
fn bodies() -> Vec<(&'static str, Value, ExpectedRefusal)> {
    let report = json!({"publisher": "X"});
    let correct = |mut fields: Value| {
        fields["report"] = report.clone();
        fields
    };
    vec![
        (
            "retraction",
            json!({}),
            refuses_field("missing_field", "reason", ""),
        ),
        (
            "retraction",
            json!({"reason": "  "}),
            refuses_field("bad_text", "reason", "  "),
        ),
        (
            "links",
            json!({}),
            refuses_field("missing_field", "other", ""),
        ),
        (
            "links",
            json!({"other": "x"}),
            refuses_field("bad_id", "other", "x"),
        ),
        (
            "corrections",
            correct(json!({})),
            refuses(422, "empty_correction"),
        ),
        (
            "corrections",
            json!({"occurred": "2023"}),
            refuses_field("missing_field", "report", ""),
        ),
        (
            "corrections",
            correct(json!({"actors": []})),
            refuses_field("missing_actor", "actors", ""),
        ),
        (
            "corrections",
            correct(json!({"actors": null, "occurred": "2023"})),
            refuses_field("emptied_field", "actors", "null"),
        ),
        (
            "corrections",
            correct(json!({"kind": null, "occurred": "2023"})),
            refuses_field("emptied_field", "kind", "null"),
        ),
        (
            "corrections",
            correct(json!({"occurred": null, "kind": "visit.made"})),
            refuses_field("emptied_field", "occurred", "null"),
        ),
        (
            "corrections",
            correct(json!({"kind": "mission.opened", "details": {"host": null}})),
            refuses_field("emptied_field", "details.host", "null"),
        ),
        (
            "corrections",
            correct(json!({"kind": "visit.mde"})),
            allowing(
                refuses_field("unknown_kind", "kind", "visit.mde"),
                "visit.made",
            ),
        ),
        (
            "corrections",
            correct(json!({"details": {"fighters": "many"}})),
            refuses_field("wrong_type", "details.fighters", ""),
        ),
        (
            "corrections",
            correct(json!({"details": {"mission": "palace"}})),
            allowing(
                refuses_field("bad_detail", "details.mission", "palace"),
                "embassy",
            ),
        ),
        (
            "corrections",
            correct(json!({"details": {"host": "ISKP"}})),
            refuses_field("bad_detail", "details.host", "ISKP"),
        ),
        (
            "corrections",
            correct(json!({"actors": ["TJK"], "recipients": ["TJK"]})),
            refuses_field("self_relation", "recipients", "TJK"),
        ),
        (
            "corrections",
            correct(json!({"occurred": "2023-02-30"})),
            refuses_field("bad_date", "occurred", "2023-02-30"),
        ),
        (
            "reports",
            json!({"publisher": "X", "language": "in Arabic"}),
            refuses_field("bad_language", "language", "in Arabic"),
        ),
        (
            "reports",
            json!({"publisher": "X", "grade": "Z9"}),
            refuses_field("bad_grade", "grade", "Z9"),
        ),
        (
            "reports",
            json!({"publisher": "X", "url": "javascript:alert(1)"}),
            refuses_field("bad_url", "url", "javascript:alert(1)"),
        ),
        (
            "disputes",
            json!({"by": "Nowhereland", "report": {"publisher": "X"}}),
            refuses_field("unknown_party", "by", "Nowhereland"),
        ),
        (
            "disputes",
            json!({"claims": "no", "report": {"publisher": "X"}}),
            allowing(refuses_field("unknown_field", "claims", "claims"), "claim"),
        ),
        (
            "disputes",
            json!([{}, {}]),
            refuses(413, "too_many_records"),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_amendment_is_refused_and_stores_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &[]);
    let sent = event("visit.made", &["KGZ"], &["UZB"], "2023-05-01");
    let answer = report(&product, &sent).await;
    let id = text(&answer.body["accepted"][0]["id"]);
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
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &[]);
    let mut sent = event("mission.opened", &["KAZ"], &["UZB"], "2023-05-05");
    sent["details"] = json!({"mission": "consulate", "host": "KAZ", "sender": "UZB"});
    let answer = report(&product, &sent).await;
    let id = text(&answer.body["accepted"][0]["id"]);
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
        let note = String::from_utf8_lossy(&output.stderr);
        assert!(note.contains(&format!("({code})")), "{flags}: {note}");
    }
    // The gateway stores such a correction, and the fold ignores it.
    let unfit = json!({"details": {"host": null}, "report": {"publisher": "X", "grade": "A1"}});
    let answer = amend(&product, &id, "corrections", &unfit).await;
    let position = &answer.body["accepted"][0]["position"];
    let view = get(
        &product,
        &format!("/v1/events/{id}?min_position={position}"),
    )
    .await;
    assert_eq!(view["details"]["host"], "KAZ");
    assert_eq!(view["corrections"].as_array().unwrap().len(), 1);
    ready(&product.http).await;
}
