//! What surrounds every call: a panic and what the transport refuses become statuses of ours, and
//! calls are counted.

use std::any::Any;

use axum::Router;
use axum::body::Body;
use axum::extract::{MatchedPath, Request};
use axum::middleware::{self, Next};
use axum::response::Response;
use detente_api::refusal::{Code, Refusal};
use detente_http::Manners;
use detente_ingest::BODY_MAX;
use http::StatusCode;
use tonic::Status;
use tower_http::catch_panic::CatchPanicLayer;

use crate::status::{failed, refused};

/// Calls that were answered, by service and status.
const CALLS: &str = "detente_grpc_calls_total";
/// How the transport begins the refusal of a message that is too large.
const TOO_LARGE: &str = "Error, decoded message length too large";

/// The routes with their manners.
pub(crate) fn around(routes: Router, manners: &Manners) -> Router {
    let routes = routes
        .route_layer(middleware::from_fn(count))
        .layer(CatchPanicLayer::custom(panicked));
    manners
        .around_calls(routes)
        .layer(middleware::from_fn(in_our_words))
}

async fn count(request: Request, next: Next) -> Response {
    let service = request.extensions().get::<MatchedPath>().cloned();
    let service = service.as_ref().map_or("", MatchedPath::as_str);
    let service = service.split('/').nth(1).unwrap_or_default().to_owned();
    let response = next.run(request).await;
    // A call that begins well says how it ends after its messages.
    let status = Status::from_header_map(response.headers());
    let status = status.map_or(tonic::Code::Ok, |status| status.code());
    let status = i32::from(status).to_string();
    metrics::counter!(CALLS, "service" => service, "status" => status).increment(1);
    response
}

/// What others have refused, in our words.
async fn in_our_words(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    if response.status() == StatusCode::TOO_MANY_REQUESTS {
        let message = "a client may not ask so often";
        return refused(&[Refusal::new(Code::TooManyRequests, message)]).into_http();
    }
    let status = Status::from_header_map(response.headers());
    match status {
        Some(status) if status.message().starts_with(TOO_LARGE) => {
            let message = format!("a message has at most {} MiB", BODY_MAX >> 20);
            refused(&[Refusal::new(Code::BodyTooLarge, message)]).into_http()
        }
        Some(_) | None => response,
    }
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the layer gives the panic away"
)]
fn panicked(panic: Box<dyn Any + Send>) -> http::Response<Body> {
    detente_http::note_panic("grpc", panic.as_ref());
    let reason = "this program failed; its log says how";
    failed(tonic::Code::Internal, "internal", reason).into_http()
}
