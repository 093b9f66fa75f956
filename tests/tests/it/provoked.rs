//! Every code of the table of refusals is provoked from outside, with the status of its row: a
//! code that nobody can meet is no contract, and a new one needs a line here.

use crate::ask::{data, event, eventually, text};
use detente_api::refusal::Code;
use detente_domain::event::PARTIES_MAX;
use detente_tests::product::{PATIENCE, Product, run};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const JSON: &str = "application/json";
const ID: &str = "0190f0f0-0000-7000-8000-000000000001";
const CORRECTIONS: &str = "/v1/events/0190f0f0-0000-7000-8000-000000000001/corrections";

/// A request that is refused.
enum Asked {
    Get(String),
    Sent(&'static str, &'static str, Vec<u8>),
    Keyed(&'static str, String),
    As(&'static str, &'static str),
    Deleted(&'static str),
}

fn visit() -> Value {
    let mut visit = event("visit.made", &["KGZ"], &["UZB"], "2023-05-01");
    visit["id"] = json!(ID);
    visit
}

fn mission(details: Value) -> Value {
    let mut mission = event("mission.opened", &["KAZ"], &["UZB"], "2023-05-05");
    mission["details"] = details;
    mission
}

/// A good event with one thing that is not; null takes it out.
fn but(pointer: &str, value: Value) -> Value {
    let mut event = visit();
    match event.pointer_mut(pointer) {
        Some(place) => *place = value,
        None => event[pointer.trim_start_matches('/')] = value,
    }
    event
}

fn rows(row: &Value) -> Asked {
    Asked::Sent("/v1/events", JSON, row.to_string().into_bytes())
}

/// Bodies, and what they say.
fn reports() -> Vec<(Code, Asked)> {
    let whole = |media_type, body: &[u8]| Asked::Sent("/v1/events", media_type, body.to_vec());
    let consulate = json!({"mission": "consulate", "host": "KAZ", "sender": "UZB"});
    let with = |key: &str, value: &str| {
        let mut details = consulate.clone();
        details[key] = json!(value);
        rows(&mission(details))
    };
    let many = vec!["KGZ"; PARTIES_MAX + 1];
    vec![
        (Code::EmptyBody, whole(JSON, b"")),
        (Code::BodyTooLarge, whole(JSON, &vec![b' '; 9 << 20])),
        (
            Code::TooManyRecords,
            whole("application/x-ndjson", "7\n".repeat(20_001).as_bytes()),
        ),
        (Code::UnsupportedMediaType, whole("text/csv", b"a,b")),
        (Code::BadUtf8, whole(JSON, b"{\"kind\": \"\xe9\"}")),
        (Code::BadJson, whole(JSON, b"{\"kind\": ")),
        (Code::WrongType, rows(&but("/kind", json!(7)))),
        (Code::MissingField, rows(&but("/occurred", Value::Null))),
        (Code::UnknownField, rows(&but("/colour", json!("red")))),
        (
            Code::TextTooLong,
            rows(&but("/title/en", json!("x".repeat(500)))),
        ),
        (Code::BadText, rows(&but("/title/en", json!(" ")))),
        (Code::BadId, rows(&but("/id", json!("seven")))),
        (Code::BadDate, rows(&but("/occurred", json!("2023-02-30")))),
        (Code::BadGrade, rows(&but("/report/grade", json!("G7")))),
        (
            Code::BadUrl,
            rows(&but(
                "/report",
                json!({"publisher": "A", "grade": "B2", "url": "x"}),
            )),
        ),
        (
            Code::BadLanguage,
            rows(&but("/report/language", json!("a language"))),
        ),
        (Code::UnknownKind, rows(&but("/kind", json!("visit.lost")))),
        (
            Code::UnknownParty,
            rows(&but("/actors/0", json!("Atlantis"))),
        ),
        (Code::MissingActor, rows(&but("/actors", json!([])))),
        (Code::TooManyParties, rows(&but("/actors", json!(many)))),
        (
            Code::SelfRelation,
            rows(&but("/recipients/0", json!("KGZ"))),
        ),
        (Code::UnknownDetail, with("citty", "Shymkent")),
        (
            Code::MissingDetail,
            rows(&mission(json!({"host": "KAZ", "sender": "UZB"}))),
        ),
        (Code::BadDetail, with("mission", "palace")),
        (
            Code::IdConflict,
            rows(&but("/occurred", json!("2023-05-02"))),
        ),
    ]
}

/// Amendments, and requests with a key.
fn amendments() -> Vec<(Code, Asked)> {
    let report = json!({"publisher": "A paper", "language": "en", "grade": "B2"});
    let correct = |body: Value| Asked::Sent(CORRECTIONS, JSON, body.to_string().into_bytes());
    vec![
        (Code::EmptyCorrection, correct(json!({"report": report}))),
        (
            Code::EmptiedField,
            correct(json!({"actors": null, "report": report})),
        ),
        (
            Code::BadIdempotencyKey,
            Asked::Keyed("two words", visit().to_string()),
        ),
        (
            Code::IdempotencyConflict,
            Asked::Keyed("once", but("/occurred", json!("2023-06")).to_string()),
        ),
    ]
}

/// Webhooks, of which a hundred are kept.
async fn webhooks(http: &str) -> Vec<(Code, Asked)> {
    let make = |field: &str, value: &str| {
        let mut hook = json!({"url": "https://93.184.215.14/"});
        hook[field] = json!(value);
        Asked::Sent("/v1/webhooks", JSON, hook.to_string().into_bytes())
    };
    for number in 0..100 {
        let made = make("id", &format!("hook-{number}")).request(http);
        assert_eq!(made.send().await.unwrap().status(), 201, "{number}");
    }
    vec![
        (Code::BadName, make("id", "Two words")),
        (Code::BadSecret, make("secret", "hush")),
        (Code::PrivateAddress, make("url", "https://10.0.0.1/")),
        (
            Code::UnknownWebhook,
            Asked::Get("/v1/webhooks/none".to_owned()),
        ),
        (Code::TooManyWebhooks, make("id", "one-more")),
    ]
}

fn reads() -> Vec<(Code, Asked)> {
    let get = |path: &str| Asked::Get(format!("/v1{path}"));
    vec![
        (Code::BadQuery, get("/events?limit=0")),
        (Code::BadFilter, get("/changes?filter=1%2B1")),
        (Code::BadCursor, get("/changes?from=yesterday")),
        (Code::StaleCursor, get("/changes?from=0123456789ab-3")),
        (Code::UnknownRelation, get("/relations/AFG/AFG")),
        (Code::UnknownDimension, get("/relations/TJK/AFG/why/mood")),
        (Code::UnknownPosition, get("/countries?known_at=999999")),
        (Code::UnknownEvent, get("/events/none")),
        (Code::NotFound, get("/nowhere")),
        (Code::NotAcceptable, Asked::As("/v1/countries", "image/png")),
        (Code::MethodNotAllowed, Asked::Deleted("/v1/events")),
        (Code::NotCaughtUp, get("/countries?min_position=999999")),
    ]
}

impl Asked {
    fn request(self, http: &str) -> RequestBuilder {
        let client = Client::new();
        let at = |path: &str| format!("{http}{path}");
        match self {
            Self::Get(path) => client.get(at(&path)),
            Self::As(path, media_type) => client.get(at(path)).header("accept", media_type),
            Self::Deleted(path) => client.delete(at(path)),
            Self::Sent(path, media_type, body) => client
                .post(at(path))
                .header("content-type", media_type)
                .body(body),
            Self::Keyed(key, body) => client
                .post(at("/v1/events"))
                .header("content-type", JSON)
                .header("idempotency-key", key)
                .body(body),
        }
    }
}

/// Holds an answer against the row of the table.
async fn assert_refused(code: Code, request: RequestBuilder) {
    assert_is(code, request.timeout(PATIENCE).send().await.unwrap()).await;
}

async fn assert_is(code: Code, answer: Response) {
    let status = answer.status().as_u16();
    let problem: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    assert_eq!((text(&problem["code"]), status), row(code), "{problem}");
    assert_eq!(problem["status"], status);
    assert_eq!(problem["title"], code.title());
    assert_eq!(problem["advice"], code.advice());
}

fn row(code: Code) -> (String, u16) {
    (code.as_str().to_owned(), code.status())
}

/// What only a service of that kind refuses.
async fn apart(directory: &Path) -> Vec<Code> {
    let often = Product::up(&directory.join("often"), &["--rate-limit", "1"]);
    let countries = |product: &Product| Client::new().get(format!("{}/v1/countries", product.http));
    let until = Instant::now() + PATIENCE;
    let refused = loop {
        assert!(Instant::now() < until, "nothing is too many");
        let answer = countries(&often).send().await.unwrap();
        if answer.status() != 200 {
            break answer;
        }
    };
    assert_is(Code::TooManyRequests, refused).await;
    drop(often);

    let slow = Product::up(&directory.join("slow"), &["--time-limit", "1"]);
    let address = slow.http.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = "POST /v1/events HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut told = String::new();
    stream.read_to_string(&mut told).await.unwrap();
    let (word, status) = row(Code::TooSlow);
    assert!(told.starts_with(&format!("HTTP/1.1 {status} ")), "{told}");
    assert!(told.contains(&format!("\"code\":\"{word}\"")), "{told}");
    drop(slow);

    let closed = Product::up(&directory.join("closed"), &[]);
    let made = run(&[
        "token",
        "create",
        "--name",
        "wall",
        "--role",
        "reader",
        "-o",
        "json",
        "--nats",
        &closed.nats,
    ]);
    let token = format!("Bearer {}", text(&data(&made)["token"]));
    eventually("tokens are in force", async || {
        countries(&closed).send().await.unwrap().status() == 401
    })
    .await;
    assert_refused(Code::Unauthenticated, countries(&closed)).await;
    let report = rows(&visit()).request(&closed.http);
    assert_refused(Code::Forbidden, report.header("authorization", token)).await;
    vec![
        Code::TooManyRequests,
        Code::TooSlow,
        Code::Unauthenticated,
        Code::Forbidden,
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_code_of_the_table_is_provoked() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(&directory.path().join("open"), &[]);
    let first = Asked::Keyed("once", visit().to_string()).request(&product.http);
    assert_eq!(first.send().await.unwrap().status(), 201);
    let mut provoked = BTreeSet::new();
    let asked = reports().into_iter().chain(amendments()).chain(reads());
    for (code, asked) in asked.chain(webhooks(&product.http).await) {
        assert_refused(code, asked.request(&product.http)).await;
        provoked.insert(code);
    }
    provoked.extend(apart(directory.path()).await);
    let all: BTreeSet<Code> = Code::ALL.iter().copied().collect();
    let never: Vec<&str> = all
        .difference(&provoked)
        .map(|code| code.as_str())
        .collect();
    assert!(never.is_empty(), "no request here provokes {never:?}");
}
