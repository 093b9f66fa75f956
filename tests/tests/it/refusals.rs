//! Refusals of reports and reads: code, field and value; good rows beside them are stored.

use crate::expect::{ExpectedRefusal, allowing, refuses, refuses_field};
use crate::helpers::{Answer, answer, count, event, get, mission, post, ready, replaced, report};
use detente_tests::product::Product;
use reqwest::{Client, Method};
use serde_json::{Value, json};

const JSON: &str = "application/json";
const NDJSON: &str = "application/x-ndjson";

fn good(day: u8) -> Value {
    let occurred = format!("2023-05-{day:02}");
    event("clash.occurred", &["KGZ", "UZB"], &[], &occurred)
}

/// Returns a valid event with one field replaced.
fn with_field(pointer: &str, value: Value) -> Value {
    replaced(good(1), pointer, value)
}

/// Returns events with one error each.
fn events() -> Vec<(&'static str, Value, ExpectedRefusal)> {
    let consulate = json!({"mission": "consulate", "host": "KAZ", "sender": "UZB"});
    let with = |key: &str, value: Value| {
        let mut details = consulate.clone();
        details[key] = value;
        mission(details)
    };
    vec![
        (
            "a wrong country",
            with_field("/actors/0", json!("Kyrgystan")),
            allowing(
                refuses_field("unknown_party", "actors[0]", "Kyrgystan"),
                "KGZ",
            ),
        ),
        (
            "an unknown kind",
            with_field("/kind", json!("mission.open")),
            allowing(
                refuses_field("unknown_kind", "kind", "mission.open"),
                "mission.opened",
            ),
        ),
        (
            "a wrong name of a detail",
            with("citty", json!("Shymkent")),
            allowing(
                refuses_field("unknown_detail", "details.citty", "citty"),
                "city",
            ),
        ),
        (
            "a wrong value of a detail",
            with("mission", json!("palace")),
            allowing(
                refuses_field("bad_detail", "details.mission", "palace"),
                "embassy",
            ),
        ),
        (
            "a detail that is no party",
            with("host", json!("Atlantis")),
            refuses_field("unknown_party", "details.host", "Atlantis"),
        ),
        (
            "a missing detail",
            mission(json!({"host": "KAZ", "sender": "UZB"})),
            allowing(
                refuses_field("missing_detail", "details.mission", ""),
                "consulate",
            ),
        ),
        (
            "an impossible date",
            with_field("/occurred", json!("2023-02-30")),
            refuses_field("bad_date", "occurred", "2023-02-30"),
        ),
        (
            "no date",
            with_field("/occurred", Value::Null),
            refuses_field("missing_field", "occurred", ""),
        ),
        (
            "no actor",
            with_field("/actors", json!([])),
            refuses_field("missing_actor", "actors", ""),
        ),
        (
            "actors left out",
            with_field("/actors", Value::Null),
            refuses_field("missing_actor", "actors", ""),
        ),
        (
            "a relation with oneself",
            event("statement.critical", &["KAZ"], &["KAZ"], "2023-05-05"),
            refuses_field("self_relation", "recipients", "KAZ"),
        ),
        (
            "a host that is the sender",
            with("sender", json!("KAZ")),
            refuses_field("self_relation", "details.sender", "KAZ"),
        ),
        (
            "a bad grade",
            with_field("/report/grade", json!("G7")),
            refuses_field("bad_grade", "report.grade", "G7"),
        ),
        (
            "an unknown key",
            with_field("/colour", json!("red")),
            allowing(refuses_field("unknown_field", "colour", "colour"), "kind"),
        ),
        (
            "a bad id",
            with_field("/id", json!("seven")),
            refuses_field("bad_id", "id", "seven"),
        ),
        (
            "a wrong type",
            with_field("/kind", json!(7)),
            refuses_field("wrong_type", "kind", "7"),
        ),
        (
            "no event",
            json!("KGZ"),
            refuses_field("wrong_type", "", "\"KGZ\""),
        ),
        (
            "a blank title",
            with_field("/title/en", json!(" ")),
            refuses_field("bad_text", "title.en", " "),
        ),
        (
            "a control character",
            with_field("/title/en", json!("a\u{0}b")),
            refuses_field("bad_text", "title.en", ""),
        ),
    ]
}

fn bodies() -> Vec<(&'static str, &'static str, Vec<u8>, ExpectedRefusal)> {
    let big = || {
        let mut body = good(1).to_string().into_bytes();
        body.resize(10 << 20, b' ');
        body
    };
    let mut latin = good(1).to_string().into_bytes();
    let place = latin
        .windows(5)
        .position(|bytes| bytes == b"Somet")
        .unwrap();
    latin[place] = 0xe9;
    let csv = ExpectedRefusal {
        given: "text/csv",
        ..allowing(refuses(415, "unsupported_media_type"), JSON)
    };
    vec![
        ("10 MB", JSON, big(), refuses(413, "body_too_large")),
        (
            "10 MB of lines",
            NDJSON,
            big(),
            refuses(413, "body_too_large"),
        ),
        (
            "broken JSON",
            JSON,
            b"{\"kind\": ".to_vec(),
            refuses(400, "bad_json"),
        ),
        (
            "a deep pit",
            JSON,
            vec![b'['; 1 << 20],
            refuses(400, "bad_json"),
        ),
        ("invalid UTF-8", JSON, latin, refuses(400, "bad_utf8")),
        ("nothing", JSON, Vec::new(), refuses(400, "empty_body")),
        (
            "an empty array",
            JSON,
            b"[]".to_vec(),
            refuses(400, "empty_body"),
        ),
        (
            "blank lines",
            NDJSON,
            b"\n\n# none\n".to_vec(),
            refuses(400, "empty_body"),
        ),
        ("a table", "text/csv", b"a,b\n".to_vec(), csv),
        (
            "another charset",
            "application/json; charset=latin1",
            b"{}".to_vec(),
            refuses(415, "unsupported_media_type"),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_bad_report_is_refused_with_code_and_field() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &[]);
    let before = count(&product).await;
    for (case, event, expected) in events() {
        expected.assert_answers(case, &report(&product, &event).await);
    }
    for (case, media_type, body, expected) in bodies() {
        expected.assert_answers(case, &post(&product, media_type, body).await);
    }
    ready(&product.http).await;
    assert_eq!(count(&product).await, before, "nothing is half stored");
    assert_eq!(
        report(&product, &good(1)).await.status,
        201,
        "it takes reports"
    );
}

/// Checks that good rows are stored and counted, and the bad one is refused with its number.
async fn assert_mixed(
    product: &Product,
    media_type: &str,
    body: String,
    row: u64,
    expected: &ExpectedRefusal,
) {
    let before = count(product).await;
    let Answer { status, body, .. } = post(product, media_type, body.into_bytes()).await;
    assert_eq!(status, 201, "{body}");
    let refused = body["refused"].as_array().unwrap();
    assert_eq!(refused.len(), 1, "{body}");
    assert_eq!(refused[0]["row"], row);
    expected.assert_in(media_type, &refused[0]["refusals"][0]);
    let accepted = body["accepted"].as_array().unwrap();
    let rows: Vec<_> = accepted.iter().map(|one| one["row"].as_u64()).collect();
    assert_eq!(rows, [Some(row - 1), Some(row + 1)]);
    let position = accepted[1]["position"].as_u64().unwrap();
    let path = format!("/v1/relations/UZB/KGZ?at=2023-05-31&min_position={position}");
    let state = get(product, &path).await;
    let evidence = state["security"]["evidence"].as_array().unwrap();
    for one in accepted {
        assert!(evidence.contains(&one["id"]), "{state}");
    }
    assert_eq!(count(product).await, before + 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_row_is_refused_with_its_number_and_good_rows_are_stored() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &[]);
    let rows = json!([
        good(1),
        with_field("/actors/1", json!("Uzbekstan")),
        good(2)
    ]);
    let expected = allowing(
        refuses_field("unknown_party", "actors[1]", "Uzbekstan"),
        "UZB",
    );
    assert_mixed(&product, JSON, rows.to_string(), 2, &expected).await;
    let lines = format!("{}\n{{\"kind\": \n{}\n", good(3), good(4));
    let expected = crate::expect::refuses(400, "bad_json");
    assert_mixed(&product, NDJSON, lines, 2, &expected).await;
    let lines = format!(
        "# a note\n\n{}\n{}\n{}",
        good(5),
        with_field("/kind", json!("x")),
        good(6)
    );
    assert_mixed(
        &product,
        NDJSON,
        lines,
        4,
        &refuses_field("unknown_kind", "kind", "x"),
    )
    .await;
    ready(&product.http).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_bad_read_is_refused_with_code_and_field() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &[]);
    let asked = |status, code, field, given| ExpectedRefusal {
        field,
        given,
        ..refuses(status, code)
    };
    let query = |field, given| asked(400, "bad_query", field, given);
    let cases = [
        (
            "/relations/XXX/AFG",
            allowing(refuses_field("unknown_party", "from", "XXX"), "XKX"),
        ),
        (
            "/relations/TJK/Afganistan",
            allowing(refuses_field("unknown_party", "to", "Afganistan"), "AFG"),
        ),
        (
            "/relations/AFG/AFG",
            asked(404, "unknown_relation", "to", "AFG"),
        ),
        (
            "/relations/TJK/AFG?at=2023-02-30",
            query("at", "2023-02-30"),
        ),
        (
            "/relations/TJK/AFG?known_at=soon",
            query("known_at", "soon"),
        ),
        (
            "/relations/TJK/AFG?known_at=999999",
            asked(404, "unknown_position", "known_at", "999999"),
        ),
        (
            "/relations/TJK/AFG?when=now",
            allowing(query("when", "when"), "known_at"),
        ),
        (
            "/relations/TJK/AFG?at=2023-01-01&at=2023-01-02",
            query("at", "2023-01-02"),
        ),
        (
            "/relations/TJK/AFG/history?dimension=mood",
            allowing(
                asked(404, "unknown_dimension", "dimension", "mood"),
                "political",
            ),
        ),
        (
            "/changes?from=yesterday",
            allowing(asked(400, "bad_cursor", "from", "yesterday"), "start"),
        ),
        (
            "/changes?occasion=guessed",
            allowing(query("occasion", "guessed"), "learned"),
        ),
        (
            "/events?from=yesterday",
            asked(400, "bad_cursor", "from", "yesterday"),
        ),
        ("/events?limit=0", query("limit", "0")),
        ("/events?limit=1001", query("limit", "1001")),
        (
            "/events?order=random",
            allowing(query("order", "random"), "newest"),
        ),
        (
            "/events?kind=visit.mde",
            allowing(
                refuses_field("unknown_kind", "kind", "visit.mde"),
                "visit.made",
            ),
        ),
        ("/events/none", asked(404, "unknown_event", "id", "none")),
        (
            "/countries/QQQ",
            refuses_field("unknown_party", "country", "QQQ"),
        ),
        ("/nowhere", asked(404, "not_found", "", "/v1/nowhere")),
    ];
    for (path, expected) in cases {
        let request = Client::new().get(format!("{}/v1{path}", product.http));
        expected.assert_answers(path, &answer(request).await);
    }
    for (method, path) in [(Method::DELETE, "/events"), (Method::POST, "/countries")] {
        let request = Client::new().request(method, format!("{}/v1{path}", product.http));
        refuses(405, "method_not_allowed").assert_answers(path, &answer(request).await);
    }
    ready(&product.http).await;
}
