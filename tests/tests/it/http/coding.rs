//! Content codings of requests and answers.

use super::{get_at, header, problem_of, send};
use crate::helpers::{accepted, count, event, eventually, get_event, numbered_id, text};
use async_compression::tokio::write::{GzipEncoder, ZstdEncoder};
use detente_tests::product::Product;
use reqwest::{Client, RequestBuilder};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;

const CODINGS: [&str; 2] = ["gzip", "zstd"];

async fn encoded(coding: &str, text: &[u8]) -> Vec<u8> {
    if coding == "gzip" {
        let mut encoder = GzipEncoder::new(Vec::new());
        encoder.write_all(text).await.unwrap();
        encoder.shutdown().await.unwrap();
        encoder.into_inner()
    } else {
        let mut encoder = ZstdEncoder::new(Vec::new());
        encoder.write_all(text).await.unwrap();
        encoder.shutdown().await.unwrap();
        encoder.into_inner()
    }
}

/// Posts a body with a media type and a content coding.
fn post(product: &Product, path: &str, media_type: &str, coding: &str) -> RequestBuilder {
    let request = Client::new().post(format!("{}{path}", product.http));
    let request = request.header("content-type", media_type);
    request.header("content-encoding", coding)
}

fn visit(number: u32) -> Value {
    let mut visit = event("visit.made", &["KGZ"], &["UZB"], "2023-05-01");
    visit["id"] = numbered_id(number);
    visit
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_body_may_be_compressed_on_every_route() {
    let product = Product::temporary(&[]);
    let before = count(&product).await;
    let json = "application/json";
    for (number, coding) in (1..).step_by(10).zip(CODINGS) {
        let row = visit(number).to_string();
        let sent =
            post(&product, "/v1/events", json, coding).body(encoded(coding, row.as_bytes()).await);
        let answer = send(sent).await;
        assert_eq!(answer.status(), 201, "{coding}");
        let (id, position) = accepted(&problem_of(answer).await);
        let stored = get_event(&product, &id, position).await;
        assert_eq!(stored["occurred"], "2023-05-01");

        // Members, or frames, in a row are one body.
        let mut lines = Vec::new();
        for further in 1..=3 {
            let line = format!("{}\n", visit(number + further));
            lines.extend(encoded(coding, line.as_bytes()).await);
        }
        let sent = post(&product, "/v1/events", "application/x-ndjson", coding).body(lines);
        let answer = problem_of(send(sent).await).await;
        assert_eq!(answer["accepted"].as_array().unwrap().len(), 3, "{answer}");

        for (path, body) in [
            (
                format!("/v1/events/{}/reports", text(&numbered_id(number))),
                json!({"report": {"publisher": "A paper", "language": "en", "grade": "B2"}}),
            ),
            ("/v1/preview".to_owned(), visit(number + 9)),
            (
                "/v1/webhooks".to_owned(),
                json!({"id": coding, "url": "https://93.184.215.14/"}),
            ),
        ] {
            let body = encoded(coding, body.to_string().as_bytes()).await;
            let answer = send(post(&product, &path, json, coding).body(body)).await;
            assert!(answer.status().is_success(), "{path}: {}", answer.status());
        }
    }
    eventually("all are listed", async || {
        count(&product).await == before + 8
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_codings_wrong_bytes_and_bombs_are_refused() {
    let product = Product::temporary(&[]);
    let before = count(&product).await;
    let row = visit(1).to_string();
    let routes = ["/v1/events", "/v1/preview", "/v1/webhooks"];
    for path in routes {
        for coding in ["br", "deflate", "gzip, gzip", "compress"] {
            let sent = post(&product, path, "application/json", coding).body(row.clone());
            let refused = send(sent).await;
            assert_eq!(refused.status(), 415, "{path} {coding}");
            assert_eq!(header(&refused, "accept-encoding"), "gzip, zstd");
            let problem = problem_of(refused).await;
            assert_eq!(problem["code"], "bad_content_encoding", "{path} {coding}");
            assert_eq!(problem["refusals"][0]["given"], coding);
        }
        for coding in CODINGS {
            let whole = encoded(coding, row.as_bytes()).await;
            let cut = whole[..whole.len() - 9].to_vec();
            for bytes in [row.clone().into_bytes(), cut] {
                let sent = post(&product, path, "application/json", coding).body(bytes);
                let refused = send(sent).await;
                assert_eq!(refused.status(), 415, "{path} {coding}");
                let problem = problem_of(refused).await;
                assert_eq!(problem["code"], "bad_content_encoding", "{path} {coding}");
            }
            let bomb = encoded(coding, &vec![b' '; 16 << 20]).await;
            assert!(bomb.len() < 32 << 10, "{}", bomb.len());
            let sent = post(&product, path, "application/json", coding).body(bomb);
            let refused = send(sent).await;
            assert_eq!(refused.status(), 413, "{path} {coding}");
            assert_eq!(problem_of(refused).await["code"], "body_too_large");
        }
    }
    assert_eq!(count(&product).await, before);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_that_accepts_no_coding_of_the_answer_has_no_effect() {
    let product = Product::temporary(&[]);
    let report = |accept: &str| {
        let request = Client::new().post(format!("{}/v1/events", product.http));
        let request = request.header("content-type", "application/json");
        let request = request.header("accept-encoding", accept);
        request.body(visit(1).to_string())
    };
    let path = format!("/v1/events/{}", text(&numbered_id(1)));
    for accept in ["br, identity;q=0", "*;q=0", "identity;q=0"] {
        for request in [
            report(accept),
            get_at(&product.http, "/v1/countries").header("accept-encoding", accept),
            get_at(&product.http, "/nowhere").header("accept-encoding", accept),
        ] {
            let refused = send(request).await;
            assert_eq!(refused.status(), 406, "{accept}");
            assert_eq!(header(&refused, "content-type"), "application/problem+json");
            let problem = problem_of(refused).await;
            assert_eq!(problem["code"], "not_acceptable", "{accept}");
            assert_eq!(
                problem["refusals"][0]["allowed"],
                json!(["identity", "gzip", "zstd"])
            );
        }
        assert_eq!(send(get_at(&product.http, &path)).await.status(), 404);
    }
    // What is done is answered as done, in any other case.
    for (accept, status) in [
        ("br, *;q=0.1", 201),
        ("br", 200),
        ("gzip, identity;q=0", 200),
    ] {
        assert_eq!(send(report(accept)).await.status(), status, "{accept}");
    }
}
