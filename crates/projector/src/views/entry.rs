//! Writing one entry of the bucket, so that an older view never replaces a newer one.

use std::collections::BTreeMap;

use bytes::Bytes;
use detente_jetstream::kv::KvError;
use detente_jetstream::stream_info::StreamInfoError;
use detente_jetstream::topology::Projection;
use detente_jetstream::views::{EntryHead, EntryStamp, ViewBucket, WriteError};
use detente_jetstream::{Connection, Incarnation};
use detente_rulebook_store::RulebookStore;

/// The most attempts at one entry before others have their turn.
const ATTEMPTS: usize = 4;

/// The reason why an entry was not written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EntryError {
    /// Another projection is in force, and its projector writes.
    #[error("another rulebook is in force")]
    NotInForce,
    /// The entry may be written later.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The entry that another client has written cannot be read.
    #[error(transparent)]
    Read(#[from] StreamInfoError),
    /// It cannot be read which projection is in force.
    #[error(transparent)]
    InForce(#[from] KvError),
}

/// The bucket as one projection writes it.
#[derive(Clone, Debug)]
pub(crate) struct Entries {
    pub(crate) connection: Connection,
    pub(crate) bucket: ViewBucket,
    pub(crate) projection: Projection,
    pub(crate) log: Incarnation,
}

impl Entries {
    /// Returns the furthest position that another projection has written.
    pub(crate) fn furthest_of_others(&self, heads: &BTreeMap<String, EntryHead>) -> u64 {
        let stamps = heads.values().filter_map(|head| head.stamp.as_ref());
        let others = stamps.filter(|stamp| stamp.projection != self.projection);
        others.map(|other| other.position).max().unwrap_or(0)
    }

    /// Writes the view of a relation over what is known of its key, unless its entry is of this
    /// projection and at least as far. Returns what is known of it then.
    pub(crate) async fn put(
        &self,
        key: &str,
        position: u64,
        view: Bytes,
        mut known: Option<EntryHead>,
    ) -> Result<EntryHead, EntryError> {
        let stamp = EntryStamp {
            projection: self.projection.clone(),
            position,
        };
        let mut attempts = 0;
        loop {
            attempts += 1;
            let expected = known.as_ref().map_or(0, |known| known.revision);
            let error = match self.bucket.put(key, &stamp, view.clone(), expected).await {
                Ok(revision) => {
                    return Ok(EntryHead {
                        revision,
                        stamp: Some(stamp),
                        log: Some(self.log),
                        is_deleted: false,
                    });
                }
                Err(error) => error,
            };
            // Another writer has written it, or the answer to an earlier attempt was lost.
            let now = self.bucket.head(key).await?;
            if let Some(now) = &now
                && self.is_at_least(now, position)
            {
                return Ok(now.clone());
            }
            let is_ahead = |stamp: &EntryStamp| stamp.position > position;
            let is_ahead = now
                .as_ref()
                .and_then(|now| now.stamp.as_ref())
                .is_some_and(is_ahead);
            let is_same = now.as_ref().map_or(0, |now| now.revision) == expected;
            // An entry of another projection that is ahead is waited for by the next session.
            if is_same || is_ahead || attempts == ATTEMPTS {
                return Err(error.into());
            }
            self.check_in_force(now.as_ref()).await?;
            known = now;
        }
    }

    /// Deletes a key that the projection does not have. Returns what is known of it then.
    pub(crate) async fn delete(
        &self,
        key: &str,
        known: &EntryHead,
    ) -> Result<EntryHead, EntryError> {
        self.check_in_force(Some(known)).await?;
        Ok(EntryHead {
            revision: self.bucket.delete(key, known.revision).await?,
            stamp: None,
            log: None,
            is_deleted: true,
        })
    }

    /// Returns true if an entry is of this projection and log, and takes in a position.
    fn is_at_least(&self, entry: &EntryHead, position: u64) -> bool {
        let is_own = !entry.is_deleted && entry.log == Some(self.log);
        let stamp = entry.stamp.as_ref().filter(|_| is_own);
        stamp.is_some_and(|stamp| stamp.projection == self.projection && stamp.position >= position)
    }

    /// Fails if an entry is of another projection because that is in force now.
    async fn check_in_force(&self, entry: Option<&EntryHead>) -> Result<(), EntryError> {
        let stamp = entry.and_then(|entry| entry.stamp.as_ref());
        if stamp.is_none_or(|stamp| stamp.projection == self.projection) {
            return Ok(());
        }
        let active = RulebookStore::open(&self.connection)
            .await?
            .active()
            .await?;
        if active.as_ref() == Some(&self.projection) {
            return Ok(());
        }
        Err(EntryError::NotInForce)
    }
}
