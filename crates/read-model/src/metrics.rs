//! Metrics of the read model.

use metrics::{counter, gauge};

detente_api::metrics_table! {
    POSITION gauge "detente_query_position" "The last commit that was folded.";
    DAMAGED_TOTAL counter "detente_query_damaged_total"
        "Messages of the log that are missing or no commits, and have no effect.";
}

pub(crate) fn set_position(position: u64) {
    gauge!(POSITION).set(position as f64);
}

pub(crate) fn damaged() {
    counter!(DAMAGED_TOTAL).increment(1);
}
