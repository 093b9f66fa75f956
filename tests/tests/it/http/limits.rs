//! Request ids, limits, CORS and compression.

use super::{get_at, header, problem_of, send};
use crate::expect::refuses;
use crate::helpers::answer;
use detente_tests::product::Product;
use reqwest::{Client, Method};
use std::collections::BTreeSet;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_answer_has_the_id_of_its_request() {
    let product = Product::temporary(&[]);
    let id = async |path: &str, sent: &str| {
        let request = get_at(&product.http, path).header("x-request-id", sent);
        header(&send(request).await, "x-request-id").to_owned()
    };
    let long = "x".repeat(129);
    let mut made = BTreeSet::new();
    for path in ["/v1/countries", "/nowhere", "/livez", "/v1/events?limit=0"] {
        assert_eq!(
            id(path, "a-1_b.c:d/e+f=@").await,
            "a-1_b.c:d/e+f=@",
            "{path}"
        );
        for unfit in ["", "two words", "<b>", &long] {
            let own = id(path, unfit).await;
            assert_eq!(own.len(), 36, "{path}: {own}");
            assert!(made.insert(own), "each is unique");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_rate_limit_refuses_with_retry_after_and_spares_probes() {
    let product = Product::temporary(&["--rate-limit", "1", "--rate-burst", "3"]);
    let mut refused = None;
    for _ in 0..50 {
        let response = send(get_at(&product.http, "/v1/countries")).await;
        if response.status() == 429 {
            refused = Some(response);
            break;
        }
    }
    let refused = refused.expect("fifty requests are too many");
    let wait: u64 = header(&refused, "retry-after").parse().unwrap();
    assert!((1..=3).contains(&wait), "{wait}");
    assert!(!header(&refused, "x-request-id").is_empty());
    assert_eq!(problem_of(refused).await["code"], "too_many_requests");
    for _ in 0..20 {
        assert_eq!(send(get_at(&product.http, "/livez")).await.status(), 200);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_body_and_a_late_answer_end_with_a_problem() {
    let product = Product::temporary(&["--time-limit", "1"]);
    let address = product.http.strip_prefix("http://").unwrap();
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head = format!(
        "POST /v1/events HTTP/1.1\r\nhost: {address}\r\ncontent-type: application/json\r\n\
         content-length: 100\r\n\r\n{{\"kind\":"
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answered = String::new();
    stream.read_to_string(&mut answered).await.unwrap();
    assert!(answered.starts_with("HTTP/1.1 408 "), "{answered}");
    assert!(answered.contains("\"code\":\"too_slow\""), "{answered}");
    let answered = answered.to_lowercase();
    assert!(answered.contains("retry-after: 1"), "{answered}");

    // A wait for a future position exceeds the limit.
    let late = get_at(&product.http, "/v1/countries?min_position=999999");
    let late = send(late).await;
    assert_eq!(late.status(), 503);
    assert_eq!(header(&late, "retry-after"), "1");
    assert_eq!(problem_of(late).await["code"], "timed_out");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn listed_origins_may_call_from_a_browser() {
    let ours = "https://desk.example.org";
    let product = Product::temporary(&["--cors", ours]);
    let asked = async |method: Method, path: &str, origin: &str| {
        let request = Client::new().request(method, format!("{}{path}", product.http));
        let request = request
            .header("origin", origin)
            .header("access-control-request-method", "GET")
            .header(
                "access-control-request-headers",
                "last-event-id,if-none-match",
            );
        send(request).await
    };
    for path in ["/v1/countries", "/nowhere"] {
        let answered = asked(Method::GET, path, ours).await;
        assert_eq!(header(&answered, "access-control-allow-origin"), ours);
        assert!(header(&answered, "access-control-expose-headers").contains("etag"));
        let other = asked(Method::GET, path, "https://evil.example.org").await;
        assert_eq!(header(&other, "access-control-allow-origin"), "");
    }
    let before = asked(Method::OPTIONS, "/v1/events", ours).await;
    assert_eq!(before.status(), 200);
    let headers = header(&before, "access-control-allow-headers");
    assert!(headers.contains("last-event-id"), "{headers}");
    let closed = Product::temporary(&[]);
    let request = get_at(&closed.http, "/v1/countries").header("origin", ours);
    let answered = send(request).await;
    assert_eq!(header(&answered, "access-control-allow-origin"), "");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn answers_are_compressed_on_request_and_streams_are_not() {
    let product = Product::temporary(&["--demo"]);
    let plain = send(get_at(&product.http, "/v1/countries/AFG?at=2023-04-18")).await;
    let plain = plain.bytes().await.unwrap().len();
    for coding in ["gzip", "zstd"] {
        let request = get_at(&product.http, "/v1/countries/AFG?at=2023-04-18");
        let packed = send(request.header("accept-encoding", coding)).await;
        assert_eq!(header(&packed, "content-encoding"), coding);
        assert!(packed.bytes().await.unwrap().len() < plain / 3);
    }
    let stream = get_at(&product.http, "/v1/changes?from=start")
        .header("accept", "text/event-stream")
        .header("accept-encoding", "gzip, zstd");
    let stream = send(stream).await;
    assert_eq!(header(&stream, "content-encoding"), "");
    assert_eq!(header(&stream, "content-type"), "text/event-stream");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bad_options_are_refused_at_the_start() {
    for args in [
        &["up", "--cors", "example.org/x"][..],
        &["up", "--rate-limit", "0"],
        &["up", "--rate-burst", "3"],
        &["up", "--time-limit", "0"],
        &["up", "--max-connections", "0"],
        &["up", "--max-streams", "many"],
        &["up", "--idle-limit", "0"],
    ] {
        let output = detente_tests::product::run(args);
        assert_eq!(output.status.code(), Some(2), "{args:?}");
    }
    let product = Product::temporary(&[]);
    let wrong = Client::new().put(format!("{}/v1/events", product.http));
    refuses(405, "method_not_allowed").assert_answers("PUT", &answer(wrong).await);
}
