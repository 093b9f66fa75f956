//! What is said of a webhook.

use detente_feed::Wanted;
use serde::Serialize;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::hook::{Hook, Secret, Status};
use crate::lanes::{Lane, Lanes, Parked};

/// A webhook, as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct WebhookView {
    /// Its id.
    pub id: String,
    /// Where to.
    pub url: String,
    /// Which changes: the parts of its filter.
    #[serde(flatten)]
    pub wanted: Wanted,
    /// Whether it is delivered.
    pub status: Status,
    /// The place up to which all was delivered, or waits.
    pub cursor: String,
    /// How many relations wait, with one change or more.
    pub waiting: u64,
    /// How many deliveries were taken since it began, or began anew.
    pub delivered: u64,
    /// How many deliveries were given up since then.
    pub parked: u64,
    /// What deliveries are signed with; shown once, when it is made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// The deliveries of a webhook: those that wait, and those that were given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct DeliveriesView {
    /// The place up to which all was delivered, or waits.
    pub cursor: String,
    /// Nothing is sent before, as the receiver has asked: an RFC 3339 time.
    pub held_until: Option<String>,
    /// The relations that wait, by code.
    pub waiting: Vec<Waiting>,
    /// What was given up, the latest first; only the last hundred are remembered.
    pub parked: Vec<GivenUp>,
    /// How many were given up in all.
    pub parked_total: u64,
}

/// A relation whose changes wait.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct Waiting {
    /// The relation.
    pub relation: String,
    /// The cursor of the first message that may be due.
    pub cursor: Option<String>,
    /// How often it was tried in vain.
    pub attempts: u32,
    /// Since when nothing of the relation was taken: an RFC 3339 time.
    pub failing_since: Option<String>,
    /// When it is tried again; null where that is now.
    pub next_at: Option<String>,
    /// What went wrong last.
    pub error: Option<String>,
}

/// A delivery that was given up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, schemars::JsonSchema)]
pub struct GivenUp {
    /// The delivery's id.
    pub id: String,
    /// The relation.
    pub relation: String,
    /// The frame's cursor.
    pub cursor: String,
    /// A replay from here begins with it.
    pub replay_from: String,
    /// How often it was tried.
    pub attempts: u32,
    /// Since when it was tried: an RFC 3339 time.
    pub failing_since: Option<String>,
    /// When it was given up.
    pub parked_at: Option<String>,
    /// What went wrong last.
    pub error: String,
}

impl WebhookView {
    /// A webhook, with how far it came.
    #[must_use]
    pub fn of(hook: &Hook, lanes: Option<&Lanes>) -> Self {
        // What was kept of an earlier beginning is no longer true.
        let lanes = lanes.filter(|lanes| lanes.generation == hook.generation);
        Self {
            id: hook.id.clone(),
            url: hook.url.clone(),
            wanted: hook.wanted.clone(),
            status: hook.status,
            cursor: lanes.map_or_else(|| hook.begins.clone(), |lanes| lanes.cursor.clone()),
            waiting: lanes.map_or(0, |lanes| lanes.waiting.len() as u64),
            delivered: lanes.map_or(0, |lanes| lanes.delivered),
            parked: lanes.map_or(0, |lanes| lanes.parked_total),
            secret: None,
        }
    }

    /// With its secret, which is not shown again.
    #[must_use]
    pub fn with_secret(mut self, secret: &Secret) -> Self {
        self.secret = Some(secret.expose().to_owned());
        self
    }
}

impl DeliveriesView {
    /// What waits of a webhook, and what was given up.
    #[must_use]
    pub fn of(hook: &Hook, lanes: Option<Lanes>) -> Self {
        let lanes = lanes.filter(|lanes| lanes.generation == hook.generation);
        let lanes = lanes.unwrap_or_else(|| Lanes {
            cursor: hook.begins.clone(),
            ..Lanes::default()
        });
        Self {
            cursor: lanes.cursor,
            held_until: lanes.held_until.and_then(time),
            waiting: lanes.waiting.into_iter().map(Waiting::of).collect(),
            parked: lanes.parked.into_iter().rev().map(GivenUp::of).collect(),
            parked_total: lanes.parked_total,
        }
    }
}

impl Waiting {
    fn of((relation, lane): (String, Lane)) -> Self {
        let first = lane.due.front();
        Self {
            relation,
            cursor: first.map(|span| format!("{}-{}", span.projection, span.first)),
            attempts: lane.attempts,
            failing_since: lane.failing_since.and_then(time),
            next_at: lane.next_at.and_then(time),
            error: lane.error,
        }
    }
}

impl GivenUp {
    fn of(parked: Parked) -> Self {
        Self {
            id: parked.id,
            relation: parked.relation,
            cursor: parked.cursor,
            replay_from: parked.replay_from,
            attempts: parked.attempts,
            failing_since: time(parked.failing_since),
            parked_at: time(parked.parked_at),
            error: parked.error,
        }
    }
}

/// A moment, in milliseconds since 1970, as it is written.
fn time(millis: i64) -> Option<String> {
    let nanos = i128::from(millis) * 1_000_000;
    let time = OffsetDateTime::from_unix_timestamp_nanos(nanos).ok()?;
    time.format(&Rfc3339).ok()
}
