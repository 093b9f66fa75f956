//! `/livez`, `/readyz` and `/metrics`, for operators.

use axum::http::header;
use axum::response::{IntoResponse, Response};
use detente_http::reply::{JSON, body};
use detente_read_model::health::health;

use super::extract::Current;

/// The media type of the Prometheus text format.
const METRICS_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

pub(super) async fn live() -> &'static str {
    "live\n"
}

pub(super) async fn ready(Current(model): Current) -> Response {
    let health = health(&model);
    body(if health.ready { 200 } else { 503 }, JSON, &health)
}

pub(super) async fn metrics(Current(model): Current) -> Response {
    let metrics = model.deps().metrics.as_ref();
    let text = metrics.map(|metrics| metrics()).unwrap_or_default();
    ([(header::CONTENT_TYPE, METRICS_TYPE)], text).into_response()
}
