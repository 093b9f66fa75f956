//! Creates a new consumer after the last sequence, with retries.

use std::time::Duration;

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
        let end = stream_info::end(&conn, &stream).await;
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
            Ok(_) => match Session::start(&conn, &stream, last + 1, &options).await {
                Ok(session) => return Ok(session),
                Err(error) => tracing::warn!(%error, stream, "no consumer could be created"),
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
