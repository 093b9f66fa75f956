//! Single looks at a stream. All of them ask its leader, so they see what was written before.

use std::collections::BTreeSet;
use std::error::Error as _;
use std::time::Duration;

use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::{
    ConsumerErrorKind, Info, LastRawMessageErrorKind, RawMessageError, RawMessageErrorKind, Stream,
};
use async_nats::jetstream::{Error, ErrorCode};
use time::OffsetDateTime;

use crate::headers::STORED;
use crate::{Connection, Message};

/// The consumer that resolves a time is deleted at once; this is for when that fails.
const LOOK_INACTIVE: Duration = Duration::from_secs(10);

/// Why a stream could not be looked at.
#[derive(Debug, thiserror::Error)]
pub enum InspectError {
    /// There is no such stream.
    #[error("there is no stream {stream}")]
    NoStream {
        /// The stream.
        stream: String,
    },
    /// The server refuses or does not answer.
    #[error("stream {stream} cannot be read: {source}")]
    Server {
        /// The stream.
        stream: String,
        /// What the client says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// The last sequence of a stream, nought if it never held a message.
pub async fn head(conn: &Connection, stream: &str) -> Result<u64, InspectError> {
    Ok(info(conn, stream).await?.state.last_sequence)
}

/// The message at a sequence, or `None` if there is none.
pub async fn read_one(
    conn: &Connection,
    stream: &str,
    sequence: u64,
) -> Result<Option<Message>, InspectError> {
    let handle = open(conn, stream).await?;
    raw(stream, handle.get_raw_message(sequence).await)
}

fn raw(
    stream: &str,
    found: Result<StreamMessage, RawMessageError>,
) -> Result<Option<Message>, InspectError> {
    match found {
        Ok(found) => Ok(Some(found.into())),
        Err(error) => match error.kind() {
            RawMessageErrorKind::NoMessageFound => Ok(None),
            RawMessageErrorKind::JetStream(api)
                if api.error_code() == ErrorCode::STREAM_NOT_FOUND =>
            {
                Err(no_stream(stream))
            }
            _ => Err(failed(stream, error)),
        },
    }
}

/// The last message on a subject of a stream, or `None` if there is none.
pub async fn last_on_subject(
    conn: &Connection,
    stream: &str,
    subject: &str,
) -> Result<Option<Message>, InspectError> {
    let handle = open(conn, stream).await?;
    match handle.get_last_raw_message_by_subject(subject).await {
        Ok(found) => Ok(Some(found.into())),
        Err(error) => match error.kind() {
            LastRawMessageErrorKind::NoMessageFound => Ok(None),
            _ => Err(failed(stream, error)),
        },
    }
}

/// The first message on a subject of a stream from a sequence on, or `None` if there is none yet.
pub async fn next_on_subject(
    conn: &Connection,
    stream: &str,
    subject: &str,
    from: u64,
) -> Result<Option<Message>, InspectError> {
    let handle = open(conn, stream).await?;
    let found = handle.get_first_raw_message_by_subject(subject, from).await;
    raw(stream, found)
}

/// How many messages a stream holds, or `None` if there is no such stream.
pub async fn count(conn: &Connection, stream: &str) -> Result<Option<u64>, InspectError> {
    match info(conn, stream).await {
        Ok(info) => Ok(Some(info.state.messages)),
        Err(InspectError::NoStream { .. }) => Ok(None),
        Err(error @ InspectError::Server { .. }) => Err(error),
    }
}

/// The sequences that the server knows to be deleted from a stream.
pub async fn deleted(conn: &Connection, stream: &str) -> Result<BTreeSet<u64>, InspectError> {
    let handle = open(conn, stream).await?;
    let info = handle.info_builder().with_deleted(true).fetch().await;
    let info = info.map_err(|error| failed(stream, error))?;
    Ok(info.info.state.deleted.into_iter().flatten().collect())
}

/// The last message of a stream, or `None` if it never held one.
pub async fn last_message_on(
    conn: &Connection,
    stream: &str,
) -> Result<Option<Message>, InspectError> {
    match head(conn, stream).await? {
        0 => Ok(None),
        last => read_one(conn, stream, last).await,
    }
}

/// The last sequence that was stored at this time or before, nought if there is none. The times
/// are those of the server's clock, and of a restored log those at which its messages were first
/// stored: resolve a time once, and use the sequence ever after.
pub async fn sequence_at_time(
    conn: &Connection,
    stream: &str,
    time: OffsetDateTime,
) -> Result<u64, InspectError> {
    let first = read_one(conn, stream, 1).await?;
    if first.is_some_and(|first| first.headers.get(STORED).is_some()) {
        return restored_at_time(conn, stream, time).await;
    }
    let handle = open(conn, stream).await?;
    let config = pull::Config {
        // The server starts a consumer at the first message at or after a time.
        deliver_policy: DeliverPolicy::ByStartTime {
            start_time: time + time::Duration::nanoseconds(1),
        },
        ack_policy: AckPolicy::None,
        inactive_threshold: LOOK_INACTIVE,
        memory_storage: true,
        num_replicas: 1,
        ..pull::Config::default()
    };
    let consumer = handle
        .create_consumer(config)
        .await
        .map_err(|error| match error.kind() {
            ConsumerErrorKind::JetStream(api)
                if api.error_code() == ErrorCode::STREAM_NOT_FOUND =>
            {
                no_stream(stream)
            }
            _ => failed(stream, error),
        })?;
    let info = consumer.cached_info();
    if let Err(error) = handle.delete_consumer(&info.name).await {
        tracing::debug!(%error, "a consumer is left to expire");
    }
    Ok(info.delivered.stream_sequence)
}

/// The same for a log that was restored: the server knows when that was, so the messages are asked.
async fn restored_at_time(
    conn: &Connection,
    stream: &str,
    time: OffsetDateTime,
) -> Result<u64, InspectError> {
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

pub(crate) async fn info(conn: &Connection, stream: &str) -> Result<Info, InspectError> {
    let info = open(conn, stream).await?.get_info().await;
    info.map_err(|error| {
        let source = error.source();
        let api = source.and_then(|source| source.downcast_ref::<Error>());
        match api.map(Error::error_code) {
            Some(ErrorCode::STREAM_NOT_FOUND) => no_stream(stream),
            Some(_) | None => failed(stream, error),
        }
    })
}

async fn open(conn: &Connection, stream: &str) -> Result<Stream<()>, InspectError> {
    let handle = conn.jetstream().get_stream_no_info(stream).await;
    handle.map_err(|error| failed(stream, error))
}

fn no_stream(stream: &str) -> InspectError {
    InspectError::NoStream {
        stream: stream.to_owned(),
    }
}

fn failed(stream: &str, source: impl std::error::Error + Send + Sync + 'static) -> InspectError {
    InspectError::Server {
        stream: stream.to_owned(),
        source: Box::new(source),
    }
}
