//! Routes that are replaced while they are served: first those of a service that starts, and may
//! wait for NATS, then its own.

use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::routing::get;
use detente_api::FailureCode;
use detente_http::{Failure, reply};
use serde_json::json;
use tower::{ServiceExt as _, service_fn};

/// The reason why a service that starts is not ready.
const STARTING: &str = "the service is starting; it waits until NATS answers";

/// The routes that are served now. Clones share them.
#[derive(Clone, Debug)]
pub(super) struct Routes(Arc<RwLock<Router>>);

impl Routes {
    /// Begins with those of a service that starts.
    pub(super) fn starting() -> Self {
        Self(Arc::new(RwLock::new(starting())))
    }

    /// Replaces the routes for all later requests.
    pub(super) fn replace(&self, router: Router) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = router;
    }

    /// Returns a router that passes each request to the routes of that moment.
    pub(super) fn router(&self) -> Router {
        let routes = self.clone();
        let pass = move |request: Request| {
            let router = routes.now();
            router.oneshot(request)
        };
        Router::new().fallback_service(service_fn(pass))
    }

    fn now(&self) -> Router {
        self.0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// Returns the routes of a service that starts: it is alive, and not ready.
fn starting() -> Router {
    let ready = async || {
        let failing = [json!({"part": "start", "reason": STARTING})];
        let body = json!({"ready": false, "failing": failing});
        (StatusCode::SERVICE_UNAVAILABLE, axum::Json(body))
    };
    Router::new()
        .route("/livez", get(async || "live\n"))
        .route("/readyz", get(ready))
        .fallback(async || {
            reply::failure(&Failure::with_code(FailureCode::LogUnavailable, STARTING))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::{Body, to_bytes};

    async fn get_from(router: &Router, path: &str) -> (u16, String) {
        let request = Request::get(path).body(Body::empty()).expect("a request");
        let Ok(answer) = router.clone().oneshot(request).await;
        let status = answer.status().as_u16();
        let body = to_bytes(answer.into_body(), 4_096).await.expect("a body");
        (status, String::from_utf8_lossy(&body).into_owned())
    }

    #[tokio::test]
    async fn probes_answer_before_the_service_has_started() {
        let routes = Routes::starting();
        let router = routes.router();
        assert_eq!(get_from(&router, "/livez").await, (200, "live\n".into()));
        let (status, body) = get_from(&router, "/readyz").await;
        assert_eq!(status, 503);
        assert!(body.contains("\"ready\":false"), "{body}");
        let (status, body) = get_from(&router, "/v1/kinds").await;
        assert_eq!(status, 503);
        assert!(body.contains("log_unavailable"), "{body}");

        routes.replace(Router::new().route("/v1/kinds", get(async || "kinds")));
        assert_eq!(get_from(&router, "/v1/kinds").await, (200, "kinds".into()));
        assert_eq!(get_from(&router, "/livez").await.0, 404);
    }
}
