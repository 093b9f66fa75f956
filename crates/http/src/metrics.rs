//! The metrics of connections.

use metrics::counter;

detente_api::metrics_table! {
    REFUSED_TOTAL counter "detente_http_connections_refused_total"
        "Connections that were refused, by limit: those in all, or those of one address.";
    ACCEPT_FAILURES_TOTAL counter "detente_http_accept_failures_total"
        "Failures of the system to accept a connection.";
}

/// `all` or `address`.
const LIMIT: &str = "limit";

pub(crate) fn refused(limit: &'static str) {
    counter!(REFUSED_TOTAL, LIMIT => limit).increment(1);
}

pub(crate) fn accept_failed() {
    counter!(ACCEPT_FAILURES_TOTAL).increment(1);
}
