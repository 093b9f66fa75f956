//! Tests of records that others have stored, and of those whose place cannot be found.

use std::time::Duration;

use detente_jetstream::appender;
use detente_jetstream::topology::{REPORT, Replicas, ensure_events};
use detente_testkit::nats::{Nats, in_time};
use tokio_util::sync::CancellationToken;

use super::*;
use crate::dedup::{Claim, RecentIds};
use crate::recover::record_key;

/// Returns a record with only an id and an author.
fn record(id: u8, author: u8) -> Bytes {
    let mut record = vec![0x0A, 16];
    record.extend([id; 16]);
    record.extend([0x12, 1, author]);
    record.into()
}

fn reserve(recent: &RecentIds, record: &Bytes) -> Reserved {
    match recent.claim(record_key(record).expect("a key")) {
        Claim::New(reserved) => reserved,
        other => panic!("the id is not free: {other:?}"),
    }
}

fn at(position: u64, is_duplicate: bool) -> Appended {
    Appended {
        position,
        is_duplicate,
    }
}

#[tokio::test]
async fn records_of_a_commit_that_is_there_already_are_found_by_their_ids() {
    let nats = Nats::start().await;
    let connection = nats.connect().await;
    let ensured = ensure_events(&connection, Replicas::One).await;
    ensured.expect("a log");
    let options = appender::Options::new(REPORT);
    let (log, _) = Appender::start(&connection, options, CancellationToken::new());
    let stored = vec![record(1, b'a'), record(2, b'a')];
    for appended in in_time(log.append_many(stored, None)).await {
        assert_eq!(appended, Ok(at(1, false)));
    }
    let follower = Follower::new(1);
    let recent = RecentIds::new(10);
    let mut placing = Placing::new(&connection, &follower);
    let deadline = Instant::now() + Duration::from_secs(60);
    for (id, author, is_own) in [(2, b'b', false), (1, b'a', true)] {
        let record = record(id, author);
        let reserved = reserve(&recent, &record);
        let expected = Found {
            position: 1,
            content: reserved.content(),
            is_own,
        };
        let found = placing.find(at(1, true), &reserved, &record, deadline);
        assert_eq!(in_time(found).await, Ok(expected));
    }
    let missing = record(3, b'a');
    let reserved = reserve(&recent, &missing);
    let found = placing.find(at(1, true), &reserved, &missing, deadline);
    let found = in_time(found).await;
    assert!(
        matches!(found, Err(AppendError::Unknown { .. })),
        "{found:?}"
    );
}

#[tokio::test]
async fn after_a_position_that_is_not_reached_no_later_one_is_waited_for() {
    let nats = Nats::start().await;
    let connection = nats.connect().await;
    // Nothing reads the commits after the fourth.
    let follower = Follower::new(4);
    let recent = RecentIds::new(10);
    let mut placing = Placing::new(&connection, &follower);
    let record = record(1, b'a');
    let reserved = reserve(&recent, &record);
    let soon = Instant::now() + Duration::from_millis(20);
    let failed = placing.find(at(6, false), &reserved, &record, soon).await;
    assert!(
        matches!(failed, Err(AppendError::Unknown { .. })),
        "{failed:?}"
    );
    // The deadline is later than that of the test.
    let late = Instant::now() + Duration::from_secs(3_600);
    for (position, is_duplicate) in [(6, false), (7, false), (9, true)] {
        let found = placing.find(at(position, is_duplicate), &reserved, &record, late);
        assert_eq!(in_time(found).await, failed);
    }
    let found = placing.find(at(4, false), &reserved, &record, late);
    let found = in_time(found).await.expect("a place");
    assert_eq!((found.position, found.is_own), (4, true));
}
