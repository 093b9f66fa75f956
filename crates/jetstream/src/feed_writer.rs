//! The writer of a CHANGES stream, fenced.
//!
//! Each message names the expected last sequence of the stream, so only one of two writers can
//! succeed. The headers of the last message are the caller's checkpoint: [`FeedWriter::open`]
//! returns it, and so shows which messages without an answer were stored.

mod batch;
mod outgoing;
mod pipelined;
mod recover;
mod replies;

use std::time::Duration;

use async_nats::Subject;
use async_nats::client::traits::Publisher;
use async_nats::header::HeaderMap;
use async_nats::message::OutboundMessage;
use tokio::time::Instant;

use crate::backoff::Backoff;
use crate::headers::BadHeader;
use crate::stream_info::{self, StreamInfoError};
use crate::topology::Projection;
use crate::{Connection, Incarnation, Message};
use outgoing::Prepared;
use replies::Replies;

pub use outgoing::Outgoing;

/// The most messages that are sent singly, pipelined: each costs one fsync, about 0.3 ms, while a
/// batch of any size costs 3 to 5 ms, since it is staged first (measured on one server).
pub const PIPELINED_MAX: usize = 12;
/// The same for a stream with replicas. Its servers check expectations once more when they apply a
/// message; if another writer's message came between two that were sent in a row, that check fails
/// on all of them, and nats-server 2.15 gives up the stream. A batch is checked as a whole.
const PIPELINED_MAX_REPLICATED: usize = 1;
/// The most messages that the server accepts in one atomic batch.
pub const BATCH_MAX: usize = 1_000;
/// The most bytes of one batch: the server stages it in memory before it is stored.
const BATCH_BYTES_MAX: usize = 16 << 20;
/// The header with a message's id, by which the writer recognises its own messages.
const ID: &str = "Detente-Id";
/// The timeout of an answer, after which the stored messages are checked.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(5);
/// The time for which publishing is retried before it fails.
const GIVE_UP_AFTER: Duration = Duration::from_secs(60);

/// The error returned when messages were not, or not all, published. The writer cannot be
/// used afterwards: open a new one, and continue after the last message that it returns.
#[derive(Debug, thiserror::Error)]
pub enum FeedWriterError {
    /// Another writer wrote first.
    #[error("another writer has written message {sequence} of stream {stream}")]
    Fenced {
        /// The stream.
        stream: String,
        /// The first sequence of the other writer.
        sequence: u64,
    },
    /// The stream ends before the last message read or written: it was replaced.
    #[error(
        "stream {stream} ends at {head}, but it went up to {known} before; `detente rebuild` makes \
         another feed"
    )]
    Rewound {
        /// The stream.
        stream: String,
        /// Its last known end.
        known: u64,
        /// Its end.
        head: u64,
    },
    /// The stream has lost its last message, and so the place at which to continue.
    #[error(
        "stream {stream} has lost its last message, {sequence}; `detente rebuild` makes another feed"
    )]
    LastMissing {
        /// The stream.
        stream: String,
        /// The sequence of its last message.
        sequence: u64,
    },
    /// A message cannot be sent; none was.
    #[error("message {index} cannot be sent: {source}")]
    Message {
        /// Its index in the call.
        index: usize,
        /// The cause.
        source: BadOutgoing,
    },
    /// The server refuses the messages.
    #[error("the server refuses the messages, {landed} of them are stored: {reason}")]
    Refused {
        /// The number of messages that are stored.
        landed: usize,
        /// The server's error.
        reason: String,
    },
    /// The server was unreachable for too long.
    #[error(
        "publishing was tried for {waited_s} s, {landed} messages are known to be stored: {reason}"
    )]
    Unavailable {
        /// The number of messages that are known to be stored.
        landed: usize,
        /// The time for which it was tried, in seconds.
        waited_s: u64,
        /// What the last attempt met.
        reason: String,
    },
    /// This writer has failed, or a future of `publish` was dropped.
    #[error("the writer does not know what it has stored; open a new one")]
    Stale,
    /// The stream could not be read.
    #[error(transparent)]
    StreamInfo(#[from] StreamInfoError),
}

/// The error returned when a message cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadOutgoing {
    /// The subject's suffix is not of the right form.
    #[error("{given:?} is not a subject suffix, such as AFG.KAZ")]
    Subject {
        /// The suffix as given.
        given: String,
    },
    /// A header is not valid, or reserved.
    #[error(transparent)]
    Header(#[from] BadHeader),
    /// It is too large.
    #[error("it has {bytes} bytes, the server accepts {bytes_max}")]
    TooLarge {
        /// Its size with headers.
        bytes: usize,
        /// The server's limit.
        bytes_max: usize,
    },
}

/// The writer of a projection's CHANGES stream, until another one fences it.
#[derive(Debug)]
pub struct FeedWriter {
    conn: Connection,
    stream: String,
    projection: Projection,
    incarnation: Incarnation,
    replies: Replies,
    last: u64,
    pipelined_max: usize,
    sent: u64,
    stale: bool,
}

/// The reason why an attempt has not stored everything.
#[derive(Debug, thiserror::Error)]
enum AttemptError {
    /// The stream's end has moved, perhaps by an earlier attempt.
    #[error("the stream has another end")]
    WrongSequence,
    /// The answer is missing, or the server cannot store it now.
    #[error("{0}")]
    Unsure(String),
    /// The server will never accept it.
    #[error("{0}")]
    Refused(String),
}

impl AttemptError {
    fn unsure(reason: impl Into<String>) -> Self {
        Self::Unsure(reason.into())
    }
}

impl FeedWriter {
    /// Opens the stream for writing. Also returns its last message, whose headers are the
    /// checkpoint.
    pub async fn open(
        conn: &Connection,
        projection: &Projection,
    ) -> Result<(Self, Option<Message>), FeedWriterError> {
        let stream = projection.stream();
        let info = stream_info::info(conn, &stream).await?;
        let last = info.state.last_sequence;
        let message = match last {
            0 => None,
            last => stream_info::read_one(conn, &stream, last).await?,
        };
        // Without its checkpoint the caller would start again and publish everything twice.
        if last > 0 && message.is_none() {
            return Err(FeedWriterError::LastMissing {
                stream,
                sequence: last,
            });
        }
        let replies = Replies::open(conn).await;
        let replies = replies.map_err(|error| StreamInfoError::Server {
            stream: stream.clone(),
            source: error.into(),
        })?;
        let writer = Self {
            replies,
            conn: conn.clone(),
            stream,
            projection: projection.clone(),
            incarnation: Incarnation::new(info.created),
            last,
            pipelined_max: pipelined_max(info.config.num_replicas),
            sent: 0,
            stale: false,
        };
        Ok((writer, message))
    }

    /// Returns the last known sequence of the stream.
    pub fn last_sequence(&self) -> u64 {
        self.last
    }

    /// Returns the incarnation of the stream, as of when it was opened.
    pub fn incarnation(&self) -> Incarnation {
        self.incarnation
    }

    /// Publishes messages in order, and returns their sequences when all are on disk. A few are
    /// sent singly, more in atomic batches of up to [`BATCH_MAX`]. A reader may see them in
    /// parts, so each message should say which part it is.
    pub async fn publish(&mut self, messages: Vec<Outgoing>) -> Result<Vec<u64>, FeedWriterError> {
        if self.stale {
            return Err(FeedWriterError::Stale);
        }
        let prepared = self.prepare(messages)?;
        let first = self.last + 1;
        // If this future is dropped, what was stored is unknown.
        self.stale = true;
        self.publish_all(&prepared).await?;
        self.stale = false;
        Ok((first..=self.last).collect())
    }

    fn prepare(&mut self, messages: Vec<Outgoing>) -> Result<Vec<Prepared>, FeedWriterError> {
        let bytes_max = self.conn.max_payload();
        let mut prepared = Vec::with_capacity(messages.len());
        for (index, outgoing) in messages.into_iter().enumerate() {
            self.sent += 1;
            let id = format!("{}-{}", self.replies.nonce(), self.sent);
            let message = Prepared::new(outgoing, &self.projection, id, bytes_max);
            prepared.push(message.map_err(|source| FeedWriterError::Message { index, source })?);
        }
        Ok(prepared)
    }

    /// Sends one message of an attempt, without waiting for an answer.
    async fn send(
        &self,
        message: &Prepared,
        headers: HeaderMap,
        reply: Option<Subject>,
    ) -> Result<(), AttemptError> {
        let outbound = OutboundMessage {
            subject: message.subject.clone(),
            reply,
            payload: message.payload.clone(),
            headers: Some(headers),
        };
        let sent = self.conn.client().publish_message(outbound).await;
        sent.map_err(|error| AttemptError::unsure(error.to_string()))
    }

    async fn publish_all(&mut self, messages: &[Prepared]) -> Result<(), FeedWriterError> {
        let started = Instant::now();
        let mut backoff = Backoff::new(Duration::from_millis(20), Duration::from_secs(1));
        let mut landed = 0;
        while let Some(rest) = messages.get(landed..)
            && !rest.is_empty()
        {
            let attempted = Instant::now();
            let (sent, outcome) = if rest.len() <= self.pipelined_max {
                (rest, self.send_pipelined(rest).await)
            } else {
                let batch = &rest[..batch_len(rest)];
                (batch, self.send_batch(batch).await)
            };
            let error = match outcome {
                Ok(()) => {
                    landed += sent.len();
                    self.last += sent.len() as u64;
                    backoff.reset();
                    continue;
                }
                Err(error) => self.unless_denied(error, sent, attempted),
            };
            let unavailable = |landed| FeedWriterError::Unavailable {
                landed,
                waited_s: started.elapsed().as_secs(),
                reason: error.to_string(),
            };
            // After any error, the stream shows what was stored.
            let left = GIVE_UP_AFTER.saturating_sub(started.elapsed());
            let stored = match tokio::time::timeout(left, self.recover(sent)).await {
                Ok(stored) => stored?,
                Err(_) => return Err(unavailable(landed)),
            };
            landed += stored;
            self.last += stored as u64;
            match &error {
                AttemptError::Refused(reason) if stored == 0 => {
                    let reason = reason.clone();
                    return Err(FeedWriterError::Refused { landed, reason });
                }
                AttemptError::Refused(_) | AttemptError::WrongSequence => {}
                AttemptError::Unsure(why) => tracing::warn!(why, landed, "publishing is retried"),
            }
            if stored == 0 {
                if started.elapsed() >= GIVE_UP_AFTER {
                    return Err(unavailable(landed));
                }
                tokio::time::sleep(backoff.wait()).await;
            }
        }
        Ok(())
    }

    /// Returns the error of an attempt: a message that is denied has no answer.
    fn unless_denied(
        &self,
        error: AttemptError,
        sent: &[Prepared],
        since: Instant,
    ) -> AttemptError {
        let denied = self.conn.denied();
        let denial = |message: &Prepared| denied.to(&message.subject, since);
        match sent.iter().find_map(denial) {
            Some(denial) => AttemptError::Refused(denial),
            None => error,
        }
    }
}

/// Returns the most messages that are sent singly to a stream with this many replicas.
const fn pipelined_max(replicas: usize) -> usize {
    if replicas > 1 {
        PIPELINED_MAX_REPLICATED
    } else {
        PIPELINED_MAX
    }
}

/// Returns the number of messages of the next batch: at least one, within both limits.
fn batch_len(messages: &[Prepared]) -> usize {
    let mut bytes = 0;
    let fitting = messages.iter().take(BATCH_MAX).take_while(|message| {
        bytes += message.bytes;
        bytes <= BATCH_BYTES_MAX
    });
    fitting.count().max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_with_replicas_never_has_two_single_messages_in_flight() {
        assert_eq!([1, 2, 3, 5].map(pipelined_max), [PIPELINED_MAX, 1, 1, 1]);
    }
}
