//! The metrics of webhooks.

use metrics::{counter, describe_counter, describe_gauge, gauge};

use crate::delivery::Outcome;

/// Attempted deliveries by outcome; label [`OUTCOME`].
pub const DELIVERIES_TOTAL: &str = "detente_webhooks_deliveries_total";
/// Deliveries that were given up.
pub const PARKED_TOTAL: &str = "detente_webhooks_parked_total";
/// Webhooks that this process delivers.
pub const DELIVERING: &str = "detente_webhooks_delivering";

/// `done`, `gone` or `failed`.
pub const OUTCOME: &str = "outcome";

/// Describes the metrics.
pub fn describe() {
    describe_counter!(DELIVERIES_TOTAL, "Attempted deliveries, by outcome.");
    describe_counter!(PARKED_TOTAL, "Deliveries that were given up.");
    describe_gauge!(DELIVERING, "Webhooks that this process delivers.");
}

pub(crate) fn attempted(outcome: &Outcome) {
    let outcome = match outcome {
        Outcome::Done => "done",
        Outcome::Gone => "gone",
        Outcome::Failed { .. } => "failed",
    };
    counter!(DELIVERIES_TOTAL, OUTCOME => outcome).increment(1);
}

pub(crate) fn given_up() {
    counter!(PARKED_TOTAL).increment(1);
}

#[expect(clippy::cast_precision_loss, reason = "at most a hundred webhooks")]
pub(crate) fn delivering(count: usize) {
    gauge!(DELIVERING).set(count as f64);
}
