//! The places of records in the log: each is appended, and then has the position of the first record
//! with its id, which another gateway may have stored.

use detente_jetstream::appender::{AppendError, Appended, Appender, Weighed};
use detente_jetstream::topology::EVENTS;
use detente_jetstream::{Connection, Message, commit, stream_info};

use crate::dedup::{Found, Outcome, Reserved};
use crate::follower::Follower;
use crate::recover::record_key;

/// A record to append, whose id is reserved.
#[derive(Debug)]
pub(crate) struct Pending {
    pub(crate) reserved: Reserved,
    pub(crate) record: Weighed,
}

/// Appends records, and finds their places.
pub(crate) struct Placing<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) follower: &'a Follower,
    /// The commit that was read last: records of one commit follow each other.
    pub(crate) read: Option<Message>,
}

impl Placing<'_> {
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
        let mut outcomes = Vec::with_capacity(records.len());
        for (Pending { reserved, record }, appended) in records.into_iter().zip(appended) {
            let found = match appended {
                Ok(appended) => self.find(appended, &reserved, &record.bytes).await,
                Err(error) => Err(error),
            };
            outcomes.push(reserved.settle(found));
        }
        outcomes
    }

    /// Finds a record that was appended, once everything before it is known.
    async fn find(
        &mut self,
        Appended {
            position,
            is_duplicate,
        }: Appended,
        reserved: &Reserved,
        bytes: &[u8],
    ) -> Result<Found, AppendError> {
        let found = if is_duplicate {
            self.look_up(position, reserved, bytes).await?
        } else {
            self.follower.appended(position);
            Found {
                position,
                content: reserved.content(),
                is_own: true,
            }
        };
        self.follower.reach(position).await?;
        Ok(found)
    }

    /// Reads the record that the server has in place of one with the same id.
    async fn look_up(
        &mut self,
        position: u64,
        reserved: &Reserved,
        bytes: &[u8],
    ) -> Result<Found, AppendError> {
        let unknown = AppendError::Unknown { waited_ms: 0 };
        if self.read.as_ref().map(|read| read.sequence) != Some(position) {
            let read = stream_info::read_one(self.connection, EVENTS, position).await;
            self.read = read.map_err(|error| {
                tracing::warn!(%error, position, "a commit that is there already cannot be read");
                unknown.clone()
            })?;
        }
        let payload = self.read.as_ref().map(|read| &*read.payload);
        for record in commit::records(payload.unwrap_or_default()).flatten() {
            if let Some(key) = record_key(record)
                && key.id == reserved.id()
            {
                return Ok(Found {
                    position,
                    content: key.content,
                    // Author and time of admission tell two gateways apart.
                    is_own: record == bytes,
                });
            }
        }
        Err(unknown)
    }
}
