//! `detente verify` finds damage and its place.

mod foreign;
mod views;

use crate::helpers::{assert_stands, event, eventually, reported, standing, stderr};
use crate::log_fold::projection;
use crate::stream_copy::StreamCopy;
use async_nats::HeaderMap;
use bytes::Bytes;
use detente_domain::day::Day;
use detente_domain::event::EventId;
use detente_domain::record::{Body, Record, RecordId};
use detente_jetstream::appender::{Appender, Options};
use detente_jetstream::topology::{self, EVENTS, REPORT, Replicas};
use detente_testkit::nats;
use detente_tests::product::{Product, run};
use detente_tests::sample;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Runs `verify`. Returns its exit code and report.
fn verify(args: &[&str]) -> (Option<i32>, Value) {
    let output = run(&[&["verify", "-o", "json"], args].concat());
    let note = stderr(&output);
    let report = serde_json::from_slice(&output.stdout);
    let report = report.unwrap_or_else(|error| panic!("{error}: {note}"));
    (output.status.code(), report)
}

/// Returns findings or notes without their messages.
fn without_messages(findings: &Value) -> Vec<Value> {
    let mut findings = findings.as_array().unwrap().clone();
    for finding in &mut findings {
        let fields = finding.as_object_mut().unwrap();
        fields.retain(|name, _| !["message", "expected", "found"].contains(&name.as_str()));
    }
    findings
}

/// Checks that `verify` finds exactly this.
fn assert_finds(copy: &StreamCopy, expected: &[Value]) -> Value {
    let (code, report) = verify(&["--nats", copy.server.url()]);
    assert_eq!(
        without_messages(&report["findings"]),
        expected,
        "{report:#}"
    );
    assert_eq!((code, &report["sound"]), (Some(1), &json!(false)));
    report
}

/// Starts a server with the demonstration and three visits, and waits until all of it is published
/// and in the views.
async fn demo(directory: &Path) -> Product {
    let product = Product::up(directory, &["--demo"]);
    for day in ["2023-05-01", "2023-05-02", "2023-05-03"] {
        let visit = event("visit.made", &["TJK"], &["AFG"], day);
        reported(&product, &visit).await;
    }
    eventually("the feed and the views are complete", async || {
        let (code, report) = verify(&["--nats", &product.nats]);
        code == Some(0) && report["notes"] == json!([])
    })
    .await;
    product
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unaltered_log_is_sound_even_while_it_grows() {
    let directory = tempfile::tempdir().unwrap();
    let product = demo(directory.path()).await;
    let (code, idle) = verify(&["--nats", &product.nats]);
    assert_eq!((code, &idle["sound"]), (Some(0), &json!(true)), "{idle}");
    assert_eq!((&idle["head"], &idle["commits"]), (&json!(6), &json!(6)));
    assert_eq!(idle["messages"], idle["compared"]);
    assert!(idle["entries"].as_u64().unwrap() > 50, "{idle}");
    let growing = async {
        for day in 1..=28 {
            let day = format!("2023-06-{day:02}");
            let talks = event("talks.held", &["UZB"], &["AFG"], &day);
            reported(&product, &talks).await;
        }
        reported(&product, &standing().into()).await;
    };
    let nats = product.nats.clone();
    let verifying =
        tokio::task::spawn_blocking(move || [(); 3].map(|()| verify(&["--nats", &nats])));
    let ((), verified) = tokio::join!(growing, verifying);
    for (code, report) in verified.unwrap() {
        assert_eq!(code, Some(0), "{report:#}");
    }
    assert_stands(&product).await;
    let (code, whole) = verify(&["--nats", &product.nats]);
    assert_eq!((code, &whole["sound"]), (Some(0), &json!(true)), "{whole}");
    assert_eq!(whole["commits"], 35);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_flipped_byte_in_a_stored_commit_is_found() {
    let directory = tempfile::tempdir().unwrap();
    let mut product = demo(directory.path()).await;
    assert_eq!(product.process.interrupt(), Some(0));
    let block = block_of(&product.nats_dir, EVENTS);
    let mut bytes = std::fs::read(&block).unwrap();
    // The commit before the last ends with its title; flip a bit of it.
    let title = b"Something that happened";
    let places: Vec<usize> = bytes
        .windows(title.len())
        .enumerate()
        .filter_map(|(place, window)| (window == title).then_some(place))
        .collect();
    let place = places[places.len() - 2];
    bytes[place] ^= 1;
    std::fs::write(&block, bytes).unwrap();
    let data = directory.path().display().to_string();
    let (code, report) = verify(&["--data-dir", &data]);
    assert_eq!(code, Some(1));
    let expected = [json!({"code": "unreadable_commit", "position": 5})];
    assert_eq!(
        without_messages(&report["findings"]),
        expected,
        "{report:#}"
    );
    let expected = [json!({"code": "not_compared", "position": 5})];
    assert_eq!(without_messages(&report["notes"]), expected, "{report:#}");
}

/// Returns the file in which a server stores the first messages of a stream.
fn block_of(nats_dir: &Path, stream: &str) -> PathBuf {
    nats_dir.join(format!("store/jetstream/$G/streams/{stream}/msgs/1.blk"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_commit_that_is_missing_or_damaged_is_found() {
    let directory = tempfile::tempdir().unwrap();
    let product = demo(directory.path()).await;
    let copy = StreamCopy::copy(&product, &projection()).await;
    copy.delete(EVENTS, 4).await;
    assert_finds(&copy, &[json!({"code": "missing_commit", "position": 4})]);
    // A missing last commit is found too.
    copy.delete(EVENTS, 6).await;
    let six = json!({"code": "missing_commit", "position": 6});
    assert_finds(
        &copy,
        &[json!({"code": "missing_commit", "position": 4}), six],
    );

    let copy = StreamCopy::changed(&product, &projection(), |stream, sequence, payload| {
        if (stream, sequence) != (EVENTS, 5) {
            return Some(payload);
        }
        let mut bytes = payload.to_vec();
        *bytes.last_mut()? ^= 1;
        Some(bytes.into())
    })
    .await;
    let five = json!({"code": "damaged_commit", "position": 5});
    let report = assert_finds(&copy, &[five]);
    assert_eq!(
        without_messages(&report["notes"])[0]["code"],
        "not_compared"
    );

    let copy = StreamCopy::copy(&product, &projection()).await;
    let mut headers = HeaderMap::new();
    headers.insert("Detente-Digest", "0000000000000000");
    headers.insert("Detente-Records", "1");
    let payload = Bytes::from_static(b"\x0a\x01x");
    let sent = copy
        .jetstream
        .publish_with_headers(REPORT, headers, payload);
    sent.await.unwrap().await.unwrap();
    let report = assert_finds(&copy, &[json!({"code": "damaged_commit", "position": 7})]);
    // The feed was compared; the views are not.
    let seven = json!({"code": "not_compared", "position": 7});
    assert_eq!(without_messages(&report["notes"]), [seven], "{report:#}");
    assert_eq!(report["messages"], report["compared"], "{report:#}");
    assert_eq!(report["entries"], 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeated_altered_or_missing_change_is_found() {
    let directory = tempfile::tempdir().unwrap();
    let product = demo(directory.path()).await;
    let feed = projection().stream();
    let copy = StreamCopy::copy(&product, &projection()).await;
    let last = copy.jetstream.get_stream(&feed).await.unwrap();
    let last = last.cached_info().state.last_sequence;
    copy.repeat(&feed, last).await;
    let repeated = json!({
        "code": "repeated_message", "sequence": last + 1, "position": 6, "relation": "AFG.TJK",
    });
    let report = assert_finds(&copy, &[repeated]);
    let words = report["findings"][0]["message"].as_str().unwrap();
    assert!(words.contains(&format!("in message {last}")), "{words}");

    let copy = StreamCopy::copy(&product, &projection()).await;
    copy.delete(&feed, 30).await;
    let report = verify(&["--nats", copy.server.url()]).1;
    // By its sequence, and its changes.
    let missing = [
        json!({"code": "missing_message", "sequence": 30}),
        json!({"code": "missing_message", "position": 3, "relation": "KAZ.KGZ"}),
    ];
    assert_eq!(without_messages(&report["findings"]), missing, "{report:#}");

    // Each way to alter the last message of the feed.
    let altered: [(&str, &str, crate::stream_copy::Change); 2] = [
        ("altered_changes", "changes", |stream, sequence, payload| {
            edit(stream, sequence, payload, |message| {
                message["changes"] = json!([]);
            })
        }),
        (
            "altered_message",
            "position",
            |stream, sequence, payload| {
                edit(stream, sequence, payload, |message| {
                    message["position"] = json!(1);
                })
            },
        ),
    ];
    for (code, place, change) in altered {
        let copy = StreamCopy::changed(&product, &projection(), change).await;
        let finding = json!({
            "code": code, "sequence": 3, "position": 3, "relation": "AFG.IRN",
        });
        let report = assert_finds(&copy, &[finding]);
        let words = report["findings"][0]["message"].as_str().unwrap();
        assert!(words.contains(&format!("first at /{place}")), "{words}");
    }
}

/// Edits the third message of the feed.
fn edit(stream: &str, sequence: u64, payload: Bytes, edit: fn(&mut Value)) -> Option<Bytes> {
    if !stream.starts_with("CHANGES") || sequence != 3 {
        return Some(payload);
    }
    let mut message: Value = serde_json::from_slice(&payload).unwrap();
    edit(&mut message);
    Some(message.to_string().into())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_feed_of_another_log_is_found() {
    let directory = tempfile::tempdir().unwrap();
    let product = demo(directory.path()).await;
    let copy = StreamCopy::copy(&product, &projection()).await;
    let stream = projection().stream();
    let feed = copy.jetstream.get_stream(&stream).await.unwrap();
    let last = feed.cached_info().state.last_sequence;
    let mut message = feed.get_raw_message(last).await.unwrap();
    copy.delete(&stream, last).await;
    message.headers.insert("Detente-Digest", "00000000000000aa");
    let sent =
        copy.jetstream
            .publish_with_headers(message.subject, message.headers, message.payload);
    sent.await.unwrap().await.unwrap();
    let missing = json!({"code": "missing_message", "sequence": last});
    let other = json!({"code": "other_log", "sequence": last + 1, "position": 6});
    assert_finds(&copy, &[missing, other]);
}

fn record(id: u128, body: Body) -> Record {
    sample::record_of(Uuid::from_u128(id), body)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pending_clashing_and_circular_records_are_notes_and_not_findings() {
    let directory = tempfile::tempdir().unwrap();
    let nats = nats::start(directory.path().join("nats")).await;
    let connection = nats::connect(&nats, "test").await;
    topology::ensure_events(&connection, Replicas::One)
        .await
        .unwrap();
    let (appender, _task) =
        Appender::start(&connection, Options::new(REPORT), CancellationToken::new());
    let retracts = |target| Body::Retracted {
        record: RecordId(Uuid::from_u128(target)),
        reason: "an error".to_owned(),
    };
    let mut clash = sample::record(2);
    clash.id = sample::record(1).id;
    let day = Day::from_ymd(2024, 1, 1).unwrap();
    let link = Body::Linked {
        one: EventId(sample::record(1).id.0),
        other: EventId(Uuid::from_u128(99)),
    };
    let records = [
        sample::record(1),
        clash,
        record(1, retracts(2)),
        record(2, retracts(1)),
        record(3, retracts(77)),
        record(4, link),
        // Nothing is published before the log has a day.
        record(5, Body::Tick { day }),
    ];
    for record in &records {
        appender
            .append(detente_codec::encode(record).into())
            .await
            .unwrap();
    }
    let (code, report) = verify(&["--nats", nats.url()]);
    assert_eq!(code, Some(0), "{report:#}");
    let id = |id: u128| Uuid::from_u128(id).to_string();
    let expected = [
        json!({"code": "feed_behind", "position": 7}),
        json!({"code": "clash", "position": 2, "record": sample::record(1).id.0.to_string()}),
        json!({"code": "pending", "position": 5, "record": id(3)}),
        json!({"code": "pending", "position": 6, "record": id(4)}),
        json!({"code": "circle", "position": 3, "record": id(1)}),
        json!({"code": "circle", "position": 4, "record": id(2)}),
    ];
    assert_eq!(without_messages(&report["notes"]), expected, "{report:#}");
    connection.close().await;
    nats.stop().await;
}

#[test]
fn another_rulebook_than_that_of_the_feed_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::up(directory.path(), &[]);
    let other = directory.path().join("other.toml");
    let shipped = detente_rulebook::DEFAULT;
    std::fs::write(&other, format!("{shipped}\n# another one\n")).unwrap();
    let other = other.display().to_string();
    let output = run(&["verify", "--nats", &product.nats, "--rulebook", &other]);
    assert_eq!(output.status.code(), Some(64));
    let note = stderr(&output);
    assert!(note.contains(projection().as_str()), "{note}");
}
