//! A stored message, as everybody reads it.

use async_nats::jetstream::message::StreamMessage;
use bytes::Bytes;
use time::OffsetDateTime;

use crate::Headers;
use crate::topology::{FILLED_FROM, OPERATION};

/// The header in which the server says where it copied a message from.
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
    /// Its payload, shared and not copied.
    pub payload: Bytes,
    /// When the server stored it; of a restored message, when it was first stored.
    pub published: OffsetDateTime,
}

impl Message {
    /// The stream and the sequence that the message of a bucket was copied from, by the server or
    /// when the bucket was filled.
    pub fn source(&self) -> Option<(&str, u64)> {
        let said = self.headers.get(SOURCE);
        let said = said.or_else(|| self.headers.get(FILLED_FROM));
        let mut words = said?.split(' ');
        let stream = words.next()?;
        Some((stream, words.next()?.parse().ok()?))
    }

    /// Whether it says of a bucket's key that it is deleted.
    pub fn is_deletion(&self) -> bool {
        self.headers.get(OPERATION).is_some()
    }
}

impl From<StreamMessage> for Message {
    fn from(stored: StreamMessage) -> Message {
        let headers = Headers::received(Some(stored.headers));
        Message {
            sequence: stored.sequence,
            subject: stored.subject.to_string(),
            published: headers.stored(stored.time),
            headers,
            payload: stored.payload,
        }
    }
}
