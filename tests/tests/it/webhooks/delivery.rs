//! Deliveries: the changes of the feed, signed, once by id, in order.

use super::receiver::{Delivery, Receiver};
use super::{act, call, create, show, wait_for_deliveries};
use crate::expect::refuses;
use crate::helpers::{Feed, answer, event, eventually, metric, pages, reported, text};
use detente_tests::product::Product;
use reqwest::{Client, Method};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const PRIVATE: &str = "--webhooks-allow-private";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_change_is_delivered_signed_and_once_by_id() {
    let product = Product::temporary(&["--demo", PRIVATE]);
    let feed = pages(&product).await;
    let receiver = Receiver::accepting().await;
    let secret = create(&product, &receiver, json!({})).await;
    wait_for_deliveries(&receiver, feed.len()).await;

    let deliveries = receiver.accepted();
    let ids: BTreeSet<String> = deliveries.iter().map(Delivery::id).collect();
    assert_eq!(ids.len(), feed.len());
    for delivery in &deliveries {
        assert!(delivery.is_signed_with(&secret));
        assert!(!delivery.is_signed_with("whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"));
        let media_type = &delivery.headers["content-type"];
        assert_eq!(media_type, "application/cloudevents+json");
        let cursor = delivery.cursor();
        let frame = feed.iter().find(|frame| frame["cursor"] == cursor);
        let frame = frame.expect("a frame of the feed");
        let wanted = json!({
            "specversion": "1.0", "id": frame["cursor"], "source": "/v1/changes",
            "type": "detente.relation.changed.v1", "subject": frame["relation"],
            "datacontenttype": "application/json", "data": frame,
        });
        assert_eq!(delivery.body, wanted);
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
        reported(&product, &clash).await;
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
    let clash = |day: &str| event("clash.occurred", &["AFG"], &["TJK"], day);

    // Changes of a pause are delivered after it, even after a kill.
    assert_eq!(act(&product, "pause", None).await["status"], "paused");
    eventually("it is paused", async || delivering(&product).await == 0).await;
    reported(&product, &clash("2023-05-05")).await;
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
    let ids = |requests: &[Delivery]| requests.iter().map(Delivery::id).collect::<Vec<_>>();
    let before = ids(&receiver.requests());
    let from = json!({"cursor": "start"});
    act(&product, "replay", Some(from)).await;
    eventually("the replay", async || receiver.requests().len() >= 4).await;
    assert_eq!(ids(&receiver.requests()[2..]), before);

    // A deleted webhook gets nothing more.
    let url = format!("{}/v1/webhooks/desk", product.http);
    let deleted = Client::new().delete(&url).send().await.unwrap();
    assert_eq!(deleted.status().as_u16(), 204);
    let gone = call(&product.http, Method::GET, "/desk", None).await;
    refuses(404, "unknown_webhook").assert_answers("a deleted one", &gone);
    eventually("nothing is delivered", async || {
        delivering(&product).await == 0
    })
    .await;
    let other = Receiver::accepting().await;
    let body = json!({"id": "other", "url": other.url});
    let made = call(&product.http, Method::POST, "", Some(body)).await;
    assert_eq!(made.status, 201);
    reported(&product, &clash("2023-05-06")).await;
    wait_for_deliveries(&other, 1).await;
    assert_eq!(receiver.requests().len(), 4);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_event_stream_has_cloud_events_on_request() {
    let product = Product::temporary(&["--demo"]);
    let feed = pages(&product).await;
    let mut stream = Feed::with_parameters(&product.http, None, "&form=cloudevents").await;
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
        let expected = refuses(400, "bad_query").of("form", "");
        expected.assert_answers(form, &refused);
    }
}

/// Returns the number of webhooks that a process delivers.
async fn delivering(product: &Product) -> u64 {
    let delivering = metric(product, "detente_webhooks_delivering").await;
    delivering.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_example_webhook_gets_only_threats_to_the_region() {
    let directory = tempfile::tempdir().unwrap();
    let receiver = Receiver::accepting().await;
    let shipped = include_str!("../../../../deploy/examples/tripwire.toml");
    let secret = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    let toml = shipped
        .replace("env:TRIPWIRE_URL", &receiver.url)
        .replace("env:TRIPWIRE_SECRET", secret);
    let file = directory.path().join("tripwire.toml");
    std::fs::write(&file, toml).unwrap();
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
    for delivery in receiver.accepted() {
        assert!(delivery.is_signed_with(secret));
        for change in delivery.frame()["changes"].as_array().unwrap() {
            let [from, to] = ["from", "to"].map(|end| text(&change["direction"][end]));
            let [dimension, before, after, day] =
                ["dimension", "from", "to", "day"].map(|field| text(&change[field]));
            fired.push(format!("{from}-{to} {dimension} {before} to {after} {day}"));
        }
    }
    fired.sort();
    assert_eq!(
        fired,
        [
            "AFG-TJK security neutral to strained 2022-01-01",
            "TJK-AFG threat low to elevated 2022-07-16",
            "UZB-AFG threat low to elevated 2022-07-16",
        ]
    );

    // A further attack is delivered, and an easing is not.
    let mut attack = event("attack.occurred", &["ISKP"], &["TJK"], "2023-05-05");
    attack["details"] = json!({"group": "ISKP", "from": "AFG"});
    reported(&product, &attack).await;
    let visit = event("visit.made", &["AFG"], &["TJK"], "2023-05-06");
    reported(&product, &visit).await;
    let more = async || pages(&product).await.len() > feed.len();
    eventually("the attack is delivered", more).await;
    let grown = pages(&product).await;
    let is_threat = |frame: &&Value| {
        let changes = frame["changes"].as_array().unwrap();
        changes.iter().any(|change| {
            change["dimension"] == "threat"
                && (change["to"] == "high"
                    || change["to"] == "elevated" && change["from"] != "high")
                && change["occasion"] != "lapsed"
        })
    };
    let due = grown.iter().filter(is_threat).count();
    wait_for_deliveries(&receiver, due).await;
}
