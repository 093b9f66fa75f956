//! The fenced writer: one at a time, no message lost or published twice.

use std::sync::atomic::{AtomicU64, Ordering};

use detente_jetstream::feed_writer::{FeedWriter, FeedWriterError, Outgoing};
use detente_jetstream::topology::{Projection, Replicas, ensure_changes};
use detente_jetstream::{Connection, Message};
use detente_testkit::nats::{Nats, eventually, in_time, read_all};

use crate::support::projection;

/// Returns a commit of `count` messages.
fn commit(position: u64, count: usize) -> Vec<Outgoing> {
    (0..count)
        .map(|part| Outgoing {
            subject_suffix: format!("A{:02}.B{:02}", part / 50, part % 50),
            headers: vec![
                ("Detente-Position".to_owned(), position.to_string()),
                ("Detente-Part".to_owned(), part.to_string()),
            ],
            payload: format!("{position}/{part}").into(),
        })
        .collect()
}

async fn prepared(nats: &Nats) -> (Connection, Projection) {
    let conn = nats.connect().await;
    let projection = projection("p1");
    ensure_changes(&conn, &projection, Replicas::One)
        .await
        .expect("CHANGES");
    (conn, projection)
}

/// Opens a writer. Also returns the last message.
async fn open(conn: &Connection, projection: &Projection) -> (FeedWriter, Option<Message>) {
    let writer = in_time(FeedWriter::open(conn, projection)).await;
    writer.expect("a writer")
}

async fn all_payloads(conn: &Connection, projection: &Projection) -> Vec<String> {
    let messages = read_all(conn, &projection.stream()).await.into_iter();
    let payloads = messages.map(|message| String::from_utf8_lossy(&message.payload).into_owned());
    payloads.collect()
}

#[tokio::test]
async fn commits_of_any_size_are_published_in_order_and_the_last_message_is_the_checkpoint() {
    let nats = Nats::start().await;
    let (conn, projection) = prepared(&nats).await;
    let (mut writer, last) = open(&conn, &projection).await;
    assert_eq!(last, None);
    let mut expected = Vec::new();
    let mut next = 1;
    for (position, count) in [1, 0, 12, 13, 200, 1_000, 2_003].into_iter().enumerate() {
        let commit = commit(position as u64, count);
        expected.extend((0..count).map(|part| format!("{position}/{part}")));
        let sequences = in_time(writer.publish(commit)).await.expect("a commit");
        assert_eq!(sequences, (next..next + count as u64).collect::<Vec<_>>());
        next += count as u64;
    }
    assert_eq!(writer.last_sequence(), next - 1);
    assert_eq!(all_payloads(&conn, &projection).await, expected);

    let (_, last) = open(&conn, &projection).await;
    let last = last.expect("a last message");
    assert_eq!(last.sequence, next - 1);
    assert_eq!(last.headers.get("Detente-Position"), Some("6"));
    assert_eq!(last.headers.get("Detente-Part"), Some("2002"));
    assert_eq!(last.payload, "6/2002");
}

#[tokio::test]
async fn of_two_writers_the_slower_one_is_refused_and_writes_nothing() {
    let nats = Nats::start().await;
    let (conn, projection) = prepared(&nats).await;
    for count in [1, 5, 200] {
        let (mut slow, _) = open(&conn, &projection).await;
        let (mut fast, _) = open(&conn, &projection).await;
        let sequences = in_time(fast.publish(commit(1, 3))).await.expect("a commit");
        let refused = in_time(slow.publish(commit(2, count))).await;
        let Err(FeedWriterError::Fenced { sequence, .. }) = refused else {
            panic!("{refused:?}");
        };
        assert_eq!(Some(&sequence), sequences.first());
        assert!(matches!(
            slow.publish(commit(2, 1)).await,
            Err(FeedWriterError::Stale)
        ));
        in_time(fast.publish(commit(3, 1)))
            .await
            .expect("the winner goes on");
    }
    let payloads = all_payloads(&conn, &projection).await;
    assert_eq!(payloads.len(), 12);
    assert!(
        payloads.iter().all(|payload| !payload.starts_with("2/")),
        "{payloads:?}"
    );
}

#[tokio::test]
async fn a_commit_that_cannot_be_sent_is_refused_and_the_writer_can_go_on() {
    let nats = Nats::start().await;
    let (conn, projection) = prepared(&nats).await;
    let (mut writer, _) = open(&conn, &projection).await;
    let mut bad = commit(1, 3);
    bad[2].payload = vec![0; conn.max_payload()].into();
    let refused = writer.publish(bad).await;
    assert!(
        matches!(refused, Err(FeedWriterError::Message { index: 2, .. })),
        "{refused:?}"
    );
    assert_eq!(
        in_time(writer.publish(commit(2, 1)))
            .await
            .expect("a commit"),
        [1]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_causes_neither_loss_nor_repeats() {
    let nats = Nats::start().await;
    let (conn, projection) = prepared(&nats).await;
    let written = AtomicU64::new(0);
    let kills = async {
        for _ in 0..4 {
            let before = written.load(Ordering::Relaxed);
            let moved = async || (written.load(Ordering::Relaxed) > before + 20).then_some(());
            eventually("commits go on", moved).await;
            nats.kill().await;
        }
    };
    let writes = async {
        let (mut writer, _) = open(&conn, &projection).await;
        let mut expected = Vec::new();
        let mut position = 0;
        loop {
            for count in [1, 5, 40, 3, 300] {
                in_time(writer.publish(commit(position, count)))
                    .await
                    .expect("a commit");
                expected.extend((0..count).map(|part| format!("{position}/{part}")));
                position += 1;
                written.store(position, Ordering::Relaxed);
            }
            if position > 150 && KILLED.load(Ordering::Relaxed) == 1 {
                return expected;
            }
        }
    };
    static KILLED: AtomicU64 = AtomicU64::new(0);
    let kills = async {
        kills.await;
        KILLED.store(1, Ordering::Relaxed);
    };
    let ((), expected) = tokio::join!(kills, writes);
    assert_eq!(all_payloads(&conn, &projection).await, expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn writers_that_race_never_mix_their_commits() {
    let nats = Nats::start().await;
    let (conn, projection) = prepared(&nats).await;
    let race = async |writer: u64| {
        let mut stored = Vec::new();
        for round in 0..40 {
            let (mut relations, _) = open(&conn, &projection).await;
            let position = writer * 1_000 + round;
            let count = [1, 6, 20][round as usize % 3];
            match in_time(relations.publish(commit(position, count))).await {
                Ok(sequences) => stored.push((position, sequences)),
                Err(error) => assert!(matches!(error, FeedWriterError::Fenced { .. }), "{error}"),
            }
        }
        stored
    };
    let (first, second) = tokio::join!(race(1), race(2));
    let payloads = all_payloads(&conn, &projection).await;
    let mut whole = 0;
    for (position, sequences) in first.iter().chain(&second) {
        whole += sequences.len();
        for (part, sequence) in sequences.iter().enumerate() {
            assert_eq!(
                payloads[*sequence as usize - 1],
                format!("{position}/{part}")
            );
        }
    }
    assert!(!first.is_empty() && !second.is_empty());
    // A prefix of a refused commit may be stored, and is contiguous.
    let mut before: Option<(&str, usize)> = None;
    for payload in &payloads {
        let (position, part) = payload.split_once('/').expect("a payload of ours");
        let part: usize = part.parse().expect("a part");
        match before {
            Some((same, last)) if same == position => assert_eq!(part, last + 1, "{payloads:?}"),
            _ => assert_eq!(part, 0, "{payloads:?}"),
        }
        before = Some((position, part));
    }
    assert!(whole <= payloads.len());
}

/// A chain of messages is refused from the first one that does not follow the one that it names.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_foreign_message_breaks_the_chain_for_all_that_follow() {
    let nats = Nats::start().await;
    let (conn, projection) = prepared(&nats).await;
    let client = async_nats::connect(nats.server.url())
        .await
        .expect("a client");
    for round in 0..50_u64 {
        let (mut ours, last) = open(&conn, &projection).await;
        let begin = last.map_or(0, |last| last.sequence);
        // An unfenced writer publishes into the middle of it.
        let subject = projection.subject("X.Y");
        let foreign = async {
            for _ in 0..2 {
                let sent = client.publish(subject.clone(), "foreign".into()).await;
                sent.expect("a message");
            }
        };
        let (outcome, ()) = tokio::join!(in_time(ours.publish(commit(round, 8))), foreign);
        if let Err(error) = outcome {
            assert!(matches!(error, FeedWriterError::Fenced { .. }), "{error}");
        }
        let both = async || {
            let payloads = all_payloads(&conn, &projection).await;
            let new = payloads.get(begin as usize..)?.to_vec();
            let foreign = new.iter().filter(|payload| *payload == "foreign").count();
            (foreign == 2).then_some(new)
        };
        let new = eventually("both foreign messages", both).await;
        let ours: Vec<&String> = new.iter().filter(|payload| *payload != "foreign").collect();
        let wanted: Vec<String> = (0..ours.len())
            .map(|part| format!("{round}/{part}"))
            .collect();
        assert_eq!(ours, wanted.iter().collect::<Vec<_>>(), "{new:?}");
    }
}

#[tokio::test]
async fn a_dropped_commit_makes_the_writer_stale_and_the_next_one_recovers() {
    let nats = Nats::start().await;
    let (conn, projection) = prepared(&nats).await;
    let (mut writer, _) = open(&conn, &projection).await;
    let halved = tokio::select! {
        biased;
        done = writer.publish(commit(1, 300)) => Some(done),
        () = tokio::task::yield_now() => None,
    };
    assert!(halved.is_none());
    assert!(matches!(
        writer.publish(commit(2, 1)).await,
        Err(FeedWriterError::Stale)
    ));
    // The next writer resumes after the part of it that was stored.
    let (mut next, last) = open(&conn, &projection).await;
    let stored = last.map_or(0, |last| last.sequence);
    assert!(stored == 0 || stored == 300, "{stored}");
    match in_time(next.publish(commit(1, 300))).await {
        Ok(sequences) => assert_eq!(sequences.first(), Some(&(stored + 1))),
        // The dropped one was still in transit.
        Err(error) => assert!(matches!(error, FeedWriterError::Fenced { .. }), "{error}"),
    }
}
