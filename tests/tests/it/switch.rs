//! A switch of rulebooks: under load, interrupted at any step, with subscribers that follow it.

pub(crate) mod load;

use crate::crash::{caught_up_under, serve};
use crate::helpers::{answer_to, clash, eventually, get, ready, reported, run_json, text};
use crate::log_fold::{Log, Published, assert_views, projection};
use detente_client::request::FilterRequest;
use detente_client::{Place, StreamExt as _, WatchEvent};
use detente_jetstream::kv::{CANDIDATE_PROJECTION, KvBucket};
use detente_jetstream::topology::{self, Bucket, Projection, Replicas};
use detente_jetstream::views::{EntryStamp, ViewBucket};
use detente_jetstream::{Connection, stream_info};
use detente_rulebook as rulebook;
use detente_rulebook::DEFAULT;
use detente_testkit::nats;
use detente_tests::product::{Product, free_address, run};
use detente_tests::sample;
use load::subscribe;
use reqwest::Client;
use serde_json::Value;
use std::path::Path;

/// Writes another rulebook. Returns its text, its path and its projection.
pub(crate) fn other_rulebook(directory: &Path) -> (String, String, Projection) {
    let toml = DEFAULT
        .replace("version = \"2\"", "version = \"other\"")
        .replace("words = 270", "words = 365")
        .replace(
            "[kinds.\"talks.held\"]\npolitical = 0.7",
            "[kinds.\"talks.held\"]\npolitical = 3.0",
        )
        .replace(
            "ceiling = { economic = \"strained\", political = \"neutral\" }",
            "ceiling = { economic = \"hostile\", political = \"neutral\" }",
        );
    assert_eq!(rulebook::differences(DEFAULT, &toml).len(), 4);
    let file = directory.join("other.toml");
    std::fs::write(&file, &toml).unwrap();
    let id = Projection::new(&rulebook::projection_id(toml.as_bytes())).unwrap();
    (toml, file.display().to_string(), id)
}

pub(crate) fn rulebook_command(nats: &str, args: &[&str]) -> Value {
    run_json(&[&["rulebook"], args, &["--nats", nats][..]].concat())
}

pub(crate) async fn active(control: &KvBucket) -> Option<Projection> {
    let active = control.active_projection().await.ok()??;
    Some(active.value.projection)
}

/// Waits until a projection is in force and the switch is complete.
pub(crate) async fn in_force(control: &KvBucket, wanted: &Projection) {
    eventually("the switch", async || {
        active(control).await.as_ref() == Some(wanted)
            && matches!(control.candidate_projection().await, Ok(None))
    })
    .await;
}

pub(crate) async fn preload(address: &str, events: u64) {
    preload_from(address, 1_000_000, events).await;
}

pub(crate) async fn preload_from(address: &str, number: u64, events: u64) {
    for first in (number..number + events).step_by(500) {
        let body = sample::rows(first, 500).unwrap();
        let request = Client::new().post(format!("http://{address}/v1/events"));
        let request = request.header("content-type", "application/x-ndjson");
        let answer = request.body(body).send().await.unwrap();
        assert!(
            answer.status().is_success(),
            "{}",
            answer.text().await.unwrap()
        );
    }
}

/// Checks that the feed and the bucket of a projection equal a fold of the log under its rulebook.
pub(crate) async fn assert_equals_a_fold(connection: &Connection, toml: &str, of: &Projection) {
    caught_up_under(connection, of, toml).await;
    let log = Log::read(connection).await;
    let (mut chronicle, expected) = log.fold_under(toml);
    let published = Published::read_projection(connection, of.clone()).await;
    published.assert_feed(&expected);
    assert_views(connection, of, &mut chronicle).await;
}

/// Watches through the client from the start, across one switch, up to a position after it.
async fn watch(client: detente_client::Client, until: u64) -> (Vec<Value>, Vec<Value>) {
    let mut watch = client.watch(&FilterRequest::default(), Place::Start);
    let (mut frames, mut switches) = (Vec::new(), Vec::new());
    while let Some(watched) = watch.next().await {
        match watched.unwrap() {
            WatchEvent::Changes(frame) => {
                let position = frame.position;
                frames.push(serde_json::to_value(frame).unwrap());
                if !switches.is_empty() && position >= until {
                    break;
                }
            }
            WatchEvent::Switched(switched) => {
                switches.push(serde_json::to_value(switched).unwrap())
            }
            WatchEvent::Disconnected(why) => panic!("{why}"),
            WatchEvent::Lost(lost) => panic!("{lost:?}"),
        }
    }
    (frames, switches)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscriber_follows_the_switch_and_misses_no_commit() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::temporary(&["--demo"]);
    let (_, before) = reported(&product, &clash(1)).await;
    let cut = text(&get(&product, "/readyz").await["cursor"]);
    let (_, file, next) = other_rulebook(directory.path());
    let watching = tokio::spawn(subscribe(product.http.clone(), 1, before + 1));
    let client = tokio::spawn(watch(product.api(), before + 1));
    rulebook_command(&product.nats, &["adopt", &file]);
    eventually("the answers switch", async || {
        let view = get(&product, "/v1/rulebook").await;
        view["projection"] == next.as_str()
    })
    .await;
    let (_, after) = reported(&product, &clash(2)).await;
    let received = watching.await.unwrap();
    assert_eq!(received.switches.len(), 1);
    let (frames, switches) = client.await.unwrap();
    assert_eq!(switches, received.switches, "the client follows the switch");
    let raw = received.frames.iter().map(|(_, frame)| frame);
    assert!(frames.iter().eq(raw), "and has the same frames");
    let switch = &received.switches[0];
    assert_eq!(switch["previous"], projection().as_str());
    assert_eq!(switch["projection"], next.as_str());
    assert!(switch["position"].as_u64().unwrap() >= before);
    let last = received.frames.last().unwrap();
    assert_eq!(
        (last.0.as_str(), last.1["position"].as_u64()),
        (next.as_str(), Some(after))
    );
    let is_old = |frame: &&(String, Value)| frame.0 == projection().as_str();
    let old = received.frames.iter().take_while(is_old).count();
    let mut new = received.frames.iter().skip(old);
    assert!(new.all(|frame| frame.0 == next.as_str()));

    // A client that was away finds the same cursor in the refusal.
    let refused = answer_to(&product, &format!("/v1/changes?from={cut}")).await;
    assert_eq!(refused.status, 410);
    let allowed = &refused.body["refusals"][0]["allowed"];
    let place = text(&allowed[2]);
    let page = get(&product, &format!("/v1/changes?from={place}")).await;
    let positions = page["items"].as_array().unwrap().iter();
    let positions = positions.map(|item| item["position"].as_u64().unwrap());
    // Commits that were built in one group with a later one are repeated.
    let later: Vec<u64> = positions.filter(|position| *position > before).collect();
    assert_eq!(later, [after], "from {place}");

    // A dropped projection is gone; the one in force cannot be dropped.
    let refused = run(&["rulebook", "drop", next.as_str(), "--nats", &product.nats]);
    assert_eq!(refused.status.code(), Some(2));
    rulebook_command(&product.nats, &["drop", projection().as_str()]);
    let options = detente_jetstream::connect::Options::new(&product.nats, "test");
    let connection = Connection::open(&options).await.unwrap();
    eventually("its stream is gone", async || {
        stream_info::head(&connection, &projection().stream())
            .await
            .is_err()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_switch_that_is_interrupted_at_any_step_is_completed() {
    let directory = tempfile::tempdir().unwrap();
    let nats = nats::start(directory.path().join("nats")).await;
    let url = nats.url().to_owned();
    let ingest_at = free_address();
    let _ingest = serve("ingest", &url, &ingest_at);
    let mut projector = serve("projector", &url, "127.0.0.1:0");
    let connection = nats::connect(&nats, "test").await;
    ready(&format!("http://{ingest_at}")).await;
    preload(&ingest_at, 500).await;
    eventually("a projector runs", async || {
        KvBucket::open(&connection, Bucket::Control).await.is_ok()
    })
    .await;
    let (toml, file, next) = other_rulebook(directory.path());
    let old = projection();
    rulebook_command(&url, &["adopt", &file]);
    let control = KvBucket::open(&connection, Bucket::Control).await.unwrap();
    let mut from = next.clone();
    let bucket = ViewBucket::new(&connection);
    // Each round switches to the other projection, and undoes a part of it: all but the candidate
    // key; all but the active key; some of the views.
    for step in 0..3 {
        let to = if from == old { &next } else { &old };
        let to = to.clone();
        projector.kill();
        let name = bytes::Bytes::copy_from_slice(to.as_str().as_bytes());
        control.set(CANDIDATE_PROJECTION, name, None).await.unwrap();
        if step >= 1 {
            let active = control.active_projection().await.unwrap().unwrap();
            let switched = control.set_active_projection(&to, Some(&from), Some(active.revision));
            switched.await.unwrap();
        }
        if step >= 2 {
            let stamp = EntryStamp {
                projection: to.clone(),
                position: 0,
            };
            for (key, head) in bucket.heads().await.unwrap().into_iter().step_by(3) {
                let put = bucket.put(&key, &stamp, "{}".into(), head.revision);
                put.await.unwrap();
            }
        }
        projector = serve("projector", &url, "127.0.0.1:0");
        in_force(&control, &to).await;
        let toml = if to == old { DEFAULT } else { &toml };
        assert_equals_a_fold(&connection, toml, &to).await;
        from = to;
    }
    assert!(!projector.has_ended());
    nats.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rulebook_of_another_fold_version_is_rebuilt_and_switched_to() {
    let directory = tempfile::tempdir().unwrap();
    let nats = nats::start(directory.path().join("nats")).await;
    let url = nats.url().to_owned();
    let connection = nats::connect(&nats, "test").await;
    topology::ensure_bucket(&connection, Bucket::Control, Replicas::One)
        .await
        .unwrap();
    let control = KvBucket::open(&connection, Bucket::Control).await.unwrap();
    // A program of another version has stored a rulebook and published its changes.
    let (toml, _, next) = other_rulebook(directory.path());
    let old = Projection::new("fedcba987654").unwrap();
    let stored = rulebook::stored::encode(&toml, rulebook::stored::Origin::Adopted).unwrap();
    let stored = String::from_utf8(stored).unwrap();
    let stored = stored.replace(&rulebook::projection_id(b""), "0123456789ab");
    control
        .set("rulebook.fedcba987654", stored.into(), None)
        .await
        .unwrap();
    control
        .set_active_projection(&old, None, None)
        .await
        .unwrap();
    topology::ensure_changes(&connection, &old, Replicas::One)
        .await
        .unwrap();

    let mut projector = serve("projector", &url, "127.0.0.1:0");
    let ingest_at = free_address();
    let _ingest = serve("ingest", &url, &ingest_at);
    ready(&format!("http://{ingest_at}")).await;
    preload(&ingest_at, 500).await;
    in_force(&control, &next).await;
    let active = control.active_projection().await.unwrap().unwrap().value;
    assert_eq!(active.previous, Some(old.clone()));
    assert_equals_a_fold(&connection, &toml, &next).await;
    let listed = rulebook_command(&url, &["list"]);
    let kept = listed["kept"].as_array().unwrap();
    let is_old = |kept: &&Value| kept["projection"] == old.as_str();
    assert_eq!(kept.iter().find(is_old).unwrap()["is_followed"], false);
    assert!(stream_info::head(&connection, &old.stream()).await.is_ok());
    assert!(!projector.has_ended());
    nats.stop().await;
}
