//! The metrics of reads: names, labels, and one function per happening.

use std::time::Duration;

use metrics::{
    Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram,
};

/// Answers by route and status; labels [`ROUTE`] and [`STATUS`].
pub const REQUESTS_TOTAL: &str = "detente_query_requests_total";
/// How long an answer took; label [`ROUTE`].
pub const REQUEST_SECONDS: &str = "detente_query_request_seconds";
/// The last commit that was folded.
pub const POSITION: &str = "detente_query_position";
/// The last message of the change feed that was seen.
pub const FEED_SEQUENCE: &str = "detente_query_feed_sequence";
/// Subscribers that are connected.
pub const SUBSCRIBERS: &str = "detente_query_subscribers";
/// Frames that were given to subscribers.
pub const FRAMES_TOTAL: &str = "detente_query_frames_total";
/// Changes on which a filter's expression failed, and which it so did not match.
pub const FILTER_FAILURES_TOTAL: &str = "detente_query_filter_failures_total";

/// The route's pattern.
pub const ROUTE: &str = "route";
/// The HTTP status.
pub const STATUS: &str = "status";

/// Describes the metrics to whatever collects them.
pub fn describe() {
    describe_counter!(REQUESTS_TOTAL, "Answers by route and status.");
    describe_histogram!(REQUEST_SECONDS, Unit::Seconds, "How long an answer took.");
    describe_gauge!(POSITION, "The last commit that was folded.");
    describe_gauge!(
        FEED_SEQUENCE,
        "The last message of the change feed that was seen."
    );
    describe_gauge!(SUBSCRIBERS, "Subscribers that are connected.");
    describe_counter!(FRAMES_TOTAL, "Frames that were given to subscribers.");
    describe_counter!(
        FILTER_FAILURES_TOTAL,
        "Changes on which a filter's expression failed."
    );
}

pub(crate) fn answered(route: &str, status: u16, took: Duration) {
    let route = route.to_owned();
    histogram!(REQUEST_SECONDS, ROUTE => route.clone()).record(took);
    counter!(REQUESTS_TOTAL, ROUTE => route, STATUS => status.to_string()).increment(1);
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a gauge is a float; 2^53 commits are far"
)]
pub(crate) fn folded(position: u64) {
    gauge!(POSITION).set(position as f64);
}

#[expect(
    clippy::cast_precision_loss,
    reason = "a gauge is a float; 2^53 messages are far"
)]
pub(crate) fn seen(sequence: u64) {
    gauge!(FEED_SEQUENCE).set(sequence as f64);
}

pub(crate) fn framed() {
    counter!(FRAMES_TOTAL).increment(1);
}

pub(crate) fn filter_failed() {
    counter!(FILTER_FAILURES_TOTAL).increment(1);
}

/// Counts a subscriber for as long as it lives.
#[derive(Debug)]
pub(crate) struct Subscribed(());

impl Subscribed {
    pub(crate) fn new() -> Self {
        gauge!(SUBSCRIBERS).increment(1.0);
        Self(())
    }
}

impl Drop for Subscribed {
    fn drop(&mut self) {
        gauge!(SUBSCRIBERS).decrement(1.0);
    }
}
