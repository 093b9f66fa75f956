//! Views of webhooks.

use detente_api::request::FilterRequest;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::queues::{DeadLetter, DeliveryQueue, Queues};
use crate::webhook::{SigningSecret, Status, Webhook};

/// A webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct WebhookView {
    /// The id of the webhook.
    pub id: String,
    /// The address of the receiver.
    pub url: String,
    /// The fields of the filter.
    #[serde(flatten)]
    pub filter: FilterRequest,
    /// The status.
    pub status: Status,
    /// The cursor up to which everything is delivered, or waits.
    pub cursor: String,
    /// The number of relations with changes that wait.
    pub waiting: u64,
    /// The number of accepted deliveries since the start or the last replay.
    pub delivered: u64,
    /// The number of deliveries abandoned since then.
    pub parked: u64,
    /// The secret that signs deliveries; only in the answer that creates it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// The pending and abandoned deliveries of a webhook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct DeliveriesView {
    /// The cursor up to which everything is delivered, or waits.
    pub cursor: String,
    /// The time before which the receiver asked for no delivery, in RFC 3339.
    pub held_until: Option<String>,
    /// The relations with changes that wait, by code.
    pub waiting: Vec<WaitingView>,
    /// The last hundred abandoned deliveries, the latest first.
    pub parked: Vec<DeadLetter<Option<String>>>,
    /// The number of all abandoned deliveries.
    pub parked_total: u64,
}

/// A relation with changes that wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct WaitingView {
    /// The relation.
    pub relation: String,
    /// The cursor of the first message that may be due.
    pub cursor: Option<String>,
    /// The number of failed attempts.
    pub attempts: u32,
    /// The time since which every delivery of the relation has failed, in RFC 3339.
    pub failing_since: Option<String>,
    /// The time of the next attempt; null if it is due now.
    pub next_at: Option<String>,
    /// The latest error.
    pub error: Option<String>,
}

impl WebhookView {
    /// Describes a webhook and its progress.
    pub(crate) fn new(webhook: &Webhook, queues: Queues) -> Self {
        Self {
            id: webhook.id.clone(),
            url: webhook.url.clone(),
            filter: webhook.filter.clone(),
            status: webhook.status,
            cursor: queues.cursor,
            waiting: queues.waiting.len() as u64,
            delivered: queues.delivered,
            parked: queues.dead_letter_total,
            secret: None,
        }
    }

    /// Adds the secret.
    pub(crate) fn with_secret(mut self, secret: &SigningSecret) -> Self {
        self.secret = Some(secret.expose().to_owned());
        self
    }
}

impl From<Queues> for DeliveriesView {
    fn from(queues: Queues) -> Self {
        let dead_letters = queues.dead_letters.into_iter().rev();
        Self {
            cursor: queues.cursor,
            held_until: queues.held_until.and_then(rfc3339),
            waiting: queues.waiting.into_iter().map(WaitingView::from).collect(),
            parked: dead_letters.map(shown).collect(),
            parked_total: queues.dead_letter_total,
        }
    }
}

impl From<(String, DeliveryQueue)> for WaitingView {
    fn from((relation, queue): (String, DeliveryQueue)) -> Self {
        let first = queue.due.front();
        Self {
            relation,
            cursor: first.and_then(|span| Some(span.cursor(span.first)?.to_string())),
            attempts: queue.attempts,
            failing_since: queue.failing_since.and_then(rfc3339),
            next_at: queue.next_at.and_then(rfc3339),
            error: queue.error,
        }
    }
}

fn shown(letter: DeadLetter) -> DeadLetter<Option<String>> {
    DeadLetter {
        id: letter.id,
        relation: letter.relation,
        cursor: letter.cursor,
        replay_from: letter.replay_from,
        attempts: letter.attempts,
        failing_since: rfc3339(letter.failing_since),
        parked_at: rfc3339(letter.parked_at),
        error: letter.error,
    }
}

/// Formats milliseconds since 1970.
fn rfc3339(millis: i64) -> Option<String> {
    let nanos = i128::from(millis) * 1_000_000;
    let time = OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()?;
    time.format(&Rfc3339).ok()
}
