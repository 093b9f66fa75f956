//! Reads records from the log.

use std::collections::{BTreeMap, BTreeSet};

use detente_api::view::CommittedRecord;
use detente_codec::{Decoded, skim};
use detente_feed::Failure;
use detente_jetstream::topology::EVENTS;
use detente_jetstream::{Connection, commit, stream_info};
use futures_util::{StreamExt, TryStreamExt, stream};
use uuid::Uuid;

use crate::archive::RecordRef;

/// The number of commits that are read at once for one answer.
const CONCURRENT_READS: usize = 8;

/// Reads records from the log, by id.
pub(crate) async fn read(
    connection: &Connection,
    refs: BTreeSet<RecordRef>,
) -> Result<BTreeMap<Uuid, CommittedRecord>, Failure> {
    let mut commits: BTreeMap<u64, BTreeSet<Uuid>> = BTreeMap::new();
    for RecordRef { position, record } in refs {
        commits.entry(position).or_default().insert(record);
    }
    let reads = commits.into_iter().map(|(position, ids)| async move {
        let message = stream_info::read_any(connection, EVENTS, position).await?;
        let records = message.map(|message| decode(position, &message.payload, &ids));
        Ok::<_, Failure>(records.unwrap_or_default())
    });
    let read: Vec<Vec<CommittedRecord>> = stream::iter(reads)
        .buffered(CONCURRENT_READS)
        .try_collect()
        .await?;
    let read = read.into_iter().flatten();
    Ok(read.map(|known| (known.record.id.0, known)).collect())
}

fn decode(position: u64, payload: &[u8], ids: &BTreeSet<Uuid>) -> Vec<CommittedRecord> {
    commit::records(payload)
        .filter_map(Result::ok)
        .filter(|bytes| skim::record_id(bytes).is_ok_and(|id| ids.contains(&id)))
        .filter_map(|bytes| match detente_codec::decode(bytes) {
            Ok(Decoded::Record(record)) => Some(CommittedRecord { position, record }),
            Ok(Decoded::NotUnderstood { .. }) | Err(_) => None,
        })
        .collect()
}
