//! Recovery of recent ids and idempotency keys from the tail of the log.

use std::time::Duration;

use detente_api::submission::KeyedRequest;
use detente_codec::skim;
use detente_jetstream::reader::{Options, ReadError, StreamReader};
use detente_jetstream::topology::EVENTS;
use detente_jetstream::{Connection, Message, commit, stream_info};
use tokio_util::sync::CancellationToken;

use crate::dedup::{RecentIds, RecordKey};
use crate::error::Error;
use crate::follower::Tables;
use crate::idempotency::RecentKeys;
use crate::metrics;
use crate::recent::RECENT_MAX;

/// The commits of the first step backwards; each further step takes four times as many.
const FIRST_STEP: u64 = 256;
/// The interval at which the end of the log is looked at.
const CHECK_EVERY: Duration = Duration::from_secs(1);

/// Reads the log backwards, in growing steps, until [`RECENT_MAX`] records are known. Returns them,
/// and the end of the log.
pub(crate) async fn recent(connection: &Connection) -> Result<(Tables, u64), Error> {
    let head = stream_info::head(connection, EVENTS).await?;
    let mut end = head;
    let mut steps = Vec::new();
    let (mut records, mut step) = (0, FIRST_STEP);
    while end > 0 && records < RECENT_MAX {
        let start = end.saturating_sub(step) + 1;
        let keys = read(connection, start, end).await?;
        records += keys.len();
        steps.push(keys);
        end = start - 1;
        step *= 4;
    }
    let recent = RecentIds::new(RECENT_MAX);
    let keys = RecentKeys::new(RECENT_MAX);
    let oldest_first = steps.into_iter().rev().flatten();
    for (position, key) in oldest_first.skip(records.saturating_sub(RECENT_MAX)) {
        recent.learn(key, position);
        if let Some(request) = KeyedRequest::from_id(key.id) {
            keys.learn(request);
        }
    }
    tracing::info!(
        records = records.min(RECENT_MAX),
        "recovered the recent ids"
    );
    Ok((Tables { recent, keys }, head))
}

async fn read(
    connection: &Connection,
    start: u64,
    end: u64,
) -> Result<Vec<(u64, RecordKey)>, Error> {
    let mut keys = Vec::new();
    let mut reader = StreamReader::open(connection, EVENTS, start, Options::events()).await?;
    while reader.last_sequence() < end {
        let message = reader.next().await?;
        for record in commit::records(&message.payload) {
            let key = record.ok().and_then(record_key);
            keys.extend(key.map(|key| (message.sequence, key)));
        }
    }
    Ok(keys)
}

/// Ends when the log has lost commits that it had: the ids of their reports must not be answered as
/// repeats. The gateway recovers those that are left when it is started again.
pub(crate) async fn watch_end(connection: Connection, cancel: CancellationToken) {
    let mut last = None;
    loop {
        tokio::select! {
            () = cancel.cancelled() => return,
            () = tokio::time::sleep(CHECK_EVERY) => {}
        }
        match go_on(&connection, last.as_ref()).await {
            Ok(now) => {
                metrics::log_ends(now.as_ref().map_or(0, |now| now.sequence));
                last = now;
            }
            Err(ReadError::StreamInfo(error)) => {
                tracing::debug!(%error, "the end of the log cannot be read");
            }
            Err(error) => return tracing::error!(%error, "the log has lost commits"),
        }
    }
}

/// Returns the last commit of the log, which must still have the one that was the last before.
async fn go_on(
    connection: &Connection,
    before: Option<&Message>,
) -> Result<Option<Message>, ReadError> {
    let head = stream_info::head(connection, EVENTS).await?;
    if let Some(before) = before {
        let (stream, sequence) = (EVENTS.to_owned(), before.sequence);
        if head < sequence {
            return Err(ReadError::Ahead {
                stream,
                read: sequence,
                head,
            });
        }
        let now = stream_info::read_one(connection, EVENTS, sequence).await?;
        if now.is_some_and(|now| now.published != before.published) {
            return Err(ReadError::Changed { stream, sequence });
        }
    }
    let last = stream_info::read_one(connection, EVENTS, head).await?;
    Ok(last.or_else(|| before.cloned()))
}

/// Returns the key of an encoded record; `None` for malformed bytes, which no client can repeat.
pub(crate) fn record_key(record: &[u8]) -> Option<RecordKey> {
    Some(RecordKey {
        id: skim::record_id(record).ok()?,
        content: skim::content_digest(record).ok()?,
    })
}
