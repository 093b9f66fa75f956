//! `detente rebuild`: feed and views are made anew beside what serves, then switched to.

use crate::crash::{caught_up, serve};
use crate::helpers::{
    answer_to, changes_of, clash, eventually, get, pages, ready, reported, stderr, text,
};
use crate::log_fold::projection;
use crate::reconnect::browser::refused_in_stream;
use crate::switch::load::subscribe;
use crate::switch::{active, assert_equals_a_fold, in_force, preload, rulebook_command};
use detente_jetstream::feed_writer::{FeedWriter, Outgoing};
use detente_jetstream::kv::KvBucket;
use detente_jetstream::topology::{Bucket, Projection};
use detente_jetstream::views::{EntryStamp, ViewBucket};
use detente_jetstream::{Connection, stream_info};
use detente_rulebook::DEFAULT;
use detente_testkit::nats;
use detente_tests::product::{Product, free_address, run};
use reqwest::Client;
use serde_json::Value;

/// Returns the name of the first rebuild.
pub(crate) fn rebuilt() -> Projection {
    Projection::new(&format!("{}_2", projection())).unwrap()
}

/// Returns changes without their cursors, in order of the log.
fn in_order(frames: &[Value]) -> Vec<Value> {
    let mut changes = changes_of(frames);
    for change in &mut changes {
        change.as_object_mut().unwrap().remove("cursor");
    }
    changes.sort_by_key(|change| (change["position"].as_u64(), change.to_string()));
    changes
}

pub(crate) fn rebuild(nats: &str, more: &[&str]) -> std::process::Output {
    run(&[&["rebuild", "-o", "json", "--nats", nats], more].concat())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rebuild_has_the_same_changes_and_views_and_subscribers_go_on() {
    let product = Product::temporary(&["--demo"]);
    let (_, position) = reported(&product, &clash(1)).await;
    let before = pages(&product).await;
    let cut = text(&get(&product, "/readyz").await["cursor"]);
    let view = get(&product, "/v1/relations/TJK/AFG").await;
    let subscriber = tokio::spawn(subscribe(product.http.clone(), 1, position + 1));

    let output = rebuild(&product.nats, &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(shown["active"], rebuilt().as_str());
    assert_eq!(shown["previous"], projection().as_str());
    let note = format!("detente rulebook drop {}", projection());
    assert!(stderr(&output).contains(&note), "{}", stderr(&output));

    eventually("the answers switch", async || {
        get(&product, "/v1/rulebook").await["projection"] == rebuilt().as_str()
    })
    .await;
    let mut after = get(&product, "/v1/relations/TJK/AFG").await;
    assert_eq!(after["projection"], rebuilt().as_str());
    after["projection"] = view["projection"].clone();
    assert_eq!(after, view);
    assert_eq!(in_order(&pages(&product).await), in_order(&before));
    let (_, last) = reported(&product, &clash(2)).await;
    assert_eq!(last, position + 1);
    let received = subscriber.await.unwrap();
    let old = received
        .frames
        .iter()
        .filter(|frame| frame.0 == projection().as_str());
    assert_eq!(old.count(), before.len());
    let switch = &received.switches[0];
    assert_eq!(switch["projection"], rebuilt().as_str());
    assert!(switch["position"].as_u64().unwrap() >= position);

    // A client that was away finds the same place in the refusal, until the old feed is dropped.
    let path = format!("/v1/changes?from={cut}");
    let refused = answer_to(&product, &path).await;
    assert_eq!(refused.status, 410);
    let refusal = &refused.body["refusals"][0];
    assert_eq!(refusal["code"], "stale_cursor");
    let allowed = &refusal["allowed"];
    let place = text(&allowed[2]);
    let last = Client::new().get(format!("{}/v1/changes", product.http));
    let told = refused_in_stream(last.header("last-event-id", &cut)).await;
    assert_eq!((&told.data, &told.id), (&refused.body, &place));
    let page = get(&product, &format!("/v1/changes?from={place}")).await;
    let items = page["items"].as_array().unwrap().iter();
    let later = items.filter(|item| item["position"].as_u64() > Some(position));
    assert!(later.count() > 0);
    let options = detente_jetstream::connect::Options::new(&product.nats, "test");
    let connection = Connection::open(&options).await.unwrap();
    assert_equals_a_fold(&connection, DEFAULT, &rebuilt()).await;
    rulebook_command(&product.nats, &["drop", projection().as_str()]);
    eventually("the old feed is gone", async || {
        stream_info::head(&connection, &projection().stream())
            .await
            .is_err()
    })
    .await;
    let refused = answer_to(&product, &path).await;
    let allowed = refused.body["refusals"][0]["allowed"].clone();
    assert_eq!(allowed.as_array().map(Vec::len), Some(2), "{allowed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feed_that_no_projector_accepts_and_false_views_are_replaced() {
    let directory = tempfile::tempdir().unwrap();
    let nats = nats::start(directory.path().join("nats")).await;
    let url = nats.url().to_owned();
    let ingest_at = free_address();
    let _ingest = serve("ingest", &url, &ingest_at);
    let mut projector = serve("projector", &url, "127.0.0.1:0");
    ready(&format!("http://{ingest_at}")).await;
    preload(&ingest_at, 500).await;
    let connection = nats::connect(&nats, "test").await;
    caught_up(&connection, &projection()).await;
    projector.kill();

    // Somebody has written to the feed, and put other entries in the place of views.
    damage(&connection).await;
    let bucket = ViewBucket::new(&connection);
    let stamp = EntryStamp {
        projection: projection(),
        position: 2,
    };
    for (key, head) in bucket.heads().await.unwrap().into_iter().step_by(3) {
        let put = bucket.put(&key, &stamp, "{}".into(), head.revision);
        put.await.unwrap();
    }
    let mut refused = serve("projector", &url, "127.0.0.1:0");
    refused.note_after("`detente rebuild` makes another feed");
    refused.kill();

    let output = rebuild(&url, &["--no-wait"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let projector = serve("projector", &url, "127.0.0.1:0");
    let control = KvBucket::open(&connection, Bucket::Control).await.unwrap();
    in_force(&control, &rebuilt()).await;
    assert_equals_a_fold(&connection, DEFAULT, &rebuilt()).await;
    assert_eq!(active(&control).await, Some(rebuilt()));
    drop(projector);
    nats.stop().await;
}

/// Writes a message without a checkpoint to the feed.
pub(crate) async fn damage(connection: &Connection) {
    let opened = FeedWriter::open(connection, &projection()).await;
    let (mut writer, _) = opened.unwrap();
    let foreign = Outgoing {
        subject_suffix: "AFG.TJK".to_owned(),
        headers: Vec::new(),
        payload: "{}".into(),
    };
    writer.publish(vec![foreign]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn up_that_ends_because_of_its_feed_starts_with_a_rebuild() {
    let data = tempfile::tempdir().unwrap();
    let mut product = Product::up(data.path(), &["--demo"]);
    let before = pages(&product).await;
    let options = detente_jetstream::connect::Options::new(&product.nats, "test");
    damage(&Connection::open(&options).await.unwrap()).await;
    product.kill();
    let directory = data.path().display().to_string();
    let address = ["--http", "127.0.0.1:0", "--grpc", "127.0.0.1:0"];
    let place = ["--nats-port", "0", "--data-dir", &directory];
    let refused = run(&[&["up"][..], &address, &place].concat());
    assert_eq!(refused.status.code(), Some(1));
    let said = stderr(&refused);
    assert!(said.contains("`detente rebuild`"), "{said}");

    let product = Product::up(data.path(), &["--rebuild"]);
    eventually("the rebuilt feed is served", async || {
        let cursor = text(&get(&product, "/readyz").await["cursor"]);
        cursor.starts_with(rebuilt().as_str())
    })
    .await;
    assert_eq!(in_order(&pages(&product).await), in_order(&before));
    // The damaged feed is named until it is dropped; it does not make the server unready.
    let reason = async || {
        let health = get(&product, "/readyz").await;
        text(&health["damaged"][projection().as_str()])
    };
    eventually("the damaged feed is named", async || {
        reason().await.contains("has no checkpoint")
    })
    .await;
    rulebook_command(&product.nats, &["drop", projection().as_str()]);
    eventually("it is dropped", async || reason().await.is_empty()).await;
    reported(&product, &clash(3)).await;
}
