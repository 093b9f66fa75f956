//! Messages in the log, and values of the control bucket, that no part of the product wrote: they
//! stop nothing, and are named.

use crate::helpers::{event, eventually, get, metric, reported, run_json};
use crate::http::get_at;
use crate::log_fold::projection;
use crate::switch::{other_rulebook, rulebook_command};
use async_nats::jetstream::kv::Store;
use detente_tests::product::{Product, run};
use serde_json::{Value, json};

pub(crate) async fn readiness(product: &Product) -> Value {
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
    let damaged = "detente_query_damaged_total";
    assert_eq!(metric(&product, damaged).await, Some(2));
    product.kill();
    let product = Product::up(data.path(), &[]);
    assert_goes_on(&product, "UZB").await;
    assert_eq!(metric(&product, damaged).await, Some(2));
    let named = readiness(&product).await["damaged_messages"].clone();
    assert_eq!(named["count"], 2, "{named}");
    let verified = run(&["verify", "--nats", &product.nats, "-o", "json"]);
    assert_eq!(verified.status.code(), Some(1));
    let told: Value = serde_json::from_slice(&verified.stdout).unwrap();
    assert_eq!(told["faults"], 2, "{told}");
    assert_eq!(told["counts"]["foreign_message"], 2, "{told}");
}

async fn control(product: &Product) -> Store {
    let client = detente_tests::nats::connect(&product.nats).await.unwrap();
    let server = async_nats::jetstream::new(client);
    server.get_key_value("detente_control").await.unwrap()
}

/// Waits until exactly these values of the control bucket are named as damaged.
async fn assert_named(product: &Product, keys: &[&str]) {
    eventually("the damaged values are named", async || {
        let named = readiness(product).await["damaged_values"].clone();
        let named: Vec<String> = named
            .as_object()
            .map_or_else(Vec::new, |named| named.keys().cloned().collect());
        named == keys
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_control_value_stops_nothing_is_named_and_put_right_by_the_next_switch() {
    let data = tempfile::tempdir().unwrap();
    let mut product = Product::up(data.path(), &[]);
    let (_, file, other) = other_rulebook(data.path());
    rulebook_command(&product.nats, &["adopt", &file]);
    let both = ["active_projection", "candidate_projection"];
    let in_force =
        async |product: &Product| get(product, "/v1/rulebook").await["projection"].clone();
    // A name of no rulebook, no name, no text, nothing.
    let damage: [Option<&[u8]>; 4] = [Some(b"hello"), Some(b"{\"a\": 1}"), Some(&[0xff]), None];
    for (number, damage) in damage.into_iter().enumerate() {
        let control = control(&product).await;
        for key in both {
            match damage {
                Some(bytes) => drop(control.put(key, bytes.to_vec().into()).await.unwrap()),
                None => control.delete(key).await.unwrap(),
            }
        }
        // Without a candidate there is nothing to name.
        let named = if damage.is_some() {
            &both[..]
        } else {
            &both[..1]
        };
        assert_named(&product, named).await;
        assert_goes_on(&product, ["TJK", "KAZ", "UZB", "KGZ"][number]).await;
        product.kill();
        product = Product::up(data.path(), &[]);
        eventually("the rulebook in force is served", async || {
            in_force(&product).await == other.as_str()
        })
        .await;
        assert_named(&product, named).await;
        assert_goes_on(&product, ["KGZ", "UZB", "KAZ", "TJK"][number]).await;
        let verified = run(&["verify", "--nats", &product.nats, "-o", "json"]);
        assert_eq!(verified.status.code(), Some(1));
        let told: Value = serde_json::from_slice(&verified.stdout).unwrap();
        assert_eq!(told["counts"]["damaged_value"], named.len(), "{told}");
    }
    rulebook_command(&product.nats, &["back", projection().as_str()]);
    assert_named(&product, &[]).await;
    let verified = run_json(&["verify", "--nats", &product.nats]);
    assert_eq!(verified["findings"], json!([]), "{verified}");
}
