//! Paths that are not what a route expects.

use super::{header, problem_of, send};
use crate::openapi_check::document;
use detente_tests::product::{Product, TIMEOUT};
use reqwest::{Client, Method};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_path_that_is_not_utf8_is_refused_by_every_route_with_a_problem() {
    let product = Product::temporary(&[]);
    let document = document(&product.http).await;
    let mut routes = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        let places: Vec<&str> = path
            .split('/')
            .filter(|part| part.starts_with('{'))
            .collect();
        for (method, operation) in item.as_object().unwrap() {
            let described = operation["responses"]["400"]["x-codes"].to_string();
            for place in &places {
                let url = path.replace(place, "%ff").replace(['{', '}'], "");
                let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
                let request =
                    Client::new().request(method.clone(), format!("{}{url}", product.http));
                let refused = send(request).await;
                assert_eq!(refused.status(), 400, "{method} {url}");
                assert_eq!(
                    header(&refused, "content-type"),
                    "application/problem+json",
                    "{method} {url}"
                );
                let problem = problem_of(refused).await;
                assert_eq!(problem["code"], "bad_utf8", "{method} {url}");
                assert!(described.contains("\"bad_utf8\""), "{method} {url}");
                routes += 1;
            }
        }
    }
    assert!(routes > 30, "{routes}");
}

/// Sends bytes. Returns the status and the problem of the last answer.
async fn sent(http: &str, bytes: &[u8]) -> (String, Value) {
    let address = http.trim_start_matches("http://");
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(bytes).await.unwrap();
    let mut read = Vec::new();
    let whole = tokio::time::timeout(TIMEOUT, stream.read_to_end(&mut read)).await;
    whole.expect("the server closes the connection").unwrap();
    let read = String::from_utf8(read).unwrap();
    let last = read.rfind("HTTP/1.1 ").unwrap();
    let (head, body) = read[last..].split_once("\r\n\r\n").unwrap();
    assert!(
        head.contains("content-type: application/problem+json"),
        "{read}"
    );
    let problem = serde_json::from_str(body).unwrap();
    (head[9..12].to_owned(), problem)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_request_at_all_is_refused_with_a_problem() {
    let product = Product::temporary(&[]);
    let good = b"GET /livez HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let headers: String = (0..200).map(|n| format!("x-{n}: 1\r\n")).collect();
    for (bytes, status, code) in [
        (
            b"GET /v1/relations/\xff/AFG HTTP/1.1\r\nhost: localhost\r\n\r\n".to_vec(),
            "400",
            "bad_request",
        ),
        (b"GET / HTTP/9.9\r\n\r\n".to_vec(), "400", "bad_request"),
        (b"hello\r\n\r\n".to_vec(), "400", "bad_request"),
        (
            b"GET / HTTP/1.1\r\na b: c\r\n\r\n".to_vec(),
            "400",
            "bad_request",
        ),
        (
            format!("GET / HTTP/1.1\r\n{headers}\r\n").into_bytes(),
            "431",
            "head_too_large",
        ),
        (
            format!("GET /{} HTTP/1.1\r\n\r\n", "x".repeat(70_000)).into_bytes(),
            "431",
            "head_too_large",
        ),
    ] {
        let shown = String::from_utf8_lossy(&bytes[..40.min(bytes.len())]).into_owned();
        for bytes in [bytes.clone(), [&good[..], &bytes].concat()] {
            let (answered, problem) = sent(&product.http, &bytes).await;
            assert_eq!(
                (&*answered, &problem["code"]),
                (status, &code.into()),
                "{shown}"
            );
        }
    }
}
