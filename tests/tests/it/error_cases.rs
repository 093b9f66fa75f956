//! Every refusal code, provoked by a request and checked with its status. A new code needs a case
//! here.

use crate::auth::create_token;
use crate::helpers::{consulate, event, eventually, mission, numbered_id, replaced, text};
use detente_api::refusal::Code;
use detente_api::submission::BODY_RELATIONS_MAX;
use detente_domain::background::memberships_of;
use detente_domain::event::PARTIES_MAX;
use detente_domain::party::{Party, PartyKind};
use detente_tests::product::{Product, TIMEOUT};
use reqwest::{Client, RequestBuilder, Response};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Instant;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const JSON: &str = "application/json";
const CORRECTIONS: &str = "/v1/events/0190f0f0-0000-7000-8000-000000000001/corrections";

/// A request that is refused.
enum Case {
    Get(String),
    Sent(&'static str, &'static str, Vec<u8>),
    Keyed(&'static str, String),
    Coded(&'static str),
    As(&'static str, &'static str),
    From(&'static str, &'static str),
    Deleted(&'static str),
}

fn visit() -> Value {
    let mut visit = event("visit.made", &["KGZ"], &["UZB"], "2023-05-01");
    visit["id"] = numbered_id(1);
    visit
}

/// Returns the report of a valid event with one field replaced.
fn with_field(pointer: &str, value: Value) -> Case {
    reported(&replaced(visit(), pointer, value))
}

fn reported(row: &Value) -> Case {
    Case::Sent("/v1/events", JSON, row.to_string().into_bytes())
}

/// Returns the cases of reports.
fn reports() -> Vec<(Code, Case)> {
    let whole = |media_type, body: &[u8]| Case::Sent("/v1/events", media_type, body.to_vec());
    let with = |field: &str, value: &str| reported(&consulate(field, json!(value)));
    let many = vec!["KGZ"; PARTIES_MAX + 1];
    vec![
        (Code::EmptyBody, whole(JSON, b"")),
        (Code::BodyTooLarge, whole(JSON, &vec![b' '; 9 << 20])),
        (
            Code::TooManyRecords,
            whole("application/x-ndjson", "7\n".repeat(20_001).as_bytes()),
        ),
        (Code::UnsupportedMediaType, whole("text/csv", b"a,b")),
        (Code::BadContentEncoding, Case::Coded("br")),
        (Code::BadUtf8, whole(JSON, b"{\"kind\": \"\xe9\"}")),
        (Code::BadJson, whole(JSON, b"{\"kind\": ")),
        (
            Code::DuplicateKey,
            whole(JSON, b"{\"kind\": 1, \"kind\": 2}"),
        ),
        (Code::WrongType, with_field("/kind", json!(7))),
        (Code::MissingField, with_field("/occurred", Value::Null)),
        (Code::UnknownField, with_field("/colour", json!("red"))),
        (
            Code::TextTooLong,
            with_field("/title/en", json!("x".repeat(500))),
        ),
        (Code::BadText, with_field("/title/en", json!(" "))),
        (Code::BadId, with_field("/id", json!("seven"))),
        (Code::BadDate, with_field("/occurred", json!("2023-02-30"))),
        (Code::BadGrade, with_field("/report/grade", json!("G7"))),
        (
            Code::BadUrl,
            with_field(
                "/report",
                json!({"publisher": "A", "grade": "B2", "url": "x"}),
            ),
        ),
        (
            Code::BadLanguage,
            with_field("/report/language", json!("a language")),
        ),
        (Code::UnknownKind, with_field("/kind", json!("visit.lost"))),
        (
            Code::UnknownParty,
            with_field("/actors/0", json!("Atlantis")),
        ),
        (
            Code::PartyDidNotExist,
            with_field("/actors/0", json!("SUN")),
        ),
        (Code::MissingActor, with_field("/actors", json!([]))),
        (Code::TooManyParties, with_field("/actors", json!(many))),
        (
            Code::SelfRelation,
            with_field("/recipients/0", json!("KGZ")),
        ),
        (Code::UnknownDetail, with("citty", "Shymkent")),
        (
            Code::MissingDetail,
            reported(&mission(json!({"host": "KAZ", "sender": "UZB"}))),
        ),
        (Code::BadDetail, with("mission", "palace")),
        (
            Code::IdConflict,
            with_field("/occurred", json!("2023-05-02")),
        ),
    ]
}

/// Returns the cases of amendments, and of requests with an idempotency key.
fn amendments() -> Vec<(Code, Case)> {
    let report = json!({"publisher": "A paper", "language": "en", "grade": "B2"});
    let kazakhstan = Party::find("KAZ").unwrap();
    let membership = memberships_of(kazakhstan)[0].event.0;
    let of_background = json!({"retract": membership, "reason": "An error"});
    let correct = |body: Value| Case::Sent(CORRECTIONS, JSON, body.to_string().into_bytes());
    vec![
        (Code::BackgroundEvent, reported(&of_background)),
        (Code::EmptyCorrection, correct(json!({"report": report}))),
        (
            Code::EmptiedField,
            correct(json!({"actors": null, "report": report})),
        ),
        (
            Code::BadIdempotencyKey,
            Case::Keyed("two words", visit().to_string()),
        ),
        (
            Code::IdempotencyConflict,
            Case::Keyed(
                "once",
                replaced(visit(), "/occurred", json!("2023-06")).to_string(),
            ),
        ),
    ]
}

/// Returns the cases of webhooks; at most a hundred are stored.
async fn webhooks(http: &str) -> Vec<(Code, Case)> {
    let make = |field: &str, value: &str| {
        let mut hook = json!({"url": "https://93.184.215.14/"});
        hook[field] = json!(value);
        Case::Sent("/v1/webhooks", JSON, hook.to_string().into_bytes())
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
            Case::Get("/v1/webhooks/none".to_owned()),
        ),
        (Code::TooManyWebhooks, make("id", "one-more")),
    ]
}

fn reads() -> Vec<(Code, Case)> {
    let get = |path: &str| Case::Get(format!("/v1{path}"));
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
        (Code::ForeignHost, Case::From("host", "desk.example")),
        (
            Code::ForeignOrigin,
            Case::From("origin", "https://desk.example"),
        ),
        (Code::NotAcceptable, Case::As("/v1/countries", "image/png")),
        (Code::MethodNotAllowed, Case::Deleted("/v1/events")),
        (Code::NotCaughtUp, get("/countries?min_position=999999")),
    ]
}

impl Case {
    fn request(self, http: &str) -> RequestBuilder {
        let client = Client::new();
        let at = |path: &str| format!("{http}{path}");
        match self {
            Self::Get(path) => client.get(at(&path)),
            Self::As(path, media_type) => client.get(at(path)).header("accept", media_type),
            Self::From(name, value) => client.get(at("/v1/countries")).header(name, value),
            Self::Deleted(path) => client.delete(at(path)),
            Self::Sent(path, media_type, body) => client
                .post(at(path))
                .header("content-type", media_type)
                .body(body),
            Self::Coded(coding) => client
                .post(at("/v1/events"))
                .header("content-type", JSON)
                .header("content-encoding", coding)
                .body("{}"),
            Self::Keyed(key, body) => client
                .post(at("/v1/events"))
                .header("content-type", JSON)
                .header("idempotency-key", key)
                .body(body),
        }
    }
}

/// Checks the answer to a request against the code.
async fn assert_refused(code: Code, request: RequestBuilder) {
    assert_code(code, request.timeout(TIMEOUT).send().await.unwrap()).await;
}

async fn assert_code(code: Code, answer: Response) {
    let status = answer.status().as_u16();
    let problem: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    assert_eq!(
        (text(&problem["code"]), status),
        expected(code),
        "{problem}"
    );
    assert_eq!(problem["status"], status);
    assert_eq!(problem["title"], code.title());
    assert_eq!(problem["advice"], code.advice());
}

fn expected(code: Code) -> (String, u16) {
    (code.as_str().to_owned(), code.status())
}

/// Checks the refusal of an amendment by a preview, which answers for each row. Returns its code.
async fn previewed(http: &str) -> Code {
    let row = json!({"retract": numbered_id(1), "reason": "An error"});
    let case = Case::Sent("/v1/preview", JSON, row.to_string().into_bytes());
    let answer = case.request(http).send().await.unwrap();
    let preview: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    let refusal = &preview["rows"][0]["refusals"][0];
    assert_eq!(refusal["code"], Code::EventsOnly.as_str(), "{preview}");
    Code::EventsOnly
}

/// Sends a text, and checks the answer, after which the server closes the connection.
async fn assert_sent(code: Code, http: &str, text: &str) {
    let address = http.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(text.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    let (code, status) = expected(code);
    assert!(
        answer.starts_with(&format!("HTTP/1.1 {status} ")),
        "{answer}"
    );
    assert!(answer.contains(&format!("\"code\":\"{code}\"")), "{answer}");
}

/// Checks the refusal of a row that affects too many relations with those before it, which are
/// refused too. Returns its code.
async fn too_wide(http: &str) -> Code {
    let states = Party::all().filter(|party| party.kind() == PartyKind::State);
    let states: Vec<&str> = states.map(Party::code).take(150).collect();
    let report = json!({"publisher": "A paper", "language": "en", "grade": "B2"});
    // A correction of an event whose id is another record's.
    let wide = json!({"correct": numbered_id(2), "id": numbered_id(1), "actors": states,
        "report": report});
    let relations = 150 * 149 / 2;
    let rows = vec![wide; BODY_RELATIONS_MAX / relations + 1];
    let case = Case::Sent("/v1/events", JSON, json!(rows).to_string().into_bytes());
    let answer = case.request(http).send().await.unwrap();
    let answer: Value = serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap();
    let refused = answer["refused"].as_array().unwrap();
    let code = |row: &Value| text(&row["refusals"][0]["code"]);
    let codes: BTreeSet<String> = refused.iter().map(code).collect();
    let expected = [Code::IdConflict, Code::TooManyRelations];
    assert_eq!(codes, expected.map(|code| code.as_str().to_owned()).into());
    assert_eq!(code(&refused[rows.len() - 1]), "too_many_relations");
    Code::TooManyRelations
}

/// Checks refusals that need a server with other options. Returns their codes.
async fn with_other_options(directory: &Path) -> Vec<Code> {
    let limited = Product::up(&directory.join("limited"), &["--rate-limit", "1"]);
    let countries = |product: &Product| Client::new().get(format!("{}/v1/countries", product.http));
    let until = Instant::now() + TIMEOUT;
    let refused = loop {
        assert!(Instant::now() < until, "the rate limit has no effect");
        let answer = countries(&limited).send().await.unwrap();
        if answer.status() != 200 {
            break answer;
        }
    };
    assert_code(Code::TooManyRequests, refused).await;
    drop(limited);

    let few = [
        "--demo",
        "--max-replays",
        "1",
        "--max-connections-per-address",
        "2",
    ];
    let few = Product::up(&directory.join("few"), &few);
    let replay = || Client::new().get(format!("{}/v1/replay?from=2021-08-01&speed=1d/s", few.http));
    let held = replay().send().await.unwrap();
    assert_refused(Code::TooManyStreams, replay()).await;
    let mut silent = Vec::new();
    let until = Instant::now() + TIMEOUT;
    let refused = loop {
        assert!(Instant::now() < until, "connections have no limit");
        silent.push(TcpStream::connect(few.http.trim_start_matches("http://")).await);
        let answer = replay().send().await.unwrap();
        if answer.status() == 503 {
            break answer;
        }
    };
    assert_code(Code::TooManyConnections, refused).await;
    drop((held, silent, few));

    let slow = Product::up(&directory.join("slow"), &["--time-limit", "1"]);
    let slow_body = "POST /v1/events HTTP/1.1\r\nhost: localhost\r\n\
                content-type: application/json\r\ncontent-length: 100\r\n\r\n{";
    assert_sent(Code::TooSlow, &slow.http, slow_body).await;
    assert_sent(Code::BadRequest, &slow.http, "hello\r\n\r\n").await;
    let many = format!("GET / HTTP/1.1\r\n{}\r\n", "x: y\r\n".repeat(200));
    assert_sent(Code::HeadTooLarge, &slow.http, &many).await;
    drop(slow);

    let closed = Product::up(&directory.join("closed"), &[]);
    let reader = create_token(&closed.nats, "wall", "reader");
    eventually("tokens are in force", async || {
        countries(&closed).send().await.unwrap().status() == 401
    })
    .await;
    assert_refused(Code::Unauthenticated, countries(&closed)).await;
    let report = reported(&visit()).request(&closed.http);
    assert_refused(Code::Forbidden, report.bearer_auth(reader.token)).await;
    vec![
        Code::TooManyRequests,
        Code::TooManyStreams,
        Code::TooManyConnections,
        Code::TooSlow,
        Code::BadRequest,
        Code::HeadTooLarge,
        Code::Unauthenticated,
        Code::Forbidden,
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_code_has_a_case() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(&directory.path().join("open"), &[]);
    let first = Case::Keyed("once", visit().to_string()).request(&product.http);
    assert_eq!(first.send().await.unwrap().status(), 201);
    let mut covered = BTreeSet::new();
    let cases = reports().into_iter().chain(amendments()).chain(reads());
    for (code, case) in cases.chain(webhooks(&product.http).await) {
        assert_refused(code, case.request(&product.http)).await;
        covered.insert(code);
    }
    covered.insert(previewed(&product.http).await);
    covered.insert(too_wide(&product.http).await);
    // Those of a damaged feed are in `damaged_feed.rs`.
    covered.insert(Code::LostChanges);
    covered.extend(with_other_options(directory.path()).await);
    let all: BTreeSet<Code> = Code::ALL.iter().copied().collect();
    let missing: Vec<&str> = all.difference(&covered).map(|code| code.as_str()).collect();
    assert!(missing.is_empty(), "no case for {missing:?}");
}
