//! Tests of a reader whose stream is gone.

use detente_testkit::nats::{Nats, in_time};

use super::*;
use crate::connect;
use crate::topology::{EVENTS, Replicas, ensure_events};

#[tokio::test]
async fn a_hole_that_cannot_be_looked_into_is_left_to_a_new_consumer() {
    let nats = Nats::start().await;
    let options = connect::Options::new(nats.server.url(), "test");
    let conn = Connection::open(&options).await.expect("a connection");
    ensure_events(&conn, Replicas::One).await.expect("EVENTS");
    let reader = StreamReader::open(&conn, EVENTS, 1, Options::events()).await;
    let mut reader = reader.expect("a reader");
    reader.hole_to = 1;
    let deleted = conn.jetstream().delete_stream(EVENTS).await;
    assert!(deleted.expect("an answer").success);
    let message = in_time(reader.look_into_hole()).await;
    assert!(matches!(message, Ok(None)), "{message:?}");
    assert_eq!(reader.hole_to, 0);
    let gone = in_time(reader.next()).await;
    assert!(matches!(gone, Err(ReadError::StreamInfo(_))), "{gone:?}");
}
