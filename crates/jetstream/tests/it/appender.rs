//! Group commit: every caller is answered, no record is lost or stored twice.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use detente_jetstream::appender::{AppendError, Appender, Options, Position};
use detente_jetstream::stream_info;
use detente_jetstream::topology::{EVENTS, IMPORT, REPORT, Replicas, ensure_events};
use tokio_util::sync::CancellationToken;

use crate::support::all_records;
use detente_testkit::nats::{Nats, eventually, in_time};

fn record(text: impl std::fmt::Display) -> Bytes {
    text.to_string().into()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_callers_share_commits_and_each_gets_its_own_position() {
    let nats = Nats::start().await;
    let conn = nats.connect().await;
    ensure_events(&conn, Replicas::One).await.expect("EVENTS");
    let stop = CancellationToken::new();
    let (handle, task) = Appender::start(&conn, Options::new(REPORT), stop.clone());
    let callers: Vec<_> = (0..64)
        .map(|caller| {
            let handle = handle.clone();
            tokio::spawn(async move {
                let mut positions = Vec::new();
                for n in 0..50 {
                    let text = format!("{caller}/{n}");
                    positions.push((handle.append(record(&text)).await.expect("an append"), text));
                }
                positions
            })
        })
        .collect();
    let mut positions = Vec::new();
    for caller in callers {
        positions.extend(in_time(caller).await.expect("a caller"));
    }
    let found = all_records(&conn).await;
    assert_eq!(found.len(), 64 * 50);
    for (
        Position {
            sequence,
            index_in_commit,
        },
        text,
    ) in &positions
    {
        assert_eq!(
            found.get(&(*sequence, *index_in_commit)),
            Some(&record(text))
        );
    }
    let distinct: BTreeSet<_> = positions.iter().map(|(position, _)| *position).collect();
    assert_eq!(distinct.len(), positions.len());
    let commits = stream_info::head(&conn, EVENTS).await.expect("a head");
    assert!(
        commits < 1_600,
        "{commits} commits for 3,200 records of 64 callers"
    );

    stop.cancel();
    in_time(task).await.expect("the appender's end");
    assert_eq!(
        handle.append(record("late")).await,
        Err(AppendError::Stopped)
    );
}

#[tokio::test]
async fn bulk_fills_commits_and_refuses_only_the_oversized_records() {
    let nats = Nats::start().await;
    let conn = nats.connect().await;
    ensure_events(&conn, Replicas::One).await.expect("EVENTS");
    let (handle, _) = Appender::start(&conn, Options::new(IMPORT), CancellationToken::new());
    let too_large: Bytes = vec![0; conn.max_payload()].into();
    let refused = handle.append(too_large).await;
    let Err(AppendError::TooLarge { bytes_max, .. }) = refused else {
        panic!("{refused:?}");
    };
    let mut records: Vec<Bytes> = (0..4_500).map(record).collect();
    records[7] = vec![b'x'; bytes_max + 1].into();
    records[8] = vec![b'x'; bytes_max].into();
    let positions = in_time(handle.append_many(records.clone())).await;
    assert_eq!(positions.len(), records.len());
    assert!(
        matches!(positions[7], Err(AppendError::TooLarge { .. })),
        "{:?}",
        positions[7]
    );
    let found = all_records(&conn).await;
    assert_eq!(found.len(), records.len() - 1);
    for (position, record) in positions.iter().zip(&records) {
        if let Ok(position) = position {
            assert_eq!(
                found.get(&(position.sequence, position.index_in_commit)),
                Some(record)
            );
        }
    }
    // Seven small ones, the huge one by itself, and then thousands.
    assert_eq!(stream_info::head(&conn, EVENTS).await.expect("a head"), 7);
    let too_large = vec![0; bytes_max + 1];
    let refused = handle.append(too_large.into()).await;
    assert!(
        matches!(refused, Err(AppendError::TooLarge { .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_trace_context_is_in_the_headers_of_its_commit() {
    let nats = Nats::start().await;
    let conn = nats.connect().await;
    ensure_events(&conn, Replicas::One).await.expect("EVENTS");
    let (handle, _) = Appender::start(&conn, Options::new(REPORT), CancellationToken::new());
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    for (trace, kept) in [
        (Some(trace), Some(trace)),
        (None, None),
        (Some("a\r\nb"), None),
    ] {
        let position = in_time(handle.append_traced(record(1), trace))
            .await
            .expect("an append");
        let message = stream_info::read_one(&conn, EVENTS, position.sequence)
            .await
            .expect("a look");
        assert_eq!(message.expect("a message").headers.get("traceparent"), kept);
    }
}

#[tokio::test]
async fn a_dropped_caller_does_not_affect_others_and_stopping_answers_all() {
    let nats = Nats::start().await;
    let conn = nats.connect().await;
    ensure_events(&conn, Replicas::One).await.expect("EVENTS");
    let stop = CancellationToken::new();
    let (handle, task) = Appender::start(&conn, Options::new(REPORT), stop.clone());
    // The runtime has one thread: no task runs before the first await.
    let stays: Vec<_> = (0..10)
        .map(|n| {
            let handle = handle.clone();
            tokio::spawn(async move { handle.append(record(n)).await })
        })
        .collect();
    let goes = {
        let handle = handle.clone();
        tokio::spawn(async move { handle.append(record("goes")).await })
    };
    tokio::task::yield_now().await;
    goes.abort();
    stop.cancel();
    for stays in stays {
        let answer = in_time(stays).await.expect("a caller");
        assert!(
            answer.is_ok() || answer == Err(AppendError::Stopped),
            "{answer:?}"
        );
    }
    in_time(task).await.expect("the appender's end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_records_survive_a_server_killed_under_load() {
    let nats = Nats::start().await;
    let conn = nats.connect().await;
    ensure_events(&conn, Replicas::One).await.expect("EVENTS");
    let stop = CancellationToken::new();
    let (handle, task) = Appender::start(&conn, Options::new(REPORT), stop.clone());
    let done = Arc::new(AtomicUsize::new(0));
    let load = CancellationToken::new();
    let callers: Vec<_> = (0..16)
        .map(|caller| {
            let (handle, done, load) = (handle.clone(), done.clone(), load.clone());
            tokio::spawn(async move {
                let mut stored = Vec::new();
                for n in 0.. {
                    if load.is_cancelled() {
                        break;
                    }
                    let text = format!("{caller}/{n}");
                    let position = handle
                        .append(record(&text))
                        .await
                        .expect("a retried append");
                    stored.push((position, text));
                    done.fetch_add(1, Ordering::Relaxed);
                }
                stored
            })
        })
        .collect();
    for _ in 0..3 {
        let before = done.load(Ordering::Relaxed);
        let moved = async || (done.load(Ordering::Relaxed) > before + 500).then_some(());
        eventually("appends go on", moved).await;
        nats.kill().await;
    }
    let before = done.load(Ordering::Relaxed);
    let moved = async || (done.load(Ordering::Relaxed) > before + 500).then_some(());
    eventually("appends go on after the last kill", moved).await;
    load.cancel();
    let mut stored = Vec::new();
    for caller in callers {
        stored.extend(in_time(caller).await.expect("a caller"));
    }
    let found = all_records(&conn).await;
    for (position, text) in &stored {
        let key = (position.sequence, position.index_in_commit);
        assert_eq!(found.get(&key), Some(&record(text)), "{position:?}");
    }
    // The server has recognised every retry.
    assert_eq!(found.len(), stored.len());
    stop.cancel();
    in_time(task).await.expect("the appender's end");
}

#[tokio::test]
async fn a_missing_stream_fails_the_callers_and_not_the_appender() {
    let nats = Nats::start().await;
    let conn = nats.connect().await;
    let mut options = Options::new(REPORT);
    options.give_up_after = std::time::Duration::from_millis(200);
    let (handle, _) = Appender::start(&conn, options, CancellationToken::new());
    let refused = in_time(handle.append(record(1))).await;
    assert!(
        matches!(refused, Err(AppendError::Unavailable { .. })),
        "{refused:?}"
    );
    ensure_events(&conn, Replicas::One).await.expect("EVENTS");
    assert!(in_time(handle.append(record(2))).await.is_ok());
}
