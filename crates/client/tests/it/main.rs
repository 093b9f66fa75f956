//! The client against servers that are busy, broken, silent or of another version.
#![expect(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod address;

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Response;
use detente_client::request::{Clocks, CountriesRequest, FilterRequest, KnownAt, parse_day};
use detente_client::{
    Client, Code, Error, PatchDto, Place, ReportDto, StreamExt as _, Watch, WatchEvent,
};
use futures_util::{TryStreamExt as _, stream};
use serde_json::{Value, json};

/// The responses of a server in order, and the requests that it received.
#[derive(Clone, Default)]
struct Script {
    responses: Arc<Mutex<VecDeque<Response<Body>>>>,
    requests: Arc<Mutex<Vec<(String, String)>>>,
}

async fn respond(State(script): State<Script>, request: Request) -> Response<Body> {
    let (head, body) = request.into_parts();
    let last = head.headers.get("last-event-id");
    let last = last.map_or("", |last| last.to_str().unwrap());
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    let address = match last {
        "" => head.uri.to_string(),
        last => format!("{} after {last}", head.uri),
    };
    let body = String::from_utf8(body.to_vec()).unwrap();
    script.requests.lock().unwrap().push((address, body));
    let response = script.responses.lock().unwrap().pop_front();
    response.unwrap_or_else(|| response_of(404, "", ""))
}

fn response_of(status: u16, retry_after: &str, body: impl Into<Body>) -> Response<Body> {
    let response = Response::builder()
        .status(status)
        .header("retry-after", retry_after);
    response.body(body.into()).unwrap()
}

fn ok(body: &Value) -> Response<Body> {
    response_of(200, "", body.to_string())
}

fn refusal(status: u16, code: &str, allowed: &[&str]) -> Response<Body> {
    let refusal = json!({"code": code, "message": "no", "given": "old-7", "allowed": allowed});
    let problem = json!({
        "type": format!("urn:detente:refusal:{code}"), "title": "No", "status": status,
        "detail": "no", "code": code, "advice": "Do otherwise.", "refusals": [refusal],
    });
    response_of(status, "", problem.to_string())
}

/// Returns a stream that ends after these events.
fn events(text: &'static str) -> Response<Body> {
    response_of(200, "", text)
}

/// Returns a client of a server with these responses.
async fn client(responses: impl IntoIterator<Item = Response<Body>>) -> (Client, Script) {
    let script = Script::default();
    script.responses.lock().unwrap().extend(responses);
    let router = Router::new().fallback(respond).with_state(script.clone());
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let builder = Client::builder(format!("http://{address}/under/")).token("secret");
    let builder = builder.backoff(Duration::from_millis(1), Duration::from_millis(5));
    let client = builder.silence_max(Duration::from_millis(200)).build();
    (client.unwrap(), script)
}

fn addresses(script: &Script) -> Vec<String> {
    let requests = script.requests.lock().unwrap();
    requests
        .iter()
        .map(|(address, _)| address.clone())
        .collect()
}

async fn next(watch: &mut Watch) -> WatchEvent {
    watch.next().await.unwrap().unwrap()
}

#[tokio::test]
async fn a_report_is_retried_with_the_same_ids_until_it_has_an_answer() {
    let broken: Result<_, Infallible> = Ok("{\"accepted\": [{\"ro");
    let cut = stream::iter([broken.map_err(|_| std::io::Error::other("cut"))])
        .chain(stream::iter([Err(std::io::Error::other("cut"))]));
    let id = "01932f5e-7c1a-7d2b-9f00-5a1f0c3b2e77";
    let outcome = json!({
        "accepted": [{"row": 1, "id": id, "position": 7, "repeat": true}],
        "refused": [{"row": 2, "refusals": [{"code": "bad_date", "message": "no such day"}]}],
    });
    let (client, script) = client([
        response_of(
            503,
            "0",
            json!({"code": "log_unavailable", "detail": "not now"}).to_string(),
        ),
        response_of(200, "", Body::from_stream(cut)),
        response_of(502, "", "<html>bad gateway</html>"),
        ok(&outcome),
    ])
    .await;
    let rows = [json!({"kind": "a"}), json!({"id": null})];
    let outcome = client.report(&rows).await.unwrap();
    assert_eq!(
        (outcome.accepted[0].position, outcome.refused[0].row),
        (7, 2)
    );
    assert_eq!(outcome.refused[0].refusals[0].code, Code::BadDate);
    let mut requests = script.requests.lock().unwrap().clone();
    assert_eq!(requests.len(), 4);
    requests.dedup();
    assert_eq!(requests.len(), 1, "each try is the same: {requests:?}");
    let (address, body) = &requests[0];
    assert_eq!(address, "/under/v1/events");
    let rows = body
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap());
    assert!(rows.into_iter().all(|row| row["id"].is_string()), "{body}");
}

#[tokio::test]
async fn rows_without_an_answer_come_back_and_can_be_sent_again() {
    let busy = || response_of(503, "0", "{\"detail\": \"not now\"}");
    let (client, script) = client((0..5).map(|_| busy())).await;
    let error = client.report(&[json!({"kind": "a"})]).await.unwrap_err();
    let Error::Partial(partial) = error else {
        panic!("{error:?}")
    };
    assert!(partial.cause.is_transient());
    script
        .responses
        .lock()
        .unwrap()
        .push_back(ok(&json!({"accepted": [], "refused": []})));
    client.send(&partial.rows).await.unwrap();
    script
        .responses
        .lock()
        .unwrap()
        .push_back(refusal(413, "body_too_large", &[]));
    let refused = client.send(&partial.rows).await.unwrap_err();
    assert_eq!(
        refused.problem().map(|problem| problem.code),
        Some(Code::BodyTooLarge)
    );
    assert!(matches!(refused, Error::Refused(_)), "no row is in doubt");
    let mut requests = script.requests.lock().unwrap().clone();
    assert_eq!(requests.len(), 7);
    requests.dedup();
    assert_eq!(requests.len(), 1);
}

#[tokio::test]
async fn refusals_failures_and_invalid_responses_are_distinct() {
    let newer = json!({"code": "of_a_newer_version", "detail": "no", "advice": "x"});
    let (client, script) = client([
        refusal(404, "unknown_party", &[]),
        response_of(422, "", newer.to_string()),
        response_of(500, "", "<html>"),
        ok(&json!({"from": "TJK"})),
    ])
    .await;
    let clocks = Clocks {
        at: parse_day("2023-04-18"),
        known_at: Some(KnownAt::Position(57)),
        min_position: None,
    };
    let mut errors = Vec::new();
    for _ in 0..4 {
        errors.push(
            client
                .state("Кыргызстан", "a/b", &clocks)
                .await
                .unwrap_err(),
        );
    }
    assert_eq!(
        errors[0].problem().map(|problem| problem.code),
        Some(Code::UnknownParty)
    );
    assert!(matches!(&errors[1], Error::Failed(failed) if failed.code == "of_a_newer_version"));
    assert_eq!(errors[2].status(), Some(500));
    assert!(matches!(&errors[3], Error::InvalidResponse { .. }));
    assert!(errors.iter().all(|error| !error.is_transient()));
    let path =
        "/under/v1/relations/%D0%9A%D1%8B%D1%80%D0%B3%D1%8B%D0%B7%D1%81%D1%82%D0%B0%D0%BD/a%2Fb";
    assert_eq!(
        addresses(&script)[0],
        format!("{path}?at=2023-04-18&known_at=57")
    );
    let absent = Client::builder("http://127.0.0.1:9").build().unwrap();
    let error = absent.rulebook().await.unwrap_err();
    assert!(
        error.is_transient() && error.to_string().contains("http://127.0.0.1:9"),
        "{error}"
    );
}

const FIRST: &str = "event: heartbeat\nid: old-6\ndata: {}\n\nevent: changes\nid: old-7\n\
    data: {\"cursor\":\"old-7\",\"relation\":\"AFG-TJK\",\"position\":3,\"changes\":[]}\n\n\
    event: changes\nid: old-8\ndata: {\"cursor\":\"old-8\",\"relation\":\"AFG-T";
const SECOND: &str = "event: of_a_newer_version\ndata: {}\n\nevent: switched\nid: new-2\n\
    data: {\"projection\":\"new\",\"previous\":\"old\",\"position\":3,\"cursor\":\"new-2\"}\n\n";

#[tokio::test]
async fn a_watch_resumes_after_its_last_whole_event_and_follows_a_switch() {
    let (client, script) = client([
        response_of(503, "0", "{\"detail\": \"starting\"}"),
        events(FIRST),
        response_of(429, "0", "{\"detail\": \"slower\"}"),
        events(SECOND),
        refusal(410, "stale_cursor", &["newer-0", "newer-9", "newer-4"]),
        refusal(400, "bad_filter", &[]),
    ])
    .await;
    let filter = FilterRequest {
        pair: vec!["AFG-TJK".to_owned()],
        ..FilterRequest::default()
    };
    let mut watch = client.watch(&filter, Place::Now);
    assert!(matches!(
        next(&mut watch).await,
        WatchEvent::Disconnected(_)
    ));
    assert!(!watch.was_connected());
    assert!(
        matches!(next(&mut watch).await, WatchEvent::Changes(frame) if frame.cursor == "old-7")
    );
    assert_eq!(watch.place(), Place::After("old-7".to_owned()));
    assert!(matches!(
        next(&mut watch).await,
        WatchEvent::Disconnected(_)
    ));
    assert!(matches!(
        next(&mut watch).await,
        WatchEvent::Disconnected(_)
    ));
    for wanted in ["new-2", "newer-4"] {
        match next(&mut watch).await {
            WatchEvent::Switched(switched) => assert_eq!(switched.cursor.as_deref(), Some(wanted)),
            other => panic!("{other:?}"),
        }
    }
    let error = watch.next().await.unwrap().unwrap_err();
    assert_eq!(
        error.problem().map(|problem| problem.code),
        Some(Code::BadFilter)
    );
    assert!(watch.next().await.is_none());
    let address = "/under/v1/changes?pair=AFG-TJK&from=now";
    let after = |cursor: &str| format!("{address} after {cursor}");
    let wanted = [
        address.to_owned(),
        address.to_owned(),
        after("old-7"),
        after("old-7"),
        after("new-2"),
        after("newer-4"),
    ];
    assert_eq!(addresses(&script), wanted);
}

#[tokio::test]
async fn a_refusal_inside_a_stream_is_that_of_its_status() {
    let told = |allowed: &[&str]| {
        let refusal = json!({
            "code": "stale_cursor", "message": "no", "given": "old-7", "allowed": allowed,
        });
        let problem = json!({
            "type": "urn:detente:refusal:stale_cursor", "title": "No", "status": 410,
            "detail": "no", "code": "stale_cursor", "advice": "Do otherwise.",
            "refusals": [refusal],
        });
        response_of(
            200,
            "",
            format!("event: refused\nid: new-0\ndata: {problem}\n\n"),
        )
    };
    let (client, script) = client([
        events(FIRST),
        told(&["new-0", "new-9", "new-4"]),
        told(&["newer-0", "newer-9"]),
    ])
    .await;
    let mut watch = client.watch(&FilterRequest::default(), Place::Now);
    assert!(matches!(next(&mut watch).await, WatchEvent::Changes(_)));
    assert!(matches!(
        next(&mut watch).await,
        WatchEvent::Disconnected(_)
    ));
    match next(&mut watch).await {
        WatchEvent::Switched(switched) => assert_eq!(switched.cursor.as_deref(), Some("new-4")),
        other => panic!("{other:?}"),
    }
    // Without the same place, the reader decides where to go on.
    let error = watch.next().await.unwrap().unwrap_err();
    let code = error.problem().map(|problem| problem.code);
    assert_eq!(code, Some(Code::StaleCursor));
    assert!(watch.next().await.is_none());
    let address = "/under/v1/changes?from=now";
    let after = |cursor: &str| format!("{address} after {cursor}");
    let wanted = [address.to_owned(), after("old-7"), after("new-4")];
    assert_eq!(addresses(&script), wanted);
}

#[tokio::test]
async fn a_silent_stream_is_disconnected() {
    let silent = || {
        let never = stream::pending::<Result<String, Infallible>>();
        response_of(200, "", Body::from_stream(never))
    };
    let (client, script) = client([silent(), silent()]).await;
    let mut watch = client.watch(&FilterRequest::default(), Place::Start);
    for _ in 0..2 {
        let WatchEvent::Disconnected(error) = next(&mut watch).await else {
            panic!("the server sent nothing")
        };
        assert!(error.to_string().contains("silent"), "{error}");
    }
    assert!(addresses(&script).len() >= 2 && watch.was_connected());
}

#[tokio::test]
async fn each_amendment_is_sent_to_its_own_address_with_an_id() {
    let event = "01932f5e-7c1a-7d2b-9f00-5a1f0c3b2e77".parse().unwrap();
    let other = "01932f5e-7c1a-7d2b-9f00-5a1f0c3b2e78".parse().unwrap();
    let accepted = json!({"row": 1, "id": other, "position": 7, "repeat": false});
    let outcome = json!({"accepted": [accepted], "refused": []});
    let refusals = json!([{"code": "bad_text", "field": "reason", "message": "blank"}]);
    let refused = json!({"accepted": [], "refused": [{"row": 1, "refusals": refusals}]});
    let outcomes = (0..6).map(|_| ok(&outcome)).chain([ok(&refused)]);
    let (client, script) = client(outcomes).await;
    let report: ReportDto =
        serde_json::from_value(json!({"publisher": "TOLOnews", "grade": "B2"})).unwrap();
    let patch = PatchDto {
        occurred: Some("2023-03-24".to_owned()),
        ..PatchDto::default()
    };
    client.corroborate(event, &report).await.unwrap();
    let denied = client.dispute(event, Some("TALIBAN"), None, &report).await;
    assert_eq!(denied.unwrap().position, 7);
    client.correct(event, &patch, &report).await.unwrap();
    client.retract(event, "invented").await.unwrap();
    client.link(event, other).await.unwrap();
    client.unlink(event, other).await.unwrap();
    let error = client.retract(event, " ").await.unwrap_err();
    assert_eq!(error.problem().unwrap().code, Code::BadText);
    let requests = script.requests.lock().unwrap().clone();
    let wanted = [
        ("reports", json!({"report": report})),
        ("disputes", json!({"by": "TALIBAN", "report": report})),
        (
            "corrections",
            json!({"occurred": "2023-03-24", "report": report}),
        ),
        ("retraction", json!({"reason": "invented"})),
        ("links", json!({"other": other})),
        ("unlinks", json!({"other": other})),
    ];
    for ((address, body), (segment, fields)) in requests.iter().zip(wanted) {
        assert_eq!(*address, format!("/under/v1/events/{event}/{segment}"));
        let mut body: Value = serde_json::from_str(body).unwrap();
        let id = body.as_object_mut().unwrap().remove("id");
        assert!(id.is_some_and(|id| id.is_string()), "{segment}");
        assert_eq!(body, fields);
    }
}

#[tokio::test]
async fn pages_follow_their_cursor_to_the_last() {
    let names = json!({"en": "T", "ar": "T", "ru": "T"});
    let page = |country: &str, next: Option<&str>| {
        let item = json!({"country": country, "names": names, "governed_by": "x", "relations": 1});
        ok(&json!({"items": [item], "next": next, "known_at": 9, "projection": "p"}))
    };
    let (client, script) = client([page("AFG", Some("9:1")), page("TJK", None)]).await;
    let pages = client.countries(&CountriesRequest::default()).limit(1);
    let pages: Vec<_> = pages.into_stream().try_collect().await.unwrap();
    let codes = pages.iter().flat_map(|page| &page.items);
    let codes: Vec<_> = codes.map(|item| &item.country).collect();
    assert_eq!(codes, ["AFG", "TJK"]);
    let first = "/under/v1/countries?limit=1";
    assert_eq!(addresses(&script), [first, &format!("{first}&from=9%3A1")]);
}
