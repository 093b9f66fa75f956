//! Refusals of reports and reads: code, field and value; good rows beside them are stored.

use crate::expect::{ExpectedRefusal, refuses, refuses_field};
use crate::helpers::{
    Answer, answer, answer_to, clash, consulate, count, event, get, mission, post, ready, replaced,
    report,
};
use detente_tests::product::Product;
use reqwest::{Client, Method};
use serde_json::{Value, json};

const JSON: &str = "application/json";
const NDJSON: &str = "application/x-ndjson";

/// Returns a valid event with one field replaced.
fn with_field(pointer: &str, value: Value) -> Value {
    replaced(clash(1), pointer, value)
}

/// Returns events with one error each.
fn events() -> Vec<(&'static str, Value, ExpectedRefusal)> {
    vec![
        (
            "a wrong country",
            with_field("/actors/0", json!("Kyrgystan")),
            refuses_field("unknown_party", "actors[0]", "Kyrgystan").allowing("KGZ"),
        ),
        (
            "an unknown kind",
            with_field("/kind", json!("mission.open")),
            refuses_field("unknown_kind", "kind", "mission.open").allowing("mission.opened"),
        ),
        (
            "a wrong name of a detail",
            consulate("citty", json!("Shymkent")),
            refuses_field("unknown_detail", "details.citty", "citty").allowing("city"),
        ),
        (
            "a wrong value of a detail",
            consulate("mission", json!("palace")),
            refuses_field("bad_detail", "details.mission", "palace").allowing("embassy"),
        ),
        (
            "a detail that is no party",
            consulate("host", json!("Atlantis")),
            refuses_field("unknown_party", "details.host", "Atlantis"),
        ),
        (
            "a missing detail",
            mission(json!({"host": "KAZ", "sender": "UZB"})),
            refuses_field("missing_detail", "details.mission", "").allowing("consulate"),
        ),
        (
            "an impossible date",
            with_field("/occurred", json!("2023-02-30")),
            refuses_field("bad_date", "occurred", "2023-02-30"),
        ),
        (
            "a date without hyphens",
            with_field("/occurred", json!("20230505")),
            refuses_field("bad_date", "occurred", "20230505").allowing("2023-05-05"),
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
            consulate("sender", json!("KAZ")),
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
            refuses_field("unknown_field", "colour", "colour").allowing("kind"),
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
        let mut body = clash(1).to_string().into_bytes();
        body.resize(10 << 20, b' ');
        body
    };
    let mut latin = clash(1).to_string().into_bytes();
    let place = latin
        .windows(5)
        .position(|bytes| bytes == b"Somet")
        .unwrap();
    latin[place] = 0xe9;
    let csv = refuses(415, "unsupported_media_type").of("", "text/csv");
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
            "a key twice",
            JSON,
            b"{\"report\": {\"grade\": \"F6\", \"grade\": \"A1\"}}".to_vec(),
            refuses(422, "duplicate_key").of("report.grade", "grade"),
        ),
        (
            "deeply nested arrays",
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
        ("a table", "text/csv", b"a,b\n".to_vec(), csv.allowing(JSON)),
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
    let product = Product::temporary(&[]);
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
        report(&product, &clash(1)).await.status,
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
    let rows: Vec<_> = accepted.iter().map(|row| row["row"].as_u64()).collect();
    assert_eq!(rows, [Some(row - 1), Some(row + 1)]);
    let position = accepted[1]["position"].as_u64().unwrap();
    let path = format!("/v1/relations/UZB/KGZ?at=2023-05-31&min_position={position}");
    let state = get(product, &path).await;
    let evidence = state["security"]["evidence"].as_array().unwrap();
    for row in accepted {
        assert!(evidence.contains(&row["id"]), "{state}");
    }
    assert_eq!(count(product).await, before + 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_bad_row_is_refused_with_its_number_and_good_rows_are_stored() {
    let product = Product::temporary(&[]);
    let rows = json!([
        clash(1),
        with_field("/actors/1", json!("Uzbekstan")),
        clash(2)
    ]);
    let expected = refuses_field("unknown_party", "actors[1]", "Uzbekstan").allowing("UZB");
    assert_mixed(&product, JSON, rows.to_string(), 2, &expected).await;
    let lines = format!("{}\n{{\"kind\": \n{}\n", clash(3), clash(4));
    let expected = refuses(400, "bad_json");
    assert_mixed(&product, NDJSON, lines, 2, &expected).await;
    let lines = format!(
        "# a note\n\n{}\n{}\n{}",
        clash(5),
        with_field("/kind", json!("x")),
        clash(6)
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
    let product = Product::temporary(&[]);
    let bad_query = |field, given| refuses(400, "bad_query").of(field, given);
    let unknown = |code, field, given| refuses(404, code).of(field, given);
    let bad_cursor = refuses(400, "bad_cursor").of("from", "yesterday");
    let cases = [
        (
            "/relations/XXX/AFG",
            refuses_field("unknown_party", "from", "XXX").allowing("XKX"),
        ),
        (
            "/relations/TJK/Afganistan",
            refuses_field("unknown_party", "to", "Afganistan").allowing("AFG"),
        ),
        (
            "/relations/AFG/AFG",
            unknown("unknown_relation", "to", "AFG"),
        ),
        (
            "/relations/TJK/AFG?at=2023-02-30",
            bad_query("at", "2023-02-30"),
        ),
        (
            "/relations/TJK/AFG?at=20230418",
            bad_query("at", "20230418").allowing("2023-04-18"),
        ),
        (
            "/relations/TJK/AFG/diff?from=20230418&to=2023-05-01",
            bad_query("from", "20230418").allowing("2023-04-18"),
        ),
        (
            "/replay?from=2023-04-01&to=20230418",
            bad_query("to", "20230418").allowing("2023-04-18"),
        ),
        (
            "/relations/TJK/AFG?at=2023-04-18T01:00:00+05:00",
            bad_query("at", "2023-04-18T01:00:00 05:00").allowing("2023-04-18T01:00:00%2B05:00"),
        ),
        (
            "/relations/TJK/AFG/diff?from=2022-01-01&known_to=2023-04-18T01:00:00+05:00",
            bad_query("known_to", "2023-04-18T01:00:00 05:00"),
        ),
        (
            "/relations/TJK/AFG?known_at=2100-01-01T00:00:00Z",
            bad_query("known_at", "2100-01-01T00:00:00Z"),
        ),
        (
            "/relations/TJK/AFG?known_at=soon",
            bad_query("known_at", "soon"),
        ),
        (
            "/relations/TJK/AFG?known_at=999999",
            unknown("unknown_position", "known_at", "999999"),
        ),
        (
            "/relations/TJK/AFG?when=now",
            bad_query("when", "when").allowing("known_at"),
        ),
        (
            "/relations/TJK/AFG?at=2023-01-01&at=2023-01-02",
            bad_query("at", "2023-01-02"),
        ),
        (
            "/relations/TJK/AFG/history?dimension=mood",
            unknown("unknown_dimension", "dimension", "mood").allowing("political"),
        ),
        ("/changes?from=yesterday", bad_cursor.allowing("start")),
        (
            "/changes?occasion=guessed",
            bad_query("occasion", "guessed").allowing("learned"),
        ),
        ("/events?from=yesterday", bad_cursor),
        ("/events?limit=0", bad_query("limit", "0")),
        ("/events?limit=1001", bad_query("limit", "1001")),
        (
            "/events?order=random",
            bad_query("order", "random").allowing("newest"),
        ),
        (
            "/events?kind=visit.mde",
            refuses_field("unknown_kind", "kind", "visit.mde").allowing("visit.made"),
        ),
        ("/events/none", unknown("unknown_event", "id", "none")),
        (
            "/countries/QQQ",
            refuses_field("unknown_party", "country", "QQQ"),
        ),
        ("/nowhere", unknown("not_found", "", "/v1/nowhere")),
    ];
    for (path, expected) in cases {
        let answer = answer_to(&product, &format!("/v1{path}")).await;
        expected.assert_answers(path, &answer);
    }
    for (method, path) in [(Method::DELETE, "/events"), (Method::POST, "/countries")] {
        let request = Client::new().request(method, format!("{}/v1{path}", product.http));
        refuses(405, "method_not_allowed").assert_answers(path, &answer(request).await);
    }
    ready(&product.http).await;
}
