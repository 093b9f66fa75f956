//! Group commit: everybody answered, nothing lost, nothing twice.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::appender::{AppendError, Appender, Options, Position};
use crate::topology::{EVENTS, IMPORT, REPORT, Replicas, ensure_events};
use bytes::Bytes;
use detente_jetstream::inspect;
use tokio_util::sync::CancellationToken;

use crate::support::{Nats, all_records, eventually, in_time};

fn record(text: impl std::fmt::Display) -> Bytes {
    text.to_string().into()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_callers_share_commits_and_each_gets_a_place_of_his_own() {
    let nats = Nats::start().await;
    let conn = nats.connect().await;
    ensure_events(&conn, Replicas::One).await.expect("EVENTS");
    let stop = CancellationToken::new();
    let (handle, task) = Appender::start(&conn, Options::new(REPORT), stop.clone());
    let callers: Vec<_> = (0..64)
        .map(|caller| {
            let handle = handle.clone();
            tokio::spawn(async move {
                let mut places = Vec::new();
                for n in 0..50 {
                    let text = format!("{caller}/{n}");
                    places.push((handle.append(record(&text)).await.expect("an append"), text));
                }
                places
            })
        })
        .collect();
    let mut places = Vec::new();
    for caller in callers {
        places.extend(in_time(caller).await.expect("a caller"));
    }
    let found = all_records(&conn).await;
    assert_eq!(found.len(), 64 * 50);
    for (
        Position {
            sequence,
            index_in_commit,
        },
        text,
    ) in &places
    {
        assert_eq!(
            found.get(&(*sequence, *index_in_commit)),
            Some(&record(text))
        );
    }
    let distinct: BTreeSet<_> = places.iter().map(|(place, _)| *place).collect();
    assert_eq!(distinct.len(), places.len());
    let commits = inspect::head(&conn, EVENTS).await.expect("a head");
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
async fn bulk_fills_commits_to_the_brim_and_refuses_the_oversized_alone() {
    let nats = Nats::start().await;
    let conn = nats.connect().await;
    ensure_events(&conn, Replicas::One).await.expect("EVENTS");
    let (handle, _) = Appender::start(&conn, Options::new(IMPORT), CancellationToken::new());
    let mut records: Vec<Bytes> = (0..4_500).map(record).collect();
    records[7] = vec![b'x'; handle.record_max() + 1].into();
    records[8] = vec![b'x'; handle.record_max()].into();
    let places = in_time(handle.append_many(records.clone())).await;
    assert_eq!(places.len(), records.len());
    assert!(
        matches!(places[7], Err(AppendError::TooLarge { .. })),
        "{:?}",
        places[7]
    );
    let found = all_records(&conn).await;
    assert_eq!(found.len(), records.len() - 1);
    for (place, record) in places.iter().zip(&records) {
        if let Ok(place) = place {
            assert_eq!(
                found.get(&(place.sequence, place.index_in_commit)),
                Some(record)
            );
        }
    }
    // Seven small ones, the huge one by itself, and then thousands.
    assert_eq!(inspect::head(&conn, EVENTS).await.expect("a head"), 7);
    let too_large = vec![0; handle.record_max() + 1];
    let refused = handle.append(too_large.into()).await;
    assert!(
        matches!(refused, Err(AppendError::TooLarge { .. })),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_trace_context_rides_in_the_headers_of_its_commit() {
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
        let place = in_time(handle.append_traced(record(1), trace))
            .await
            .expect("an append");
        let message = inspect::read_one(&conn, EVENTS, place.sequence)
            .await
            .expect("a look");
        assert_eq!(message.expect("a message").headers.get("traceparent"), kept);
    }
}

#[tokio::test]
async fn a_caller_who_goes_takes_nobody_with_him_and_stopping_answers_all() {
    let nats = Nats::start().await;
    let conn = nats.connect().await;
    ensure_events(&conn, Replicas::One).await.expect("EVENTS");
    let stop = CancellationToken::new();
    let (handle, task) = Appender::start(&conn, Options::new(REPORT), stop.clone());
    // The test's runtime has one thread: nothing moves before the first await.
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
async fn what_was_acknowledged_survives_a_server_killed_under_load() {
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
                    let place = handle
                        .append(record(&text))
                        .await
                        .expect("a retried append");
                    stored.push((place, text));
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
    for (place, text) in &stored {
        let key = (place.sequence, place.index_in_commit);
        assert_eq!(found.get(&key), Some(&record(text)), "{place:?}");
    }
    // Every retry was known again by the server.
    assert_eq!(found.len(), stored.len());
    stop.cancel();
    in_time(task).await.expect("the appender's end");
}

#[tokio::test]
async fn a_stream_that_is_missing_fails_the_callers_and_not_the_appender() {
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
