//! Metrics of the change feed: names, and one function for each metric.

use metrics::{counter, gauge};

detente_api::metrics_table! {
    FEED_SEQUENCE gauge "detente_query_feed_sequence"
        "The last message of the change feed that was read.";
    SUBSCRIBERS gauge "detente_query_subscribers" "Subscribers that are connected.";
    FRAMES_TOTAL counter "detente_query_frames_total" "Frames that were given to subscribers.";
    FILTER_FAILURES_TOTAL counter "detente_query_filter_failures_total"
        "Changes on which a filter's expression failed.";
}

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
