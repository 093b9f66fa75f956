//! `detente backup` and `detente restore`: the log is restored exactly, or not at all.

use crate::helpers::{assert_stands, data, event, get, reported, run_json, standing, stderr};
use detente_jetstream::connect;
use detente_jetstream::topology::EVENTS;
use detente_jetstream::{Connection, stream_info};
use detente_testkit::nats;
use detente_tests::product::{Product, run, run_on};
use detente_tests::sample;
use serde_json::{Value, json};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Output;
use time::format_description::well_known::Rfc3339;

/// Checks that a command failed with a message.
#[track_caller]
fn assert_refused(output: &Output, words: &str) {
    let notes = stderr(output);
    assert_eq!(output.status.code(), Some(1), "{notes}");
    assert!(notes.contains(words), "{notes}");
}

/// Gets views at all pairs of clocks, the known one by position and by time.
async fn answers(product: &Product, times: &[String]) -> Vec<Value> {
    let mut answers = Vec::new();
    let positions = (0..=times.len()).map(|position| position.to_string());
    for known in positions.chain(times.iter().cloned()) {
        for at in ["2021-09-01", "2022-12-31", "2023-04-18", "2023-05-10"] {
            let clocks = format!("at={at}&known_at={known}");
            for path in [
                "relations/TJK/AFG",
                "relations/TJK/AFG/history",
                "relations/KGZ/UZB",
                "countries/AFG",
            ] {
                answers.push(get(product, &format!("/v1/{path}?{clocks}")).await);
            }
        }
    }
    answers
}

/// Returns the time of each commit, as a parameter.
async fn times(product: &Product) -> Vec<String> {
    let options = connect::Options::new(&product.nats, "test");
    let connection = Connection::open(&options).await.unwrap();
    let mut times = Vec::new();
    for position in 1..=stream_info::head(&connection, EVENTS).await.unwrap() {
        let message = stream_info::read_one(&connection, EVENTS, position).await;
        let stored = message.unwrap().unwrap().published;
        times.push(stored.format(&Rfc3339).unwrap());
    }
    connection.close().await;
    times
}

fn path(directory: &Path, name: &str) -> String {
    directory.join(name).display().to_string()
}

/// Backs a log up, into a file that no other user can read.
fn back_up(nats: &str, file: &str) -> Value {
    let done = run_json(&["backup", file, "--nats", nats]);
    let mode = std::fs::metadata(file).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    done
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_restored_log_answers_the_same_at_every_position_and_time() {
    let directory = tempfile::tempdir().unwrap();
    let (old, new) = (directory.path().join("old"), directory.path().join("new"));
    let [file, again] = ["a.backup", "b.backup"].map(|name| path(directory.path(), name));
    let mut product = Product::up(&old, &["--demo"]);
    let closed = event("border.closed", &["TJK"], &["AFG"], "2023-05-01");
    reported(&product, &closed).await;
    reported(&product, &standing().into()).await;
    assert_stands(&product).await;
    let before_times = times(&product).await;
    let before = answers(&product, &before_times).await;
    let saved = back_up(&product.nats, &file);
    let commits = (&saved["commits"], &saved["last"]);
    assert_eq!(commits, (&json!(5), &json!(5)), "{saved}");
    let twice = run(&["backup", &file, "--nats", &product.nats]);
    assert_eq!(twice.status.code(), Some(2), "{}", stderr(&twice));
    let piped = run(&["backup", "-", "--nats", &product.nats]);
    assert_eq!(piped.status.code(), Some(0), "{}", stderr(&piped));
    let not_empty = run(&["restore", &file, "--nats", &product.nats]);
    assert_refused(&not_empty, "into an empty server only");
    assert_eq!(product.process.interrupt(), Some(0));
    drop(product);

    let new_data = new.display().to_string();
    let restored = run_json(&["restore", &file, "--data-dir", &new_data]);
    assert_eq!(restored["commits"], 5, "{restored}");
    let product = Product::up(&new, &[]);
    assert_eq!(times(&product).await, before_times);
    let after = answers(&product, &before_times).await;
    for (before, after) in before.iter().zip(&after) {
        assert_eq!(before, after);
    }
    assert_stands(&product).await;
    let verified = run_json(&["verify", "--nats", &product.nats]);
    assert_eq!(verified["sound"], true, "{verified:#}");

    // Later commits have their own time.
    let event = event("border.opened", &["TJK"], &["AFG"], "2023-05-03");
    reported(&product, &event).await;
    let after_times = times(&product).await;
    assert_eq!(after_times.len(), 6);
    let path = format!("/v1/relations/TJK/AFG?known_at={}", after_times[5]);
    assert_eq!(get(&product, &path).await["known_at"], 6);

    // A backup of the restored log can be restored too.
    back_up(&product.nats, &again);
    let nats = nats::start(directory.path().join("third")).await;
    let piped = std::fs::read(&again).unwrap();
    let third = run_on(
        &piped,
        &["restore", "-", "--nats", nats.url(), "-o", "json"],
    );
    assert_eq!(data(&third)["commits"], 6);
    nats.stop().await;
}

/// Makes a log of several blocks, and backs it up.
fn large(directory: &Path) -> (Product, String) {
    let product = Product::up(&directory.join("large"), &[]);
    let rows = sample::rows(0, 5_000).unwrap();
    let reported = run_on(rows.as_bytes(), &["report", "-", "--server", &product.http]);
    assert_eq!(reported.status.code(), Some(0), "{}", stderr(&reported));
    let file = path(directory, "large.backup");
    back_up(&product.nats, &file);
    (product, file)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_interrupted_restore_is_refused_by_services_and_can_be_resumed() {
    let directory = tempfile::tempdir().unwrap();
    let (product, file) = large(directory.path());
    let whole = std::fs::read(&file).unwrap();
    let nats = nats::start(directory.path().join("nats")).await;
    let cut = &whole[..whole.len() - 200];
    let broken = run_on(cut, &["restore", "-", "--nats", nats.url()]);
    assert_refused(&broken, "the backup is truncated: it ends at byte");
    let ingest = ["serve", "ingest", "--http", "127.0.0.1:0", "--nats"];
    let serve = run(&[&ingest[..], &[nats.url()]].concat());
    assert_refused(&serve, "stream EVENTS has subjects = detente.restore.*");

    let demo = Product::temporary(&["--demo"]);
    let other = path(directory.path(), "other.backup");
    back_up(&demo.nats, &other);
    let mixed = run(&["restore", &other, "--nats", nats.url()]);
    assert_refused(&mixed, "an earlier restore brought back another log");

    let done = run_json(&["restore", &file, "--nats", nats.url()]);
    assert_eq!(done["commits"], done["last"]);
    assert!(done["resumed_after"].as_u64().unwrap() > 0, "{done}");
    let again = path(directory.path(), "again.backup");
    back_up(nats.url(), &again);
    // Counted from the end: the length of the time in the header varies by a few bytes.
    let part = whole.len() / 4;
    let block = |file: &[u8]| file[file.len() - 2 * part..file.len() - part].to_vec();
    assert_eq!(block(&std::fs::read(&again).unwrap()), block(&whole));
    drop(product);
    nats.stop().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_truncated_corrupt_or_foreign_file_restores_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let product = Product::temporary(&["--demo"]);
    let file = path(directory.path(), "good.backup");
    back_up(&product.nats, &file);
    let sound = run_json(&["restore", &file, "--check"]);
    assert_eq!(sound["commits"], 3);
    let whole = std::fs::read(&file).unwrap();
    let mut flipped = whole.clone();
    let middle = whole.len() / 2;
    flipped[middle] ^= 4;
    let version = [b"detente backup 9\n".as_slice(), &whole[17..]].concat();
    let cases = [
        (
            "cut",
            whole[..middle].to_vec(),
            format!("it ends at byte {middle}"),
        ),
        ("flipped", flipped, "does not match its digest".to_owned()),
        ("version", version, "the backup has format 9".to_owned()),
        (
            "none",
            b"{}".to_vec(),
            "is not a backup of Detente".to_owned(),
        ),
    ];
    let nats = nats::start(directory.path().join("nats")).await;
    let connection = nats::connect(&nats, "test").await;
    for (name, bytes, words) in cases {
        let file = path(directory.path(), name);
        std::fs::write(&file, bytes).unwrap();
        assert_refused(&run(&["restore", &file, "--check"]), &words);
        assert_refused(&run(&["restore", &file, "--nats", nats.url()]), &words);
        assert_eq!(
            stream_info::count(&connection, EVENTS).await.unwrap(),
            None,
            "{name}"
        );
    }
    connection.close().await;
    nats.stop().await;
}
