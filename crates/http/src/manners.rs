//! What surrounds all doors: request ids, limits, CORS and compression.

use std::any::Any;
use std::fmt;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use detente_auth::Guard;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;
use tower_http::cors::{AllowHeaders, AllowOrigin, CorsLayer};
use uuid::Uuid;

use crate::closed;
use crate::gate;
use crate::limit::{self, Rate};
use crate::reply::{self, Failure};
use crate::request::{self, REQUEST_ID};

/// Makes a fresh id.
pub type Ids = Arc<dyn Fn() -> Uuid + Send + Sync>;

/// How long a request may be without an answer, where nobody says otherwise.
pub const TIME_LIMIT: Duration = Duration::from_secs(30);
/// How long a browser may remember what CORS allows.
const CORS_MAX_AGE: Duration = Duration::from_secs(3_600);

/// What scripts of other sites may read beside the body.
const EXPOSED: [HeaderName; 5] = [
    header::ETAG,
    header::LINK,
    header::RETRY_AFTER,
    header::WWW_AUTHENTICATE,
    REQUEST_ID,
];

/// Whose pages may ask from a browser.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origins {
    /// Those of this server alone.
    #[default]
    Own,
    /// Those of anybody.
    Any,
    /// Those of these origins.
    Listed(Vec<HeaderValue>),
}

/// What surrounds all doors.
#[derive(Clone)]
pub struct Manners {
    /// The maker of ids of requests.
    pub ids: Ids,
    /// How long a request may be without an answer.
    pub time_limit: Duration,
    /// How many requests a second a client may make, and how many at once; without it, any.
    pub rate: Option<(NonZeroU32, NonZeroU32)>,
    /// Whose pages may ask from a browser.
    pub origins: Origins,
    /// Who says who calls.
    pub guard: Guard,
}

impl Manners {
    /// No limit but that of time, no pages of other sites, and nobody is asked for a token.
    #[must_use]
    pub fn new(ids: Ids) -> Self {
        Self {
            ids,
            time_limit: TIME_LIMIT,
            rate: None,
            origins: Origins::Own,
            guard: Guard::open(),
        }
    }

    pub(crate) fn around(&self, router: Router) -> Router {
        let router = router
            .layer(CatchPanicLayer::custom(panicked))
            .layer(from_fn_with_state(self.time_limit, limit::time));
        let router = match self.rate {
            Some((each_second, burst)) => {
                let rate = Rate::new(each_second, burst);
                router.layer(from_fn_with_state(rate, limit::rate))
            }
            None => router,
        };
        let router = router.layer(from_fn_with_state(self.guard.clone(), gate::identify));
        let router = match self.cors() {
            Some(cors) => router.layer(cors),
            None => router,
        };
        // Streams of server-sent events are left as they are: each frame leaves at once.
        router
            .layer(CompressionLayer::new())
            .layer(from_fn_with_state(Arc::clone(&self.ids), request::named))
    }

    /// The part of it that is meant for calls over gRPC as well: ids of requests, who calls, and how
    /// many calls a client may make. What is refused is refused as over HTTP.
    pub fn around_calls(&self, router: Router) -> Router {
        let router = match self.rate {
            Some((each_second, burst)) => {
                let rate = Rate::new(each_second, burst);
                router.layer(from_fn_with_state(rate, limit::rate))
            }
            None => router,
        };
        let router = router.layer(from_fn_with_state(self.guard.clone(), gate::identify));
        router.layer(from_fn_with_state(Arc::clone(&self.ids), request::named))
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

#[expect(
    clippy::needless_pass_by_value,
    reason = "the layer gives the panic away"
)]
fn panicked(panic: Box<dyn Any + Send>) -> Response {
    closed::note_panic("http", panic.as_ref());
    reply::failure(&Failure {
        word: "internal",
        status: 500,
        title: "This program failed",
        detail: "this program failed; its log says how",
        advice: "Ask again in a moment.",
        accepted: None,
    })
}

impl fmt::Debug for Manners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Manners")
            .field("time_limit", &self.time_limit)
            .field("rate", &self.rate)
            .field("origins", &self.origins)
            .field("guard", &self.guard)
            .finish_non_exhaustive()
    }
}
