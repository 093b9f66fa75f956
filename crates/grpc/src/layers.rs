//! The layers of every call: counting, and statuses for panics and for refusals of the transport.

use axum::Router;
use axum::extract::{MatchedPath, Request};
use axum::middleware::{self, Next};
use axum::response::Response;
use detente_api::refusal::{Code, Refusal};
use detente_http::coding::unsupported;
use detente_http::{MiddlewareConfig, catch_panics};
use detente_ingest::BODY_MAX;
use http::StatusCode;
use tonic::Status;

use crate::status::{internal_status, refused_status};

/// The metric of answered calls, by service and status.
const CALLS: &str = "detente_grpc_calls_total";
/// The prefix of the transport's error for a message that is too large.
const TOO_LARGE: &str = "Error, decoded message length too large";

/// The header of the encoding of messages.
const ENCODING: &str = "grpc-encoding";
/// The prefix of the transport's error for a message in an encoding.
const ENCODED: &str = "Content is compressed with ";

/// Adds the layers to the routes.
pub(crate) fn grpc_layers(routes: Router, config: &MiddlewareConfig) -> Router {
    let routes = routes.route_layer(middleware::from_fn(count));
    config
        .grpc_layers(catch_panics(routes, "grpc", panicked))
        .layer(middleware::from_fn(translate_refusals))
}

async fn count(request: Request, next: Next) -> Response {
    let service = request.extensions().get::<MatchedPath>().cloned();
    let service = service.as_ref().map_or("", MatchedPath::as_str);
    let service = service.split('/').nth(1).unwrap_or_default().to_owned();
    let response = next.run(request).await;
    // A call that begins well has its status in the trailers.
    let status = Status::from_header_map(response.headers());
    let status = status.map_or(tonic::Code::Ok, |status| status.code());
    let status = i32::from(status).to_string();
    metrics::counter!(CALLS, "service" => service, "status" => status).increment(1);
    response
}

/// Turns refusals of other layers into statuses with details.
async fn translate_refusals(request: Request, next: Next) -> Response {
    let encoding = request.headers().get(ENCODING).cloned();
    let response = next.run(request).await;
    if response.status() == StatusCode::TOO_MANY_REQUESTS {
        let message = "the client is over its rate limit";
        return refused_status(&[Refusal::new(Code::TooManyRequests, message)]).into_http();
    }
    let status = Status::from_header_map(response.headers());
    match status {
        Some(status) if status.message().starts_with(TOO_LARGE) => {
            let message = format!("a message has at most {} MiB", BODY_MAX >> 20);
            refused_status(&[Refusal::new(Code::BodyTooLarge, message)]).into_http()
        }
        Some(status) if status.message().starts_with(ENCODED) => {
            let sent = encoding.as_ref().and_then(|sent| sent.to_str().ok());
            let refusal = unsupported(sent.unwrap_or_default(), &["identity"]);
            refused_status(&[refusal.field("grpc-encoding")]).into_http()
        }
        Some(_) | None => response,
    }
}

fn panicked() -> Response {
    internal_status().into_http()
}
