//! The control buckets: the few small things that services must agree on, by compare-and-set.

use async_nats::jetstream::kv::{CreateErrorKind, Operation, Store, UpdateErrorKind};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, TryStreamExt};

use crate::Connection;
use crate::topology::{CONTROL_BUCKET, Projection, TOKENS_BUCKET, WEBHOOKS_BUCKET};

/// The key that names the projection whose changes and views are served; after a blank, the one
/// that was served before it.
pub const ACTIVE_PROJECTION: &str = "active_projection";
/// The key that names the projection that is to be served once it has caught up.
pub const CANDIDATE_PROJECTION: &str = "candidate_projection";

/// A value, and the revision that a later set must know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Versioned<T> {
    /// The value.
    pub value: T,
    /// Its revision.
    pub revision: u64,
}

/// Which projection is served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Active {
    /// The projection.
    pub projection: Projection,
    /// The one that was served before it, if any.
    pub previous: Option<Projection>,
}

/// What happened to a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyChange {
    /// The key.
    pub key: String,
    /// Its value now, or `None` if it was deleted.
    pub value: Option<Bytes>,
    /// The revision of the change.
    pub revision: u64,
}

/// Why the bucket was not read or set.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// Somebody else set the key in between.
    #[error("control key {key} was changed by somebody else")]
    Conflict {
        /// The key.
        key: String,
    },
    /// The value is none that we know.
    #[error("control key {key} holds {found:?}, which is no {wanted}")]
    Value {
        /// The key.
        key: String,
        /// What it holds.
        found: String,
        /// What it should hold.
        wanted: &'static str,
    },
    /// The server refuses or does not answer.
    #[error("control key {key} cannot be {deed}: {source}")]
    Server {
        /// The key.
        key: String,
        /// What was tried.
        deed: &'static str,
        /// What the client says.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// A control bucket, opened.
#[derive(Clone, Debug)]
pub struct Control {
    store: Store,
}

impl Control {
    /// Opens the bucket; see [`crate::topology::ensure_control`].
    pub async fn open(conn: &Connection) -> Result<Control, ControlError> {
        Self::bucket(conn, CONTROL_BUCKET).await
    }

    /// Opens the bucket of tokens; see [`crate::topology::ensure_tokens`]. It is one of its own, so
    /// that a server with users may keep it from whoever need not know who may do what.
    pub async fn open_tokens(conn: &Connection) -> Result<Control, ControlError> {
        Self::bucket(conn, TOKENS_BUCKET).await
    }

    /// Opens the bucket of webhooks; see [`crate::topology::ensure_webhooks`]. It is one of its
    /// own, as the revision of the other one is looked at to see whether anything has changed.
    pub async fn open_webhooks(conn: &Connection) -> Result<Control, ControlError> {
        Self::bucket(conn, WEBHOOKS_BUCKET).await
    }

    async fn bucket(conn: &Connection, name: &str) -> Result<Control, ControlError> {
        let store = conn.jetstream().get_key_value(name).await;
        let store = store.map_err(|error| failed(name, "opened", error))?;
        Ok(Control { store })
    }

    /// The active projection, if one was ever set.
    pub async fn active_projection(&self) -> Result<Option<Versioned<Projection>>, ControlError> {
        let active = self.active().await?;
        Ok(active.map(|Versioned { value, revision }| Versioned {
            value: value.projection,
            revision,
        }))
    }

    /// The active projection with the one before it, if one was ever set.
    pub async fn active(&self) -> Result<Option<Versioned<Active>>, ControlError> {
        let Some(Versioned { value, revision }) = self.get(ACTIVE_PROJECTION).await? else {
            return Ok(None);
        };
        let text = String::from_utf8_lossy(&value);
        let (active, previous) = match text.split_once(' ') {
            Some((active, previous)) => (active, Some(previous)),
            None => (&*text, None),
        };
        let previous = previous.map(|text| named(ACTIVE_PROJECTION, text));
        let value = Active {
            projection: named(ACTIVE_PROJECTION, active)?,
            previous: previous.transpose()?,
        };
        Ok(Some(Versioned { value, revision }))
    }

    /// Makes a projection the active one after another, if the revision is still the one that was
    /// read: the moment of a switch. Gives the new revision.
    pub async fn switch_active(
        &self,
        projection: &Projection,
        previous: &Projection,
        expected: u64,
    ) -> Result<u64, ControlError> {
        let value = Bytes::from(format!("{projection} {previous}"));
        self.set(ACTIVE_PROJECTION, value, Some(expected)).await
    }

    /// The projection that is to be served once it has caught up, if there is one.
    pub async fn candidate(&self) -> Result<Option<Versioned<Projection>>, ControlError> {
        let Some(Versioned { value, revision }) = self.get(CANDIDATE_PROJECTION).await? else {
            return Ok(None);
        };
        let value = named(CANDIDATE_PROJECTION, &String::from_utf8_lossy(&value))?;
        Ok(Some(Versioned { value, revision }))
    }

    /// Sets the active projection, if its revision is still the one that was read (`None`: it was
    /// never set). Gives the new revision.
    pub async fn set_active_projection(
        &self,
        projection: &Projection,
        expected: Option<u64>,
    ) -> Result<u64, ControlError> {
        let value = Bytes::copy_from_slice(projection.as_str().as_bytes());
        self.set(ACTIVE_PROJECTION, value, expected).await
    }

    /// A key's value.
    pub async fn get(&self, key: &str) -> Result<Option<Versioned<Bytes>>, ControlError> {
        let entry = self
            .store
            .entry(key)
            .await
            .map_err(|error| failed(key, "read", error))?;
        Ok(entry
            .filter(|entry| entry.operation == Operation::Put)
            .map(|entry| Versioned {
                value: entry.value,
                revision: entry.revision,
            }))
    }

    /// Sets a key, if its revision is still the expected one (`None`: it is not there).
    pub async fn set(
        &self,
        key: &str,
        value: Bytes,
        expected: Option<u64>,
    ) -> Result<u64, ControlError> {
        let conflict = || ControlError::Conflict {
            key: key.to_owned(),
        };
        match expected {
            None => self
                .store
                .create(key, value)
                .await
                .map_err(|error| match error.kind() {
                    CreateErrorKind::AlreadyExists => conflict(),
                    _ => failed(key, "created", error),
                }),
            Some(revision) => {
                let updated = self.store.update(key, value, revision).await;
                updated.map_err(|error| match error.kind() {
                    UpdateErrorKind::WrongLastRevision => conflict(),
                    _ => failed(key, "set", error),
                })
            }
        }
    }

    /// Deletes a key, if its revision is still the expected one.
    pub async fn delete(&self, key: &str, expected: u64) -> Result<(), ControlError> {
        let deleted = self.store.delete_expect_revision(key, Some(expected)).await;
        deleted.map_err(|error| match error.kind() {
            UpdateErrorKind::WrongLastRevision => ControlError::Conflict {
                key: key.to_owned(),
            },
            _ => failed(key, "deleted", error),
        })
    }

    /// The revision of the latest change of any key: as long as it is the same, nothing has
    /// changed. It is asked of the bucket's leader, and costs one request.
    pub async fn revision(&self) -> Result<u64, ControlError> {
        let stream = self.store.stream.get_info().await;
        let info = stream.map_err(|error| failed(CONTROL_BUCKET, "looked at", error))?;
        Ok(info.state.last_sequence)
    }

    /// All keys that begin so, in order.
    pub async fn keys(&self, prefix: &str) -> Result<Vec<String>, ControlError> {
        let keys = self
            .store
            .keys()
            .await
            .map_err(|error| failed(prefix, "listed", error))?;
        let mut keys: Vec<String> = keys
            .try_collect()
            .await
            .map_err(|error| failed(prefix, "listed", error))?;
        keys.retain(|key| key.starts_with(prefix));
        keys.sort();
        Ok(keys)
    }

    /// Every key's latest value and then each change as it comes. It may say a thing twice after
    /// a reconnect, so its reader takes the latest for true.
    pub async fn watch(
        &self,
    ) -> Result<impl Stream<Item = Result<KeyChange, ControlError>> + use<>, ControlError> {
        let watch = self.store.watch_with_history(">").await;
        let watch = watch.map_err(|error| failed(">", "watched", error))?;
        Ok(watch.map(|entry| match entry {
            Ok(entry) => Ok(KeyChange {
                value: (entry.operation == Operation::Put).then_some(entry.value),
                key: entry.key,
                revision: entry.revision,
            }),
            Err(error) => Err(failed(">", "watched", error)),
        }))
    }
}

fn named(key: &str, text: &str) -> Result<Projection, ControlError> {
    Projection::new(text).map_err(|bad| ControlError::Value {
        key: key.to_owned(),
        found: bad.given,
        wanted: "projection",
    })
}

fn failed(
    key: &str,
    deed: &'static str,
    source: impl std::error::Error + Send + Sync + 'static,
) -> ControlError {
    ControlError::Server {
        key: key.to_owned(),
        deed,
        source: Box::new(source),
    }
}
