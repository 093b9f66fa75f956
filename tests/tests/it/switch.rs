//! A switch of rulebooks: under load, broken off anywhere, with subscribers who cross over.

mod load;

use crate::ask::{eventually, text};
use crate::crash::{caught_up, serve};
use crate::oracle::{Log, Published, projection};
use detente_client::{Filter, Place, StreamExt as _, Watched};
use detente_jetstream::control::{CANDIDATE_PROJECTION, Control};
use detente_jetstream::topology::{self, Projection, Replicas};
use detente_jetstream::{Connection, inspect};
use detente_rulebook as rulebook;
use detente_rulebook::DEFAULT;
use detente_tests::product::{free_address, run};
use detente_tests::{sample, server};
use load::subscribe;
use reqwest::Client;
use serde_json::Value;
use std::path::Path;

/// Another rulebook, and its projection.
pub(crate) fn other(directory: &Path) -> (String, String, Projection) {
    let toml = DEFAULT
        .replace("version = \"1\"", "version = \"other\"")
        .replace(
            "half_life_days = 180 # words",
            "half_life_days = 365 # words",
        )
        .replace(
            "[kinds.\"talks.held\"]\npolitical = 1.2",
            "[kinds.\"talks.held\"]\npolitical = 3.0",
        );
    assert_ne!(toml, DEFAULT);
    let file = directory.join("other.toml");
    std::fs::write(&file, &toml).unwrap();
    let id = Projection::new(&rulebook::projection_id(toml.as_bytes())).unwrap();
    (toml, file.display().to_string(), id)
}

pub(crate) fn rulebook_command(nats: &str, args: &[&str]) -> Value {
    let mut all = vec!["rulebook"];
    all.extend(args);
    all.extend(["--nats", nats, "-o", "json"]);
    let output = run(&all);
    let note = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{args:?}: {note}");
    serde_json::from_slice(&output.stdout).unwrap()
}

pub(crate) async fn active(control: &Control) -> Option<Projection> {
    let active = control.active_projection().await.ok()??;
    Some(active.value)
}

/// It is in force, and the switch is done to its last step.
pub(crate) async fn in_force(control: &Control, wanted: &Projection) {
    eventually("the switch", async || {
        active(control).await.as_ref() == Some(wanted)
            && matches!(control.candidate().await, Ok(None))
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

/// The gateway is ready.
pub(crate) async fn gateway(address: &str) {
    eventually("the gateway", async || {
        let ready = Client::new().get(format!("http://{address}/readyz")).send();
        ready.await.is_ok_and(|answer| answer.status().is_success())
    })
    .await;
}

/// What is published of a projection, and what the bucket has, equals a fold of the log from
/// nothing under its rulebook.
pub(crate) async fn assert_equals_a_fold(
    nats: &str,
    connection: &Connection,
    toml: &str,
    of: &Projection,
) {
    let head = inspect::head(connection, topology::EVENTS).await.unwrap();
    caught_up(connection, of, head).await;
    let log = Log::read(connection).await;
    let (mut chronicle, expected) = log.fold_under(toml);
    let published = Published::read_of(connection, of.clone()).await;
    assert_eq!(published.feed.0.len(), expected.0.len());
    for (relation, changes) in &expected.0 {
        assert_eq!(&published.feed.0[relation], changes, "{relation}");
    }
    published.assert_views(&mut chronicle);
    let client = async_nats::connect(nats).await.unwrap();
    let js = async_nats::jetstream::new(client);
    let bucket = js.get_key_value("relations").await.unwrap();
    for (relation, message) in &published.last {
        let wanted = serde_json::to_value(message).unwrap();
        let key = relation.replace('-', ".");
        eventually(relation, async || {
            let held = bucket.get(key.as_str()).await.ok().flatten();
            held.is_some_and(|held| serde_json::from_slice::<Value>(&held).unwrap() == wanted)
        })
        .await;
    }
}

/// Watches through the client from the start, over one switch and up to a position after it.
async fn watch(client: detente_client::Client, until: u64) -> (Vec<Value>, Vec<Value>) {
    let mut watch = client.watch(&Filter::all(), Place::Start);
    let (mut frames, mut crossings) = (Vec::new(), Vec::new());
    while let Some(watched) = watch.next().await {
        match watched.unwrap() {
            Watched::Changes(frame) => {
                let position = frame.position;
                frames.push(serde_json::to_value(frame).unwrap());
                if !crossings.is_empty() && position >= until {
                    break;
                }
            }
            Watched::Switched(switched) => crossings.push(serde_json::to_value(switched).unwrap()),
            Watched::Cut(why) => panic!("{why}"),
        }
    }
    (frames, crossings)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_subscriber_crosses_over_with_no_commit_missed() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let product = detente_tests::product::Product::up(&data, &["--demo"]);
    let clash = crate::ask::event("clash.occurred", &["KGZ", "UZB"], &[], "2023-06-01");
    let answer = crate::ask::report(&product, &clash).await;
    let before = answer.body["accepted"][0]["position"].as_u64().unwrap();
    let cut = text(&crate::ask::get(&product, "/readyz").await["cursor"]);
    let (_, file, next) = other(directory.path());
    let watching = tokio::spawn(subscribe(product.http.clone(), 1, before + 1));
    let client = tokio::spawn(watch(product.api(), before + 1));
    rulebook_command(&product.nats, &["adopt", &file]);
    eventually("the answers switch", async || {
        let view = crate::ask::get(&product, "/v1/rulebook").await;
        view["projection"] == next.as_str()
    })
    .await;
    let clash = crate::ask::event("clash.occurred", &["KGZ", "UZB"], &[], "2023-06-02");
    let answer = crate::ask::report(&product, &clash).await;
    let after = answer.body["accepted"][0]["position"].as_u64().unwrap();
    let told = watching.await.unwrap();
    assert_eq!(told.crossings.len(), 1);
    let (frames, crossings) = client.await.unwrap();
    assert_eq!(crossings, told.crossings, "the client crosses by itself");
    let raw = told.frames.iter().map(|(_, frame)| frame);
    assert!(frames.iter().eq(raw), "and tells the same");
    let crossing = &told.crossings[0];
    assert_eq!(crossing["previous"], projection().as_str());
    assert_eq!(crossing["projection"], next.as_str());
    assert!(crossing["position"].as_u64().unwrap() >= before);
    let last = told.frames.last().unwrap();
    assert_eq!(
        (last.0.as_str(), last.1["position"].as_u64()),
        (next.as_str(), Some(after))
    );
    let is_old = |frame: &&(String, Value)| frame.0 == projection().as_str();
    let old = told.frames.iter().take_while(is_old).count();
    assert!(
        told.frames
            .iter()
            .skip(old)
            .all(|frame| frame.0 == next.as_str())
    );

    // Whoever was away finds the same place in the refusal of its cursor.
    let asked = Client::new().get(format!("{}/v1/changes?from={cut}", product.http));
    let refused = crate::ask::answer(asked).await;
    assert_eq!(refused.status, 410);
    let allowed = &refused.body["refusals"][0]["allowed"];
    let place = text(&allowed[2]);
    let page = crate::ask::get(&product, &format!("/v1/changes?from={place}")).await;
    let positions = page["items"].as_array().unwrap().iter();
    let positions = positions.map(|item| item["position"].as_u64().unwrap());
    // Commits that were built as one group with a later one are told again.
    let later: Vec<u64> = positions.filter(|position| *position > before).collect();
    assert_eq!(later, [after], "from {place}");

    // What is dropped is gone, and what is in force cannot be.
    let refused = run(&["rulebook", "drop", next.as_str(), "--nats", &product.nats]);
    assert_eq!(refused.status.code(), Some(2));
    rulebook_command(&product.nats, &["drop", projection().as_str()]);
    let options = detente_jetstream::connect::Options::new(&product.nats, "test");
    let connection = Connection::open(&options).await.unwrap();
    eventually("its stream is gone", async || {
        inspect::head(&connection, &projection().stream())
            .await
            .is_err()
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_switch_that_is_broken_off_at_any_step_is_finished() {
    let directory = tempfile::tempdir().unwrap();
    let nats = server::start(directory.path().join("nats")).await;
    let url = nats.url().to_owned();
    let ingest_at = free_address();
    let _ingest = serve("ingest", &url, &ingest_at);
    let mut projector = serve("projector", &url, "127.0.0.1:0");
    let connection = server::connect(&nats, "test").await;
    gateway(&ingest_at).await;
    preload(&ingest_at, 500).await;
    let (toml, file, next) = other(directory.path());
    let (old, one) = (projection(), Replicas::One);
    rulebook_command(&url, &["adopt", &file]);
    let control = Control::open(&connection).await.unwrap();
    let mut from = next.clone();
    // Each time it goes to the other one, and is broken off before: nothing but the candidacy,
    // the active key, the active key and the bucket's cut, everything but the candidacy's end.
    for step in 0..4 {
        let to = if from == old {
            next.clone()
        } else {
            old.clone()
        };
        projector.kill();
        let name = bytes::Bytes::copy_from_slice(to.as_str().as_bytes());
        control.set(CANDIDATE_PROJECTION, name, None).await.unwrap();
        if step >= 1 {
            let active = control.active().await.unwrap().unwrap();
            let switched = control.switch_active(&to, &from, active.revision);
            switched.await.unwrap();
        }
        if step >= 2 {
            topology::unfeed_relations_bucket(&connection, &to, one)
                .await
                .unwrap();
        }
        if step >= 3 {
            topology::feed_relations_bucket(&connection, &to, one)
                .await
                .unwrap();
        }
        projector = serve("projector", &url, "127.0.0.1:0");
        in_force(&control, &to).await;
        let feed = topology::relations_bucket_feed(&connection).await.unwrap();
        assert_eq!(feed, Some(to.stream()), "step {step}");
        let toml = if to == old { DEFAULT } else { &toml };
        assert_equals_a_fold(&url, &connection, toml, &to).await;
        from = to;
    }
    assert!(!projector.has_ended());
    nats.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rulebook_of_another_version_of_the_fold_is_built_anew_and_switched_to() {
    let directory = tempfile::tempdir().unwrap();
    let nats = server::start(directory.path().join("nats")).await;
    let url = nats.url().to_owned();
    let connection = server::connect(&nats, "test").await;
    topology::ensure_control(&connection, Replicas::One)
        .await
        .unwrap();
    let control = Control::open(&connection).await.unwrap();
    // A program of another version has kept a rulebook that somebody gave, and told its changes.
    let (toml, _, next) = other(directory.path());
    let old = Projection::new("fedcba987654").unwrap();
    let kept = rulebook::kept::write(&toml, rulebook::kept::Origin::Given).unwrap();
    let kept = String::from_utf8(kept).unwrap();
    let kept = kept.replace(&rulebook::kept::basis(), "0123456789ab");
    control
        .set("rulebook.fedcba987654", kept.into(), None)
        .await
        .unwrap();
    control.set_active_projection(&old, None).await.unwrap();
    topology::ensure_relations(&connection, &old, Replicas::One)
        .await
        .unwrap();

    let mut projector = serve("projector", &url, "127.0.0.1:0");
    let ingest_at = free_address();
    let _ingest = serve("ingest", &url, &ingest_at);
    gateway(&ingest_at).await;
    preload(&ingest_at, 500).await;
    in_force(&control, &next).await;
    let active = control.active().await.unwrap().unwrap().value;
    assert_eq!(active.previous, Some(old.clone()));
    assert_equals_a_fold(&url, &connection, &toml, &next).await;
    let listed = rulebook_command(&url, &["list"]);
    let kept = listed["kept"].as_array().unwrap();
    let is_old = |kept: &&Value| kept["projection"] == old.as_str();
    assert_eq!(kept.iter().find(is_old).unwrap()["is_followed"], false);
    assert!(inspect::head(&connection, &old.stream()).await.is_ok());
    assert!(!projector.has_ended());
    nats.stop().await;
}
