//! `/livez`, `/readyz` and `/metrics`: for whoever runs the service.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::reply;
use crate::health::health;
use crate::service::Query;

/// The text form of Prometheus.
const METRICS_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(super) async fn live() -> &'static str {
    "live\n"
}

pub(super) async fn ready(State(query): State<Query>) -> Response {
    let health = health(&query);
    reply::json_as(if health.ready { 200 } else { 503 }, &health)
}

pub(super) async fn metrics(State(query): State<Query>) -> Response {
    let text = query
        .parts()
        .deps
        .metrics
        .as_ref()
        .map(|metrics| metrics())
        .unwrap_or_default();
    ([(header::CONTENT_TYPE, METRICS_TYPE)], text).into_response()
}
