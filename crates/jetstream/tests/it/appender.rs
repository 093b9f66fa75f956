//! Group commit: every caller is answered, no record is lost or stored twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use detente_jetstream::appender::{AppendError, Appender, Options};
use detente_jetstream::topology::{EVENTS, IMPORT, REPORT, Replicas, ensure_events};
use detente_jetstream::{Connection, stream_info};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::support::{all_records, with_events};
use detente_testkit::nats::{Nats, connect, eventually, in_time, start_small};

fn record(text: impl std::fmt::Display) -> Bytes {
    text.to_string().into()
}

/// Sorts records by position and content: positions are those of whole commits.
fn sorted(mut records: Vec<(u64, Bytes)>) -> Vec<(u64, Bytes)> {
    records.sort();
    records
}

/// Starts an appender of reports on a log of its own.
async fn prepared(nats: &Nats, stop: &CancellationToken) -> (Connection, Appender, JoinHandle<()>) {
    let conn = with_events(nats).await;
    let (appender, task) = Appender::start(&conn, Options::new(REPORT), stop.clone());
    (conn, appender, task)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_callers_share_commits_and_each_gets_the_position_of_its_record() {
    let nats = Nats::start().await;
    let stop = CancellationToken::new();
    let (conn, appender, task) = prepared(&nats, &stop).await;
    let callers: Vec<_> = (0..64)
        .map(|caller| {
            let appender = appender.clone();
            tokio::spawn(async move {
                let mut appended = Vec::new();
                for n in 0..50 {
                    let record = record(format!("{caller}/{n}"));
                    let position = appender.append(record.clone()).await;
                    appended.push((position.expect("an append"), record));
                }
                appended
            })
        })
        .collect();
    let mut appended = Vec::new();
    for caller in callers {
        appended.extend(in_time(caller).await.expect("a caller"));
    }
    assert_eq!(appended.len(), 64 * 50);
    assert_eq!(sorted(all_records(&conn).await), sorted(appended));
    let commits = stream_info::head(&conn, EVENTS).await.expect("a head");
    assert!(
        commits < 1_600,
        "{commits} commits for 3,200 records of 64 callers"
    );

    stop.cancel();
    in_time(task).await.expect("the appender's end");
    assert_eq!(
        appender.append(record("late")).await,
        Err(AppendError::Stopped)
    );
}

#[tokio::test]
async fn bulk_fills_commits_and_refuses_only_the_oversized_records() {
    let nats = Nats::start().await;
    let conn = with_events(&nats).await;
    let (appender, _) = Appender::start(&conn, Options::new(IMPORT), CancellationToken::new());
    let too_large: Bytes = vec![0; conn.max_payload()].into();
    let refused = appender.append(too_large).await;
    let Err(AppendError::TooLarge { bytes_max, .. }) = refused else {
        panic!("{refused:?}");
    };
    let mut records: Vec<Bytes> = (0..4_500).map(record).collect();
    records[7] = vec![b'x'; bytes_max + 1].into();
    records[8] = vec![b'x'; bytes_max].into();
    let positions = in_time(appender.append_many(records.clone(), None)).await;
    assert_eq!(positions.len(), records.len());
    assert!(
        matches!(positions[7], Err(AppendError::TooLarge { .. })),
        "{:?}",
        positions[7]
    );
    let accepted = positions.into_iter().zip(records);
    let accepted = accepted.filter_map(|(place, record)| Some((place.ok()?.position, record)));
    let accepted: Vec<_> = accepted.collect();
    assert_eq!(accepted.len(), 4_499);
    assert_eq!(all_records(&conn).await, accepted);
    // Seven small ones, the huge one by itself, and then thousands.
    assert_eq!(stream_info::head(&conn, EVENTS).await.expect("a head"), 7);
    let too_large = vec![0; bytes_max + 1];
    let refused = appender.append(too_large.into()).await;
    assert!(
        matches!(refused, Err(AppendError::TooLarge { .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_trace_context_is_in_the_headers_of_its_commit() {
    let nats = Nats::start().await;
    let (conn, appender, _) = prepared(&nats, &CancellationToken::new()).await;
    let trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    for (trace, kept) in [
        (Some(trace), Some(trace)),
        (None, None),
        (Some("a\r\nb"), None),
    ] {
        let appended = in_time(appender.append_many(vec![record(1)], trace)).await;
        let position = appended[0].clone().expect("an append").position;
        let message = stream_info::read_one(&conn, EVENTS, position)
            .await
            .expect("a look");
        assert_eq!(message.expect("a message").headers.get("traceparent"), kept);
    }
}

#[tokio::test]
async fn a_dropped_caller_does_not_affect_others_and_stopping_answers_all() {
    let nats = Nats::start().await;
    let stop = CancellationToken::new();
    let (_, appender, task) = prepared(&nats, &stop).await;
    // The runtime has one thread: no task runs before the first await.
    let stays: Vec<_> = (0..10)
        .map(|n| {
            let appender = appender.clone();
            tokio::spawn(async move { appender.append(record(n)).await })
        })
        .collect();
    let goes = {
        let appender = appender.clone();
        tokio::spawn(async move { appender.append(record("goes")).await })
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
    let stop = CancellationToken::new();
    let (conn, appender, task) = prepared(&nats, &stop).await;
    let appended = Arc::new(AtomicUsize::new(0));
    let load = CancellationToken::new();
    let callers: Vec<_> = (0..16)
        .map(|caller| {
            let (appender, appended, load) = (appender.clone(), appended.clone(), load.clone());
            tokio::spawn(async move {
                let mut stored = Vec::new();
                for n in 0.. {
                    if load.is_cancelled() {
                        break;
                    }
                    let record = record(format!("{caller}/{n}"));
                    let position = appender.append(record.clone()).await;
                    stored.push((position.expect("a retried append"), record));
                    appended.fetch_add(1, Ordering::Relaxed);
                }
                stored
            })
        })
        .collect();
    let goes_on = async || {
        let before = appended.load(Ordering::Relaxed);
        let moved = async || (appended.load(Ordering::Relaxed) > before + 500).then_some(());
        eventually("appends go on", moved).await;
    };
    for _ in 0..3 {
        goes_on().await;
        nats.kill().await;
    }
    goes_on().await;
    load.cancel();
    let mut stored = Vec::new();
    for caller in callers {
        stored.extend(in_time(caller).await.expect("a caller"));
    }
    // The server has recognised every retry.
    assert_eq!(sorted(all_records(&conn).await), sorted(stored));
    stop.cancel();
    in_time(task).await.expect("the appender's end");
}

#[tokio::test]
async fn a_missing_stream_fails_the_callers_and_not_the_appender() {
    let nats = Nats::start().await;
    let conn = nats.connect().await;
    let mut options = Options::new(REPORT);
    options.give_up_after = std::time::Duration::from_millis(200);
    let (appender, _) = Appender::start(&conn, options, CancellationToken::new());
    let refused = in_time(appender.append(record(1))).await;
    assert!(
        matches!(refused, Err(AppendError::Unavailable { .. })),
        "{refused:?}"
    );
    ensure_events(&conn, Replicas::One).await.expect("EVENTS");
    assert!(in_time(appender.append(record(2))).await.is_ok());
}

#[tokio::test]
async fn a_store_without_room_is_told_at_once_and_accepts_again_when_there_is_room() {
    let dir = tempfile::tempdir().expect("a temporary directory");
    let limited = start_small(dir.path().join("nats"), 0, 4 << 20).await;
    let conn = connect(&limited, "test").await;
    ensure_events(&conn, Replicas::One).await.expect("EVENTS");
    let (appender, _) = Appender::start(&conn, Options::new(REPORT), CancellationToken::new());
    let mut stored = Vec::new();
    let refused = loop {
        let record = Bytes::from(vec![b'x'; 1 << 20]);
        match in_time(appender.append(record)).await {
            Ok(position) => stored.push(position),
            Err(error) => break error,
        }
    };
    assert!(matches!(refused, AppendError::Full { .. }), "{refused:?}");
    assert!(!stored.is_empty());
    limited.stop().await;
    let wider = start_small(dir.path().join("nats"), 0, 64 << 20).await;
    let conn = connect(&wider, "test").await;
    let (appender, _) = Appender::start(&conn, Options::new(REPORT), CancellationToken::new());
    let next = in_time(appender.append(record("next"))).await;
    assert_eq!(next, Ok(stored.len() as u64 + 1));
    wider.stop().await;
}
