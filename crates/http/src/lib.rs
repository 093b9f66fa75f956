//! HTTP for every service: router, middleware, content negotiation and OpenAPI.
//!
//! A service provides its routes as an [`ApiRouter`], each with an [`Operation`] that describes it.
//! [`ApiRouter::finish`] adds the fallbacks (404, 405), time and rate limits, authentication,
//! the refusal of pages of other sites, request ids, CORS, compression and the description itself. This crate is independent of
//! countries, records and streams.
//!
//! Reading order: [`router`], [`middleware`] with `auth`, `origin`, [`coding`], `limit`, `stored`, `media_type`,
//! [`streams`], `request_id` and `fallback`, [`reply`] (problems and JSON), [`accept`], [`list`] and [`etag`]
//! (forms of an answer and conditional reads), [`describe`] with `openapi` and `reference`,
//! [`serve`](mod@serve) with `listener`, [`connections`] and `parse_errors`, [`tls`].

pub mod router;

mod auth;
mod client;
pub mod coding;
mod fallback;
mod limit;
mod media_type;
pub mod middleware;
mod origin;
mod path;
mod request_id;
mod stored;
pub mod streams;

pub mod reply;

pub mod accept;
pub mod etag;
pub mod list;

pub mod describe;
mod openapi;
pub mod probes;
mod reference;

pub mod connections;
mod listener;
pub mod metrics;
mod parse_errors;
pub mod serve;
mod tally;
pub mod tls;

pub use accept::{Format, Negotiated};
pub use auth::{Identity, TOKEN_COOKIE};
pub use connections::{ConnectionLimits, Connections};
pub use describe::Operation;
pub use fallback::catch_panics;
pub use listener::{MaybeTlsStream, StallTimeout, TimeoutListener};
pub use media_type::require_json;
pub use middleware::{MiddlewareConfig, Origins};
pub use path::PathParams;
pub use reply::Failure;
pub use request_id::Ids;
pub use router::ApiRouter;
pub use serve::{Peer, serve};
pub use stored::Stored;
pub use streams::{CallerStreams, StreamLimits, StreamPermit, Streams};
pub use tls::Tls;
