//! The dependencies and options of the service.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use detente_http::Ids;
use detente_jetstream::Connection;
use detente_jetstream::topology::Replicas;
use detente_read_model::read_model::Clock;

use crate::request::WebhookRequest;
use crate::webhook::SigningSecret;

/// Returns random bytes for secrets, or `None` if the host has none.
pub type Random = Arc<dyn Fn() -> Option<[u8; 32]> + Send + Sync>;

/// The dependencies of the service.
#[derive(Clone)]
pub struct WebhookDeps {
    /// The connection to NATS.
    pub connection: Connection,
    /// The number of NATS servers that keep a copy of the bucket.
    pub replicas: Replicas,
    /// The clock.
    pub clock: Clock,
    /// Makes ids.
    pub ids: Ids,
    /// Makes secrets, and the jitter of waits.
    pub random: Random,
    /// The options of deliveries.
    pub options: DeliveryOptions,
    /// The webhooks of the configuration file, stored at the start.
    pub configured: Vec<WebhookRequest>,
}

/// The options of deliveries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeliveryOptions {
    /// Allows addresses that are not public, and plain HTTP.
    pub allow_private: bool,
    /// The time for which a delivery is retried.
    pub give_up_after: Duration,
    /// The time limit of an answer.
    pub timeout: Duration,
}

impl WebhookDeps {
    /// Makes a secret.
    pub(crate) fn secret(&self) -> Option<SigningSecret> {
        (self.random)().map(|key| SigningSecret::new(&key))
    }

    /// Returns a random number; 0 if the host has none.
    pub(crate) fn jitter(&self) -> u32 {
        let [a, b, c, d, ..] = (self.random)().unwrap_or_default();
        u32::from_be_bytes([a, b, c, d])
    }
}

impl fmt::Debug for WebhookDeps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebhookDeps").finish_non_exhaustive()
    }
}
