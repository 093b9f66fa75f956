//! Entries of the bucket of views that are false, missing or behind.

use super::{demo, verify, without_messages};
use crate::helpers::{event, eventually, reported, text};
use crate::log_fold::projection;
use crate::stream_copy::StreamCopy;
use async_nats::HeaderMap;
use bytes::Bytes;
use detente_tests::product::Product;
use futures_util::TryStreamExt;
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn altered_foreign_and_missing_entries_of_the_bucket_are_found() {
    let directory = tempfile::tempdir().unwrap();
    let product = demo(directory.path()).await;
    let copy = StreamCopy::copy(&product, &projection()).await;
    let bucket = copy.jetstream.get_key_value("relations").await.unwrap();
    let mut view: Value =
        serde_json::from_slice(&bucket.get("AFG.KAZ").await.unwrap().unwrap()).unwrap();
    view["conducts"][0]["threat"]["level"] = json!("high");
    let view = Bytes::from(view.to_string());
    bucket.put("AFG.KAZ", view.clone()).await.unwrap();
    bucket.put("AAA.ZZZ", view).await.unwrap();
    let entry = bucket.entry("AFG.RUS").await.unwrap().unwrap();
    copy.delete("KV_relations", entry.revision).await;
    let (code, report) = verify(&["--nats", copy.server.url()]);
    let mut codes = without_messages(&report["findings"]);
    for finding in &mut codes {
        finding.as_object_mut().unwrap().remove("position");
    }
    codes.sort_by_key(|finding| finding["relation"].to_string());
    let expected = [
        json!({"code": "foreign_entry", "relation": "AAA.ZZZ"}),
        json!({"code": "altered_entry", "relation": "AFG.KAZ"}),
        json!({"code": "missing_entry", "relation": "AFG.RUS"}),
    ];
    assert_eq!(
        (code, codes.as_slice()),
        (Some(1), &expected[..]),
        "{report:#}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn views_of_a_longer_log_are_found_and_missing_ones_are_waited_for_together() {
    let directory = tempfile::tempdir().unwrap();
    let product = demo(directory.path()).await;
    let copy = StreamCopy::copy(&product, &projection()).await;
    let mut headers = HeaderMap::new();
    headers.insert("Detente-Projection", projection().as_str());
    headers.insert("Detente-Position", "1000");
    let subject = "$KV.relations.AFG.KAZ";
    let sent = copy
        .jetstream
        .publish_with_headers(subject, headers, "{}".into());
    sent.await.unwrap().await.unwrap();
    let bucket = copy.jetstream.get_key_value("relations").await.unwrap();
    let keys = bucket.keys().await.unwrap().try_collect().await;
    let mut missing: Vec<String> = keys.unwrap();
    missing.retain(|key| key != "AFG.KAZ");
    missing.sort();
    missing.truncate(6);
    for key in &missing {
        let entry = bucket.entry(key).await.unwrap().unwrap();
        copy.delete("KV_relations", entry.revision).await;
    }
    let (code, report) = verify(&["--nats", copy.server.url()]);
    let findings = without_messages(&report["findings"]);
    let beyond = json!({"code": "other_log", "relation": "AFG.KAZ", "position": 1000});
    assert_eq!((code, &findings[0]), (Some(1), &beyond), "{report:#}");
    let found = findings[1..]
        .iter()
        .map(|finding| text(&finding["relation"]));
    let mut found: Vec<String> = found.collect();
    found.sort();
    assert_eq!(found, missing, "{report:#}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_view_that_is_behind_or_of_another_rulebook_is_a_note() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &["--demo"]);
    let visit = |day: &str| event("visit.made", &["TJK"], &["AFG"], day);
    let (_, before) = reported(&product, &visit("2023-05-01")).await;
    let client = detente_tests::nats::connect(&product.nats).await.unwrap();
    let jetstream = async_nats::jetstream::new(client);
    let bucket = jetstream.get_key_value("relations").await.unwrap();
    let position = async || {
        let view = bucket.get("AFG.TJK").await.unwrap().unwrap_or("{}".into());
        let read: Value = serde_json::from_slice(&view).unwrap();
        (read["position"].as_u64(), view)
    };
    eventually("the view", async || position().await.0 == Some(before)).await;
    let (_, old) = position().await;
    let (_, after) = reported(&product, &visit("2023-05-02")).await;
    eventually("the next view", async || position().await.0 == Some(after)).await;
    let copy = StreamCopy::copy(&product, &projection()).await;
    let put = async |key: &str, projection: &str, view: Bytes| {
        let mut headers = HeaderMap::new();
        headers.insert("Detente-Projection", projection);
        headers.insert("Detente-Position", before.to_string());
        let subject = format!("$KV.relations.{key}");
        let sent = copy.jetstream.publish_with_headers(subject, headers, view);
        sent.await.unwrap().await.unwrap();
    };
    put("AFG.TJK", projection().as_str(), old).await;
    put("AFG.UZB", "another", "{}".into()).await;
    let (code, report) = verify(&["--nats", copy.server.url()]);
    assert_eq!(code, Some(0), "{report:#}");
    let expected =
        ["AFG.TJK", "AFG.UZB"].map(|relation| json!({"code": "view_behind", "relation": relation}));
    assert_eq!(without_messages(&report["notes"]), expected, "{report:#}");
}
