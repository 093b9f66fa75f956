//! Connections: silent, half-open, too many; streams and replays that are held.

use crate::grpc::connect;
use crate::helpers::{Feed, clash, eventually, metric, reported, text};
use crate::http::{get_at, problem_of};
use detente_api::proto;
use detente_tests::product::{Product, TIMEOUT};
use reqwest::{Client, Response};
use serde_json::Value;
use std::net::{IpAddr, Ipv4Addr};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const HALF_A_HEAD: &str = "GET /livez HTTP/1.1\r\nhost: localhost\r\nx-a";
const WHOLE_HEAD: &str = "GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n";

fn address_of(url: &str) -> &str {
    url.trim_start_matches("http://")
}

/// Opens a connection, and sends what it begins with.
async fn open(url: &str, sent: &str) -> TcpStream {
    let mut stream = TcpStream::connect(address_of(url)).await.unwrap();
    stream.write_all(sent.as_bytes()).await.unwrap();
    stream
}

/// Reads what the server sends, up to the end of a probe's answer or of the connection.
async fn read(stream: &mut TcpStream) -> String {
    let mut read = String::new();
    let mut bytes = [0; 4_096];
    while !read.ends_with("live\n") {
        let count = tokio::time::timeout(TIMEOUT, stream.read(&mut bytes)).await;
        match count.expect("in time") {
            Ok(count) if count > 0 => read.push_str(&String::from_utf8_lossy(&bytes[..count])),
            Ok(_) | Err(_) => break,
        }
    }
    read
}

/// Opens a connection that is held, once the server has accepted it.
async fn held(url: &str) -> TcpStream {
    let mut stream = open(url, WHOLE_HEAD).await;
    let answer = read(&mut stream).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
    stream
}

/// Checks that the server refuses a further connection, and says so.
async fn assert_refused(url: &str) {
    let answer = read(&mut open(url, WHOLE_HEAD).await).await;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 503 "), "{answer}");
    assert!(head.contains("retry-after: 1"), "{answer}");
    let problem: Value = serde_json::from_str(body).unwrap();
    assert_eq!(problem["code"], "too_many_connections");
}

/// Waits until the server closes a connection.
async fn closed(mut stream: TcpStream) {
    let mut rest = Vec::new();
    let read = tokio::time::timeout(TIMEOUT, stream.read_to_end(&mut rest)).await;
    // A reset is an end, too.
    drop(read.expect("the server closes it"));
}

/// Asks from another address of this machine.
async fn from_elsewhere(product: &Product, path: &str) -> Response {
    let client = Client::builder().local_address(IpAddr::from(Ipv4Addr::new(127, 0, 0, 2)));
    let request = client
        .build()
        .unwrap()
        .get(format!("{}{path}", product.http));
    request.timeout(TIMEOUT).send().await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn half_heads_beyond_the_soft_limit_of_descriptors_leave_the_port_alive() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::with_descriptors(256, directory.path(), &["--idle-limit", "2"]);
    let mut half = Vec::new();
    for _ in 0..600 {
        half.push(open(&product.http, HALF_A_HEAD).await);
    }
    drop(held(&product.http).await);
    let first = half.swap_remove(0);
    closed(first).await;
    assert_eq!(
        get_at(&product.http, "/readyz")
            .send()
            .await
            .unwrap()
            .status(),
        200
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_the_system_cannot_accept_is_logged_counted_and_served_later() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::with_descriptors(512, directory.path(), &[]);
    let failures = async || metric(&product, "detente_http_accept_failures_total").await;
    assert_eq!(failures().await.unwrap_or(0), 0);
    // Fewer than are open.
    product.process.limit_descriptors(8);
    let mut late = open(&product.http, WHOLE_HEAD).await;
    product
        .process
        .note_after("a connection cannot be accepted");
    product.process.limit_descriptors(512);
    assert!(read(&mut late).await.starts_with("HTTP/1.1 200 OK"));
    assert!(failures().await.unwrap() > 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_without_a_request_are_closed_and_streams_are_not() {
    let product = Product::temporary(&["--idle-limit", "1"]);
    let mut feed = Feed::open(&product.http, None).await;
    let idle = held(&product.http).await;
    let mut late = held(&product.http).await;
    late.write_all(HALF_A_HEAD.as_bytes()).await.unwrap();
    let silent = open(&product.http, "").await;
    let half = open(&product.http, HALF_A_HEAD).await;
    let of_grpc = open(&product.grpc, "").await;
    let half_a_preface = open(&product.grpc, "PRI * HTTP/2.0\r\n").await;
    for stream in [idle, late, silent, half, of_grpc, half_a_preface] {
        closed(stream).await;
    }
    let (id, _) = reported(&product, &clash(1)).await;
    assert_eq!(
        text(&feed.frame().await.data["changes"][0]["causes"][0]),
        id
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_with_too_many_connections_is_refused_and_others_are_not() {
    let product = Product::temporary(&["--max-connections-per-address", "3"]);
    let mut open = Vec::new();
    for _ in 0..3 {
        open.push(held(&product.http).await);
    }
    for _ in 0..3 {
        assert_refused(&product.http).await;
    }
    assert_eq!(
        from_elsewhere(&product, "/v1/countries").await.status(),
        200
    );
    let metrics = from_elsewhere(&product, "/metrics")
        .await
        .text()
        .await
        .unwrap();
    let counted = "detente_http_connections_refused_total{limit=\"address\"} 3";
    assert!(metrics.contains(counted), "{metrics}");
    open.pop();
    eventually("there is room again", async || {
        let answer = get_at(&product.http, "/livez").send().await;
        answer.is_ok_and(|answer| answer.status() == 200)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn connections_of_http_and_grpc_have_one_limit_in_all() {
    let product = Product::temporary(&["--max-connections", "3"]);
    let mut clients = connect(&product).await;
    let watch = proto::WatchRequest::default();
    let watched = clients.change.watch(watch.clone()).await.unwrap();
    let open = [held(&product.http).await, held(&product.http).await];
    assert_refused(&product.http).await;
    let answer = from_elsewhere(&product, "/livez").await;
    assert_eq!(answer.status(), 503);
    assert_eq!(problem_of(answer).await["code"], "too_many_connections");
    closed(self::open(&product.grpc, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n").await).await;
    drop((watched, clients, open));
    eventually("there is room again", async || {
        let answer = get_at(&product.http, "/livez").send().await;
        answer.is_ok_and(|answer| answer.status() == 200)
    })
    .await;
}

/// Opens a stream of events. Returns its answer.
async fn stream(product: &Product, path: &str) -> Response {
    let request = get_at(&product.http, path).header("accept", "text/event-stream");
    request.timeout(TIMEOUT).send().await.unwrap()
}

async fn assert_too_many(answer: Response) {
    assert_eq!(answer.status(), 429);
    assert_eq!(answer.headers()["retry-after"], "1");
    assert_eq!(problem_of(answer).await["code"], "too_many_streams");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_streams_of_a_caller_have_a_limit_over_every_interface() {
    let product = Product::temporary(&["--max-streams", "2"]);
    let mut clients = connect(&product).await;
    let watch = proto::WatchRequest::default();
    let watched = clients.change.watch(watch.clone()).await.unwrap();
    let first = stream(&product, "/v1/changes").await;
    assert_eq!(first.status(), 200);
    assert_too_many(stream(&product, "/v1/changes").await).await;
    assert_too_many(stream(&product, "/v1/replay").await).await;
    let status = clients.change.watch(watch.clone()).await.err().unwrap();
    assert_eq!(status.code(), tonic::Code::ResourceExhausted, "{status:?}");
    let page = get_at(&product.http, "/v1/changes").send().await.unwrap();
    assert_eq!(page.status(), 200);
    let elsewhere = from_elsewhere(&product, "/v1/replay").await;
    assert_eq!(elsewhere.status(), 200);
    drop(first);
    eventually("a further one is open", async || {
        stream(&product, "/v1/changes").await.status() == 200
    })
    .await;
    drop(watched);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn replays_of_all_callers_have_a_limit() {
    let product = Product::temporary(&["--demo", "--max-replays", "2"]);
    let slow = "/v1/replay?from=2021-08-01&speed=1d/s";
    let open = [
        stream(&product, slow).await,
        from_elsewhere(&product, slow).await,
    ];
    assert!(open.iter().all(|answer| answer.status() == 200));
    for _ in 0..3 {
        assert_too_many(stream(&product, slow).await).await;
    }
    assert_eq!(stream(&product, "/v1/changes").await.status(), 200);
    drop(open);
    eventually("a further one is open", async || {
        stream(&product, slow).await.status() == 200
    })
    .await;
}
