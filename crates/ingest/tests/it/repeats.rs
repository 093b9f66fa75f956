//! Repeats and conflicts of ids: later, concurrently, and after a restart.

use std::sync::Arc;

use serde_json::json;
use uuid::Uuid;

use crate::support::{Nats, Server, at_once, event, reports};

fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x0190_0000_0000_7000_8000_0000_0000_0000 | number)
}

#[tokio::test]
async fn a_repeat_gets_the_first_position_and_a_conflict_is_refused_even_after_a_restart() {
    let nats = Nats::start().await;
    for restart in 0..3 {
        let server = nats.serve().await;
        let (status, answer) = server.post_json(&event(Some(id(1)), 1)).await;
        let repeat = restart > 0;
        assert_eq!(status, if repeat { 200 } else { 201 }, "{answer}");
        let accepted = json!([{"row": 1, "id": id(1), "position": 2, "repeat": repeat}]);
        assert_eq!(answer["accepted"], accepted);

        let (status, media_type, problem) = server
            .post(Some("application/json"), event(Some(id(1)), 2).to_string())
            .await;
        assert_eq!(
            (status, media_type.as_str()),
            (409, "application/problem+json")
        );
        assert_eq!(problem["code"], "id_conflict");
        assert_eq!(problem["refused"][0]["refusals"][0]["field"], "id");
        assert_eq!(reports(&server.connection).await.len(), 1);
        server.close().await;
    }
}

#[tokio::test]
async fn rows_of_one_body_may_repeat_and_conflict() {
    let nats = Nats::start().await;
    let server = nats.serve().await;
    let body = json!([
        event(Some(id(1)), 1),
        event(Some(id(2)), 1),
        event(Some(id(1)), 1),
        event(Some(id(1)), 9)
    ]);
    let (status, answer) = server.post_json(&body).await;
    assert_eq!(status, 201, "{answer}");
    let expected = json!([
        {"row": 1, "id": id(1), "position": 2, "repeat": false},
        {"row": 2, "id": id(2), "position": 2, "repeat": false},
        {"row": 3, "id": id(1), "position": 2, "repeat": true},
    ]);
    assert_eq!(answer["accepted"], expected);
    assert_eq!(answer["refused"][0]["row"], 4);
    assert_eq!(answer["refused"][0]["refusals"][0]["code"], "id_conflict");
    assert_eq!(reports(&server.connection).await.len(), 2);
    server.close().await;
}

#[tokio::test]
async fn concurrent_copies_of_a_report_are_stored_once() {
    let nats = Nats::start().await;
    let server = Arc::new(nats.serve().await);
    let repeat = |server: Arc<Server>, _| async move {
        let event = event(Some(id(7)), 1);
        server.post_json(&event).await
    };
    let mut fresh = 0;
    for (status, answer) in at_once(&server, repeat).await {
        let accepted = &answer["accepted"][0];
        assert_eq!(accepted["position"], 2, "{answer}");
        assert_eq!(status, if accepted["repeat"] == true { 200 } else { 201 });
        fresh += usize::from(status == 201);
    }
    assert_eq!(fresh, 1);
    assert_eq!(reports(&server.connection).await.len(), 1);
}

#[tokio::test]
async fn of_concurrent_reports_with_one_id_one_is_stored_and_the_others_conflict() {
    let nats = Nats::start().await;
    let server = Arc::new(nats.serve().await);
    let report = |server: Arc<Server>, number| async move {
        let event = event(Some(id(7)), number % 4 + 1);
        (number % 4, server.post_json(&event).await)
    };
    let mut winners = Vec::new();
    let mut conflicts = 0;
    for (content, (status, answer)) in at_once(&server, report).await {
        match status {
            200 | 201 => winners.push(content),
            409 => conflicts += 1,
            _ => panic!("{status}: {answer}"),
        }
    }
    winners.dedup();
    assert_eq!((winners.len(), conflicts), (1, 30));
    assert_eq!(reports(&server.connection).await.len(), 1);
}

#[tokio::test]
async fn ids_are_recovered_from_a_tail_of_many_commits() {
    let nats = Nats::start().await;
    let server = nats.serve().await;
    for number in 0..600 {
        assert_eq!(server.post_json(&event(Some(id(number)), 1)).await.0, 201);
    }
    server.close().await;
    let server = nats.serve().await;
    let all: Vec<_> = (0..600).map(|number| event(Some(id(number)), 1)).collect();
    let (status, answer) = server.post_json(&json!(all)).await;
    assert_eq!(status, 200);
    for (place, accepted) in answer["accepted"]
        .as_array()
        .expect("rows")
        .iter()
        .enumerate()
    {
        assert_eq!(accepted["position"], json!(place + 2));
        assert_eq!(accepted["repeat"], true);
    }
    assert_eq!(reports(&server.connection).await.len(), 600);
    server.close().await;
}
