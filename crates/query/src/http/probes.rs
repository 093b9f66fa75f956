//! `/livez`, `/readyz` and `/metrics`: for whoever runs the service.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use super::Current;
use super::reply;
use detente_read_model::health::health;
use detente_read_model::read_model::Query;

/// The text form of Prometheus.
const METRICS_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(super) async fn live() -> &'static str {
    "live\n"
}

pub(super) async fn ready(State(Current(query)): State<Current>) -> Response {
    let health = health(&query);
    reply::json_as(if health.ready { 200 } else { 503 }, &health)
}

pub(super) async fn metrics(State(Current(query)): State<Current>) -> Response {
    let text = query
        .parts()
        .deps
        .metrics
        .as_ref()
        .map(|metrics| metrics())
        .unwrap_or_default();
    ([(header::CONTENT_TYPE, METRICS_TYPE)], text).into_response()
}
