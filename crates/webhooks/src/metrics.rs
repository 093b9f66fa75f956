//! The metrics of webhooks.

use metrics::{counter, describe_counter, describe_gauge, gauge};

use crate::delivery::Outcome;

/// Deliveries that were tried, by what came of them; label [`OUTCOME`].
pub const DELIVERIES_TOTAL: &str = "detente_webhooks_deliveries_total";
/// Deliveries that were given up.
pub const PARKED_TOTAL: &str = "detente_webhooks_parked_total";
/// Webhooks that this process delivers.
pub const DELIVERING: &str = "detente_webhooks_delivering";

/// `done`, `gone` or `failed`.
pub const OUTCOME: &str = "outcome";

/// Describes the metrics to whatever collects them.
pub fn describe() {
    describe_counter!(DELIVERIES_TOTAL, "Deliveries that were tried, by outcome.");
    describe_counter!(PARKED_TOTAL, "Deliveries that were given up.");
    describe_gauge!(DELIVERING, "Webhooks that this process delivers.");
}

pub(crate) fn tried(outcome: &Outcome) {
    let outcome = match outcome {
        Outcome::Done => "done",
        Outcome::Gone => "gone",
        Outcome::Failed { .. } => "failed",
    };
    counter!(DELIVERIES_TOTAL, OUTCOME => outcome).increment(1);
}

pub(crate) fn parked() {
    counter!(PARKED_TOTAL).increment(1);
}

#[expect(clippy::cast_precision_loss, reason = "webhooks are few")]
pub(crate) fn delivering(count: usize) {
    gauge!(DELIVERING).set(count as f64);
}
