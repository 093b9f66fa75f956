//! A log without room: reports are refused with a code of their own, and go on when there is room.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use detente_ingest::Disk;
use detente_nats_server::State;
use detente_testkit::nats::start_small;
use reqwest::Response;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::support::{Nats, Server, event, eventually, reports};

/// The limit of the streams at first, and when there is room, in bytes.
const SMALL: u64 = 2 << 20;
const LARGE: u64 = 64 << 20;

fn id(number: u64) -> Uuid {
    Uuid::from_u64_pair(0x0190_0000_0000_7def, 0x8000 << 48 | number)
}

async fn send(server: &Server, body: &Value) -> Response {
    let request = server.client.post(format!("{}/v1/events", server.url));
    let request = request.header("content-type", "application/json");
    let sent = request.body(body.to_string()).send().await;
    sent.expect("an answer")
}

async fn assert_full(answer: Response) {
    assert_eq!(answer.status(), 507);
    assert_eq!(answer.headers()["retry-after"], "30");
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    let problem: Value = answer.json().await.expect("a problem");
    assert_eq!(problem["code"], "log_full");
    assert_eq!(problem["accepted"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_store_refuses_reports_until_there_is_room_and_loses_nothing() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let small = start_small(dir.path().join("nats"), 0, SMALL).await;
    let State::Running { port, .. } = *small.state().borrow() else {
        panic!("not running")
    };
    let nats = Nats::new(small, dir);
    let server = nats.serve().await;
    let mut acknowledged = BTreeSet::new();
    let batch = |number: u64| {
        json!(
            (0..500)
                .map(|row| event(Some(id(500 * number + row)), 1))
                .collect::<Vec<_>>()
        )
    };
    let mut number = 0;
    let refused = loop {
        let answer = send(&server, &batch(number)).await;
        if answer.status() != 201 {
            break answer;
        }
        acknowledged.extend((0..500).map(|row| id(500 * number + row)));
        number += 1;
    };
    assert_full(refused).await;
    let (status, _, ready) = server.get("/readyz").await;
    assert_eq!(status, 503, "{ready}");
    assert!(ready.to_string().contains("disk"), "{ready}");
    assert!(!acknowledged.is_empty());

    let dir = nats.stop_for_now().await;
    let _large = start_small(dir.path().join("nats"), port, LARGE).await;
    // The same ids again: none was left claimed.
    eventually("there is room", async || {
        send(&server, &batch(number)).await.status().is_success()
    })
    .await;
    acknowledged.extend((0..500).map(|row| id(500 * number + row)));
    eventually("it is ready", async || server.get("/readyz").await.0 == 200).await;
    let stored = reports(&server.connection).await;
    let stored: Vec<Uuid> = stored.iter().map(|(_, record)| record.id.0).collect();
    assert_eq!(stored.len(), acknowledged.len());
    assert_eq!(stored.into_iter().collect::<BTreeSet<_>>(), acknowledged);
    server.close().await;
}

#[tokio::test]
async fn reports_are_refused_before_the_disk_is_full_and_repeats_are_answered() {
    let nats = Nats::start().await;
    let free = Arc::new(AtomicU64::new(100));
    let (mut deps, _) = nats.deps().await;
    let read = Arc::clone(&free);
    deps.disk = Some(Arc::new(move || {
        let free = read.load(Ordering::SeqCst);
        Some(Disk { free, low: 50 })
    }));
    let server = Nats::serve_with(deps).await;
    let stored = event(Some(id(1)), 1);
    assert_eq!(send(&server, &stored).await.status(), 201);
    free.store(49, Ordering::SeqCst);
    eventually("the disk is nearly full", async || {
        server.get("/readyz").await.0 == 503
    })
    .await;
    let (_, _, ready) = server.get("/readyz").await;
    assert!(ready.to_string().contains("disk"), "{ready}");
    let new = event(Some(id(2)), 1);
    assert_full(send(&server, &new).await).await;
    let (status, answer) = server.post_json(&json!([stored, new])).await;
    assert_eq!((status, &answer["code"]), (507, &json!("log_full")));
    assert_eq!(answer["accepted"][0]["repeat"], true);
    assert_eq!(send(&server, &stored).await.status(), 200);
    assert_eq!(reports(&server.connection).await.len(), 1);

    free.store(50, Ordering::SeqCst);
    eventually("there is room", async || {
        server.get("/readyz").await.0 == 200
    })
    .await;
    // Other content under the same id: it was never claimed.
    let other = event(Some(id(2)), 9);
    assert_eq!(send(&server, &other).await.status(), 201);
    server.close().await;
}
