//! Requests with an idempotency key, sent again: later, at the same moment, after a restart, and
//! with something else in them.

use std::sync::Arc;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Door, Nats, event, in_time, reports};

const KEY: &str = "\"8e03978e-40d5-43e8-bc93-6894a57f9324\"";

async fn post(door: &Door, path: &str, key: &str, body: &Value) -> (u16, Value) {
    let request = door.client.post(format!("{}{path}", door.url));
    let request = request.header("content-type", "application/json");
    let request = request.header("idempotency-key", key);
    let answer = request.body(body.to_string()).send().await;
    let answer = answer.expect("an answer");
    let status = answer.status().as_u16();
    let mut body: Value = answer.json().await.expect("JSON");
    // What a problem says beside the rows is of no matter here.
    if let Some(problem) = body.as_object_mut() {
        problem.retain(|name, _| ["accepted", "refused", "code"].contains(&name.as_str()));
    }
    (status, body)
}

/// Two rows that are good and one that is not.
fn body() -> Value {
    json!([event(None, 1), {"kind": "nothing"}, event(None, 2)])
}

#[tokio::test]
async fn a_request_that_is_sent_again_gets_the_first_answer_even_after_a_restart() {
    let nats = Nats::start().await;
    let mut first = None;
    for _ in 0..3 {
        let door = nats.door().await;
        for _ in 0..2 {
            let answer = post(&door, "/v1/events", KEY, &body()).await;
            assert_eq!(answer.0, 201, "{}", answer.1);
            assert_eq!(answer.1["refused"][0]["row"], 2);
            let first = first.get_or_insert_with(|| answer.clone());
            assert_eq!(*first, answer);
        }
        assert_eq!(reports(&door.connection).await.len(), 2);
        door.close().await;
    }
}

#[tokio::test]
async fn another_request_with_the_key_is_refused_even_after_a_restart() {
    let nats = Nats::start().await;
    let door = nats.door().await;
    let (status, answer) = post(&door, "/v1/events", KEY, &body()).await;
    assert_eq!(status, 201, "{answer}");
    let id = answer["accepted"][0]["id"].as_str().expect("an id");
    let retraction = format!("/v1/events/{id}/retraction");
    door.close().await;
    let door = nats.door().await;
    let more = json!([event(None, 1), {"kind": "nothing"}, event(None, 2), event(None, 3)]);
    for (path, body) in [
        ("/v1/events", more),
        ("/v1/events", event(None, 1)),
        (&*retraction, json!({"reason": "Announced too early"})),
    ] {
        let (status, answer) = post(&door, path, KEY, &body).await;
        assert_eq!(
            (status, &answer["code"]),
            (422, &json!("idempotency_conflict"))
        );
    }
    assert_eq!(reports(&door.connection).await.len(), 2);
    // With a key of its own it is another request, whatever its body.
    let (status, answer) = post(&door, "/v1/events", "another", &body()).await;
    assert_eq!(status, 201);
    assert_ne!(answer["accepted"][0]["id"].as_str(), Some(id));
    for _ in 0..2 {
        let body = json!({"reason": "Announced too early"});
        let (status, answer) = post(&door, &retraction, "a-third", &body).await;
        assert_eq!(
            (status, &answer["accepted"][0]["repeat"]),
            (201, &json!(false))
        );
    }
    assert_eq!(reports(&door.connection).await.len(), 5);
    door.close().await;
}

#[tokio::test]
async fn of_a_request_that_is_sent_many_times_at_once_one_is_stored_and_all_hear_the_same() {
    let nats = Nats::start().await;
    let door = Arc::new(nats.door().await);
    let posts = (0..40).map(|_| {
        let door = Arc::clone(&door);
        tokio::spawn(async move { post(&door, "/v1/events", KEY, &body()).await })
    });
    let mut answers = Vec::new();
    for posted in posts.collect::<Vec<_>>() {
        answers.push(in_time(posted).await.expect("a reporter"));
    }
    assert_eq!(answers[0].0, 201, "{}", answers[0].1);
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert_eq!(reports(&door.connection).await.len(), 2);
}

#[tokio::test]
async fn a_request_that_left_nothing_may_be_mended_under_its_key() {
    let nats = Nats::start().await;
    let door = nats.door().await;
    let (status, answer) = post(&door, "/v1/events", KEY, &json!({"kind": "nothing"})).await;
    assert_eq!(status, 422);
    assert_ne!(answer["code"], "idempotency_conflict");
    assert_eq!(post(&door, "/v1/events", KEY, &event(None, 1)).await.0, 201);
    door.close().await;
}

#[tokio::test]
async fn rows_with_ids_are_known_by_those() {
    let nats = Nats::start().await;
    let door = nats.door().await;
    let id = Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0001);
    let own = json!([event(Some(id), 1), event(None, 2)]);
    let (status, first) = post(&door, "/v1/events", KEY, &own).await;
    assert_eq!(status, 201);
    assert_eq!(first["accepted"][0]["id"], json!(id));
    let (status, again) = post(&door, "/v1/events", KEY, &own).await;
    assert_eq!(status, 201);
    let repeats = again["accepted"].as_array().expect("rows").iter();
    let repeats: Vec<&Value> = repeats.map(|row| &row["repeat"]).collect();
    assert_eq!(repeats, [&json!(true), &json!(false)]);
    // The key is known while the gateway runs, though no id tells of it.
    let alone = event(Some(Uuid::from_u128(id.as_u128() + 1)), 3);
    assert_eq!(post(&door, "/v1/events", "alone", &alone).await.0, 201);
    let (status, answer) = post(&door, "/v1/events", "alone", &event(None, 4)).await;
    assert_eq!(status, 422, "{answer}");
    assert_eq!(reports(&door.connection).await.len(), 3);
    door.close().await;
}

#[tokio::test]
async fn what_is_no_key_is_refused() {
    let nats = Nats::start().await;
    let door = nats.door().await;
    let long = "k".repeat(256);
    for key in ["", "\"\"", "\"a", "a b", &long] {
        let (status, answer) = post(&door, "/v1/events", key, &event(None, 1)).await;
        assert_eq!(
            (status, &answer["code"]),
            (400, &json!("bad_idempotency_key")),
            "{key:?}"
        );
    }
    let request = door.client.post(format!("{}/v1/events", door.url));
    let request = request.header("idempotency-key", "a");
    let request = request.header("idempotency-key", "a").body("{}");
    let answer = request.send().await.expect("an answer");
    assert_eq!(answer.status(), 400);
    assert!(reports(&door.connection).await.is_empty());
    door.close().await;
}
