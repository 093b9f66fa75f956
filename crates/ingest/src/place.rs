//! The places of records in the log: each is appended, and then has the position of the first record
//! with its id, which another gateway may have stored.

#[cfg(test)]
mod tests;

use std::collections::HashMap;

use bytes::Bytes;
use detente_codec::skim;
use detente_jetstream::appender::{AppendError, Appended, Appender, Weighed};
use detente_jetstream::topology::EVENTS;
use detente_jetstream::{Connection, commit, stream_info};
use tokio::time::Instant;
use uuid::Uuid;

use crate::dedup::{Found, Outcome, Reserved};
use crate::follower::{Follower, REACH_WITHIN};

/// A record to append, whose id is reserved.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) reserved: Reserved,
    pub(crate) record: Weighed,
}

/// Appends records, and finds their places.
#[derive(Debug)]
pub(crate) struct Placing<'a> {
    connection: &'a Connection,
    follower: &'a Follower,
    /// The commit that was read last: records of one commit follow each other.
    read: Option<ReadCommit>,
    /// The first position that could not be read or reached in time. It and those after it are not
    /// tried again.
    failed: Option<(u64, AppendError)>,
}

/// A commit that the server has in place of one with the same ids.
#[derive(Debug)]
struct ReadCommit {
    position: u64,
    /// The first record of each id.
    records: HashMap<Uuid, Bytes>,
}

// === impl Placing ===

impl<'a> Placing<'a> {
    pub(crate) const fn new(connection: &'a Connection, follower: &'a Follower) -> Self {
        Self {
            connection,
            follower,
            read: None,
            failed: None,
        }
    }

    /// Appends records, and settles their reservations. Returns an outcome for each.
    pub(crate) async fn append(
        mut self,
        appender: &Appender,
        mut records: Vec<Pending>,
        traceparent: Option<&str>,
    ) -> Vec<Outcome> {
        for record in &mut records {
            record.reserved.sent();
        }
        let weighed: Vec<Weighed> = records.iter().map(|record| record.record.clone()).collect();
        let appended = appender.append_many(weighed, traceparent).await;
        let deadline = Instant::now() + REACH_WITHIN;
        let mut outcomes = Vec::with_capacity(records.len());
        for (Pending { reserved, record }, appended) in records.into_iter().zip(appended) {
            let found = match appended {
                Ok(appended) => {
                    self.find(appended, &reserved, &record.bytes, deadline)
                        .await
                }
                Err(error) => Err(error),
            };
            outcomes.push(reserved.settle(found));
        }
        outcomes
    }

    /// Finds a record that was appended, once everything before it is known.
    async fn find(
        &mut self,
        appended: Appended,
        reserved: &Reserved,
        bytes: &[u8],
        deadline: Instant,
    ) -> Result<Found, AppendError> {
        let position = appended.position;
        if let Some((failed, error)) = &self.failed
            && position >= *failed
        {
            return Err(error.clone());
        }
        let found = self.find_by(deadline, appended, reserved, bytes).await;
        if let Err(error) = &found {
            self.failed = Some((position, error.clone()));
        }
        found
    }

    async fn find_by(
        &mut self,
        deadline: Instant,
        Appended {
            position,
            is_duplicate,
        }: Appended,
        reserved: &Reserved,
        bytes: &[u8],
    ) -> Result<Found, AppendError> {
        let found = if is_duplicate {
            self.look_up(deadline, position, reserved.id(), bytes)
                .await?
        } else {
            Found {
                position,
                content: reserved.content(),
                is_own: true,
            }
        };
        self.follower.reach(position, deadline).await?;
        Ok(found)
    }

    /// Reads the record that the server has in place of one with the same id.
    async fn look_up(
        &mut self,
        deadline: Instant,
        position: u64,
        id: Uuid,
        bytes: &[u8],
    ) -> Result<Found, AppendError> {
        let unknown = AppendError::Unknown { waited_ms: 0 };
        if self.read.as_ref().map(|read| read.position) != Some(position) {
            let reading = stream_info::read_one(self.connection, EVENTS, position);
            let Ok(read) = tokio::time::timeout_at(deadline, reading).await else {
                return Err(unknown);
            };
            let read = read.map_err(|error| {
                tracing::warn!(%error, position, "a commit that is there already cannot be read");
                unknown.clone()
            })?;
            self.read = read.map(|read| ReadCommit::new(position, &read.payload));
        }
        let read = self.read.as_ref();
        read.and_then(|read| read.find(id, bytes)).ok_or(unknown)
    }
}

// === impl ReadCommit ===

impl ReadCommit {
    fn new(position: u64, payload: &Bytes) -> Self {
        let mut records = HashMap::new();
        for record in commit::records(payload).flatten() {
            if let Ok(id) = skim::record_id(record) {
                let record = || payload.slice_ref(record);
                records.entry(id).or_insert_with(record);
            }
        }
        Self { position, records }
    }

    /// Finds the record with an id, in place of one with these bytes.
    fn find(&self, id: Uuid, bytes: &[u8]) -> Option<Found> {
        let record = self.records.get(&id)?;
        Some(Found {
            position: self.position,
            content: skim::content_digest(record).ok()?,
            // Author and time of admission tell two gateways apart.
            is_own: *record == *bytes,
        })
    }
}
