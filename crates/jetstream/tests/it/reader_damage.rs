//! The reader of a log that lacks commits, or has lost its end.

use std::path::Path;
use std::process::Command;

use detente_jetstream::Connection;
use detente_jetstream::appender::{Appender, Options as AppendOptions};
use detente_jetstream::reader::ReadError;
use detente_jetstream::stream_info;
use detente_jetstream::topology::{EVENTS, REPORT, Replicas, ensure_events};
use tokio_util::sync::CancellationToken;

use crate::reader::{append, expect, next, open};
use crate::support::plain_jetstream;
use detente_testkit::nats::{self, Nats, in_time};

/// Makes the log again without deny flags, so that messages can be deleted from it.
async fn deletable(nats: &Nats) -> (Connection, Appender) {
    let js = plain_jetstream(nats).await;
    let config = async_nats::jetstream::stream::Config {
        name: EVENTS.to_owned(),
        subjects: vec![REPORT.to_owned()],
        ..Default::default()
    };
    js.create_stream(config).await.expect("a stream");
    let conn = nats.connect().await;
    let (handle, _) = Appender::start(&conn, AppendOptions::new(REPORT), CancellationToken::new());
    (conn, handle)
}

async fn delete(nats: &Nats, sequences: &[u64]) {
    let js = plain_jetstream(nats).await;
    let stream = js.get_stream(EVENTS).await.expect("EVENTS");
    for sequence in sequences {
        stream.delete_message(*sequence).await.expect("a deletion");
    }
}

#[tokio::test]
async fn missing_commits_are_returned_without_records_also_the_first_and_the_last() {
    let nats = Nats::start().await;
    let (conn, handle) = deletable(&nats).await;
    append(&handle, 7).await;
    delete(&nats, &[1, 3, 4, 7]).await;
    let mut reader = open(&conn, 1).await;
    for sequence in 1..=7 {
        let message = next(&mut reader).await;
        let is_missing = [1, 3, 4, 7].contains(&sequence);
        assert_eq!(message.sequence, sequence);
        assert_eq!(
            (message.is_damaged, message.is_missing()),
            (is_missing, is_missing)
        );
        assert_eq!(message.payload.is_empty(), is_missing);
    }
    append(&handle, 2).await;
    expect(&mut reader, 8..10).await;
}

#[tokio::test]
async fn a_log_that_lost_its_end_is_refused_even_if_it_has_grown_again() {
    let dir = tempfile::tempdir().expect("a directory");
    let [data, saved] = ["nats", "saved"].map(|name| dir.path().join(name));
    let server = nats::start(&data).await;
    let conn = nats::connect(&server, "test").await;
    ensure_events(&conn, Replicas::One).await.expect("EVENTS");
    let (handle, _) = Appender::start(&conn, AppendOptions::new(REPORT), CancellationToken::new());
    append(&handle, 4).await;
    let (_, port) = server.url().rsplit_once(':').expect("a port");
    let port = port.parse().expect("a port");
    server.stop().await;
    copy(&data, &saved);
    let server = nats::start_on(&data, port).await;
    append(&handle, 3).await;
    let mut reader = open(&conn, 1).await;
    expect(&mut reader, 1..8).await;
    server.stop().await;
    std::fs::remove_dir_all(&data).expect("no directory");
    std::fs::rename(&saved, &data).expect("the earlier one");
    let server = nats::start_on(&data, port).await;
    append(&handle, 3).await;
    assert_eq!(stream_info::head(&conn, EVENTS).await.expect("a head"), 7);
    let changed = in_time(reader.next()).await;
    assert!(
        matches!(changed, Err(ReadError::Changed { sequence: 7, .. })),
        "{changed:?}"
    );
    let said = changed.expect_err("an error").to_string();
    assert!(said.contains("`detente backup --salvage`"), "{said}");
    server.stop().await;
}

fn copy(from: &Path, to: &Path) {
    let copied = Command::new("cp").arg("-r").args([from, to]).status();
    assert!(copied.expect("a copy").success());
}
