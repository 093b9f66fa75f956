//! The doors: reads and subscriptions over HTTP.

mod changes;
mod countries;
mod events;
mod params;
mod patient;
mod probes;
mod relations;
mod replay;
mod reply;
mod rulebook;

use std::any::Any;
use std::time::Instant;

use axum::Router;
use axum::extract::{FromRef, MatchedPath, Request};
use axum::http::{Method, Uri};
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::get;
use detente_wire::refusal::{Code, Refusal};
use tower_http::catch_panic::CatchPanicLayer;

use crate::failure::Failure;
use crate::metrics;
use crate::readings::Readings;
use crate::service::Query;

pub use patient::Patient;

/// The routes of the service, without an answer to other addresses: so it can be merged with
/// other routers. See [`closed`].
///
/// Each request is given the reading that answers when it comes, and keeps it to its end.
pub fn router(readings: Readings) -> Router {
    Router::new()
        .route("/v1/relations/{from}/{to}", get(relations::one))
        .route("/v1/relations/{from}/{to}/history", get(relations::history))
        .route(
            "/v1/relations/{from}/{to}/why/{dimension}",
            get(relations::why),
        )
        .route("/v1/relations/{from}/{to}/diff", get(relations::diff))
        .route("/v1/relations/{from}/{to}/events", get(relations::events))
        .route("/v1/countries", get(countries::all))
        .route("/v1/countries/{code}", get(countries::one))
        .route("/v1/events", get(events::list))
        .route("/v1/events/{id}", get(events::one))
        .route("/v1/changes", get(changes::changes))
        .route("/v1/replay", get(replay::replay))
        .route("/v1/rulebook", get(rulebook::rulebook))
        .route("/livez", get(probes::live))
        .route("/readyz", get(probes::ready))
        .route("/metrics", get(probes::metrics))
        .route_layer(middleware::from_fn(count))
        .layer(CatchPanicLayer::custom(panicked))
        .with_state(readings)
}

impl FromRef<Readings> for Query {
    fn from_ref(readings: &Readings) -> Self {
        readings.current()
    }
}

/// Adds what answers wrong addresses and methods, to a router that is complete.
pub fn closed(router: Router) -> Router {
    router
        .fallback(nothing_here)
        .method_not_allowed_fallback(not_so)
}

async fn count(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let path = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let route = path.as_ref().map_or("", MatchedPath::as_str);
    metrics::answered(route, response.status().as_u16(), started.elapsed());
    response
}

async fn nothing_here(uri: Uri) -> Response {
    let message = format!("there is nothing at {:?}", uri.path());
    reply::refusal(Refusal::new(Code::NotFound, message).given(uri.path()))
}

async fn not_so(method: Method, uri: Uri) -> Response {
    let message = format!("{method} is not for {:?}", uri.path());
    reply::refusal(Refusal::new(Code::MethodNotAllowed, message).given(method.as_str()))
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the layer gives the panic away"
)]
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    let words = panic.downcast_ref::<&str>().copied();
    let words = words.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    tracing::error!(
        panic = words.unwrap_or("unknown"),
        "a request made the query service panic"
    );
    reply::failure(&Failure::internal())
}
