//! Bodies of every route that takes one: their media types, and keys that stand twice.

use super::openapi::filled;
use super::{get_at, send};
use crate::helpers::{Answer, accepted, answer, clash, count, get};
use crate::openapi_check::document;
use detente_tests::product::Product;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};

const JSON: &str = "application/json";

/// Returns the method and the path of each operation with a body.
async fn writes(product: &Product) -> Vec<(Method, String)> {
    let document = document(&product.http).await;
    let paths = document["paths"].as_object().unwrap();
    let mut writes = Vec::new();
    for (path, item) in paths {
        for (method, operation) in item.as_object().unwrap() {
            if operation["requestBody"].is_object() {
                let method = method.to_uppercase().parse().unwrap();
                writes.push((method, filled(path)));
            }
        }
    }
    writes
}

fn request(product: &Product, (method, path): &(Method, String)) -> RequestBuilder {
    Client::new().request(method.clone(), format!("{}{path}", product.http))
}

/// Checks that an answer is a problem. Returns its first refusal.
fn assert_refused(case: &str, answer: &Answer, status: u16, code: &str) -> Value {
    assert_eq!(answer.status, status, "{case}: {}", answer.body);
    let refusal = answer.body["refusals"][0].clone();
    assert_eq!(refusal["code"], code, "{case}: {}", answer.body);
    refusal
}

/// Checks that there are as many events as before, and no webhook.
async fn assert_nothing_stored(product: &Product, before: usize) {
    assert_eq!(count(product).await, before);
    assert_eq!(get(product, "/v1/webhooks").await["items"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_with_a_body_refuses_other_media_types_than_its_own() {
    let product = Product::temporary(&[]);
    let before = count(&product).await;
    let writes = writes(&product).await;
    assert!(writes.len() >= 9, "{writes:?}");
    for write in &writes {
        for media_type in [
            Some("image/png"),
            Some("text/csv"),
            Some("application/octet-stream"),
            Some("application/json; charset=latin1"),
            Some("text/plain"),
            None,
        ] {
            let case = format!("{write:?} {media_type:?}");
            let mut sent = request(&product, write).body(r#"{"url": "https://93.184.215.14/"}"#);
            if let Some(media_type) = media_type {
                sent = sent.header("content-type", media_type);
            }
            let answer = answer(sent).await;
            let refusal = assert_refused(&case, &answer, 415, "unsupported_media_type");
            let allowed = refusal["allowed"].as_array().unwrap();
            assert!(allowed.contains(&json!(JSON)), "{case}: {refusal}");
        }
    }
    assert_nothing_stored(&product, before).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_route_with_a_body_refuses_a_key_that_stands_twice() {
    let product = Product::temporary(&[]);
    let before = count(&product).await;
    for write in &writes(&product).await {
        let sent = request(&product, write).header("content-type", JSON);
        let twice = r#"{"url": "https://a.example/", "reason": {"a": 1, "a": 2}}"#;
        let answer = answer(sent.body(twice)).await;
        let case = format!("{write:?}");
        let refusal = if write.1 == "/v1/preview" {
            // It has refusals in its rows.
            assert_eq!(answer.status, 200, "{case}: {}", answer.body);
            answer.body["rows"][0]["refusals"][0].clone()
        } else {
            assert_refused(&case, &answer, 422, "duplicate_key")
        };
        assert_eq!(refusal["code"], "duplicate_key", "{case}: {refusal}");
        assert_eq!(refusal["field"], "reason.a", "{case}: {refusal}");
    }
    assert_nothing_stored(&product, before).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_write_answers_in_json_whatever_its_caller_accepts() {
    let product = Product::temporary(&[]);
    for (stored, accept) in (1..).zip(["text/csv", "text/html", "application/atom+xml", "x"]) {
        let sent = Client::new().post(format!("{}/v1/events", product.http));
        let sent = sent.header("accept", accept).json(&clash(stored));
        let answer = answer(sent).await;
        assert_eq!(answer.status, 201, "{accept}: {}", answer.body);
        assert_eq!(answer.media_type, JSON, "{accept}");
        let (id, position) = accepted(&answer.body);
        let path = format!("/v1/events/{id}?min_position={position}");
        assert_eq!(send(get_at(&product.http, &path)).await.status(), 200);
    }
}
