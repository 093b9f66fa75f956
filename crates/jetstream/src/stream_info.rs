//! Single requests about a stream. Its leader answers them, so they see every earlier write, unless
//! it has just become the leader: then it may not have applied all that it has stored, and [`end_from`]
//! waits for that.

use std::collections::BTreeSet;
use std::error::Error as _;
use std::time::Duration;

use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::{
    ConsumerErrorKind, DirectGetErrorKind, Info, RawMessageError, RawMessageErrorKind, Stream,
};
use async_nats::jetstream::{Error, ErrorCode};
use time::OffsetDateTime;
use tokio::time::Instant;

use crate::backoff::Backoff;
use crate::consumer::ephemeral;
use crate::headers::STORED;
use crate::transient::may_pass;
use crate::{Connection, Incarnation, Message};

/// The time after which the server deletes the consumer of [`sequence_at_time`], if deleting it
/// fails.
const INACTIVE: Duration = Duration::from_secs(10);

/// The time within which a server that was elected has applied what it has stored.
const SETTLES_WITHIN: Duration = Duration::from_secs(15);

/// The error returned when a request about a stream failed.
#[derive(Debug, thiserror::Error)]
pub enum StreamInfoError {
    /// The stream does not exist.
    #[error("there is no stream {stream}")]
    NoStream {
        /// The stream.
        stream: String,
    },
    /// The server refuses the request or does not answer.
    #[error("stream {stream} cannot be read: {source}")]
    Server {
        /// The stream.
        stream: String,
        /// The client's error.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl StreamInfoError {
    /// Returns true if the same request may succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Server { source, .. } if may_pass(source.as_ref()))
    }
}

/// The end of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamEnd {
    /// The last sequence, 0 if it never held a message.
    pub sequence: u64,
    /// The incarnation of the stream.
    pub incarnation: Incarnation,
}

impl StreamEnd {
    fn of(info: &Info) -> Self {
        Self {
            sequence: info.state.last_sequence,
            incarnation: Incarnation::new(info.created),
        }
    }
}

/// Returns the end of a stream.
pub async fn end(conn: &Connection, stream: &str) -> Result<StreamEnd, StreamInfoError> {
    Ok(StreamEnd::of(&info(conn, stream).await?))
}

/// Returns the end of a stream that went up to a sequence before. If it seems to end earlier on a
/// cluster, it is asked again for some seconds: a server that was just elected answers with what it
/// has applied so far.
pub async fn end_from(
    conn: &Connection,
    stream: &str,
    known: u64,
) -> Result<StreamEnd, StreamInfoError> {
    let asked = Instant::now();
    let mut backoff = Backoff::new(Duration::from_millis(20), Duration::from_secs(1));
    loop {
        let info = info(conn, stream).await?;
        let end = StreamEnd::of(&info);
        let settles = info.config.num_replicas > 1 && asked.elapsed() < SETTLES_WITHIN;
        if end.sequence >= known || !settles {
            return Ok(end);
        }
        tracing::debug!(
            stream,
            end = end.sequence,
            known,
            "the stream seems to end too early"
        );
        tokio::time::sleep(backoff.wait()).await;
    }
}

/// Returns the last sequence of a stream, 0 if it never held a message.
pub async fn head(conn: &Connection, stream: &str) -> Result<u64, StreamInfoError> {
    Ok(end(conn, stream).await?.sequence)
}

/// Returns the message at a sequence, if there is one.
pub async fn read_one(
    conn: &Connection,
    stream: &str,
    sequence: u64,
) -> Result<Option<Message>, StreamInfoError> {
    let handle = open(conn, stream).await?;
    optional(stream, handle.get_raw_message(sequence).await)
}

/// Returns the message at a sequence, if there is one, from any server that has it. That costs less
/// than asking the leader, who is asked if none has it: a follower may be behind.
pub async fn read_any(
    conn: &Connection,
    stream: &str,
    sequence: u64,
) -> Result<Option<Message>, StreamInfoError> {
    let handle = open(conn, stream).await?;
    match handle.direct_get(sequence).await {
        Ok(message) => Ok(Some(message.into())),
        Err(error) if error.kind() == DirectGetErrorKind::TimedOut => {
            Err(failed(stream, None, error))
        }
        Err(_) => read_one(conn, stream, sequence).await,
    }
}

/// Returns the last message on a subject, if there is one.
pub async fn last_on_subject(
    conn: &Connection,
    stream: &str,
    subject: &str,
) -> Result<Option<Message>, StreamInfoError> {
    let handle = open(conn, stream).await?;
    let message = handle.get_last_raw_message_by_subject(subject).await;
    optional(stream, message)
}

/// Returns the first message on a subject at or after a sequence, if there is one.
pub async fn next_on_subject(
    conn: &Connection,
    stream: &str,
    subject: &str,
    from: u64,
) -> Result<Option<Message>, StreamInfoError> {
    let handle = open(conn, stream).await?;
    let message = handle.get_first_raw_message_by_subject(subject, from).await;
    optional(stream, message)
}

/// Returns the number of messages in a stream, or `None` if it does not exist.
pub async fn count(conn: &Connection, stream: &str) -> Result<Option<u64>, StreamInfoError> {
    let info = if_exists(info(conn, stream).await)?;
    Ok(info.map(|info| info.state.messages))
}

/// Returns the number of messages that were deleted from a stream, or lost with a file.
pub async fn missing(conn: &Connection, stream: &str) -> Result<u64, StreamInfoError> {
    let state = info(conn, stream).await?.state;
    Ok(state.last_sequence.saturating_sub(state.messages))
}

/// Turns the error for a missing stream into `None`.
pub fn if_exists<T>(answer: Result<T, StreamInfoError>) -> Result<Option<T>, StreamInfoError> {
    match answer {
        Ok(value) => Ok(Some(value)),
        Err(StreamInfoError::NoStream { .. }) => Ok(None),
        Err(error @ StreamInfoError::Server { .. }) => Err(error),
    }
}

/// Returns the sequences that were deleted from a stream.
pub async fn deleted(conn: &Connection, stream: &str) -> Result<BTreeSet<u64>, StreamInfoError> {
    let handle = open(conn, stream).await?;
    let info = handle.info_builder().with_deleted(true).fetch().await;
    let info = info.map_err(|error| failed(stream, None, error))?;
    Ok(info.info.state.deleted.into_iter().flatten().collect())
}

/// Returns the last message of a stream, or `None` if it never held one.
pub async fn last_message_on(
    conn: &Connection,
    stream: &str,
) -> Result<Option<Message>, StreamInfoError> {
    match head(conn, stream).await? {
        0 => Ok(None),
        last => read_one(conn, stream, last).await,
    }
}

/// Returns the last sequence that was stored at or before a time, 0 if there is none. The times are
/// those of the server's clock; in a restored log, those at which its messages were first stored.
/// Resolve a time once, and keep the sequence: the clock may be set back.
pub async fn sequence_at_time(
    conn: &Connection,
    stream: &str,
    time: OffsetDateTime,
) -> Result<u64, StreamInfoError> {
    let first = read_one(conn, stream, 1).await?;
    if first.is_some_and(|first| first.headers.get(STORED).is_some()) {
        return restored_at_time(conn, stream, time).await;
    }
    let handle = open(conn, stream).await?;
    // The server starts the consumer at the first message at or after this time.
    let start_time = time + time::Duration::nanoseconds(1);
    let config = ephemeral(DeliverPolicy::ByStartTime { start_time }, INACTIVE);
    let consumer = handle.create_consumer(config).await;
    let consumer = consumer.map_err(|error| {
        let code = match error.kind() {
            ConsumerErrorKind::JetStream(api) => Some(api.error_code()),
            _ => None,
        };
        failed(stream, code, error)
    })?;
    let info = consumer.cached_info();
    if let Err(error) = handle.delete_consumer(&info.name).await {
        tracing::debug!(%error, "a consumer was not deleted, and will expire");
    }
    Ok(info.delivered.stream_sequence)
}

/// Does the same for a restored log by binary search: the server knows only the time of the
/// restore.
async fn restored_at_time(
    conn: &Connection,
    stream: &str,
    time: OffsetDateTime,
) -> Result<u64, StreamInfoError> {
    let (mut before, mut after) = (0, head(conn, stream).await? + 1);
    while after - before > 1 {
        let middle = before + (after - before) / 2;
        let message = read_one(conn, stream, middle).await?;
        if message.is_none_or(|message| message.published <= time) {
            before = middle;
        } else {
            after = middle;
        }
    }
    Ok(before)
}

pub(crate) async fn info(conn: &Connection, stream: &str) -> Result<Info, StreamInfoError> {
    let info = open(conn, stream).await?.get_info().await;
    info.map_err(|error| {
        let source = error.source();
        let api = source.and_then(|source| source.downcast_ref::<Error>());
        failed(stream, api.map(Error::error_code), error)
    })
}

fn optional(
    stream: &str,
    message: Result<StreamMessage, RawMessageError>,
) -> Result<Option<Message>, StreamInfoError> {
    match message {
        Ok(message) => Ok(Some(message.into())),
        Err(error) => match error.kind() {
            RawMessageErrorKind::NoMessageFound => Ok(None),
            RawMessageErrorKind::JetStream(api) => {
                Err(failed(stream, Some(api.error_code()), error))
            }
            _ => Err(failed(stream, None, error)),
        },
    }
}

async fn open(conn: &Connection, stream: &str) -> Result<Stream<()>, StreamInfoError> {
    let handle = conn.jetstream().get_stream_no_info(stream).await;
    handle.map_err(|error| failed(stream, None, error))
}

fn failed(
    stream: &str,
    code: Option<ErrorCode>,
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> StreamInfoError {
    let (stream, source) = (stream.to_owned(), source.into());
    if code == Some(ErrorCode::STREAM_NOT_FOUND) {
        StreamInfoError::NoStream { stream }
    } else {
        StreamInfoError::Server { stream, source }
    }
}
