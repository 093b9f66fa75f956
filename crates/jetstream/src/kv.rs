//! Key-value buckets whose keys are set by compare-and-set, so that services agree on them.

use std::fmt;

use async_nats::jetstream::kv::{CreateErrorKind, Operation, Store, UpdateError, UpdateErrorKind};
use bytes::Bytes;
use futures_util::TryStreamExt;

use crate::Connection;
use crate::topology::{BadProjection, Bucket, Projection};
use crate::transient::may_pass;

/// The key with the projection in force and, after a space, the one before it.
pub const ACTIVE_PROJECTION: &str = "active_projection";
/// The key with a copy of that value, in case it is damaged.
pub const ACTIVE_COPY: &str = "active_projection_copy";
/// The key with the projection that comes into force once it has caught up.
pub const CANDIDATE_PROJECTION: &str = "candidate_projection";

/// A value with its revision, which the next set has to name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versioned<T> {
    /// The value.
    pub value: T,
    /// Its revision.
    pub revision: u64,
}

/// The projection in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActiveProjection {
    /// The projection.
    pub projection: Projection,
    /// The one that was in force before it, if any.
    pub previous: Option<Projection>,
}

impl ActiveProjection {
    /// Parses the value of [`ACTIVE_PROJECTION`].
    ///
    /// # Errors
    /// If a name is not valid.
    pub fn parse(text: &str) -> Result<Self, BadProjection> {
        let (active, previous) = match text.split_once(' ') {
            Some((active, previous)) => (active, Some(Projection::new(previous)?)),
            None => (text, None),
        };
        Ok(Self {
            projection: Projection::new(active)?,
            previous,
        })
    }
}

impl fmt::Display for ActiveProjection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.previous {
            Some(previous) => write!(f, "{} {previous}", self.projection),
            None => self.projection.fmt(f),
        }
    }
}

/// The error returned when a key was not read or set.
#[derive(Debug, thiserror::Error)]
pub enum KvError {
    /// The key does not have the expected revision: another client has set it.
    #[error("key {key} was changed by another client")]
    Conflict {
        /// The key.
        key: String,
    },
    /// The value has another form than expected.
    #[error("key {key} holds {found:?}, which is not a valid {wanted}")]
    Value {
        /// The key.
        key: String,
        /// Its value.
        found: String,
        /// The kind of value that was expected.
        wanted: &'static str,
    },
    /// The server refuses the request or does not answer.
    #[error("key {key} cannot be {operation}: {source}")]
    Server {
        /// The key, or the bucket.
        key: String,
        /// The operation that was tried.
        operation: &'static str,
        /// The client's error.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl KvError {
    /// Returns true if the same request may succeed later, with another revision perhaps.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Conflict { .. } => true,
            Self::Value { .. } => false,
            Self::Server { source, .. } => may_pass(source.as_ref()),
        }
    }
}

/// An open bucket.
#[derive(Clone, Debug)]
pub struct KvBucket {
    store: Store,
}

impl KvBucket {
    /// Opens a bucket; see [`crate::topology::ensure_bucket`].
    pub async fn open(conn: &Connection, bucket: Bucket) -> Result<Self, KvError> {
        let store = conn.jetstream().get_key_value(bucket.name()).await;
        let store = store.map_err(|error| failed(bucket.name(), "opened", error))?;
        Ok(Self { store })
    }

    /// Returns the projection in force, if one was ever set.
    pub async fn active_projection(&self) -> Result<Option<Versioned<ActiveProjection>>, KvError> {
        self.parsed(ACTIVE_PROJECTION, ActiveProjection::parse)
            .await
    }

    /// Puts a projection in force after `previous`, if the key still has the expected revision
    /// (`None`: it was never set). Returns the new revision.
    pub async fn set_active_projection(
        &self,
        projection: &Projection,
        previous: Option<&Projection>,
        expected: Option<u64>,
    ) -> Result<u64, KvError> {
        let value = ActiveProjection {
            projection: projection.clone(),
            previous: previous.cloned(),
        };
        let value = value.to_string().into();
        self.set(ACTIVE_PROJECTION, value, expected).await
    }

    /// Returns the projection that comes into force once it has caught up, if there is one.
    pub async fn candidate_projection(&self) -> Result<Option<Versioned<Projection>>, KvError> {
        self.parsed(CANDIDATE_PROJECTION, Projection::new).await
    }

    async fn parsed<T>(
        &self,
        key: &str,
        parse: impl FnOnce(&str) -> Result<T, BadProjection>,
    ) -> Result<Option<Versioned<T>>, KvError> {
        let Some(Versioned { value, revision }) = self.get(key).await? else {
            return Ok(None);
        };
        let value = parse(&String::from_utf8_lossy(&value)).map_err(|bad| KvError::Value {
            key: key.to_owned(),
            found: bad.given,
            wanted: "projection",
        })?;
        Ok(Some(Versioned { value, revision }))
    }

    /// Returns a key's value.
    pub async fn get(&self, key: &str) -> Result<Option<Versioned<Bytes>>, KvError> {
        let Versioned { value, revision } = self.look(key).await?;
        Ok(value.map(|value| Versioned { value, revision }))
    }

    /// Returns a key's value, `None` if it has none, and the revision by which it can be set: 0 if it
    /// was never set.
    pub async fn look(&self, key: &str) -> Result<Versioned<Option<Bytes>>, KvError> {
        let entry = self.store.entry(key).await;
        let entry = entry.map_err(|error| failed(key, "read", error))?;
        let revision = entry.as_ref().map_or(0, |entry| entry.revision);
        let entry = entry.filter(|entry| entry.operation == Operation::Put);
        Ok(Versioned {
            value: entry.map(|entry| entry.value),
            revision,
        })
    }

    /// Sets a key if it has the expected revision (`None` or 0: it does not exist). Returns the new
    /// revision.
    pub async fn set(
        &self,
        key: &str,
        value: Bytes,
        expected: Option<u64>,
    ) -> Result<u64, KvError> {
        match expected.filter(|revision| *revision > 0) {
            None => {
                let created = self.store.create(key, value).await;
                created.map_err(|error| match error.kind() {
                    CreateErrorKind::AlreadyExists => conflict(key),
                    _ => failed(key, "created", error),
                })
            }
            Some(revision) => {
                let updated = self.store.update(key, value, revision).await;
                updated.map_err(|error| not_updated(key, "set", error))
            }
        }
    }

    /// Deletes a key if it has the expected revision.
    pub async fn delete(&self, key: &str, expected: u64) -> Result<(), KvError> {
        let deleted = self.store.delete_expect_revision(key, Some(expected)).await;
        deleted.map_err(|error| not_updated(key, "deleted", error))
    }

    /// Returns the revision of the latest change of any key, with one request to the bucket's
    /// leader. While it is the same, nothing has changed.
    pub async fn revision(&self) -> Result<u64, KvError> {
        let info = self.store.stream.get_info().await;
        let info = info.map_err(|error| failed(&self.store.name, "read", error))?;
        Ok(info.state.last_sequence)
    }

    /// Returns all keys with a prefix, sorted.
    pub async fn keys(&self, prefix: &str) -> Result<Vec<String>, KvError> {
        let keys = self.store.keys().await;
        let keys = keys.map_err(|error| failed(prefix, "listed", error))?;
        let keys = keys.try_collect::<Vec<String>>().await;
        let mut keys = keys.map_err(|error| failed(prefix, "listed", error))?;
        keys.retain(|key| key.starts_with(prefix));
        keys.sort();
        Ok(keys)
    }
}

fn not_updated(key: &str, operation: &'static str, error: UpdateError) -> KvError {
    match error.kind() {
        UpdateErrorKind::WrongLastRevision => conflict(key),
        _ => failed(key, operation, error),
    }
}

fn conflict(key: &str) -> KvError {
    let key = key.to_owned();
    KvError::Conflict { key }
}

fn failed(
    key: &str,
    operation: &'static str,
    source: impl std::error::Error + Send + Sync + 'static,
) -> KvError {
    KvError::Server {
        key: key.to_owned(),
        operation,
        source: Box::new(source),
    }
}
