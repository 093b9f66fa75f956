//! The metrics of webhooks.

use metrics::{counter, gauge};

use crate::delivery::Outcome;

detente_api::metrics_table! {
    DELIVERIES_TOTAL counter "detente_webhooks_deliveries_total"
        "Attempted deliveries, by outcome.";
    PARKED_TOTAL counter "detente_webhooks_parked_total" "Abandoned deliveries.";
    DELIVERING gauge "detente_webhooks_delivering" "Webhooks that this process delivers.";
}

/// `done`, `gone` or `failed`.
pub const OUTCOME: &str = "outcome";

pub(crate) fn attempted(outcome: &Outcome) {
    let outcome = match outcome {
        Outcome::Done => "done",
        Outcome::Gone => "gone",
        Outcome::Failed { .. } => "failed",
    };
    counter!(DELIVERIES_TOTAL, OUTCOME => outcome).increment(1);
}

pub(crate) fn abandoned() {
    counter!(PARKED_TOTAL).increment(1);
}

pub(crate) fn delivering(count: usize) {
    gauge!(DELIVERING).set(count as f64);
}
