//! A stored message.

use async_nats::jetstream::message::StreamMessage;
use bytes::Bytes;
use time::OffsetDateTime;

use crate::Headers;
use crate::commit::verify_digest;

/// The header that marks a bucket's key as deleted, or purged.
pub(crate) const OPERATION: &str = "KV-Operation";

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
    /// True if a reader has found that it is no valid commit, or that it is missing.
    pub is_damaged: bool,
}

impl Message {
    /// Returns a message of EVENTS as readers see it: without a payload, unless it is a commit.
    #[must_use]
    pub fn checked(mut self) -> Self {
        if verify_digest(&self.payload, &self.headers).is_err() {
            self.pass_over();
        }
        self
    }

    /// Returns the place of a message that is missing or cannot be read, after one that was stored
    /// at a time.
    pub(crate) fn missing(sequence: u64, stored: Option<OffsetDateTime>) -> Self {
        Self {
            sequence,
            subject: String::new(),
            headers: Headers::default(),
            payload: Bytes::new(),
            published: stored.unwrap_or(OffsetDateTime::UNIX_EPOCH),
            is_damaged: true,
        }
    }

    /// Returns true if a reader found that it is missing or cannot be read.
    #[must_use]
    pub fn is_missing(&self) -> bool {
        self.is_damaged && self.subject.is_empty()
    }

    pub(crate) fn pass_over(&mut self) {
        self.is_damaged = true;
        self.payload = Bytes::new();
    }

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
            is_damaged: false,
        }
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
            is_damaged: false,
        }
    }
}
