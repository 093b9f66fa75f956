//! Several appenders on one stream: behind fences, each record is stored once.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use detente_jetstream::appender::{Appender, Fence, KnownLog, Options};
use detente_jetstream::topology::{EVENTS, IMPORT, REPORT};
use detente_jetstream::{Connection, commit, stream_info};
use detente_testkit::nats::{Nats, in_time};
use futures_util::future::{BoxFuture, join_all};
use tokio_util::sync::CancellationToken;

use crate::support::{all_records, with_events};

/// What one process has read of the stream. A record is its own id.
#[derive(Debug)]
struct Read {
    connection: Connection,
    known: AtomicU64,
    records: Mutex<HashMap<Bytes, u64>>,
}

/// Knows nothing, and never learns.
#[derive(Debug)]
struct Behind;

impl KnownLog for Read {
    fn known(&self) -> u64 {
        self.known.load(Ordering::SeqCst)
    }

    fn stored(&self, sequence: u64) {
        self.known.store(sequence, Ordering::SeqCst);
    }

    fn reach(&self, sequence: u64) -> BoxFuture<'_, ()> {
        Box::pin(async move {
            while self.known() < sequence {
                let next = self.known() + 1;
                let message = stream_info::read_one(&self.connection, EVENTS, next).await;
                let message = message.expect("an answer").expect("a commit");
                for record in commit::records(&message.payload) {
                    let record = message.payload.slice_ref(record.expect("a record"));
                    self.records.lock().expect("a lock").insert(record, next);
                }
                self.stored(next);
            }
        })
    }

    fn find(&self, record: &[u8]) -> Option<u64> {
        self.records.lock().expect("a lock").get(record).copied()
    }
}

impl KnownLog for Behind {
    fn known(&self) -> u64 {
        0
    }

    fn stored(&self, _: u64) {}

    fn reach(&self, _: u64) -> BoxFuture<'_, ()> {
        Box::pin(async {})
    }

    fn find(&self, _: &[u8]) -> Option<u64> {
        None
    }
}

fn start(connection: &Connection, subject: &str, fence: &Fence) -> Appender {
    let options = Options {
        fence: Some(fence.clone()),
        ..Options::new(subject)
    };
    Appender::start(connection, options, CancellationToken::new()).0
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_record_in_groups_of_several_appenders_is_stored_once() {
    let nats = Nats::start().await;
    let connection = with_events(&nats).await;
    let fences = [(); 3].map(|()| {
        Fence::new(Read {
            connection: connection.clone(),
            known: AtomicU64::new(0),
            records: Mutex::default(),
        })
    });
    // Each process has two, which take turns.
    let appenders = fences.iter();
    let appenders =
        appenders.flat_map(|fence| [REPORT, IMPORT].map(|on| start(&connection, on, fence)));
    let appenders: Vec<Appender> = appenders.collect();
    let append = |(number, appender): (usize, &Appender)| {
        let appender = appender.clone();
        async move {
            let mut placed = Vec::new();
            for round in 0..40 {
                let first = round * 10 + number;
                let records = (first..first + 10).map(|id| Bytes::from(id.to_string()));
                let records: Vec<Bytes> = records.collect();
                let appended = appender.append_many(records.clone(), None).await;
                let positions = appended
                    .into_iter()
                    .map(|one| one.expect("an append").position);
                placed.extend(positions.zip(records));
            }
            placed
        }
    };
    // The two of one process share no record.
    let placed = in_time(join_all(
        appenders.iter().step_by(2).enumerate().map(append),
    ))
    .await;
    let others = appenders.iter().skip(1).step_by(2);
    let others = in_time(join_all(
        others
            .enumerate()
            .map(|(number, appender)| append((1_000 + number, appender))),
    ));
    let mut placed: Vec<(u64, Bytes)> = placed.into_iter().chain(others.await).flatten().collect();
    placed.sort();
    placed.dedup();
    let mut stored = all_records(&connection).await;
    stored.sort();
    assert_eq!(stored, placed);
}

#[tokio::test]
async fn an_appender_that_always_comes_second_stores_its_record_nevertheless() {
    let nats = Nats::start().await;
    let connection = with_events(&nats).await;
    let first = Appender::start(&connection, Options::new(REPORT), CancellationToken::new()).0;
    let append = async |appender: &Appender| in_time(appender.append("a record".into())).await;
    assert_eq!(append(&first).await, Ok(1));
    let behind = start(&connection, REPORT, &Fence::new(Behind));
    assert_eq!(append(&behind).await, Ok(2));
    let message = stream_info::read_one(&connection, EVENTS, 2).await;
    let headers = message.expect("an answer").expect("a commit").headers;
    assert_eq!(headers.get("Nats-Expected-Last-Sequence"), None);
}
