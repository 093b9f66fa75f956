//! Retries with an idempotency key: later, concurrently, after a restart, and with another body.

use std::sync::Arc;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Nats, Server, at_once, event, reports};

const KEY: &str = "\"8e03978e-40d5-43e8-bc93-6894a57f9324\"";

async fn post(server: &Server, path: &str, key: &str, body: &Value) -> (u16, Value) {
    let request = server.client.post(format!("{}{path}", server.url));
    let request = request.header("content-type", "application/json");
    let request = request.header("idempotency-key", key);
    let answer = request.body(body.to_string()).send().await;
    let answer = answer.expect("an answer");
    let status = answer.status().as_u16();
    let mut body: Value = answer.json().await.expect("JSON");
    // Only these fields of a problem are compared.
    if let Some(problem) = body.as_object_mut() {
        problem.retain(|name, _| ["accepted", "refused", "code"].contains(&name.as_str()));
    }
    (status, body)
}

/// Returns two valid rows and an invalid one.
fn body() -> Value {
    json!([event(None, 1), {"kind": "nothing"}, event(None, 2)])
}

#[tokio::test]
async fn a_retry_gets_the_first_answer_even_after_a_restart() {
    let nats = Nats::start().await;
    let mut first = None;
    for _ in 0..3 {
        let server = nats.serve().await;
        for _ in 0..2 {
            let answer = post(&server, "/v1/events", KEY, &body()).await;
            assert_eq!(answer.0, 201, "{}", answer.1);
            assert_eq!(answer.1["refused"][0]["row"], 2);
            let first = first.get_or_insert_with(|| answer.clone());
            assert_eq!(*first, answer);
        }
        assert_eq!(reports(&server.connection).await.len(), 2);
        server.close().await;
    }
}

#[tokio::test]
async fn a_different_request_with_the_key_is_refused_even_after_a_restart() {
    let nats = Nats::start().await;
    let server = nats.serve().await;
    let (status, answer) = post(&server, "/v1/events", KEY, &body()).await;
    assert_eq!(status, 201, "{answer}");
    let id = answer["accepted"][0]["id"].as_str().expect("an id");
    let retraction = format!("/v1/events/{id}/retraction");
    server.close().await;
    let server = nats.serve().await;
    let more = json!([event(None, 1), {"kind": "nothing"}, event(None, 2), event(None, 3)]);
    for (path, body) in [
        ("/v1/events", more),
        ("/v1/events", event(None, 1)),
        (&*retraction, json!({"reason": "Announced too early"})),
    ] {
        let (status, answer) = post(&server, path, KEY, &body).await;
        assert_eq!(
            (status, &answer["code"]),
            (422, &json!("idempotency_conflict"))
        );
    }
    assert_eq!(reports(&server.connection).await.len(), 2);
    // With a key of its own it is another request, whatever its body.
    let (status, answer) = post(&server, "/v1/events", "another", &body()).await;
    assert_eq!(status, 201);
    assert_ne!(answer["accepted"][0]["id"].as_str(), Some(id));
    for _ in 0..2 {
        let body = json!({"reason": "Announced too early"});
        let (status, answer) = post(&server, &retraction, "a-third", &body).await;
        assert_eq!(
            (status, &answer["accepted"][0]["repeat"]),
            (201, &json!(false))
        );
    }
    assert_eq!(reports(&server.connection).await.len(), 5);
    server.close().await;
}

#[tokio::test]
async fn concurrent_retries_store_one_request_and_get_the_same_answer() {
    let nats = Nats::start().await;
    let server = Arc::new(nats.serve().await);
    let retry = |server: Arc<Server>, _| async move {
        let body = body();
        post(&server, "/v1/events", KEY, &body).await
    };
    let mut answers = at_once(&server, retry).await;
    assert_eq!(answers[0].0, 201, "{}", answers[0].1);
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(reports(&server.connection).await.len(), 2);
}

#[tokio::test]
async fn a_request_that_stored_nothing_may_be_corrected_under_its_key() {
    let nats = Nats::start().await;
    let server = nats.serve().await;
    let (status, answer) = post(&server, "/v1/events", KEY, &json!({"kind": "nothing"})).await;
    assert_eq!(status, 422);
    assert_ne!(answer["code"], "idempotency_conflict");
    assert_eq!(
        post(&server, "/v1/events", KEY, &event(None, 1)).await.0,
        201
    );
    server.close().await;
}

#[tokio::test]
async fn rows_with_ids_are_identified_by_them() {
    let nats = Nats::start().await;
    let server = nats.serve().await;
    let id = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);
    let own = json!([event(Some(id), 1), event(None, 2)]);
    let (status, first) = post(&server, "/v1/events", KEY, &own).await;
    assert_eq!(status, 201);
    assert_eq!(first["accepted"][0]["id"], json!(id));
    let (status, again) = post(&server, "/v1/events", KEY, &own).await;
    assert_eq!(status, 201);
    let repeats = again["accepted"].as_array().expect("rows").iter();
    let repeats: Vec<&Value> = repeats.map(|row| &row["repeat"]).collect();
    assert_eq!(repeats, [&json!(true), &json!(false)]);
    // The key is known while the gateway runs, though no id is derived from it.
    let alone = event(Some(Uuid::from_u128(id.as_u128() + 1)), 3);
    assert_eq!(post(&server, "/v1/events", "alone", &alone).await.0, 201);
    let (status, answer) = post(&server, "/v1/events", "alone", &event(None, 4)).await;
    assert_eq!(status, 422, "{answer}");
    assert_eq!(reports(&server.connection).await.len(), 3);
    server.close().await;
}

#[tokio::test]
async fn a_malformed_key_is_refused() {
    let nats = Nats::start().await;
    let server = nats.serve().await;
    let long = "k".repeat(256);
    for key in ["", "\"\"", "\"a", "a b", &long] {
        let (status, answer) = post(&server, "/v1/events", key, &event(None, 1)).await;
        assert_eq!(
            (status, &answer["code"]),
            (400, &json!("bad_idempotency_key")),
            "{key:?}"
        );
    }
    let request = server.client.post(format!("{}/v1/events", server.url));
    let request = request.header("content-type", "application/json");
    let request = request.header("idempotency-key", "a");
    let request = request.header("idempotency-key", "a").body("{}");
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), 400);
    assert!(reports(&server.connection).await.is_empty());
    server.close().await;
}
