//! What is wrong is refused, each with its code and its place, and spoils nothing beside it.

use crate::ask::{Answer, answer, assert_ready, count, event, get, post, report};
use crate::said::{Said, at, near, said};
use detente_tests::product::Product;
use reqwest::{Client, Method};
use serde_json::{Value, json};

const JSON: &str = "application/json";
const NDJSON: &str = "application/x-ndjson";

fn good(day: u8) -> Value {
    let occurred = format!("2023-05-{day:02}");
    event("clash.occurred", &["KGZ", "UZB"], &[], &occurred)
}

fn mission(details: Value) -> Value {
    let mut event = event("mission.opened", &["KAZ"], &["UZB"], "2023-05-05");
    event["details"] = details;
    event
}

/// A good event with one thing that is not; null takes it out.
fn but(pointer: &str, value: Value) -> Value {
    let mut event = good(1);
    match event.pointer_mut(pointer) {
        Some(place) => *place = value,
        None => event[pointer.trim_start_matches('/')] = value,
    }
    event
}

/// Events of which each has one fault.
fn events() -> Vec<(&'static str, Value, Said)> {
    let consulate = json!({"mission": "consulate", "host": "KAZ", "sender": "UZB"});
    let with = |key: &str, value: Value| {
        let mut details = consulate.clone();
        details[key] = value;
        mission(details)
    };
    vec![
        (
            "a wrong country",
            but("/actors/0", json!("Kyrgystan")),
            near(at("unknown_party", "actors[0]", "Kyrgystan"), "KGZ"),
        ),
        (
            "an unknown kind",
            but("/kind", json!("mission.open")),
            near(at("unknown_kind", "kind", "mission.open"), "mission.opened"),
        ),
        (
            "a wrong name of a detail",
            with("citty", json!("Shymkent")),
            near(at("unknown_detail", "details.citty", "citty"), "city"),
        ),
        (
            "a wrong value of a detail",
            with("mission", json!("palace")),
            near(at("bad_detail", "details.mission", "palace"), "embassy"),
        ),
        (
            "a detail that is no party",
            with("host", json!("Atlantis")),
            at("unknown_party", "details.host", "Atlantis"),
        ),
        (
            "a missing detail",
            mission(json!({"host": "KAZ", "sender": "UZB"})),
            near(at("missing_detail", "details.mission", ""), "consulate"),
        ),
        (
            "an impossible date",
            but("/occurred", json!("2023-02-30")),
            at("bad_date", "occurred", "2023-02-30"),
        ),
        (
            "no date",
            but("/occurred", Value::Null),
            at("missing_field", "occurred", ""),
        ),
        (
            "no actor",
            but("/actors", json!([])),
            at("missing_actor", "actors", ""),
        ),
        (
            "actors left out",
            but("/actors", Value::Null),
            at("missing_actor", "actors", ""),
        ),
        (
            "a relation with oneself",
            event("statement.critical", &["KAZ"], &["KAZ"], "2023-05-05"),
            at("self_relation", "recipients", "KAZ"),
        ),
        (
            "a host that is the sender",
            with("sender", json!("KAZ")),
            at("self_relation", "details.sender", "KAZ"),
        ),
        (
            "a bad grade",
            but("/report/grade", json!("G7")),
            at("bad_grade", "report.grade", "G7"),
        ),
        (
            "an unknown key",
            but("/colour", json!("red")),
            near(at("unknown_field", "colour", "colour"), "kind"),
        ),
        (
            "a bad id",
            but("/id", json!("seven")),
            at("bad_id", "id", "seven"),
        ),
        (
            "a wrong type",
            but("/kind", json!(7)),
            at("wrong_type", "kind", "7"),
        ),
        ("no event", json!("KGZ"), at("wrong_type", "", "\"KGZ\"")),
        (
            "a blank title",
            but("/title/en", json!(" ")),
            at("bad_text", "title.en", " "),
        ),
        (
            "a control character",
            but("/title/en", json!("a\u{0}b")),
            at("bad_text", "title.en", ""),
        ),
    ]
}

fn bodies() -> Vec<(&'static str, &'static str, Vec<u8>, Said)> {
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
    let csv = Said {
        given: "text/csv",
        ..near(said(415, "unsupported_media_type"), JSON)
    };
    vec![
        ("10 MB", JSON, big(), said(413, "body_too_large")),
        ("10 MB of lines", NDJSON, big(), said(413, "body_too_large")),
        (
            "broken JSON",
            JSON,
            b"{\"kind\": ".to_vec(),
            said(400, "bad_json"),
        ),
        (
            "a deep pit",
            JSON,
            vec![b'['; 1 << 20],
            said(400, "bad_json"),
        ),
        ("invalid UTF-8", JSON, latin, said(400, "bad_utf8")),
        ("nothing", JSON, Vec::new(), said(400, "empty_body")),
        (
            "an empty array",
            JSON,
            b"[]".to_vec(),
            said(400, "empty_body"),
        ),
        (
            "blank lines",
            NDJSON,
            b"\n\n# none\n".to_vec(),
            said(400, "empty_body"),
        ),
        ("a table", "text/csv", b"a,b\n".to_vec(), csv),
        (
            "another charset",
            "application/json; charset=latin1",
            b"{}".to_vec(),
            said(415, "unsupported_media_type"),
        ),
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_bad_report_is_refused_with_its_own_code_and_place() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &[]);
    let before = count(&product).await;
    for (case, event, said) in events() {
        said.assert_answers(case, &report(&product, &event).await);
    }
    for (case, media_type, body, said) in bodies() {
        said.assert_answers(case, &post(&product, media_type, body).await);
    }
    assert_ready(&product).await;
    assert_eq!(count(&product).await, before, "nothing is half stored");
    assert_eq!(
        report(&product, &good(1)).await.status,
        201,
        "it takes reports"
    );
}

/// Good rows land, the bad one comes back with its number, and the state shows the good ones.
async fn assert_mixed(product: &Product, media_type: &str, body: String, row: u64, said: &Said) {
    let before = count(product).await;
    let Answer { status, body, .. } = post(product, media_type, body.into_bytes()).await;
    assert_eq!(status, 201, "{body}");
    let refused = body["refused"].as_array().unwrap();
    assert_eq!(refused.len(), 1, "{body}");
    assert_eq!(refused[0]["row"], row);
    said.assert_in(media_type, &refused[0]["refusals"][0]);
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
async fn a_bad_row_among_good_ones_comes_back_with_its_number_and_the_good_ones_land() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &[]);
    let rows = json!([good(1), but("/actors/1", json!("Uzbekstan")), good(2)]);
    let said = near(at("unknown_party", "actors[1]", "Uzbekstan"), "UZB");
    assert_mixed(&product, JSON, rows.to_string(), 2, &said).await;
    let lines = format!("{}\n{{\"kind\": \n{}\n", good(3), good(4));
    let said = crate::said::said(400, "bad_json");
    assert_mixed(&product, NDJSON, lines, 2, &said).await;
    let lines = format!(
        "# a note\n\n{}\n{}\n{}",
        good(5),
        but("/kind", json!("x")),
        good(6)
    );
    assert_mixed(&product, NDJSON, lines, 4, &at("unknown_kind", "kind", "x")).await;
    assert_ready(&product).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_bad_question_is_refused_with_its_own_code_and_place() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &[]);
    let asked = |status, code, field, given| Said {
        field,
        given,
        ..said(status, code)
    };
    let query = |field, given| asked(400, "bad_query", field, given);
    let cases = [
        (
            "/relations/XXX/AFG",
            near(at("unknown_party", "from", "XXX"), "XKX"),
        ),
        (
            "/relations/TJK/Afganistan",
            near(at("unknown_party", "to", "Afganistan"), "AFG"),
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
            near(query("when", "when"), "known_at"),
        ),
        (
            "/relations/TJK/AFG?at=2023-01-01&at=2023-01-02",
            query("at", "2023-01-02"),
        ),
        (
            "/relations/TJK/AFG/history?dimension=mood",
            near(
                asked(404, "unknown_dimension", "dimension", "mood"),
                "political",
            ),
        ),
        (
            "/changes?from=yesterday",
            near(asked(400, "bad_cursor", "from", "yesterday"), "start"),
        ),
        (
            "/changes?occasion=guessed",
            near(query("occasion", "guessed"), "learned"),
        ),
        (
            "/events?from=yesterday",
            asked(400, "bad_cursor", "from", "yesterday"),
        ),
        ("/events?limit=0", query("limit", "0")),
        ("/events?limit=1001", query("limit", "1001")),
        (
            "/events?order=random",
            near(query("order", "random"), "newest"),
        ),
        (
            "/events?kind=visit.mde",
            near(at("unknown_kind", "kind", "visit.mde"), "visit.made"),
        ),
        ("/events/none", asked(404, "unknown_event", "id", "none")),
        ("/countries/QQQ", at("unknown_party", "country", "QQQ")),
        ("/nowhere", asked(404, "not_found", "", "/v1/nowhere")),
    ];
    for (path, said) in cases {
        let request = Client::new().get(format!("{}/v1{path}", product.http));
        said.assert_answers(path, &answer(request).await);
    }
    for (method, path) in [(Method::DELETE, "/events"), (Method::POST, "/countries")] {
        let request = Client::new().request(method, format!("{}/v1{path}", product.http));
        said(405, "method_not_allowed").assert_answers(path, &answer(request).await);
    }
    assert_ready(&product).await;
}
