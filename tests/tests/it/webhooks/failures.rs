//! Receivers that fail: retries, dead letters, replays, and the command line.

use super::receiver::{Behavior, Receiver};
use super::{act, create, show, wait_for_deliveries};
use crate::helpers::{eventually, pages};
use detente_tests::product::{Product, run};
use serde_json::{Value, json};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const UP: [&str; 2] = ["--demo", "--webhooks-allow-private"];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_relation_does_not_delay_others_and_is_given_up_and_replayed() {
    let directory = tempfile::tempdir().unwrap();
    let up = [&UP[..], &["--webhooks-give-up-after", "2"]].concat();
    let product = Product::up(directory.path(), &up);
    let feed = pages(&product).await;
    let of_tjk = |frame: &&Value| frame["relation"] == "AFG-TJK";
    let held = feed.iter().filter(of_tjk).count();
    let mended = Arc::new(AtomicBool::new(false));
    let is_mended = Arc::clone(&mended);
    let receiver = Receiver::start(move |one, _| {
        if one.relation() == "AFG-TJK" && !is_mended.load(Ordering::Relaxed) {
            // Redirects are not followed.
            Behavior::Answer(302)
        } else {
            Behavior::Accept
        }
    })
    .await;
    create(&product, &receiver, json!({})).await;
    wait_for_deliveries(&receiver, feed.len() - held).await;
    eventually("it is parked", async || {
        let found = show(&product, "/deliveries").await;
        found["parked_total"] == held && found["waiting"] == json!([])
    })
    .await;
    let found = show(&product, "/deliveries").await;
    let parked = &found["parked"][0];
    let tries = receiver.requests();
    let tries: Vec<_> = tries
        .iter()
        .filter(|one| one.relation() == "AFG-TJK")
        .collect();
    assert!(tries.len() >= 2 * held, "{} tries", tries.len());
    assert_eq!(parked["relation"], "AFG-TJK");
    let error = "the receiver answers 302, and redirects are not followed";
    assert_eq!(parked["error"], error);
    assert_eq!(parked["id"], tries.last().unwrap().id());
    // The first wait is a second, with a jitter of a fifth.
    let wait = tries[1].at - tries[0].at;
    assert!(wait >= Duration::from_millis(790), "{wait:?}");
    assert_eq!(tries[0].id(), tries[1].id());
    let metrics = reqwest::get(format!("{}/metrics", product.http)).await;
    let metrics = metrics.unwrap().text().await.unwrap();
    let parked_total = format!("detente_webhooks_parked_total {held}");
    assert!(metrics.contains(&parked_total), "{metrics}");

    mended.store(true, Ordering::Relaxed);
    let from = found["parked"].as_array().unwrap().last().unwrap();
    act(
        &product,
        "replay",
        Some(json!({"cursor": from["replay_from"]})),
    )
    .await;
    wait_for_deliveries(&receiver, feed.len()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn retry_after_of_a_receiver_is_respected() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &UP);
    let feed = pages(&product).await;
    let receiver = Receiver::start(|_, before| {
        if before.is_empty() {
            Behavior::RetryAfter(429, 3)
        } else {
            Behavior::Accept
        }
    })
    .await;
    create(&product, &receiver, json!({})).await;
    wait_for_deliveries(&receiver, feed.len()).await;
    let got = receiver.requests();
    let first = got[0].at;
    // Those in flight with the first may still arrive; then nothing does.
    let at_once = Duration::from_secs(1);
    let later: Vec<_> = got.iter().filter(|one| one.at - first > at_once).collect();
    let next = later.first().expect("what waited comes").at - first;
    assert!(next >= Duration::from_millis(2_900), "{next:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_that_is_gone_gets_nothing_until_a_resume() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &UP);
    let feed = pages(&product).await;
    let back = Arc::new(AtomicBool::new(false));
    let is_back = Arc::clone(&back);
    let receiver = Receiver::start(move |_, _| match is_back.load(Ordering::Relaxed) {
        true => Behavior::Accept,
        false => Behavior::Answer(410),
    })
    .await;
    create(&product, &receiver, json!({})).await;
    eventually("it is gone", async || {
        show(&product, "").await["status"] == "gone"
    })
    .await;
    back.store(true, Ordering::Relaxed);
    assert_eq!(act(&product, "resume", None).await["status"], "active");
    wait_for_deliveries(&receiver, feed.len()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_receiver_times_out_and_is_retried() {
    let directory = tempfile::tempdir().unwrap();
    let up = [&UP[..], &["--webhooks-timeout", "1"]].concat();
    let product = Product::up(directory.path(), &up);
    let receiver = Receiver::start(|_, before| {
        if before.is_empty() {
            Behavior::Hang(Duration::from_secs(30))
        } else {
            Behavior::Accept
        }
    })
    .await;
    create(&product, &receiver, json!({"pair": "AFG-TJK"})).await;
    eventually("the failure is shown", async || {
        let waiting = &show(&product, "/deliveries").await["waiting"];
        waiting[0]["error"] == "the receiver takes too long"
    })
    .await;
    wait_for_deliveries(&receiver, 1).await;
    let got = receiver.requests();
    assert_eq!(got[0].id(), got[1].id());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_line_manages_webhooks() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &UP);
    let receiver = Receiver::accepting().await;
    let ask = |args: &[&str]| {
        let output = product.client(&[&["webhook"], args].concat());
        let output_text = String::from_utf8(output.stdout).unwrap();
        let note = String::from_utf8(output.stderr).unwrap();
        (output.status.code(), output_text, note)
    };
    assert_eq!(ask(&["list"]).1, "no webhooks\n");
    let url = &receiver.url;
    let (code, made, note) = ask(&[
        "create", url, "--id", "desk", "--from", "start", "--pair", "AFG-TJK",
    ]);
    assert_eq!(code, Some(0), "{note}");
    assert!(
        made.contains("whsec_") && made.contains("not shown again"),
        "{made}"
    );
    wait_for_deliveries(&receiver, 1).await;
    eventually("it is counted", async || {
        ask(&["show", "desk"])
            .1
            .contains("deliveries 1 delivered, 0 pending, 0 abandoned")
    })
    .await;
    assert!(ask(&["list"]).1.contains("desk  active"));
    assert_eq!(ask(&["deliveries", "desk"]).1, "no pending deliveries\n");
    assert!(ask(&["pause", "desk"]).1.contains("paused"));
    assert!(ask(&["replay", "desk", "start"]).1.contains("active"));
    eventually("the replay", async || receiver.requests().len() == 2).await;
    assert!(ask(&["rotate", "desk"]).1.contains("whsec_"));
    assert_eq!(ask(&["delete", "desk"]).0, Some(0));
    let (code, _, note) = ask(&["show", "desk"]);
    assert!(
        code == Some(1) && note.contains("unknown_webhook"),
        "{note}"
    );

    let file = directory.path().join("bad.toml");
    std::fs::write(&file, "[[webhook]]\nid = \"a\"\nurl = \"ftp://a\"\n").unwrap();
    let bad = run(&["up", "--webhooks", &file.display().to_string()]);
    let note = String::from_utf8_lossy(&bad.stderr).into_owned();
    assert_eq!(bad.status.code(), Some(64), "{note}");
    assert!(note.contains("webhook[0].url"), "{note}");
}
