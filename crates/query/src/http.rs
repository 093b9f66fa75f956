//! The doors: reads and subscriptions over HTTP.

mod atom;
mod changes;
mod countries;
mod events;
mod params;
mod probes;
mod relations;
mod replay;
mod reply;
mod rulebook;
mod told;

use std::any::Any;
use std::time::Instant;

use axum::extract::{FromRef, MatchedPath, Request};
use axum::middleware::{self, Next};
use axum::response::Response;
use detente_http::Doors;
use tower_http::catch_panic::CatchPanicLayer;

use crate::metrics;
use detente_feed::error::Failure;
use detente_read_model::read_model::Query;
use detente_read_model::read_models::Readings;

/// The routes of the service.
///
/// Each request is given the reading that answers when it comes, and keeps it to its end.
pub fn router(readings: Readings) -> Doors {
    Doors::new()
        .door(told::relation(), relations::one)
        .door(told::history(), relations::history)
        .door(told::why(), relations::why)
        .door(told::diff(), relations::diff)
        .door(told::relation_events(), relations::events)
        .door(told::countries(), countries::all)
        .door(told::country(), countries::one)
        .door(told::events(), events::list)
        .door(told::event(), events::one)
        .door(told::changes(), changes::changes)
        .door(told::relation_atom(), atom::relation)
        .door(told::country_atom(), atom::country)
        .door(told::replay(), replay::replay)
        .door(told::rulebook(), rulebook::rulebook)
        .door(detente_http::probes::live(), probes::live)
        .door(told::ready(), probes::ready)
        .door(detente_http::probes::metrics(), probes::metrics)
        .around(|router| {
            let router = router.route_layer(middleware::from_fn(count));
            router.layer(CatchPanicLayer::custom(panicked))
        })
        .with_state(readings)
}

/// The read model that answers a request, from its beginning to its end.
#[derive(Clone, Debug)]
struct Current(Query);

impl FromRef<Readings> for Current {
    fn from_ref(readings: &Readings) -> Self {
        Self(readings.current())
    }
}

async fn count(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let path = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let route = path.as_ref().map_or("", MatchedPath::as_str);
    metrics::answered(route, response.status().as_u16(), started.elapsed());
    response
}

#[expect(
    clippy::needless_pass_by_value,
    reason = "the layer gives the panic away"
)]
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    detente_http::note_panic("query", panic.as_ref());
    reply::failure(&Failure::internal())
}
