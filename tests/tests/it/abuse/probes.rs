//! Probes answer at once, and signals are obeyed, while many amendments of one event are folded.

use super::Watch;
use crate::helpers::{event, get, post};
use detente_tests::product::{Product, TIMEOUT};
use reqwest::Client;
use serde_json::{Value, json};
use std::time::Instant;
use uuid::Uuid;

const REPORTS: u128 = 9_000;
const RETRACTIONS: u128 = 5_000;
const TAKEOVERS: u128 = 2_000;

fn id(number: u128) -> Uuid {
    Uuid::from_u128((1 << 100) + number)
}

/// Returns an event with many reports and a chain of retractions, and many changes of authority.
fn rows() -> Vec<Value> {
    let mut closed = event("border.closed", &["BTN"], &["CHN"], "2024-03-01");
    closed["id"] = json!(id(0));
    closed["details"] = json!({"crossing": "x"});
    let mut rows = vec![closed];
    rows.extend((1..=REPORTS).map(|number| {
        let publisher = format!("Paper {number}");
        json!({
            "corroborate": id(0), "id": id(number),
            "report": {"publisher": publisher, "grade": "C3"},
        })
    }));
    let mut target = id(0);
    rows.extend((1..=RETRACTIONS).map(|number| {
        let id = id(REPORTS + number);
        let row = json!({"retract": target, "id": id, "reason": "undone"});
        target = id;
        row
    }));
    rows.extend((0..TAKEOVERS).map(|number| {
        let day = format!("20{:02}-{:02}-01", number % 20, number % 12 + 1);
        let authority = if number % 2 == 0 {
            "TALIBAN"
        } else {
            "AFG-REPUBLIC"
        };
        let mut takeover = event("authority.changed", &[authority], &[], &day);
        takeover["id"] = json!(id(REPORTS + RETRACTIONS + 1 + number));
        takeover["details"] = json!({"state": "AFG", "authority": authority});
        takeover
    }));
    rows
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn probes_and_unrelated_reads_are_answered_while_many_amendments_are_folded() {
    let mut product = Product::temporary(&["--demo"]);
    let watch = Watch::start(&product, &["/livez", "/readyz", "/v1/relations/UZB/KAZ"]);
    let stored = post(
        &product,
        "application/json",
        serde_json::to_vec(&rows()).unwrap(),
    )
    .await;
    assert_eq!(stored.status, 201, "{}", stored.body);
    let accepted = stored.body["accepted"].as_array().unwrap();
    let position = accepted
        .iter()
        .filter_map(|row| row["position"].as_u64())
        .max();
    // The server waits for 5 seconds, and says that it is not caught up.
    let path = format!("{}/v1/events/{}", product.http, id(0));
    let params = [("min_position", position.unwrap().to_string())];
    let until = Instant::now() + TIMEOUT;
    loop {
        let asked = Client::new().get(&path).query(&params).timeout(TIMEOUT);
        if asked.send().await.unwrap().status() == 200 {
            break;
        }
        assert!(Instant::now() < until, "it is not folded in time");
    }
    // All retractions are undone, and the newest records are shown.
    let view = get(&product, &format!("/v1/events/{}", id(0))).await;
    assert_eq!(view["retracted"], Value::Null);
    assert_eq!(view["records_total"], json!(REPORTS + RETRACTIONS));
    assert_eq!(view["retractions"].as_array().unwrap().len(), 100);
    let from = view["next"].as_str().unwrap();
    let view = get(
        &product,
        &format!("/v1/events/{}?limit=1000&from={from}", id(0)),
    )
    .await;
    assert_eq!(view["retractions"].as_array().unwrap().len(), 1_000);
    watch.end().await;
    assert_eq!(product.process.interrupt(), Some(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signal_is_obeyed_while_many_amendments_are_folded() {
    let mut product = Product::temporary(&[]);
    let stored = post(
        &product,
        "application/json",
        serde_json::to_vec(&rows()).unwrap(),
    )
    .await;
    assert_eq!(stored.status, 201, "{}", stored.body);
    assert_eq!(product.process.interrupt(), Some(0));
}
