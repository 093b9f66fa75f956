//! The NATS endpoint: the answers of HTTP, shortened to fit, and nothing stored twice at the end.

use async_nats::{Client, HeaderMap, RequestErrorKind};
use detente_auth::Guard;
use detente_ingest::Gateway;
use detente_ingest::nats::NatsEndpoint;
use detente_jetstream::service::SUBJECT;
use detente_nats_server as nats_server;
use detente_nats_server::LocalServer;
use detente_testkit::nats::{TIMEOUT, binary};
use futures_util::future::join_all;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::support::{Nats, event, in_time, reports, serve};

struct Opened {
    gateway: Gateway,
    endpoint: NatsEndpoint,
    closing: CancellationToken,
    stop: CancellationToken,
}

async fn open(nats: &Nats) -> Opened {
    let (gateway, _, stop) = nats.gateway().await;
    let closing = CancellationToken::new();
    let endpoint = NatsEndpoint::start(&gateway, Guard::allow_all(), closing.clone())
        .await
        .expect("an endpoint");
    Opened {
        gateway,
        endpoint,
        closing,
        stop,
    }
}

impl Opened {
    async fn close(self) {
        self.closing.cancel();
        in_time(self.endpoint.stopped()).await;
        self.stop.cancel();
        in_time(self.gateway.stopped()).await;
    }
}

async fn client(nats: &Nats) -> Client {
    let client = async_nats::ConnectOptions::new().request_timeout(Some(TIMEOUT / 40));
    client.connect(nats.server.url()).await.expect("a client")
}

fn numbered(number: u64) -> Value {
    let id = Uuid::from_u64_pair(0x0190_0000_0000_7abc, 0x8000 << 48 | number);
    event(Some(id), 1)
}

#[tokio::test]
async fn refusals_are_those_of_http() {
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
        if let Some(media_type) = media_type {
            headers.insert("content-type", media_type);
        }
        let posted = reqwest::Client::new().post(&url).body(body.clone());
        let media_type = media_type.unwrap_or("application/json");
        let posted = posted.header("content-type", media_type);
        let posted = posted.send().await.expect("an answer");
        let reply = client.request_with_headers(SUBJECT, headers, body.clone().into());
        let reply = in_time(reply).await.expect("a reply");
        let headers = reply.headers.expect("headers");
        let header = |name: &str| headers.get(name).map(ToString::to_string);
        let status = posted.status().as_u16().to_string();
        assert_eq!(header("Nats-Service-Error-Code"), Some(status.clone()));
        assert_eq!(header("Detente-Status"), Some(status));
        let media_type = posted.headers()["content-type"].to_str().expect("text");
        assert_eq!(header("Content-Type").as_deref(), Some(media_type));
        assert_eq!(
            reply.payload,
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
async fn an_answer_that_does_not_fit_is_shortened_in_every_row() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let mut options = nats_server::Options::new(
        binary().await,
        dir.path().join("nats"),
        nats_server::Admission::Open,
    );
    options.max_payload = 512 << 10;
    let server = LocalServer::start(options).await.expect("a server");
    let nats = Nats::new(server, dir);
    let opened = open(&nats).await;
    let client = client(&nats).await;

    let lines = |rows: usize| "7\n".repeat(rows) + &numbered(1).to_string();
    let reply = in_time(client.request(SUBJECT, lines(1_840).into())).await;
    let reply: Value = serde_json::from_slice(&reply.expect("a reply").payload).expect("JSON");
    assert_eq!(reply["accepted"][0]["row"], 1_841);
    assert_eq!(reply["refused"].as_array().map(Vec::len), Some(1_840));
    assert_eq!(reply["refused"][1_839]["refusals"][0]["code"], "wrong_type");

    let worst = r#"{"kind":"x","actors":["Atlantis"],"details":{"x":1},"occurred":"?"}"#;
    let reply = in_time(client.request(SUBJECT, [worst; 1_600].join("\n").into())).await;
    let reply: Value = serde_json::from_slice(&reply.expect("a reply").payload).expect("JSON");
    assert_eq!(reply["status"], 422);
    assert_eq!(reply["refused"].as_array().map(Vec::len), Some(1_600));

    let reply = in_time(client.request(SUBJECT, lines(2_400).into())).await;
    let reply: Value = serde_json::from_slice(&reply.expect("a reply").payload).expect("JSON");
    assert_eq!(reply["code"], "too_many_records");
    opened.close().await;
}

#[tokio::test]
async fn gateways_share_the_requests_and_a_retried_report_is_stored_once() {
    let nats = Nats::start().await;
    let (one, other) = (open(&nats).await, open(&nats).await);
    let client = client(&nats).await;
    // A client sends the same again until there is a reply: requests in transit to a gateway that
    // stops are lost.
    let ask = |number: u64| {
        let client = client.clone();
        async move {
            loop {
                let asked = client.request(SUBJECT, numbered(number).to_string().into());
                if let Ok(reply) = asked.await {
                    let reply: Value = serde_json::from_slice(&reply.payload).expect("JSON");
                    return reply["accepted"][0]["position"].as_u64();
                }
            }
        }
    };
    let (reply, ()) = tokio::join!(join_all((0..300).map(ask)), one.close());
    assert!(reply.iter().all(Option::is_some), "{reply:?}");
    assert_eq!(reports(&nats.connect().await).await.len(), 300);
    other.close().await;
    let gone = in_time(client.request(SUBJECT, "{}".into())).await;
    let gone = gone.expect_err("no responders").kind();
    assert_eq!(gone, RequestErrorKind::NoResponders);
}
