//! The bucket of webhooks: the key `hooks` holds all webhooks in one value, so that one read shows
//! every change, and `at.<id>` the delivery queues of each.

use std::collections::BTreeMap;

use bytes::Bytes;
use detente_api::{Code, Refusal, limits};
use detente_jetstream::kv::{KvBucket, KvError, Versioned};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::Error;
use crate::queues::Queues;
use crate::webhook::Webhook;

/// The key of the webhooks.
const WEBHOOKS: &str = "hooks";
/// The number of retries of a change after conflicts.
const RETRIES: usize = 8;
/// The most webhooks.
const WEBHOOKS_MAX: usize = limits::WEBHOOKS;
/// The most bytes of all webhooks together: half of what a NATS message can have by default.
const BYTES_MAX: usize = limits::WEBHOOKS_BYTES;

/// All webhooks, by id.
pub(crate) type WebhooksById = BTreeMap<String, Webhook>;

/// The bucket.
#[derive(Clone, Debug)]
pub(crate) struct WebhookStore {
    bucket: KvBucket,
}

impl WebhookStore {
    pub(crate) const fn new(bucket: KvBucket) -> Self {
        Self { bucket }
    }

    pub(crate) const fn bucket(&self) -> &KvBucket {
        &self.bucket
    }

    /// Returns all webhooks.
    pub(crate) async fn webhooks(&self) -> Result<WebhooksById, KvError> {
        let stored = self.get(WEBHOOKS).await?;
        Ok(stored.map(|stored| stored.value).unwrap_or_default())
    }

    /// Returns one webhook.
    pub(crate) async fn webhook(&self, id: &str) -> Result<Webhook, Error> {
        let webhook = self.webhooks().await?.remove(id);
        webhook.ok_or_else(|| unknown(id).into())
    }

    /// Changes the webhooks; retries after conflicts with other clients.
    pub(crate) async fn change_all<T>(
        &self,
        change: impl Fn(&mut WebhooksById) -> Result<T, Refusal>,
    ) -> Result<T, Error> {
        let mut retries = 0;
        loop {
            let stored = self.get::<WebhooksById>(WEBHOOKS).await?;
            let expected = stored.as_ref().map(|stored| stored.revision);
            let before = stored.map(|stored| stored.value).unwrap_or_default();
            let mut after = before.clone();
            let done = change(&mut after)?;
            if after == before {
                return Ok(done);
            }
            let bytes = serialize(WEBHOOKS, &after)?;
            let grows = after.len() > before.len();
            if bytes.len() > BYTES_MAX || grows && after.len() > WEBHOOKS_MAX {
                let message = format!("at most {WEBHOOKS_MAX} webhooks, of 512 KiB together");
                return Err(Refusal::new(Code::TooManyWebhooks, message).into());
            }
            match self.bucket.set(WEBHOOKS, bytes, expected).await {
                Ok(_) => return Ok(done),
                Err(KvError::Conflict { .. }) if retries < RETRIES => retries += 1,
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Changes one webhook and returns it.
    pub(crate) async fn change(
        &self,
        id: &str,
        change: impl Fn(&mut Webhook),
    ) -> Result<Webhook, Error> {
        let change_one = |webhooks: &mut WebhooksById| {
            let webhook = webhooks.get_mut(id).ok_or_else(|| unknown(id))?;
            change(webhook);
            Ok(webhook.clone())
        };
        self.change_all(change_one).await
    }

    /// Deletes a webhook and its queues.
    pub(crate) async fn delete(&self, id: &str) -> Result<(), Error> {
        let remove = |webhooks: &mut WebhooksById| webhooks.remove(id).ok_or_else(|| unknown(id));
        self.change_all(remove).await?;
        let key = queues_key(id);
        if let Some(queues) = self.bucket.get(&key).await? {
            match self.bucket.delete(&key, queues.revision).await {
                // A worker has saved once more; a new webhook of this id has another generation.
                Ok(()) | Err(KvError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Returns the queues of a webhook and their revision, if they were saved before.
    pub(crate) async fn queues(&self, webhook: &Webhook) -> Result<(Queues, Option<u64>), KvError> {
        let stored = self.get::<Queues>(&queues_key(&webhook.id)).await?;
        let revision = stored.as_ref().map(|stored| stored.revision);
        let queues = stored.map(|stored| stored.value);
        // Those of an earlier generation are obsolete.
        let queues = queues.filter(|queues| queues.generation == webhook.generation);
        Ok((queues.unwrap_or_else(|| Queues::new(webhook)), revision))
    }

    /// Saves the queues of a webhook if they still have the revision. Returns the new one.
    pub(crate) async fn save(
        &self,
        id: &str,
        queues: &Queues,
        revision: Option<u64>,
    ) -> Result<u64, KvError> {
        let key = queues_key(id);
        let bytes = serialize(&key, queues)?;
        self.bucket.set(&key, bytes, revision).await
    }

    async fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<Versioned<T>>, KvError> {
        let Some(Versioned { value, revision }) = self.bucket.get(key).await? else {
            return Ok(None);
        };
        let value = serde_json::from_slice(&value).map_err(|_| KvError::Value {
            key: key.to_owned(),
            // The value may contain a secret.
            found: "something else".to_owned(),
            wanted: "state of webhooks",
        })?;
        Ok(Some(Versioned { value, revision }))
    }
}

fn unknown(id: &str) -> Refusal {
    let message = format!("no webhook has the id {id:?}");
    let refusal = Refusal::new(Code::UnknownWebhook, message);
    refusal.field("id").value(id)
}

fn queues_key(id: &str) -> String {
    format!("at.{id}")
}

fn serialize(key: &str, value: &impl Serialize) -> Result<Bytes, KvError> {
    let bytes = serde_json::to_vec(value).map_err(|error| KvError::Server {
        key: key.to_owned(),
        operation: "written",
        source: Box::new(error),
    })?;
    Ok(Bytes::from(bytes))
}
