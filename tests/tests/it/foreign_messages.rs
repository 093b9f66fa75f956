//! Messages in the log, and values of the control bucket, that no part of the product wrote: they
//! stop nothing, and are named.

use crate::helpers::{event, eventually, reported};
use crate::http::get_at;
use detente_tests::product::Product;
use detente_tests::product::run;
use serde_json::Value;

async fn readiness(product: &Product) -> Value {
    let answer = get_at(&product.http, "/readyz").send().await.unwrap();
    serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
}

/// Reports an event, and waits until its relation has it.
async fn assert_goes_on(product: &Product, actor: &str) {
    let (_, position) = reported(
        product,
        &event("visit.made", &[actor], &["AFG"], "2023-05-01"),
    )
    .await;
    let path = format!("/v1/relations/{actor}/AFG?at=2023-05-02&min_position={position}");
    let answer = get_at(&product.http, &path).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    eventually("the server is ready", async || {
        readiness(product).await["ready"] == true
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_is_no_commit_stops_nothing_and_is_named() {
    let data = tempfile::tempdir().unwrap();
    let mut product = Product::up(data.path(), &[]);
    assert_goes_on(&product, "TJK").await;
    for payload in ["hello", ""] {
        let client = detente_tests::nats::connect(&product.nats).await.unwrap();
        let server = async_nats::jetstream::new(client);
        let sent = server.publish("detente.events.report", payload.into());
        sent.await.unwrap().await.unwrap();
    }
    assert_goes_on(&product, "KAZ").await;
    product.kill();
    let product = Product::up(data.path(), &[]);
    assert_goes_on(&product, "UZB").await;
    let named = readiness(&product).await["damaged_messages"].clone();
    assert_eq!(named["count"], 2, "{named}");
    let verified = run(&["verify", "--nats", &product.nats, "-o", "json"]);
    assert_eq!(verified.status.code(), Some(1));
    let told: Value = serde_json::from_slice(&verified.stdout).unwrap();
    assert_eq!(told["faults"], 2, "{told}");
}
