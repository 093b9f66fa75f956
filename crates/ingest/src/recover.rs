//! Recovery of recent ids and idempotency keys from the tail of the log.

use detente_api::json::KeyedRequest;
use detente_codec::skim;
use detente_jetstream::reader::{EventsReader, Options};
use detente_jetstream::topology::EVENTS;
use detente_jetstream::{Connection, commit, stream_info};

use crate::dedup::{RECENT_MAX, RecentIds, RecordKey};
use crate::error::Error;
use crate::idempotency::RecentKeys;

/// The commits of the first step backwards; each further step takes four times as many.
const FIRST_STEP: u64 = 256;

/// Reads the log backwards, in growing steps, until [`RECENT_MAX`] records are known.
pub(crate) async fn recent(connection: &Connection) -> Result<(RecentIds, RecentKeys), Error> {
    let mut end = stream_info::head(connection, EVENTS).await?;
    let mut steps = Vec::new();
    let (mut records, mut step) = (0, FIRST_STEP);
    while end > 0 && records < RECENT_MAX {
        let start = end.saturating_sub(step) + 1;
        let found = read(connection, start, end).await?;
        records += found.len();
        steps.push(found);
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
    Ok((recent, keys))
}

async fn read(
    connection: &Connection,
    start: u64,
    end: u64,
) -> Result<Vec<(u64, RecordKey)>, Error> {
    let mut found = Vec::new();
    let mut reader = EventsReader::open(connection, EVENTS, start, Options::events()).await?;
    while reader.last_sequence() < end {
        let message = reader.next().await?;
        for record in commit::records(&message.payload) {
            let key = record.ok().and_then(record_key);
            found.extend(key.map(|key| (message.sequence, key)));
        }
    }
    Ok(found)
}

/// Returns the key of an encoded record; `None` for malformed bytes, which no client can repeat.
pub(crate) fn record_key(record: &[u8]) -> Option<RecordKey> {
    Some(RecordKey {
        id: skim::record_id(record).ok()?,
        content: skim::content_digest(record).ok()?,
    })
}
