//! Metrics of the read model.

use metrics::{describe_gauge, gauge};

/// The position of the last commit that was folded.
pub const POSITION: &str = "detente_query_position";

/// Describes the metrics to the recorder.
pub fn describe() {
    describe_gauge!(POSITION, "The last commit that was folded.");
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a gauge is a float; 2^53 commits are far"
)]
pub(crate) fn set_position(position: u64) {
    gauge!(POSITION).set(position as f64);
}
