//! A message in the log that no gateway wrote: it is named, and everything else is compared.

use super::{assert_finds, demo, without_messages};
use crate::helpers::{event, eventually, reported};
use crate::log_fold::projection;
use crate::stream_copy::StreamCopy;
use bytes::Bytes;
use detente_jetstream::topology::REPORT;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_is_no_commit_is_named_and_the_feed_and_the_views_are_compared() {
    let directory = tempfile::tempdir().unwrap();
    let product = demo(directory.path()).await;
    let client = detente_tests::nats::connect(&product.nats).await.unwrap();
    let jetstream = async_nats::jetstream::new(client);
    for payload in ["hello", ""] {
        let sent = jetstream.publish(REPORT, payload.into());
        sent.await.unwrap().await.unwrap();
    }
    let visit = event("visit.made", &["UZB"], &["AFG"], "2023-05-04");
    let (_, position) = reported(&product, &visit).await;
    assert_eq!(position, 9);
    let bucket = jetstream.get_key_value("relations").await.unwrap();
    eventually("the view has the last commit", async || {
        let view = bucket.get("AFG.UZB").await.unwrap().unwrap();
        serde_json::from_slice::<Value>(&view).unwrap()["position"] == position
    })
    .await;

    let copy = StreamCopy::copy(&product, &projection()).await;
    let foreign = [7, 8].map(|position| json!({"code": "foreign_message", "position": position}));
    let report = assert_finds(&copy, &foreign);
    assert_eq!(report["notes"], json!([]), "{report:#}");
    assert_eq!(report["messages"], report["compared"], "{report:#}");
    assert_eq!(report["told"], position, "{report:#}");
    let entries = report["entries"].as_u64().unwrap();
    assert!(entries > 50, "{report:#}");

    // What is false after it is found.
    let feed = projection().stream();
    let last = copy.jetstream.get_stream(&feed).await.unwrap();
    let last = last.cached_info().state.last_sequence;
    copy.delete(&feed, last).await;
    let bucket = copy.jetstream.get_key_value("relations").await.unwrap();
    let view = bucket.get("AFG.UZB").await.unwrap().unwrap();
    let mut view: Value = serde_json::from_slice(&view).unwrap();
    view["conducts"][0]["threat"]["level"] = json!("high");
    let view = Bytes::from(view.to_string());
    bucket.put("AFG.UZB", view).await.unwrap();
    let report = assert_finds(
        &copy,
        &[
            json!({"code": "missing_message", "sequence": last}),
            foreign[0].clone(),
            foreign[1].clone(),
            json!({"code": "altered_entry", "relation": "AFG.UZB", "position": position}),
        ],
    );
    let behind = json!({"code": "feed_behind", "position": position});
    assert_eq!(without_messages(&report["notes"]), [behind], "{report:#}");
}
