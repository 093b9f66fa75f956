//! The routes: reads and subscriptions over HTTP.

mod atom;
mod changes;
mod error;
mod events;
mod extract;
mod openapi;
mod preview;
mod probes;
mod reads;
mod replay;
mod reply;
mod rulebook;
mod sse;

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::{self, Next};
use axum::response::Response;
use detente_api::request::{
    CountriesRequest, CountryRequest, DiffRequest, EventRequest, HistoryRequest, KindRequest,
    KindsRequest, RegisterRequest, RelationEventsRequest, RelationRequest, WhyRequest,
};
use detente_feed::Failure;
use detente_http::ApiRouter;
use detente_read_model::ReadModels;

use crate::metrics;

/// Returns the routes of the service.
///
/// A request is answered by the read model that is current when it arrives.
pub fn router(models: ReadModels) -> ApiRouter {
    ApiRouter::new()
        .route(
            openapi::relation(),
            reads::view_or_markdown::<RelationRequest>,
        )
        .route(openapi::history(), reads::page::<HistoryRequest, _>)
        .route(openapi::register(), reads::page::<RegisterRequest, _>)
        .route(openapi::why(), reads::view::<WhyRequest>)
        .route(openapi::diff(), reads::view::<DiffRequest>)
        .route(
            openapi::relation_events(),
            reads::page::<RelationEventsRequest, _>,
        )
        .route(openapi::countries(), reads::page::<CountriesRequest, _>)
        .route(
            openapi::country(),
            reads::view_or_markdown::<CountryRequest>,
        )
        .route(openapi::events(), events::list)
        .route(openapi::event(), reads::view::<EventRequest>)
        .route(openapi::preview(), preview::preview)
        .route(openapi::changes(), changes::changes)
        .route(openapi::relation_atom(), atom::relation)
        .route(openapi::country_atom(), atom::country)
        .route(openapi::replay(), replay::replay)
        .route(openapi::rulebook(), rulebook::rulebook)
        .route(openapi::kinds(), reads::page::<KindsRequest, _>)
        .route(openapi::kind(), reads::view::<KindRequest>)
        .route(detente_http::probes::live(), probes::live)
        .route(openapi::ready(), probes::ready)
        .route(detente_http::probes::metrics(), probes::metrics)
        .map_router(|router| router.route_layer(middleware::from_fn(count)))
        .catch_panics("query", || error::failed(&Failure::internal()))
        .with_state(models)
}

async fn count(request: Request, next: Next) -> Response {
    let started = Instant::now();
    let path = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let route = path.as_ref().map_or("", MatchedPath::as_str);
    metrics::count_answer(route, response.status().as_u16(), started.elapsed());
    response
}
