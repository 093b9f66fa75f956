//! Metrics of the change feed: names, and one function for each metric.

use metrics::{counter, describe_counter, describe_gauge, gauge};

/// The sequence of the last message of the change feed that was read.
pub const FEED_SEQUENCE: &str = "detente_query_feed_sequence";
/// Subscribers that are connected.
pub const SUBSCRIBERS: &str = "detente_query_subscribers";
/// Frames given to subscribers.
pub const FRAMES_TOTAL: &str = "detente_query_frames_total";
/// Changes on which a filter's expression failed; such a change does not match.
pub const FILTER_FAILURES_TOTAL: &str = "detente_query_filter_failures_total";

/// Describes the metrics to the recorder.
pub fn describe() {
    describe_gauge!(
        FEED_SEQUENCE,
        "The last message of the change feed that was read."
    );
    describe_gauge!(SUBSCRIBERS, "Subscribers that are connected.");
    describe_counter!(FRAMES_TOTAL, "Frames that were given to subscribers.");
    describe_counter!(
        FILTER_FAILURES_TOTAL,
        "Changes on which a filter's expression failed."
    );
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a gauge is a float; 2^53 messages are far"
)]
pub(crate) fn seen(sequence: u64) {
    gauge!(FEED_SEQUENCE).set(sequence as f64);
}

pub(crate) fn count_frame() {
    counter!(FRAMES_TOTAL).increment(1);
}

pub(crate) fn count_filter_failure() {
    counter!(FILTER_FAILURES_TOTAL).increment(1);
}

/// Counts a subscriber for as long as it lives.
#[derive(Debug)]
pub(crate) struct SubscriberGauge(());

impl SubscriberGauge {
    pub(crate) fn new() -> Self {
        gauge!(SUBSCRIBERS).increment(1.0);
        Self(())
    }
}

impl Drop for SubscriberGauge {
    fn drop(&mut self) {
        gauge!(SUBSCRIBERS).decrement(1.0);
    }
}
