//! The middleware of every route: request ids, authentication, limits, pages of other sites, CORS and
//! content codings.

use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::{from_fn, from_fn_with_state};
use detente_api::limits;
use detente_auth::Guard;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};

use crate::fallback::catch_panics;
use crate::limit::{self, Rate};
use crate::origin::{self, OwnSite};
use crate::reply::{self, Failure};
use crate::request_id::{self, Ids, REQUEST_ID};
use crate::streams::{self, StreamLimits, Streams};
use crate::{auth, coding};

/// The default limit on the time until an answer begins.
pub const TIME_LIMIT: Duration = Duration::from_secs(limits::TIME_LIMIT);
/// The time for which a browser may cache the answer to a CORS preflight.
const CORS_MAX_AGE: Duration = Duration::from_secs(3_600);

/// The headers that scripts of other origins may read.
const EXPOSED: [HeaderName; 5] = [
    header::ETAG,
    header::LINK,
    header::RETRY_AFTER,
    header::WWW_AUTHENTICATE,
    REQUEST_ID,
];

/// The origins whose pages may call from a browser.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origins {
    /// Only the server's own.
    #[default]
    Own,
    /// Any origin.
    Any,
    /// Only these.
    Listed(Vec<HeaderValue>),
}

/// The settings of the middleware.
#[derive(Clone)]
pub struct MiddlewareConfig {
    /// Makes request ids.
    pub ids: Ids,
    /// The limit on the time until an answer begins.
    pub time_limit: Duration,
    /// Requests a second and burst of each client; `None` for no limit.
    pub rate: Option<(NonZeroU32, NonZeroU32)>,
    /// The origins that CORS allows.
    pub origins: Origins,
    /// The names, beside loopback ones, under which a server without tokens is reached.
    pub hosts: Vec<String>,
    /// Authenticates callers.
    pub guard: Guard,
    /// Counts open streams.
    pub streams: Streams,
}

impl MiddlewareConfig {
    /// Returns settings with the default limits of time and streams, without
    /// rate limit, CORS or tokens.
    #[must_use]
    pub fn new(ids: Ids) -> Self {
        Self {
            ids,
            time_limit: TIME_LIMIT,
            rate: None,
            origins: Origins::Own,
            hosts: Vec::new(),
            guard: Guard::allow_all(),
            streams: Streams::new(StreamLimits::default()),
        }
    }

    /// Adds all layers to the routes of HTTP.
    pub(crate) fn layers(&self, router: Router) -> Router {
        let router = catch_panics(router, "http", || reply::failure(&Failure::internal()))
            .layer(from_fn(coding::decode))
            .layer(from_fn_with_state(self.time_limit, limit::timeout));
        let own = OwnSite {
            origins: self.origins.clone(),
            hosts: self.hosts.clone(),
            guard: self.guard.clone(),
        };
        // Server-sent events are not compressed: each frame leaves at once.
        let router = self
            .access_layers(router)
            .layer(CompressionLayer::new())
            .layer(from_fn(coding::negotiate))
            .layer(from_fn_with_state(own, origin::refuse_foreign));
        let router = match self.cors() {
            Some(cors) => router.layer(cors),
            None => router,
        };
        self.request_ids(router)
    }

    /// Adds the layers that gRPC shares: request ids, authentication, the rate limit and the count
    /// of streams. Their refusals are those of HTTP.
    pub fn grpc_layers(&self, router: Router) -> Router {
        self.request_ids(self.access_layers(router))
    }

    fn access_layers(&self, router: Router) -> Router {
        let router = router.layer(from_fn_with_state(self.streams.clone(), streams::offer));
        let router = match self.rate {
            Some((each_second, burst)) => {
                let rate = Rate::new(each_second, burst);
                router.layer(from_fn_with_state(rate, limit::rate_limit))
            }
            None => router,
        };
        router.layer(from_fn_with_state(self.guard.clone(), auth::identify))
    }

    fn request_ids(&self, router: Router) -> Router {
        let ids = Arc::clone(&self.ids);
        router.layer(from_fn_with_state(ids, request_id::request_id))
    }

    fn cors(&self) -> Option<CorsLayer> {
        let origins = match &self.origins {
            Origins::Own => return None,
            Origins::Any => AllowOrigin::any(),
            Origins::Listed(origins) => AllowOrigin::list(origins.iter().cloned()),
        };
        let cors = CorsLayer::new()
            .allow_origin(origins)
            .allow_methods([Method::GET, Method::HEAD, Method::POST])
            .allow_headers(AllowHeaders::mirror_request())
            .expose_headers(EXPOSED)
            .max_age(CORS_MAX_AGE);
        Some(cors)
    }
}

impl fmt::Debug for MiddlewareConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MiddlewareConfig")
            .field("time_limit", &self.time_limit)
            .field("rate", &self.rate)
            .field("origins", &self.origins)
            .field("hosts", &self.hosts)
            .field("guard", &self.guard)
            .finish_non_exhaustive()
    }
}
