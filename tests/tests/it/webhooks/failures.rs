//! Receivers that fail: retries, abandoned deliveries, replays, and the command line.

use super::receiver::{Behavior, Delivery, Receiver};
use super::{act, create, show, wait_for_deliveries};
use crate::helpers::{eventually, metric, pages, stderr};
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
    let failing = feed.iter().filter(of_tjk).count();
    let mended = Arc::new(AtomicBool::new(false));
    let is_mended = Arc::clone(&mended);
    let receiver = Receiver::start(move |delivery, _| {
        if delivery.relation() == "AFG-TJK" && !is_mended.load(Ordering::Relaxed) {
            // Redirects are not followed.
            Behavior::Answer(302)
        } else {
            Behavior::Accept
        }
    })
    .await;
    create(&product, &receiver, json!({})).await;
    wait_for_deliveries(&receiver, feed.len() - failing).await;
    eventually("they are abandoned", async || {
        let deliveries = show(&product, "/deliveries").await;
        deliveries["parked_total"] == failing && deliveries["waiting"] == json!([])
    })
    .await;
    let deliveries = show(&product, "/deliveries").await;
    let given_up = deliveries["parked"].as_array().unwrap();
    let mut tries = receiver.requests();
    tries.retain(|delivery| delivery.relation() == "AFG-TJK");
    assert!(tries.len() >= 2 * failing, "{} tries", tries.len());
    assert_eq!(given_up[0]["relation"], "AFG-TJK");
    let error = "the receiver answers 302, and redirects are not followed";
    assert_eq!(given_up[0]["error"], error);
    assert_eq!(given_up[0]["id"], tries.last().unwrap().id());
    // The first wait is a second, with a jitter of a fifth.
    let wait = tries[1].at - tries[0].at;
    assert!(wait >= Duration::from_millis(790), "{wait:?}");
    assert_eq!(tries[0].id(), tries[1].id());
    let total = metric(&product, "detente_webhooks_parked_total").await;
    assert_eq!(total, Some(failing as u64));

    mended.store(true, Ordering::Relaxed);
    let cursor = &given_up.last().unwrap()["replay_from"];
    act(&product, "replay", Some(json!({"cursor": cursor}))).await;
    wait_for_deliveries(&receiver, feed.len()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn retry_after_of_a_receiver_is_respected() {
    let product = Product::temporary(&UP);
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
    let requests = receiver.requests();
    let first = requests[0].at;
    // Those in flight with the first may still arrive; then nothing does.
    let after_first = |delivery: &Delivery| delivery.at - first;
    let in_flight = Duration::from_secs(1);
    let mut later = requests.iter().map(after_first);
    let next = later.find(|wait| *wait > in_flight);
    let next = next.expect("the waiting deliveries come");
    assert!(next >= Duration::from_millis(2_900), "{next:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_receiver_that_is_gone_gets_nothing_until_a_resume() {
    let product = Product::temporary(&UP);
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
    let requests = receiver.requests();
    assert_eq!(requests[0].id(), requests[1].id());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_command_line_manages_webhooks() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &UP);
    let receiver = Receiver::accepting().await;
    let ask = |args: &[&str]| {
        let output = product.client(&[&["webhook"], args].concat());
        let note = stderr(&output);
        let text = String::from_utf8(output.stdout).unwrap();
        (output.status.code(), text, note)
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
    let note = stderr(&bad);
    assert_eq!(bad.status.code(), Some(64), "{note}");
    assert!(note.contains("webhook[0].url"), "{note}");
}
