//! Metrics of the read model.

use metrics::gauge;

detente_api::metrics_table! {
    POSITION gauge "detente_query_position" "The last commit that was folded.";
}

pub(crate) fn set_position(position: u64) {
    gauge!(POSITION).set(position as f64);
}
