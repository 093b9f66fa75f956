//! Reads and writes the registry.
//!
//! A switch of rulebooks is recorded under a few keys of the control bucket:
//! `rulebook.<projection>` (the text), `active_projection` and its copy, `candidate_projection`,
//! `failed.<projection>` (the reason why a projection fails) and `dropped.<projection>` (its stream
//! is to be deleted). Each process loads all of them, takes the next step, and loads them again, so
//! any of them may be killed at any time.

#[cfg(test)]
mod tests;

use bytes::Bytes;
use detente_jetstream::Connection;
use detente_jetstream::kv::{
    ACTIVE_PROJECTION, ActiveProjection, CANDIDATE_PROJECTION, KvBucket, KvError, Versioned,
};
use detente_jetstream::topology::{Bucket, Projection};
use detente_rulebook::{Problem, id_in_name, stored};

use crate::{CompiledRulebook, StoreSnapshot};

pub(crate) const RULEBOOK: &str = "rulebook.";
const FAILED: &str = "failed.";
const DROPPED: &str = "dropped.";
/// The most attempts to read all keys without a change in between.
const LOAD_ATTEMPTS: usize = 5;

/// An error of the registry.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The control bucket cannot be read or written.
    #[error(transparent)]
    Kv(#[from] KvError),
    /// This version of the program cannot read the active rulebook.
    #[error(
        "the active rulebook, {projection}, cannot be read by this version of the program; \
         correct it and run `detente rulebook adopt FILE`, or start the version that it was \
         written for: {}",
        join(problems)
    )]
    Unreadable {
        /// Its projection.
        projection: Projection,
        /// The problems of its text.
        problems: Vec<Problem>,
    },
    /// The active rulebook was changed after it was stored.
    #[error("the active rulebook, {projection}: {reason}; adopt it again from its file")]
    Damaged {
        /// Its projection.
        projection: Projection,
        /// A description of the damage.
        reason: String,
    },
    /// A rulebook cannot be serialised: a fault of this program.
    #[error("a rulebook cannot be stored: {0}")]
    Write(String),
}

/// A projection that is to be built from the log and switched to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rebuild {
    /// The projection.
    pub projection: Projection,
    /// False if it was the candidate before.
    pub is_new: bool,
}

/// The registry, opened.
#[derive(Clone, Debug)]
pub struct RulebookStore {
    pub(crate) control: KvBucket,
}

impl RulebookStore {
    /// Opens the registry.
    ///
    /// # Errors
    /// Fails if the control bucket does not exist, or the server does not answer.
    pub async fn open(connection: &Connection) -> Result<Self, KvError> {
        let control = KvBucket::open(connection, Bucket::Control).await?;
        Ok(Self { control })
    }

    /// Returns a number that grows with every change.
    ///
    /// # Errors
    /// Fails if the server does not answer.
    pub async fn revision(&self) -> Result<u64, KvError> {
        self.control.revision().await
    }

    /// Loads the whole registry as it was at one moment.
    ///
    /// # Errors
    /// Fails if the server does not answer.
    pub async fn load(&self) -> Result<StoreSnapshot, KvError> {
        let mut revision = self.control.revision().await?;
        let mut snapshot = self.load_once().await?;
        for _ in 1..LOAD_ATTEMPTS {
            let now = self.control.revision().await?;
            if now == revision {
                break;
            }
            revision = now;
            snapshot = self.load_once().await?;
        }
        Ok(snapshot)
    }

    async fn load_once(&self) -> Result<StoreSnapshot, KvError> {
        let active = self.read_active().await?;
        let candidate = self.read_candidate().await?;
        let faults = [
            (ACTIVE_PROJECTION, active.fault),
            (CANDIDATE_PROJECTION, candidate.fault),
        ];
        let faults = faults.into_iter();
        let mut snapshot = StoreSnapshot {
            active: active.value,
            active_revision: active.revision,
            candidate: candidate.value,
            damaged_values: faults
                .filter_map(|(key, fault)| Some((key.to_owned(), fault?)))
                .collect(),
            ..StoreSnapshot::default()
        };
        for key in self.control.keys("").await? {
            let known = [RULEBOOK, FAILED, DROPPED]
                .into_iter()
                .find_map(|prefix| Some((prefix, Projection::new(key.strip_prefix(prefix)?))));
            let Some((prefix, Ok(projection))) = known else {
                continue;
            };
            let Some(Versioned { value, .. }) = self.control.get(&key).await? else {
                continue;
            };
            match prefix {
                RULEBOOK => match stored::decode(projection.as_str(), &value) {
                    Ok(stored) => drop(snapshot.stored.insert(projection, stored)),
                    Err(damaged) => {
                        snapshot.damaged.insert(projection, damaged.reason);
                    }
                },
                FAILED => {
                    let reason = String::from_utf8_lossy(&value).into_owned();
                    snapshot.failed.insert(projection, reason);
                }
                _ => {
                    snapshot.dropped.insert(projection);
                }
            }
        }
        Ok(snapshot)
    }

    /// Chooses the rulebook to fold under: the active one or, if there is none yet, `own`, which
    /// becomes active. An active rulebook of another version of the program is parsed again and
    /// becomes the candidate, to be built and switched to like any other.
    ///
    /// # Errors
    /// Fails if the active rulebook was adopted from a file and cannot be read.
    pub async fn bootstrap(&self, own: &CompiledRulebook) -> Result<CompiledRulebook, Error> {
        loop {
            let snapshot = self.load().await?;
            let rulebook = snapshot.choose(own)?;
            self.put(&rulebook).await?;
            let Some(active) = &snapshot.active else {
                let (own, expected) = (&rulebook.projection, snapshot.active_revision);
                let set = self
                    .control
                    .set_active_projection(own, None, Some(expected));
                if unless_conflict(set.await)? {
                    self.keep_copy().await?;
                    return Ok(rulebook);
                }
                continue;
            };
            let is_successor = active.value.projection != rulebook.projection;
            if is_successor && snapshot.candidate_rulebook().is_none() {
                self.nominate(&rulebook.projection).await?;
            }
            self.keep_copy().await?;
            return Ok(rulebook);
        }
    }

    /// Stores a rulebook, unless it is stored already.
    ///
    /// # Errors
    /// Fails if the server does not answer.
    pub async fn put(&self, rulebook: &CompiledRulebook) -> Result<(), Error> {
        let key = format!("{RULEBOOK}{}", rulebook.projection);
        let bytes = stored::encode(&rulebook.text, rulebook.origin);
        let bytes = Bytes::from(bytes.map_err(|error| Error::Write(error.to_string()))?);
        let is_sound = |bytes: &Bytes| stored::decode(rulebook.projection.as_str(), bytes).is_ok();
        // Each name stands for one text.
        Ok(self.set_unless(&key, bytes, is_sound).await?)
    }

    /// Makes a further projection of the rulebook in force the candidate, to be built from the log
    /// and switched to, unless there is a candidate already that has not failed. An earlier rebuild
    /// that has failed is dropped, unless it is the previous projection, the way back. Returns `None`
    /// if no rulebook is in force that this version of the program can fold under.
    ///
    /// # Errors
    /// Fails if the server does not answer.
    pub async fn rebuild(&self) -> Result<Option<Rebuild>, Error> {
        let snapshot = self.load().await?;
        let in_force = snapshot.active.as_ref().map(|active| &active.value);
        let active = in_force.map(|active| &active.projection);
        let previous = in_force.and_then(|active| active.previous.as_ref());
        let candidate = snapshot.candidate_rulebook();
        let candidate = candidate.map(|candidate| candidate.projection);
        let candidate = candidate.filter(|candidate| Some(candidate) != active);
        let has_failed = |candidate: &Projection| snapshot.failed.contains_key(candidate);
        if let Some(projection) = candidate.clone().filter(|candidate| !has_failed(candidate)) {
            return Ok(Some(Rebuild {
                projection,
                is_new: false,
            }));
        }
        let Some(rulebook) = snapshot.rebuilt() else {
            return Ok(None);
        };
        self.put(&rulebook).await?;
        self.nominate(&rulebook.projection).await?;
        // An adopted rulebook stays, and so does the way back.
        let is_spent = |failed: &Projection| {
            is_rebuild_of(failed, &rulebook.projection) && Some(failed) != previous
        };
        if let Some(failed) = candidate.filter(is_spent) {
            self.drop_rulebook(&failed).await?;
        }
        Ok(Some(Rebuild {
            projection: rulebook.projection,
            is_new: true,
        }))
    }

    /// Makes a stored projection the candidate, instead of any other, and keeps its stream from
    /// being deleted. If it is active already, no candidate remains.
    ///
    /// # Errors
    /// Fails if the server does not answer.
    pub async fn nominate(&self, projection: &Projection) -> Result<(), KvError> {
        self.clear(DROPPED, projection).await?;
        loop {
            let active = self.active().await?;
            let candidate = self.read_candidate().await?;
            if active.as_ref() == Some(projection) {
                let is_set = candidate.value.is_some() || candidate.fault.is_some();
                if is_set {
                    self.withdraw(candidate.revision).await?;
                }
                return Ok(());
            }
            let is_candidate = |candidate: &Versioned<_>| candidate.value == *projection;
            if candidate.value.as_ref().is_some_and(is_candidate) {
                return Ok(());
            }
            let value = Bytes::copy_from_slice(projection.as_str().as_bytes());
            let revision = Some(candidate.revision);
            let set = self.control.set(CANDIDATE_PROJECTION, value, revision);
            if unless_conflict(set.await)? {
                return Ok(());
            }
        }
    }

    /// Withdraws the candidate that was read at a revision; a later candidate stays.
    ///
    /// # Errors
    /// Fails if the server does not answer.
    pub async fn withdraw(&self, revision: u64) -> Result<(), KvError> {
        let deleted = self.control.delete(CANDIDATE_PROJECTION, revision).await;
        unless_conflict(deleted).map(drop)
    }

    /// Activates a projection in place of the one that was read. Returns false if another process
    /// switched in between.
    ///
    /// # Errors
    /// Fails if the server does not answer; the switch may still have happened.
    pub async fn switch(
        &self,
        to: &Projection,
        from: &Versioned<ActiveProjection>,
    ) -> Result<bool, KvError> {
        let previous = Some(&from.value.projection);
        let set = self
            .control
            .set_active_projection(to, previous, Some(from.revision));
        let is_set = unless_conflict(set.await)?;
        if is_set {
            self.keep_copy().await?;
        }
        Ok(is_set)
    }

    /// Deletes a rulebook and marks its stream for deletion by the projector.
    ///
    /// # Errors
    /// Fails if the server does not answer.
    pub async fn drop_rulebook(&self, projection: &Projection) -> Result<(), KvError> {
        self.set_text(DROPPED, projection, "").await?;
        self.clear(RULEBOOK, projection).await?;
        self.clear(FAILED, projection).await
    }

    /// Notes that the stream of a dropped projection is deleted.
    ///
    /// # Errors
    /// Fails if the server does not answer.
    pub async fn clear_dropped(&self, projection: &Projection) -> Result<(), KvError> {
        // A drop that was interrupted may have left it.
        self.clear(FAILED, projection).await?;
        self.clear(DROPPED, projection).await
    }

    /// Sets the failure of a projection, unless it was dropped; `None` clears it.
    ///
    /// # Errors
    /// Fails if the server does not answer.
    pub async fn set_failure(&self, of: &Projection, failure: Option<&str>) -> Result<(), KvError> {
        match failure {
            Some(reason) => {
                self.set_text(FAILED, of, reason).await?;
                // A drop removes the rulebook before the failure, so one of both sees the other.
                let rulebook = self.control.get(&format!("{RULEBOOK}{of}")).await?;
                if rulebook.is_none() {
                    self.clear(FAILED, of).await?;
                }
                Ok(())
            }
            None => self.clear(FAILED, of).await,
        }
    }

    async fn set_text(&self, prefix: &str, of: &Projection, text: &str) -> Result<(), KvError> {
        let value = Bytes::copy_from_slice(text.as_bytes());
        self.set_unless(&format!("{prefix}{of}"), value, |bytes| *bytes == text)
            .await
    }

    /// Sets a key unless `will_do` accepts its value. If another process sets it first, that value
    /// stays.
    async fn set_unless(
        &self,
        key: &str,
        value: Bytes,
        will_do: impl Fn(&Bytes) -> bool,
    ) -> Result<(), KvError> {
        let entry = self.control.get(key).await?;
        if entry.as_ref().is_some_and(|entry| will_do(&entry.value)) {
            return Ok(());
        }
        let revision = entry.map(|entry| entry.revision);
        unless_conflict(self.control.set(key, value, revision).await).map(drop)
    }

    async fn clear(&self, prefix: &str, of: &Projection) -> Result<(), KvError> {
        let key = format!("{prefix}{of}");
        let Some(entry) = self.control.get(&key).await? else {
            return Ok(());
        };
        unless_conflict(self.control.delete(&key, entry.revision).await).map(drop)
    }
}

/// Returns true if a projection has the number of a rebuild, of the same rulebook as another one.
fn is_rebuild_of(one: &Projection, other: &Projection) -> bool {
    let id = id_in_name(one.as_str());
    id != one.as_str() && id == id_in_name(other.as_str())
}

/// Returns true if a write succeeded; false if another process wrote the key first.
pub(crate) fn unless_conflict<T>(written: Result<T, KvError>) -> Result<bool, KvError> {
    match written {
        Ok(_) => Ok(true),
        Err(KvError::Conflict { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

fn join(problems: &[Problem]) -> String {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    lines.join("; ")
}
