//! The door on NATS: the same answers as over HTTP, whatever the size, and nothing stored twice at the end.

use async_nats::{Client, HeaderMap, RequestErrorKind};
use detente_auth::Guard;
use detente_ingest::nats::Door;
use detente_ingest::{Gateway, serve};
use detente_jetstream::service::SUBJECT;
use detente_nats_server as nats_server;
use detente_nats_server::LocalServer;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::support::{Nats, PATIENCE, binary, event, in_time, reports};

struct Opened {
    gateway: Gateway,
    door: Door,
    closing: CancellationToken,
    stop: CancellationToken,
}

async fn open(nats: &Nats) -> Opened {
    let (gateway, _, stop) = nats.gateway().await;
    let closing = CancellationToken::new();
    let door = Door::open(&gateway, Guard::open(), closing.clone())
        .await
        .expect("a door");
    Opened {
        gateway,
        door,
        closing,
        stop,
    }
}

impl Opened {
    async fn close(self) {
        self.closing.cancel();
        in_time(self.door.closed()).await;
        self.stop.cancel();
        in_time(self.gateway.stopped()).await;
    }
}

async fn client(nats: &Nats) -> Client {
    let client = async_nats::ConnectOptions::new().request_timeout(Some(PATIENCE / 20));
    client.connect(nats.server.url()).await.expect("a client")
}

fn numbered(number: u64) -> Value {
    let id = Uuid::from_u64_pair(0x0190_0000_0000_7abc, 0x8000 << 48 | number);
    event(Some(id), 1)
}

#[tokio::test]
async fn what_is_wrong_is_said_as_over_http() {
    let nats = Nats::start().await;
    let opened = open(&nats).await;
    let client = client(&nats).await;
    let (deps, _) = nats.deps().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let url = format!("http://{}/v1/events", listener.local_addr().expect("it"));
    let shutdown = CancellationToken::new();
    let http = tokio::spawn(serve(listener, deps, shutdown.clone()));

    let bad = |key: &str, value: Value| {
        let mut event = event(None, 1);
        event[key] = value;
        event
    };
    let rows = [
        bad("kind", json!("mission.lost")),
        bad("actors", json!([])),
        bad("occurred", json!("2022-02-30")),
        bad("colour", json!("red")),
        json!([bad("id", json!("seven")), 7]),
        json!([]),
        json!("KGZ"),
    ];
    for (media_type, body) in rows
        .iter()
        .map(|row| (None, row.to_string()))
        .chain([(Some("text/csv"), "a,b".to_owned())])
        .chain([(Some("application/x-ndjson"), "{\n7".to_owned())])
    {
        let mut headers = HeaderMap::new();
        let mut posted = reqwest::Client::new().post(&url).body(body.clone());
        if let Some(media_type) = media_type {
            headers.insert("content-type", media_type);
            posted = posted.header("content-type", media_type);
        }
        let posted = posted.send().await.expect("an answer");
        let told = client.request_with_headers(SUBJECT, headers, body.clone().into());
        let told = in_time(told).await.expect("a reply");
        let headers = told.headers.expect("headers");
        let header = |name: &str| headers.get(name).map(ToString::to_string);
        let status = posted.status().as_u16().to_string();
        assert_eq!(header("Nats-Service-Error-Code"), Some(status.clone()));
        assert_eq!(header("Detente-Status"), Some(status));
        let media_type = posted.headers()["content-type"].to_str().expect("text");
        assert_eq!(header("Content-Type").as_deref(), Some(media_type));
        assert_eq!(
            told.payload,
            posted.bytes().await.expect("a body"),
            "{body}"
        );
    }
    assert_eq!(reports(&nats.connect().await).await, []);
    shutdown.cancel();
    in_time(http).await.expect("a task").expect("a clean end");
    opened.close().await;
}

#[tokio::test]
async fn an_answer_that_would_not_fit_says_less_of_each_row_and_of_every_row() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut options = nats_server::Options::new(binary().await, dir.path().join("nats"));
    options.max_payload = 64 << 10;
    let server = LocalServer::start(options).await.expect("a server");
    let nats = Nats::of(server, dir);
    let opened = open(&nats).await;
    let client = client(&nats).await;

    let lines = |rows: usize| "7\n".repeat(rows) + &numbered(1).to_string();
    let told = in_time(client.request(SUBJECT, lines(230).into())).await;
    let told: Value = serde_json::from_slice(&told.expect("a reply").payload).expect("JSON");
    assert_eq!(told["accepted"][0]["row"], 231);
    assert_eq!(told["refused"].as_array().map(Vec::len), Some(230));
    assert_eq!(told["refused"][229]["refusals"][0]["code"], "wrong_type");

    let worst = r#"{"kind":"x","actors":["Atlantis"],"details":{"x":1},"occurred":"?"}"#;
    let told = in_time(client.request(SUBJECT, [worst; 200].join("\n").into())).await;
    let told: Value = serde_json::from_slice(&told.expect("a reply").payload).expect("JSON");
    assert_eq!(told["status"], 422);
    assert_eq!(told["refused"].as_array().map(Vec::len), Some(200));

    let told = in_time(client.request(SUBJECT, lines(300).into())).await;
    let told: Value = serde_json::from_slice(&told.expect("a reply").payload).expect("JSON");
    assert_eq!(told["code"], "too_many_records");
    opened.close().await;
}

#[tokio::test]
async fn gateways_share_the_requests_and_what_is_sent_until_it_is_answered_is_stored_once() {
    let nats = Nats::start().await;
    let (one, other) = (open(&nats).await, open(&nats).await);
    let client = client(&nats).await;
    // As any client does: the same again until there is a reply. A gateway that closes is left by
    // requests that the server had already sent on their way to it.
    let ask = |number: u64| {
        let client = client.clone();
        async move {
            loop {
                let asked = client.request(SUBJECT, numbered(number).to_string().into());
                if let Ok(told) = asked.await {
                    let told: Value = serde_json::from_slice(&told.payload).expect("JSON");
                    return told["accepted"][0]["position"].as_u64();
                }
            }
        }
    };
    let (told, ()) = tokio::join!(join_all((0..300).map(ask)), one.close());
    assert!(told.iter().all(Option::is_some), "{told:?}");
    assert_eq!(reports(&nats.connect().await).await.len(), 300);
    other.close().await;
    let gone = in_time(client.request(SUBJECT, "{}".into())).await;
    let gone = gone.expect_err("nobody is there").kind();
    assert_eq!(gone, RequestErrorKind::NoResponders);
}
