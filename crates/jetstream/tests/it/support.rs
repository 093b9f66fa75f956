//! Helpers that several tests share.

use std::collections::BTreeMap;

use bytes::Bytes;
use detente_jetstream::reader::{EventsReader, Options};
use detente_jetstream::topology::EVENTS;
use detente_jetstream::{Connection, commit, stream_info};
use detente_testkit::nats::in_time;

/// Returns every record of EVENTS by its position.
pub(crate) async fn all_records(conn: &Connection) -> BTreeMap<(u64, u32), Bytes> {
    let head = stream_info::head(conn, EVENTS).await.expect("a head");
    let mut reader = EventsReader::open(conn, EVENTS, 1, Options::events())
        .await
        .expect("a reader");
    let mut records = BTreeMap::new();
    for _ in 0..head {
        let message = in_time(reader.next()).await.expect("a message");
        commit::verify(&message.payload, &message.headers).expect("a valid commit");
        for (index, record) in commit::records(&message.payload).enumerate() {
            let record = record.expect("a valid record");
            let position = (message.sequence, index as u32);
            records.insert(position, Bytes::copy_from_slice(record));
        }
    }
    records
}
