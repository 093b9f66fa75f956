//! A stored message.

use async_nats::jetstream::message::StreamMessage;
use bytes::Bytes;
use time::OffsetDateTime;

use crate::Headers;
use crate::topology::{FILLED_FROM, OPERATION};

/// The header in which the server names the message that it copied.
pub(crate) const SOURCE: &str = "Nats-Stream-Source";

/// A message of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its sequence in the stream.
    pub sequence: u64,
    /// Its subject.
    pub subject: String,
    /// Its headers.
    pub headers: Headers,
    /// Its payload; clones share the memory.
    pub payload: Bytes,
    /// The time at which it was first stored, before any restore, by the server's clock.
    pub published: OffsetDateTime,
}

impl Message {
    /// Returns the stream and sequence from which a bucket's message was copied, by the server or
    /// by a backfill.
    pub fn source(&self) -> Option<(&str, u64)> {
        let source = self.headers.get(SOURCE);
        let mut fields = source.or_else(|| self.headers.get(FILLED_FROM))?.split(' ');
        Some((fields.next()?, fields.next()?.parse().ok()?))
    }

    /// Returns true if it marks a bucket's key as deleted.
    pub fn is_deletion(&self) -> bool {
        self.headers.get(OPERATION).is_some()
    }
}

impl From<StreamMessage> for Message {
    fn from(stored: StreamMessage) -> Self {
        let headers = Headers::received(Some(stored.headers));
        Self {
            sequence: stored.sequence,
            subject: stored.subject.to_string(),
            published: headers.stored(stored.time),
            headers,
            payload: stored.payload,
        }
    }
}
