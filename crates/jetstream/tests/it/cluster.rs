//! A cluster of three servers: what one server checks before it stores a message, three check when
//! they apply it.

use std::collections::BTreeMap;

use detente_jetstream::Connection;
use detente_jetstream::feed_writer::{FeedWriter, FeedWriterError, Outgoing};
use detente_jetstream::topology::{Projection, Replicas, ensure_changes};
use detente_testkit::cluster::Cluster;
use detente_testkit::nats::{eventually, in_time, read_all};

use crate::support::projection;

/// The numbers of messages of commits, in turn.
const COUNTS: [usize; 4] = [2, 1, 8, 40];

fn commit(position: u64, count: usize) -> Vec<Outgoing> {
    let message = |part| Outgoing {
        subject_suffix: "AFG.KAZ".to_owned(),
        headers: Vec::new(),
        payload: format!("{position}/{part}").into(),
    };
    (0..count).map(message).collect()
}

async fn open(conn: &Connection, projection: &Projection) -> FeedWriter {
    let opened = async || FeedWriter::open(conn, projection).await.ok();
    eventually("a writer", opened).await.0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_that_race_on_three_servers_leave_a_stream_that_goes_on() {
    let cluster = Cluster::start().await;
    let conn = cluster.connect().await;
    let projection = projection("p1");
    let created = async || {
        ensure_changes(&conn, &projection, Replicas::Three)
            .await
            .ok()
    };
    eventually("a stream with three replicas", created).await;
    let race = async |writer: u64| {
        let own = cluster.connect().await;
        let mut stored = Vec::new();
        for round in 0..40 {
            let position = writer * 1_000 + round;
            let count = COUNTS[round as usize % 4];
            let mut feed = open(&own, &projection).await;
            match in_time(feed.publish(commit(position, count))).await {
                Ok(sequences) => stored.push((position, sequences)),
                Err(error) => assert!(matches!(error, FeedWriterError::Fenced { .. }), "{error}"),
            }
        }
        stored
    };
    let (first, second) = tokio::join!(race(1), race(2));
    let mut last = open(&conn, &projection).await;
    let sequences = in_time(last.publish(commit(9, 3))).await;
    let sequences = sequences.expect("the stream has a leader and stores");
    let payloads = read_all(&conn, &projection.stream()).await;
    for (position, sequences) in first.iter().chain(&second).chain([&(9, sequences)]) {
        for (part, sequence) in sequences.iter().enumerate() {
            let stored = &payloads[*sequence as usize - 1].payload;
            assert_eq!(*stored, format!("{position}/{part}"));
        }
    }
    // A commit is stored as a whole or not at all.
    let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
    for message in &payloads {
        let payload = String::from_utf8_lossy(&message.payload);
        let (position, _) = payload.split_once('/').expect("a payload of ours");
        *counts
            .entry(position.parse().expect("a position"))
            .or_default() += 1;
    }
    counts.remove(&9);
    for (position, count) in counts {
        assert_eq!(count, COUNTS[position as usize % 1_000 % 4], "{position}");
    }
}
