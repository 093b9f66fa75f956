//! The projections that the control bucket names, also if a value in it is damaged.
//!
//! The projection in force is kept under two keys. One that is missing, that another program has
//! written or that names no stored rulebook is passed over.

use bytes::Bytes;
use detente_jetstream::kv::{
    ACTIVE_COPY, ACTIVE_PROJECTION, ActiveProjection, CANDIDATE_PROJECTION, KvError, Versioned,
};
use detente_jetstream::topology::Projection;

use crate::RulebookStore;
use crate::store::{RULEBOOK, unless_conflict};

/// The most characters of a damaged value that are shown.
const SHOWN_MAX: usize = 80;

/// What a key names.
#[derive(Clone, Debug)]
pub(crate) struct Named<T> {
    /// The value, if there is a good one; with the revision of the key.
    pub(crate) value: Option<Versioned<T>>,
    /// The revision of the key; 0 if it was never set.
    pub(crate) revision: u64,
    /// What is wrong with the key, if anything is.
    pub(crate) fault: Option<String>,
}

impl RulebookStore {
    /// Returns the projection in force.
    ///
    /// # Errors
    /// Fails if the server does not answer.
    pub async fn active(&self) -> Result<Option<Projection>, KvError> {
        let active = self.read_active().await?.value;
        Ok(active.map(|active| active.value.projection))
    }

    /// Writes the copy of the projection in force, unless it is right.
    ///
    /// # Errors
    /// Fails if the server does not answer.
    pub async fn keep_copy(&self) -> Result<(), KvError> {
        loop {
            // The copy is read first: if another process switches and writes it meanwhile, its
            // revision is another one, and what was read here does not replace it.
            let copy = self.control.look(ACTIVE_COPY).await?;
            let active = self.read_active().await?;
            let Some(active) = active.value.filter(|_| active.fault.is_none()) else {
                return Ok(());
            };
            let value = Bytes::from(active.value.to_string());
            if copy.value.as_ref() == Some(&value) {
                return Ok(());
            }
            let set = self.control.set(ACTIVE_COPY, value, Some(copy.revision));
            if unless_conflict(set.await)? {
                return Ok(());
            }
        }
    }

    /// Reads the projection in force: from its copy, if its key is damaged.
    pub(crate) async fn read_active(&self) -> Result<Named<ActiveProjection>, KvError> {
        let Versioned { value, revision } = self.control.look(ACTIVE_PROJECTION).await?;
        let own = value.as_ref().and_then(parse_active);
        if let Some(own) = &own
            && self.is_stored(&own.projection).await?
        {
            return Ok(Named::good(own.clone(), revision));
        }
        let copy = self.control.look(ACTIVE_COPY).await?.value;
        if let Some(copy) = copy.as_ref().and_then(parse_active)
            && self.is_stored(&copy.projection).await?
        {
            let what = described(value.as_ref());
            let fault = format!(
                "{what}; {} stays in force, as {ACTIVE_COPY} says; the next switch puts it right, \
                 or `nats kv put detente_control {ACTIVE_PROJECTION} \"{copy}\"`",
                copy.projection
            );
            return Ok(Named {
                fault: Some(fault),
                ..Named::good(copy, revision)
            });
        }
        Ok(match (own, value) {
            // Version 0.1 stored no rulebooks.
            (Some(own), _) => Named::good(own, revision),
            (None, None) => Named {
                value: None,
                revision,
                fault: None,
            },
            (None, Some(value)) => Named {
                value: None,
                revision,
                fault: Some(format!(
                    "{}, and {ACTIVE_COPY} names none either; what runs goes on as it is, and what \
                     starts takes its own rulebook: put it right with `detente rulebook adopt`",
                    described(Some(&value))
                )),
            },
        })
    }

    /// Reads the candidate; there is none if its key is damaged.
    pub(crate) async fn read_candidate(&self) -> Result<Named<Projection>, KvError> {
        let Versioned { value, revision } = self.control.look(CANDIDATE_PROJECTION).await?;
        let Some(bytes) = value else {
            return Ok(Named {
                value: None,
                revision,
                fault: None,
            });
        };
        let text = std::str::from_utf8(&bytes).ok();
        if let Some(candidate) = text.and_then(|text| Projection::new(text).ok())
            && self.is_stored(&candidate).await?
        {
            return Ok(Named::good(candidate, revision));
        }
        let fault = format!(
            "{}, so there is no candidate; the next `detente rulebook adopt` or `detente rebuild` \
             puts it right, or `nats kv del detente_control {CANDIDATE_PROJECTION}`",
            described(Some(&bytes))
        );
        Ok(Named {
            value: None,
            revision,
            fault: Some(fault),
        })
    }

    async fn is_stored(&self, projection: &Projection) -> Result<bool, KvError> {
        let stored = self.control.get(&format!("{RULEBOOK}{projection}")).await?;
        Ok(stored.is_some())
    }
}

impl<T> Named<T> {
    const fn good(value: T, revision: u64) -> Self {
        Self {
            value: Some(Versioned { value, revision }),
            revision,
            fault: None,
        }
    }
}

fn parse_active(value: &Bytes) -> Option<ActiveProjection> {
    let text = std::str::from_utf8(value).ok()?;
    ActiveProjection::parse(text).ok()
}

fn described(value: Option<&Bytes>) -> String {
    let Some(value) = value else {
        return "it is missing".to_owned();
    };
    let text = String::from_utf8_lossy(value);
    let shown: String = text.chars().take(SHOWN_MAX).collect();
    format!("it holds {shown:?}, which names no stored rulebook")
}
