//! The reader: each message once and in order, despite any failure.

use std::time::Duration;

use detente_jetstream::appender::{Appender, Options as AppendOptions};
use detente_jetstream::reader::{Damaged, Options, ReadError, StreamReader};
use detente_jetstream::stream_info::{self, StreamInfoError};
use detente_jetstream::topology::{EVENTS, REPORT};
use detente_jetstream::{Connection, Message};
use futures_util::TryStreamExt;
use tokio_util::sync::CancellationToken;

use crate::support::{plain_jetstream, with_events};
use detente_testkit::nats::{Nats, eventually, in_time};

async fn prepared(nats: &Nats) -> (Connection, Appender) {
    let conn = with_events(nats).await;
    let (handle, _) = Appender::start(&conn, AppendOptions::new(REPORT), CancellationToken::new());
    (conn, handle)
}

pub(crate) async fn append(handle: &Appender, count: usize) {
    for n in 0..count {
        in_time(handle.append(n.to_string().into()))
            .await
            .expect("an append");
    }
}

pub(crate) async fn expect(reader: &mut StreamReader, sequences: std::ops::Range<u64>) {
    for sequence in sequences {
        let message = next(reader).await;
        assert_eq!(message.sequence, sequence);
        assert_eq!(message.subject, REPORT);
    }
    assert!(
        tokio::time::timeout(Duration::from_millis(50), reader.next())
            .await
            .is_err()
    );
}

pub(crate) async fn open(conn: &Connection, from: u64) -> StreamReader {
    let reader = StreamReader::open(conn, EVENTS, from, Options::events()).await;
    reader.expect("a reader")
}

pub(crate) async fn next(reader: &mut StreamReader) -> Message {
    in_time(reader.next()).await.expect("a message")
}

async fn delete_consumers(nats: &Nats) -> usize {
    let js = plain_jetstream(nats).await;
    let stream = js.get_stream(EVENTS).await.expect("EVENTS");
    let names: Vec<String> = stream.consumer_names().try_collect().await.expect("names");
    for name in &names {
        stream.delete_consumer(name).await.expect("a deletion");
    }
    names.len()
}

#[tokio::test]
async fn it_resumes_after_consumers_are_deleted_and_the_server_is_killed() {
    let nats = Nats::start().await;
    let (conn, handle) = prepared(&nats).await;
    append(&handle, 30).await;
    let mut whole = open(&conn, 0).await;
    let mut tail = open(&conn, 21).await;
    let mut future = open(&conn, 31).await;
    expect(&mut whole, 1..31).await;
    expect(&mut tail, 21..31).await;
    // A consumer that is deleted before it returned a message must not start at the first one.
    expect(&mut future, 31..31).await;
    assert_eq!(delete_consumers(&nats).await, 3);
    append(&handle, 5).await;
    for reader in [&mut whole, &mut tail, &mut future] {
        expect(reader, 31..36).await;
    }
    nats.kill().await;
    append(&handle, 5).await;
    for reader in [&mut whole, &mut tail, &mut future] {
        expect(reader, 36..41).await;
        assert_eq!(reader.last_sequence(), 40);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_follows_a_writer_across_kills_without_gaps_and_repeats() {
    let nats = Nats::start().await;
    let (conn, handle) = prepared(&nats).await;
    let stop = CancellationToken::new();
    let writer = {
        let (handle, stop) = (handle.clone(), stop.clone());
        tokio::spawn(async move {
            while !stop.is_cancelled() {
                handle.append("x".into()).await.expect("an append");
            }
        })
    };
    let mut reader = open(&conn, 1).await;
    let mut expected = 1;
    for round in 0..4 {
        for _ in 0..300 {
            assert_eq!(next(&mut reader).await.sequence, expected);
            expected += 1;
        }
        match round {
            1 => drop(delete_consumers(&nats).await),
            0 | 2 => nats.kill().await,
            _ => {}
        }
    }
    stop.cancel();
    in_time(writer).await.expect("the writer's end");
}

#[tokio::test]
async fn dropping_a_wait_loses_nothing() {
    let nats = Nats::start().await;
    let (conn, handle) = prepared(&nats).await;
    append(&handle, 200).await;
    let mut reader = open(&conn, 1).await;
    let mut seen = Vec::new();
    let mut dropped = 0;
    while seen.len() < 200 {
        tokio::select! {
            biased;
            () = tokio::task::yield_now() => dropped += 1,
            message = reader.next() => seen.push(message.expect("a message").sequence),
        }
    }
    assert_eq!(seen, (1..=200).collect::<Vec<u64>>());
    assert!(dropped > 0);
}

#[tokio::test]
async fn what_is_no_commit_is_passed_over_or_kept() {
    let nats = Nats::start().await;
    let (conn, handle) = prepared(&nats).await;
    append(&handle, 2).await;
    let js = plain_jetstream(&nats).await;
    let sent = js.publish(REPORT, "no commit".into()).await.expect("sent");
    sent.await.expect("stored");
    append(&handle, 1).await;
    let of = |damaged| Options {
        damaged,
        ..Options::events()
    };
    for (damaged, is_marked, payload) in [
        (Damaged::Unchecked, false, "no commit"),
        (Damaged::Kept, true, "no commit"),
        (Damaged::PassedOver, true, ""),
    ] {
        let reader = StreamReader::open(&conn, EVENTS, 3, of(damaged)).await;
        let mut reader = reader.expect("a reader");
        let foreign = next(&mut reader).await;
        assert_eq!(
            (foreign.is_damaged, &*foreign.payload),
            (is_marked, payload.as_bytes())
        );
        assert!(!foreign.is_missing());
        let good = next(&mut reader).await;
        assert!(!good.is_damaged && !good.payload.is_empty(), "{good:?}");
    }
}

#[tokio::test]
async fn readers_that_are_gone_leave_no_consumer() {
    let nats = Nats::start().await;
    let (conn, handle) = prepared(&nats).await;
    append(&handle, 3).await;
    let mut readers = Vec::new();
    for _ in 0..50 {
        let mut reader = open(&conn, 1).await;
        next(&mut reader).await;
        readers.push(reader);
    }
    let js = plain_jetstream(&nats).await;
    let consumers = async || {
        let stream = js.get_stream(EVENTS).await.expect("EVENTS");
        stream.cached_info().state.consumer_count
    };
    assert_eq!(consumers().await, 50);
    let mut kept = readers.split_off(49);
    drop(readers);
    eventually("their consumers are deleted", async || {
        (consumers().await == 1).then_some(())
    })
    .await;
    let reader = kept.first_mut().expect("a reader");
    append(&handle, 1).await;
    expect(reader, 2..5).await;
}

#[tokio::test]
async fn gaps_and_another_stream_are_errors() {
    let nats = Nats::start().await;
    let (conn, handle) = prepared(&nats).await;
    append(&handle, 4).await;
    let js = plain_jetstream(&nats).await;
    let ahead = StreamReader::open(&conn, EVENTS, 9, Options::events()).await;
    assert!(
        matches!(
            ahead,
            Err(ReadError::Ahead {
                read: 8,
                head: 4,
                ..
            })
        ),
        "{ahead:?}"
    );
    let none = StreamReader::open(&conn, "NONE", 1, Options::events()).await;
    assert!(
        matches!(
            none,
            Err(ReadError::StreamInfo(StreamInfoError::NoStream { .. }))
        ),
        "{none:?}"
    );

    let config = async_nats::jetstream::stream::Config {
        name: "HOLES".to_owned(),
        ..Default::default()
    };
    let holes = js.create_stream(config).await.expect("a stream");
    for _ in 0..4 {
        js.publish("HOLES", "x".into())
            .await
            .expect("sent")
            .await
            .expect("stored");
    }
    holes.delete_message(2).await.expect("a deletion");
    let mut strict = StreamReader::open(&conn, "HOLES", 1, Options::changes())
        .await
        .expect("a reader");
    assert_eq!(next(&mut strict).await.sequence, 1);
    let gap = in_time(strict.next()).await;
    assert!(
        matches!(
            gap,
            Err(ReadError::Gap {
                expected: 2,
                found: 3,
                ..
            })
        ),
        "{gap:?}"
    );
    strict.pass_over(2);
    assert_eq!(next(&mut strict).await.sequence, 3);
    let options = Options {
        continuous: false,
        ..Options::changes()
    };
    let mut loose = StreamReader::open(&conn, "HOLES", 1, options)
        .await
        .expect("a reader");
    for sequence in [1, 3, 4] {
        assert_eq!(next(&mut loose).await.sequence, sequence);
    }
}

#[tokio::test]
async fn single_requests_agree_with_the_stream() {
    let nats = Nats::start().await;
    let (conn, handle) = prepared(&nats).await;
    assert_eq!(
        stream_info::last_message_on(&conn, EVENTS)
            .await
            .expect("an answer"),
        None
    );
    append(&handle, 5).await;
    assert_eq!(stream_info::head(&conn, EVENTS).await.expect("a head"), 5);
    let last = stream_info::last_message_on(&conn, EVENTS)
        .await
        .expect("an answer")
        .expect("a message");
    assert_eq!(last.sequence, 5);
    assert_eq!(last.headers.get("Detente-Records"), Some("1"));
    assert_eq!(
        stream_info::read_one(&conn, EVENTS, 6)
            .await
            .expect("an answer"),
        None
    );

    let at = async |time| {
        stream_info::sequence_at_time(&conn, EVENTS, time)
            .await
            .expect("an answer")
    };
    let nanosecond = Duration::from_nanos(1);
    for sequence in 1..=5 {
        let message = stream_info::read_one(&conn, EVENTS, sequence)
            .await
            .expect("an answer");
        let published = message.expect("a message").published;
        assert_eq!(at(published).await, sequence);
        assert_eq!(at(published - nanosecond).await, sequence - 1);
    }
    let day = Duration::from_secs(86_400);
    assert_eq!(
        (
            at(last.published - day).await,
            at(last.published + day).await
        ),
        (0, 5)
    );
    let gone = stream_info::head(&conn, "NONE").await;
    assert!(
        matches!(gone, Err(StreamInfoError::NoStream { .. })),
        "{gone:?}"
    );
    let js = plain_jetstream(&nats).await;
    eventually("the consumers are deleted", async || {
        let stream = js.get_stream(EVENTS).await.ok()?;
        (stream.cached_info().state.consumer_count == 0).then_some(())
    })
    .await;
}
