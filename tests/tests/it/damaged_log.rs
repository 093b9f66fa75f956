//! A damaged log: what is left of it is read and saved, what is lost is named, and a log that has
//! lost its end is refused.

use crate::crash::serve;
use crate::foreign_messages::readiness;
use crate::helpers::{answer, event, eventually, get, ready, reported, run_json, standing, stderr};
use detente_testkit::nats;
use detente_tests::product::{Product, TIMEOUT, free_address, run};
use reqwest::Client;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;
use std::time::Instant;

/// Flips a bit of the title of an event in the stored log.
fn damage(nats_dir: &Path, title: &str) {
    let block = nats_dir.join("store/jetstream/$G/streams/EVENTS/msgs/1.blk");
    let mut bytes = std::fs::read(&block).unwrap();
    let title = title.as_bytes();
    let place = bytes
        .windows(title.len())
        .position(|window| window == title);
    bytes[place.unwrap()] ^= 1;
    std::fs::write(&block, bytes).unwrap();
}

/// Reports a visit. Returns its id and position.
async fn titled(product: &Product, title: &str, actor: &str) -> (String, u64) {
    let mut visit = event("visit.made", &[actor], &["AFG"], "2023-05-01");
    visit["title"]["en"] = json!(title);
    reported(product, &visit).await
}

async fn status_of_event(product: &Product, id: &str) -> u16 {
    let url = format!("{}/v1/events/{id}", product.http);
    reqwest::get(url).await.unwrap().status().as_u16()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_left_of_a_damaged_log_is_read_saved_and_restored_at_its_positions() {
    let directory = tempfile::tempdir().unwrap();
    let [old, new, file] = ["old", "new", "log.backup"].map(|name| directory.path().join(name));
    let [new_data, file] = [&new, &file].map(|path| path.display().to_string());
    let mut product = Product::up(&old, &[]);
    let (lost_id, lost) = titled(&product, "The lost visit", "TJK").await;
    reported(&product, &standing().into()).await;
    let (kept_id, last) = titled(&product, "The last visit", "KAZ").await;
    assert_eq!(product.process.interrupt(), Some(0));
    let nats_dir = product.nats_dir.clone();
    drop(product);
    damage(&nats_dir, "The lost visit");

    let product = Product::up(&old, &[]);
    let named = readiness(&product).await["damaged_messages"].clone();
    assert_eq!(named, json!({"count": 1, "last": lost}));
    assert_eq!(status_of_event(&product, &kept_id).await, 200);
    assert_eq!(status_of_event(&product, &lost_id).await, 404);
    let (_, next) = titled(&product, "The next visit", "UZB").await;
    assert_eq!(next, last + 1);
    eventually("it is ready", async || {
        readiness(&product).await["ready"] == true
    })
    .await;

    let refused = run(&["backup", &file, "--nats", &product.nats]);
    assert_eq!(refused.status.code(), Some(1));
    let said = stderr(&refused);
    let words = format!("commit {lost} is missing");
    assert!(
        said.contains(&words) && said.contains("--salvage"),
        "{said}"
    );
    let saved = run_json(&["backup", &file, "--salvage", "--nats", &product.nats]);
    let places = json!({"count": 1, "first": lost, "last": lost});
    assert_eq!(
        (&saved["lost"], &saved["last"]),
        (&places, &json!(next)),
        "{saved}"
    );
    let before = get(&product, "/v1/relations/KGZ/UZB?at=2023-05-10").await;
    drop(product);

    let checked = run_json(&["restore", &file, "--check"]);
    assert_eq!(checked["lost"], places);
    let restored = run_json(&["restore", &file, "--data-dir", &new_data]);
    assert_eq!(restored["lost"], places);
    let product = Product::up(&new, &[]);
    let mut after = get(&product, "/v1/relations/KGZ/UZB?at=2023-05-10").await;
    after["projection"] = before["projection"].clone();
    assert_eq!(after, before);
    let verified = run_json(&["verify", "--nats", &product.nats]);
    assert_eq!(verified["sound"], true, "{verified}");
    assert_eq!(verified["counts"]["lost_commit"], 1, "{verified}");
    assert_eq!(verified["messages"], verified["compared"], "{verified}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_of_which_the_last_message_is_damaged_goes_on_after_it() {
    let directory = tempfile::tempdir().unwrap();
    let mut product = Product::up(directory.path(), &[]);
    let (kept_id, _) = titled(&product, "The first visit", "TJK").await;
    let (lost_id, last) = titled(&product, "The last visit", "KAZ").await;
    assert_eq!(product.process.interrupt(), Some(0));
    let nats_dir = product.nats_dir.clone();
    drop(product);
    damage(&nats_dir, "The last visit");

    let product = Product::up(directory.path(), &[]);
    let named = readiness(&product).await["damaged_messages"].clone();
    assert_eq!(named, json!({"count": 1, "last": last}));
    let (next_id, next) = titled(&product, "The next visit", "UZB").await;
    assert_eq!(next, last + 1);
    let path = format!("/v1/relations/UZB/AFG?min_position={next}");
    assert_eq!(get(&product, &path).await["known_at"], next);
    eventually("it is ready", async || {
        readiness(&product).await["ready"] == true
    })
    .await;
    for (id, status) in [(kept_id, 200), (lost_id, 404), (next_id, 200)] {
        assert_eq!(status_of_event(&product, &id).await, status);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_keeps_messages_that_are_no_commits() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(&directory.path().join("old"), &[]);
    let client = detente_tests::nats::connect(&product.nats).await.unwrap();
    let server = async_nats::jetstream::new(client);
    let mut headers = async_nats::HeaderMap::new();
    headers.insert("Nats-Msg-Id", "the same");
    headers.insert("Of-Somebody", "else");
    let subject = "detente.events.report";
    let sent = server.publish_with_headers(subject, headers, "hello".into());
    let position = sent.await.unwrap().await.unwrap().sequence;
    titled(&product, "A visit", "TJK").await;
    let places = json!({"count": 1, "first": position, "last": position});
    for (flags, kept, lost) in [
        (&[][..], &places, &Value::Null),
        (&["--salvage"][..], &Value::Null, &places),
    ] {
        let name = format!("log{}", flags.len());
        let [file, data] =
            ["backup", "data"].map(|of| directory.path().join(format!("{name}.{of}")));
        let [file, data] = [file, data].map(|path| path.display().to_string());
        let saved = run_json(&[&["backup", &file, "--nats", &product.nats], flags].concat());
        assert_eq!((&saved["damaged"], &saved["lost"]), (kept, lost), "{saved}");
        run_json(&["restore", &file, "--data-dir", &data]);
        let restored = Product::up(Path::new(&data), &[]);
        let named = readiness(&restored).await["damaged_messages"].clone();
        assert_eq!(named, json!({"count": 1, "last": position}));
        titled(&restored, "Another visit", "UZB").await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn services_end_with_the_way_back_when_the_log_has_lost_its_end() {
    let directory = tempfile::tempdir().unwrap();
    let [data, saved] = ["nats", "saved"].map(|name| directory.path().join(name));
    let server = nats::start(&data).await;
    let url = server.url().to_owned();
    let port = url.rsplit_once(':').unwrap().1.parse().unwrap();
    let [ingest_at, query_at, projector_at] = std::array::from_fn(|_| free_address());
    let mut ingest = serve("ingest", &url, &ingest_at);
    let mut query = serve("query", &url, &query_at);
    let mut projector = serve("projector", &url, &projector_at);
    for at in [&ingest_at, &query_at] {
        ready(&format!("http://{at}")).await;
    }
    let report = async |day: u32| {
        let visit = event(
            "visit.made",
            &["TJK"],
            &["AFG"],
            &format!("2023-05-{day:02}"),
        );
        let request = Client::new().post(format!("http://{ingest_at}/v1/events"));
        let answer = answer(request.json(&visit)).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.body["accepted"][0]["position"].as_u64().unwrap()
    };
    report(1).await;
    server.stop().await;
    let copied = Command::new("cp").arg("-r").args([&data, &saved]).status();
    assert!(copied.unwrap().success());
    let server = nats::start_on(&data, port).await;
    let mut last = 0;
    for day in 2..6 {
        last = report(day).await;
    }
    let path = format!("http://{query_at}/v1/relations/TJK/AFG?min_position={last}");
    assert_eq!(reqwest::get(path).await.unwrap().status(), 200);
    for (at, gauge) in [
        (&ingest_at, "detente_ingest_log_end"),
        (&projector_at, "detente_projector_position"),
    ] {
        eventually("each has read it", async || {
            let metrics = reqwest::get(format!("http://{at}/metrics")).await;
            let metrics = metrics.unwrap().text().await.unwrap();
            metrics.contains(&format!("\n{gauge} {last}\n"))
        })
        .await;
    }
    server.stop().await;
    std::fs::remove_dir_all(&data).unwrap();
    std::fs::rename(&saved, &data).unwrap();
    let server = nats::start_on(&data, port).await;
    for process in [&mut ingest, &mut query, &mut projector] {
        process.note_after("`detente backup --salvage`");
        let until = Instant::now() + TIMEOUT;
        while !process.has_ended() {
            assert!(Instant::now() < until, "it goes on");
            tokio::task::yield_now().await;
        }
    }
    server.stop().await;
}
