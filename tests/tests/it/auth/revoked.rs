//! A revoked token ceases to work at once, also for open streams.

use super::{NewToken, create_token, get_as, revoke_token, status, wait_for_token};
use crate::helpers::{answer, event, eventually};
use detente_tests::product::{Process, Product, TIMEOUT};
use futures_util::StreamExt as _;
use reqwest::Response;
use serde_json::json;
use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// The time limit; the documented second may be exceeded on a busy machine.
const SOON: Duration = Duration::from_secs(5);

async fn subscribe(product: &Product, token: &str) -> Response {
    let request = get_as(&product.http, "/v1/changes?from=now", token);
    let request = request.header("accept", "text/event-stream");
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    response
}

/// Returns the status of a read.
async fn read(product: &Product, token: &str) -> u16 {
    status(get_as(&product.http, "/v1/countries", token)).await
}

/// Waits for the end of a stream.
async fn end_of(response: Response) -> Instant {
    let mut stream = response.bytes_stream();
    let all = async { while let Some(Ok(_)) = stream.next().await {} };
    tokio::time::timeout(TIMEOUT, all).await.unwrap();
    Instant::now()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_revoked_token_ceases_to_work_and_its_streams_end() {
    let product = Product::temporary(&[]);
    let [gone, stays] = ["gone", "stays"].map(|name| create_token(&product.nats, name, "reader"));
    wait_for_token(&product, &gone).await;
    wait_for_token(&product, &stays).await;
    let cut = tokio::spawn(end_of(subscribe(&product, &gone.token).await));
    let kept = tokio::spawn(end_of(subscribe(&product, &stays.token).await));
    let watch = watching(&product, &gone);
    revoke_token(&product.nats, &gone);
    let revoked = Instant::now();
    let ended = cut.await.unwrap();
    assert!(
        ended.duration_since(revoked) < SOON,
        "{:?}",
        ended - revoked
    );
    assert_eq!(read(&product, &gone.token).await, 401);
    assert_eq!(read(&product, &stays.token).await, 200);
    eventually("the command ends", async || watch.borrow_mut().has_ended()).await;
    assert!(!kept.is_finished(), "other streams continue");
}

/// Starts `detente watch` with a token; it reconnects forever after other errors.
fn watching(product: &Product, made: &NewToken) -> std::cell::RefCell<Process> {
    let args = ["watch", "--token", &made.token, "--server", &product.http];
    std::cell::RefCell::new(Process::start(&args))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn anonymous_subscriptions_end_when_the_first_token_is_created() {
    let product = Product::temporary(&[]);
    let anonymous = tokio::spawn(end_of(subscribe(&product, "").await));
    let made = create_token(&product.nats, "first", "reader");
    anonymous.await.unwrap();
    wait_for_token(&product, &made).await;
    // After the last token is revoked, tokens are still required.
    revoke_token(&product.nats, &made);
    eventually("it is revoked", async || {
        read(&product, &made.token).await == 401
    })
    .await;
    assert_eq!(read(&product, "").await, 401);
}

/// A request whose body has arrived in part.
struct SlowRequest {
    stream: TcpStream,
    rest: String,
}

impl SlowRequest {
    async fn begin(product: &Product, path: &str, token: &str, body: &str) -> Self {
        let address = product.http.trim_start_matches("http://");
        let authorization = match token {
            "" => String::new(),
            token => format!("authorization: Bearer {token}\r\n"),
        };
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n{authorization}\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let (first, rest) = body.split_at(body.len() / 2);
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(first.as_bytes()).await.unwrap();
        let rest = rest.to_owned();
        Self { stream, rest }
    }

    async fn finish(mut self) -> String {
        self.stream.write_all(self.rest.as_bytes()).await.unwrap();
        let mut answer = String::new();
        self.stream.read_to_string(&mut answer).await.unwrap();
        answer
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_that_arrives_after_its_token_was_revoked_has_no_effect() {
    let product = Product::temporary(&[]);
    let report = event("visit.made", &["KGZ"], &["UZB"], "2023-05-01").to_string();
    let webhook = json!({"url": "https://93.184.215.14/"}).to_string();
    // Without tokens anybody may report, until the first one is created.
    let local = SlowRequest::begin(&product, "/v1/events", "", &report).await;
    let [gone, stays] = ["gone", "stays"].map(|name| create_token(&product.nats, name, "admin"));
    wait_for_token(&product, &gone).await;
    wait_for_token(&product, &stays).await;
    let events = SlowRequest::begin(&product, "/v1/events", &gone.token, &report).await;
    let webhooks = SlowRequest::begin(&product, "/v1/webhooks", &gone.token, &webhook).await;
    revoke_token(&product.nats, &gone);
    eventually("it is revoked", async || {
        read(&product, &gone.token).await == 401
    })
    .await;
    for slow in [local, events, webhooks] {
        let answer = slow.finish().await;
        assert!(answer.starts_with("HTTP/1.1 401 "), "{answer}");
        assert!(answer.contains("\"code\":\"unauthenticated\""), "{answer}");
    }
    // What is sent with a good token takes effect, also slowly, and is all there is.
    let kept = SlowRequest::begin(&product, "/v1/events", &stays.token, &report).await;
    let kept = kept.finish().await;
    assert!(kept.starts_with("HTTP/1.1 201 "), "{kept}");
    let (_, body) = kept.split_once("\r\n\r\n").unwrap();
    let stored: serde_json::Value = serde_json::from_str(body).unwrap();
    let position = &stored["accepted"][0]["position"];
    let path = format!("/v1/events?country=KGZ&min_position={position}");
    let listed = answer(get_as(&product.http, &path, &stays.token)).await;
    assert_eq!(listed.body["items"].as_array().unwrap().len(), 1);
    let listed = answer(get_as(&product.http, "/v1/webhooks", &stays.token)).await;
    assert_eq!(listed.body["items"], json!([]));
}
