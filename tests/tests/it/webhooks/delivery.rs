//! Deliveries: the changes of the feed, signed, once by id, in order.

use super::receiver::Receiver;
use super::{act, call, create, show, wait_for_deliveries};
use crate::helpers::{Feed, answer, event, eventually, pages, report};
use detente_tests::product::Product;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const PRIVATE: &str = "--webhooks-allow-private";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_change_is_delivered_signed_and_once_by_id() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &["--demo", PRIVATE]);
    let feed = pages(&product).await;
    let receiver = Receiver::accepting().await;
    let secret = create(&product, &receiver, json!({})).await;
    wait_for_deliveries(&receiver, feed.len()).await;

    let got = receiver.accepted();
    let ids: BTreeSet<String> = got.iter().map(|one| one.id()).collect();
    assert_eq!(ids.len(), feed.len());
    for one in &got {
        assert!(one.is_signed_with(&secret));
        assert!(!one.is_signed_with("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"));
        assert_eq!(one.headers["content-type"], "application/cloudevents+json");
        let frame = feed.iter().find(|frame| frame["cursor"] == one.cursor());
        let frame = frame.expect("a frame of the feed");
        let wanted = json!({
            "specversion": "1.0", "id": frame["cursor"], "source": "/v1/changes",
            "type": "detente.relation.changed.v1", "subject": frame["relation"],
            "datacontenttype": "application/json", "data": frame,
        });
        assert_eq!(one.body, wanted);
    }

    // The secret was shown once.
    eventually("the count", async || {
        show(&product, "").await["delivered"] == feed.len()
    })
    .await;
    let list = call(&product.http, Method::GET, "", None).await.body;
    assert_eq!(list["items"], json!([show(&product, "").await]));
    let key = secret.trim_start_matches("whsec_");
    assert!(!list.to_string().contains(key));

    // A replaced secret stays valid for a while beside the new one.
    let rotated = act(&product, "secret", None).await;
    let new = rotated["secret"].as_str().unwrap().to_owned();
    assert_ne!(new, secret);
    // The delivering service reads it within a moment.
    for more in 1.. {
        let day = format!("2023-05-{more:02}");
        let clash = event("clash.occurred", &["KGZ"], &["UZB"], &day);
        assert_eq!(report(&product, &clash).await.status, 201);
        let grown = pages(&product).await.len();
        wait_for_deliveries(&receiver, grown).await;
        let last = receiver.accepted().pop().unwrap();
        assert!(last.is_signed_with(&secret));
        if last.is_signed_with(&new) {
            break;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_webhook_is_paused_replayed_and_deleted_and_survives_a_kill() {
    let directory = tempfile::tempdir().unwrap();
    let mut product = Product::up(directory.path(), &["--demo", PRIVATE]);
    let feed = pages(&product).await;
    let receiver = Receiver::accepting().await;
    create(&product, &receiver, json!({"pair": ["AFG-TJK"]})).await;
    wait_for_deliveries(&receiver, 1).await;
    let clash = |day: u8| {
        let day = format!("2023-05-{day:02}");
        event("clash.occurred", &["AFG"], &["TJK"], &day)
    };

    // Changes of a pause are delivered after it, even after a kill.
    assert_eq!(act(&product, "pause", None).await["status"], "paused");
    eventually("it is paused", async || delivering(&product).await == 0).await;
    assert_eq!(report(&product, &clash(5)).await.status, 201);
    let grown = feed.len() + 1;
    eventually("the frame", async || pages(&product).await.len() == grown).await;
    product.kill();
    drop(product);
    let product = Product::up(directory.path(), &[PRIVATE]);
    assert_eq!(show(&product, "").await["status"], "paused");
    assert_eq!(receiver.requests().len(), 1);
    assert_eq!(act(&product, "resume", None).await["status"], "active");
    wait_for_deliveries(&receiver, 2).await;

    // A replay delivers the same changes under the same ids.
    let before: Vec<String> = receiver.requests().iter().map(|one| one.id()).collect();
    let from = json!({"cursor": "start"});
    act(&product, "replay", Some(from)).await;
    eventually("the replay", async || receiver.requests().len() >= 4).await;
    let again: Vec<String> = receiver
        .requests()
        .iter()
        .skip(2)
        .map(|one| one.id())
        .collect();
    assert_eq!(again, before);

    // A deleted webhook gets nothing more.
    let url = format!("{}/v1/webhooks/desk", product.http);
    let deleted = Client::new().delete(&url).send().await.unwrap();
    assert_eq!(deleted.status().as_u16(), 204);
    let gone = call(&product.http, Method::GET, "/desk", None).await;
    assert_eq!(
        (gone.status, &gone.body["code"]),
        (404, &json!("unknown_webhook"))
    );
    eventually("it is left alone", async || delivering(&product).await == 0).await;
    let other = Receiver::accepting().await;
    let body = json!({"id": "other", "url": other.url});
    let made = call(&product.http, Method::POST, "", Some(body)).await;
    assert_eq!(made.status, 201);
    assert_eq!(report(&product, &clash(6)).await.status, 201);
    wait_for_deliveries(&other, 1).await;
    assert_eq!(receiver.requests().len(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_event_stream_has_cloud_events_on_request() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &["--demo"]);
    let feed = pages(&product).await;
    let mut stream = Feed::with_parameters(&product.http, "&form=cloudevents").await;
    for frame in &feed {
        let sent = stream.next_of("changes").await;
        assert_eq!(sent.id, sent.data["id"]);
        assert_eq!(sent.data["type"], "detente.relation.changed.v1");
        assert_eq!(sent.data["subject"], frame["relation"]);
        assert_eq!(&sent.data["data"], frame);
    }
    for (form, accept) in [
        ("cloudevents", "application/json"),
        ("soap", "text/event-stream"),
    ] {
        let url = format!("{}/v1/changes?form={form}", product.http);
        let refused = answer(Client::new().get(url).header("accept", accept)).await;
        assert_eq!(
            (refused.status, &refused.body["code"]),
            (400, &json!("bad_query"))
        );
        assert_eq!(refused.body["refusals"][0]["field"], "form");
    }
}

/// Returns the number of webhooks that a process delivers.
async fn delivering(product: &Product) -> u64 {
    let metrics = reqwest::get(format!("{}/metrics", product.http)).await;
    let metrics = metrics.unwrap().text().await.unwrap();
    let name = "detente_webhooks_delivering ";
    let line = metrics.lines().find_map(|line| line.strip_prefix(name));
    line.unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_tripwire_fires_only_for_threats_to_the_region() {
    let directory = tempfile::tempdir().unwrap();
    let receiver = Receiver::accepting().await;
    let shipped = include_str!("../../../../deploy/examples/tripwire.toml");
    let secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    let text = shipped
        .replace("env:TRIPWIRE_URL", &receiver.url)
        .replace("env:TRIPWIRE_SECRET", secret);
    let file = directory.path().join("tripwire.toml");
    std::fs::write(&file, text).unwrap();
    let file = file.display().to_string();
    let up = ["--demo", PRIVATE, "--webhooks", &file];
    let product = Product::up(directory.path(), &up);
    wait_for_deliveries(&receiver, 2).await;
    // The webhook has read the whole demo.
    let feed = pages(&product).await;
    let head = feed.last().unwrap()["cursor"].clone();
    let path = "/tripwire";
    eventually("the end of the feed", async || {
        let shown = call(&product.http, Method::GET, path, None).await.body;
        shown["cursor"] == head && shown["waiting"] == 0
    })
    .await;
    let mut fired: Vec<String> = Vec::new();
    for one in receiver.accepted() {
        assert!(one.is_signed_with(secret));
        for change in one.frame()["changes"].as_array().unwrap() {
            let word = |key: &str| change[key].as_str().unwrap_or_default().to_owned();
            let whose = &change["direction"];
            let (from, to) = (
                whose["from"].as_str().unwrap(),
                whose["to"].as_str().unwrap(),
            );
            let moved = format!("{} to {}", word("from"), word("to"));
            fired.push(format!(
                "{from}-{to} {} {moved} {}",
                word("dimension"),
                word("day")
            ));
        }
    }
    fired.sort();
    assert_eq!(
        fired,
        [
            "AFG-TJK security neutral to strained 2022-01-01",
            "TJK-AFG threat low to elevated 2022-07-01",
            "UZB-AFG threat low to elevated 2022-07-01",
        ]
    );

    // A further attack is delivered, and an easing is not.
    let mut attack = event("attack.occurred", &["ISKP"], &["TJK"], "2023-05-05");
    attack["details"] = json!({"group": "ISKP", "from": "AFG"});
    let posted = report(&product, &attack).await;
    assert_eq!(posted.status, 201, "{}", posted.body);
    let visit = event("visit.made", &["AFG"], &["TJK"], "2023-05-06");
    assert_eq!(report(&product, &visit).await.status, 201);
    let more = async || pages(&product).await.len() > feed.len();
    eventually("the attack is delivered", more).await;
    let grown = pages(&product).await;
    let is_tripping = |frame: &&Value| {
        let changes = frame["changes"].as_array().unwrap();
        changes.iter().any(|change| {
            change["dimension"] == "threat"
                && (change["to"] == "high"
                    || change["to"] == "elevated" && change["from"] != "high")
                && change["occasion"] != "lapsed"
        })
    };
    let due = grown.iter().filter(is_tripping).count();
    wait_for_deliveries(&receiver, due).await;
}
