//! Recovery of recent ids and idempotency keys from the tail of the log.

use std::time::Duration;

use detente_api::submission::KeyedRequest;
use detente_codec::skim;
use detente_jetstream::reader::{Options, ReadError, StreamReader};
use detente_jetstream::topology::EVENTS;
use detente_jetstream::{Connection, commit, stream_info};
use time::OffsetDateTime;
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

/// The last commit of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Last {
    sequence: u64,
    /// The time at which it was stored, by which it is told from another one.
    published: OffsetDateTime,
}

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
        recent.learn(key, position, false);
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
    cancel.run_until_cancelled(watch(&connection)).await;
}

async fn watch(connection: &Connection) {
    let mut last = None;
    loop {
        tokio::time::sleep(CHECK_EVERY).await;
        match go_on(connection, last).await {
            Ok(now) => {
                metrics::log_ends(now.map_or(0, |now| now.sequence));
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
async fn go_on(connection: &Connection, before: Option<Last>) -> Result<Option<Last>, ReadError> {
    let known = before.map_or(0, |before| before.sequence);
    let head = stream_info::end_from(connection, EVENTS, known)
        .await?
        .sequence;
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
        if head == sequence {
            return Ok(Some(before));
        }
    }
    let last = stream_info::read_one(connection, EVENTS, head).await?;
    let last = last.map(|last| Last {
        sequence: last.sequence,
        published: last.published,
    });
    Ok(last.or(before))
}

/// Returns the key of an encoded record; `None` for malformed bytes, which no client can repeat.
pub(crate) fn record_key(record: &[u8]) -> Option<RecordKey> {
    Some(RecordKey {
        id: skim::record_id(record).ok()?,
        content: skim::content_digest(record).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use detente_jetstream::appender::{self, Appender};
    use detente_jetstream::topology::{REPORT, Replicas, ensure_events};
    use detente_testkit::nats::{Nats, in_time};

    use super::*;

    #[tokio::test]
    async fn the_last_commit_is_the_same_until_the_log_grows_and_another_one_is_an_error() {
        let nats = Nats::start().await;
        let connection = nats.connect().await;
        let ensured = ensure_events(&connection, Replicas::One).await;
        ensured.expect("a log");
        let options = appender::Options::new(REPORT);
        let (log, _) = Appender::start(&connection, options, CancellationToken::new());
        let mut before = None;
        for sequence in 1..=2 {
            let appended = in_time(log.append("a record".into())).await;
            assert_eq!(appended, Ok(sequence));
            let last = go_on(&connection, before).await.expect("a log");
            assert_eq!(last.map(|last| last.sequence), Some(sequence));
            let again = go_on(&connection, last).await.expect("a log");
            assert_eq!(again, last);
            before = last;
        }
        let mut other = before.expect("a commit");
        other.published -= Duration::from_secs(1);
        let changed = go_on(&connection, Some(other)).await;
        assert!(
            matches!(changed, Err(ReadError::Changed { sequence: 2, .. })),
            "{changed:?}"
        );
        other.sequence = 3;
        let ahead = go_on(&connection, Some(other)).await;
        assert!(matches!(ahead, Err(ReadError::Ahead { .. })), "{ahead:?}");
    }
}
