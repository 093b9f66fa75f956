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
    /// Converts a message that a consumer delivered, with the sequence and the time that the server
    /// gave it.
    pub(crate) fn delivered(
        message: async_nats::Message,
        sequence: u64,
        stored: OffsetDateTime,
    ) -> Self {
        let headers = Headers::received(message.headers);
        Self {
            sequence,
            subject: message.subject.into_string(),
            published: headers.stored(stored),
            headers,
            payload: message.payload,
        }
    }

    /// Returns the stream and sequence from which a bucket's message was copied, by the server or
    /// by a backfill.
    pub fn source(&self) -> Option<(&str, u64)> {
        self.copied_from(SOURCE)
            .or_else(|| self.copied_from(FILLED_FROM))
    }

    /// Parses the stream and sequence in one of the two headers that name them.
    pub(crate) fn copied_from(&self, header: &str) -> Option<(&str, u64)> {
        let mut fields = self.headers.get(header)?.split(' ');
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
