//! Creates a new consumer after the last sequence, with retries.

use std::time::Duration;

use time::OffsetDateTime;
use tokio::time::Instant;

use super::session::{Session, delete_consumer};
use super::{Options, ReadError, check_incarnation};
use crate::backoff::Backoff;
use crate::stream_info::{self, StreamInfoError};
use crate::{Connection, Incarnation};

/// The time for which a stream may be missing before that is an error: a cluster that has just
/// started may not know it yet.
const MISSING_MAX: Duration = Duration::from_secs(10);

/// The place of a reader.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) incarnation: Incarnation,
    /// The last sequence that was returned.
    pub(super) last: u64,
    /// The time at which that message was stored, or the last one before it that is there.
    pub(super) last_stored: Option<OffsetDateTime>,
}

/// Retries until there is a session, or until an error shows that there can be none.
pub(super) async fn renew(
    conn: Connection,
    stream: String,
    place: Place,
    options: Options,
    old: Option<String>,
) -> Result<Session, ReadError> {
    let mut backoff = Backoff::new(Duration::from_millis(20), Duration::from_secs(2));
    let mut missing_since = None;
    let last = place.last;
    conn.connected().await;
    if let Some(old) = old {
        delete_consumer(&conn, &stream, &old).await;
    }
    loop {
        conn.connected().await;
        let end = stream_info::end_from(&conn, &stream, last).await;
        if let Ok(end) = &end {
            check_incarnation(&stream, place.incarnation, end.incarnation)?;
        }
        match end {
            Ok(end) if end.sequence < last => {
                return Err(ReadError::Ahead {
                    stream,
                    read: last,
                    head: end.sequence,
                });
            }
            Ok(end) => match is_same(&conn, &stream, place).await {
                Ok(false) => {
                    let sequence = last;
                    return Err(ReadError::Changed { stream, sequence });
                }
                Ok(true) => {
                    match Session::start(&conn, &stream, last, end.sequence, &options).await {
                        Ok(session) => return Ok(session),
                        Err(error) => {
                            tracing::warn!(%error, stream, "no consumer could be created");
                        }
                    }
                }
                Err(error) => tracing::warn!(%error, stream, "the stream cannot be read"),
            },
            Err(error @ StreamInfoError::NoStream { .. }) => {
                let since = *missing_since.get_or_insert_with(Instant::now);
                if since.elapsed() >= MISSING_MAX {
                    return Err(error.into());
                }
            }
            Err(error @ StreamInfoError::Server { .. }) => {
                tracing::warn!(%error, stream, "the stream cannot be read");
            }
        }
        tokio::time::sleep(backoff.wait()).await;
    }
}

/// Returns false if the last message that was read is another one now. It may be missing.
async fn is_same(conn: &Connection, stream: &str, place: Place) -> Result<bool, StreamInfoError> {
    let Some(stored) = place.last_stored else {
        return Ok(true);
    };
    let now = stream_info::read_one(conn, stream, place.last).await?;
    Ok(now.is_none_or(|now| now.published == stored))
}
