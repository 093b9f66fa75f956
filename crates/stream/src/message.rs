//! A stored message, as everybody reads it.

use async_nats::jetstream::message::StreamMessage;
use bytes::Bytes;
use time::OffsetDateTime;

use crate::Headers;

/// A message of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its sequence in the stream.
    pub sequence: u64,
    /// Its subject.
    pub subject: String,
    /// Its headers.
    pub headers: Headers,
    /// Its payload, shared and not copied.
    pub payload: Bytes,
    /// When the server stored it.
    pub published: OffsetDateTime,
}

impl From<StreamMessage> for Message {
    fn from(stored: StreamMessage) -> Message {
        Message {
            sequence: stored.sequence,
            subject: stored.subject.to_string(),
            headers: Headers::received(Some(stored.headers)),
            payload: stored.payload,
            published: stored.time,
        }
    }
}
