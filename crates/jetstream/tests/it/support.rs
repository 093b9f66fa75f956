//! Helpers that several tests share.

use async_nats::jetstream::Context;
use bytes::Bytes;
use detente_jetstream::topology::{EVENTS, Projection, Replicas, ensure_events};
use detente_jetstream::{Connection, commit};
use detente_testkit::nats::{Nats, read_all};

/// Connects to a server, and creates EVENTS.
pub(crate) async fn with_events(nats: &Nats) -> Connection {
    let conn = nats.connect().await;
    ensure_events(&conn, Replicas::One).await.expect("EVENTS");
    conn
}

/// Connects as a client that does not use this crate.
pub(crate) async fn plain_jetstream(nats: &Nats) -> Context {
    let client = async_nats::connect(nats.server.url()).await;
    async_nats::jetstream::new(client.expect("a plain client"))
}

pub(crate) fn projection(name: &str) -> Projection {
    Projection::new(name).expect("a name")
}

/// Returns every record of EVENTS with its position.
pub(crate) async fn all_records(conn: &Connection) -> Vec<(u64, Bytes)> {
    let mut records = Vec::new();
    for message in read_all(conn, EVENTS).await {
        commit::verify(&message.payload, &message.headers).expect("a valid commit");
        for record in commit::records(&message.payload) {
            let record = record.expect("a valid record");
            records.push((message.sequence, Bytes::copy_from_slice(record)));
        }
    }
    records
}
