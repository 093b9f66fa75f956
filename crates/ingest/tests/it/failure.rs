//! Answers while the log is unreachable, and recovery afterwards.

use detente_ingest::Gateway;
use detente_jetstream::appender::{Appender, Options};
use detente_jetstream::topology::REPORT;
use tokio_util::sync::CancellationToken;

use crate::support::{Nats, event, eventually, reports};

#[tokio::test]
async fn without_nats_a_report_fails_with_a_stable_code_and_retry_after() {
    let nats = Nats::start().await;
    let server = nats.serve().await;
    assert_eq!(server.post_json(&event(None, 1)).await.0, 201);
    nats.stop().await;
    eventually("the loss is seen", async || {
        server.get("/readyz").await.0 == 503
    })
    .await;
    let (_, _, ready) = server.get("/readyz").await;
    assert_eq!(
        ready,
        "failing: gateway: the NATS server cannot be reached\n"
    );

    let request = server.client.post(format!("{}/v1/events", server.url));
    let answer = request
        .header("content-type", "application/json")
        .body(event(None, 2).to_string())
        .send()
        .await
        .expect("an answer");
    assert_eq!(answer.status(), 503);
    assert_eq!(answer.headers()["content-type"], "application/problem+json");
    assert_eq!(answer.headers()["retry-after"], "1");
    let problem: serde_json::Value = answer.json().await.expect("a problem");
    assert_eq!(problem["code"], "log_unavailable");
    assert_eq!(problem["status"], 503);
    assert_eq!(problem["accepted"], serde_json::json!([]));
    assert_eq!(server.get("/livez").await.0, 200);
}

#[tokio::test]
async fn a_report_survives_a_kill_of_the_nats_server() {
    let nats = Nats::start().await;
    let server = nats.serve().await;
    let pid = nats.server.pid().expect("a running server");
    assert_eq!(server.post_json(&event(None, 1)).await.0, 201);
    let killed = std::process::Command::new("kill")
        .args(["-9", &pid.to_string()])
        .status();
    assert!(killed.expect("a kill command").success());
    // The gateway waits for the next server, which the supervisor starts.
    assert_eq!(server.post_json(&event(None, 2)).await.0, 201);
    assert_eq!(reports(&server.connection).await.len(), 2);
    server.close().await;
}

#[tokio::test]
async fn a_gateway_starts_despite_an_unreadable_record() {
    let nats = Nats::start().await;
    let (gateway, _, cancel) = nats.gateway().await;
    // An unreadable record between good ones is skipped.
    let connection = nats.connect().await;
    let stop = CancellationToken::new();
    let (appender, _) = Appender::start(&connection, Options::new(REPORT), stop.clone());
    appender
        .append("\u{1}no record".into())
        .await
        .expect("a position");
    cancel.cancel();
    gateway.stopped().await;
    let (deps, _) = nats.deps().await;
    let again = Gateway::start(deps, CancellationToken::new())
        .await
        .expect("a gateway");
    assert_eq!(again.health(), Ok(()));
    stop.cancel();
}
