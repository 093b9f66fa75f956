//! The bucket of webhooks: `hooks` is what they are, all in one value, and `at.<id>` how far each
//! came. So whoever looks whether anything has changed reads one key.

use std::collections::BTreeMap;

use bytes::Bytes;
use detente_api::{Code, Refusal};
use detente_jetstream::control::{Control, ControlError, Versioned};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::hook::Hook;
use crate::lanes::Lanes;

/// Where the webhooks are.
const HOOKS: &str = "hooks";
/// How often a change is tried again that somebody else's crossed.
const TRIES: usize = 8;
/// The most webhooks.
const HOOKS_MAX: usize = 100;
/// The most bytes that they take together: a message of NATS has a megabyte at most.
const BYTES_MAX: usize = 512 << 10;

/// All webhooks, by id.
pub(crate) type Hooks = BTreeMap<String, Hook>;

/// The bucket.
#[derive(Clone, Debug)]
pub(crate) struct Store {
    control: Control,
}

/// Why the webhooks are as they were.
#[derive(Debug)]
pub(crate) enum Unchanged {
    /// It may not be so.
    Refused(Refusal),
    /// The bucket cannot be read or written.
    Failed(ControlError),
}

impl Store {
    pub(crate) const fn new(control: Control) -> Self {
        Self { control }
    }

    pub(crate) const fn control(&self) -> &Control {
        &self.control
    }

    /// All webhooks, with the revision.
    pub(crate) async fn hooks(&self) -> Result<Versioned<Hooks>, ControlError> {
        let hooks = self.get(HOOKS).await?;
        Ok(hooks.unwrap_or(Versioned {
            value: Hooks::new(),
            revision: 0,
        }))
    }

    /// Changes the webhooks, whoever else does meanwhile.
    pub(crate) async fn change_all<T>(
        &self,
        change: impl Fn(&mut Hooks) -> Result<T, Refusal>,
    ) -> Result<T, Unchanged> {
        let mut tries = 0;
        loop {
            let kept = self.hooks().await?;
            let mut hooks = kept.value.clone();
            let done = change(&mut hooks).map_err(Unchanged::Refused)?;
            if hooks == kept.value {
                return Ok(done);
            }
            let bytes = written(HOOKS, &hooks)?;
            let grows = hooks.len() > kept.value.len();
            if bytes.len() > BYTES_MAX || grows && hooks.len() > HOOKS_MAX {
                let message = format!("{HOOKS_MAX} webhooks are kept, in half a megabyte");
                return Err(Unchanged::Refused(Refusal::new(
                    Code::TooManyWebhooks,
                    message,
                )));
            }
            let expected = Some(kept.revision).filter(|revision| *revision > 0);
            match self.control.set(HOOKS, bytes, expected).await {
                Ok(_) => return Ok(done),
                Err(ControlError::Conflict { .. }) if tries < TRIES => tries += 1,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Changes one webhook, and gives it as it is then.
    pub(crate) async fn change(
        &self,
        id: &str,
        change: impl Fn(&mut Hook) -> Result<(), Refusal>,
    ) -> Result<Hook, Unchanged> {
        let one = |hooks: &mut Hooks| {
            let hook = hooks.get_mut(id).ok_or_else(|| unknown(id))?;
            change(hook)?;
            Ok(hook.clone())
        };
        self.change_all(one).await
    }

    /// Forgets a webhook, and how far it came.
    pub(crate) async fn delete(&self, id: &str) -> Result<(), Unchanged> {
        let remove = |hooks: &mut Hooks| hooks.remove(id).ok_or_else(|| unknown(id));
        self.change_all(remove).await?;
        let key = lanes_key(id);
        if let Some(lanes) = self.control.get(&key).await? {
            match self.control.delete(&key, lanes.revision).await {
                // Whoever delivers keeps its place once more; a new webhook of the id begins anew.
                Ok(()) | Err(ControlError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// How far a webhook came, with the revision.
    pub(crate) async fn lanes(&self, id: &str) -> Result<Option<Versioned<Lanes>>, ControlError> {
        self.get(&lanes_key(id)).await
    }

    /// Keeps how far a webhook came, if nobody else did meanwhile. Gives the new revision.
    pub(crate) async fn keep(
        &self,
        id: &str,
        lanes: &Lanes,
        revision: Option<u64>,
    ) -> Result<u64, ControlError> {
        let key = lanes_key(id);
        let bytes = written(&key, lanes)?;
        self.control.set(&key, bytes, revision).await
    }

    async fn get<T: DeserializeOwned>(
        &self,
        key: &str,
    ) -> Result<Option<Versioned<T>>, ControlError> {
        let Some(Versioned { value, revision }) = self.control.get(key).await? else {
            return Ok(None);
        };
        let value = serde_json::from_slice(&value).map_err(|_| ControlError::Value {
            key: key.to_owned(),
            // What stands there may be a secret.
            found: "something else".to_owned(),
            wanted: "state of webhooks",
        })?;
        Ok(Some(Versioned { value, revision }))
    }
}

pub(crate) fn unknown(id: &str) -> Refusal {
    let refusal = Refusal::new(
        Code::UnknownWebhook,
        format!("no webhook has the id {id:?}"),
    );
    refusal.field("id").given(id)
}

fn lanes_key(id: &str) -> String {
    format!("at.{id}")
}

fn written(key: &str, value: &impl Serialize) -> Result<Bytes, ControlError> {
    let bytes = serde_json::to_vec(value).map_err(|error| ControlError::Server {
        key: key.to_owned(),
        deed: "written",
        source: Box::new(error),
    })?;
    Ok(Bytes::from(bytes))
}

// === impl Unchanged ===

impl From<ControlError> for Unchanged {
    fn from(error: ControlError) -> Self {
        Self::Failed(error)
    }
}
