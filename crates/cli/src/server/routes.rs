//! Routes that are replaced while they are served: first those of a service that starts, and may
//! wait for NATS, then its own.

use std::convert::Infallible;
use std::time::Duration;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use detente_api::FailureCode;
use detente_http::{Failure, reply};
use serde_json::json;
use tokio::sync::watch;
use tower::{ServiceExt as _, service_fn};

/// The time for which a request waits for a service that starts. Probes do not wait.
const STARTS_WITHIN: Duration = Duration::from_secs(10);
/// The paths of probes.
const PROBES: [&str; 2] = ["/livez", "/readyz"];
/// The reason why a service that starts is not ready.
const STARTING: &str = "the service is starting; it waits until NATS answers";

/// The routes of a service, once it has started.
#[derive(Debug)]
pub(super) struct Routes(watch::Sender<Option<Router>>);

impl Routes {
    /// Begins without those of the service.
    pub(super) fn starting() -> Self {
        Self(watch::Sender::new(None))
    }

    /// Sets the routes of the service, which has started.
    pub(super) fn set(&self, router: Router) {
        self.0.send_replace(Some(router));
    }

    /// Returns a router that passes each request to the routes of that moment.
    pub(super) fn router(&self) -> Router {
        let routes = self.0.subscribe();
        let pass = move |request| pass(routes.clone(), request);
        Router::new().fallback_service(service_fn(pass))
    }
}

async fn pass(
    routes: watch::Receiver<Option<Router>>,
    request: Request,
) -> Result<Response, Infallible> {
    let now = routes.borrow().clone();
    let router = match now {
        Some(router) => router,
        None if PROBES.contains(&request.uri().path()) => starting(),
        None => started(routes).await.unwrap_or_else(starting),
    };
    router.oneshot(request).await
}

/// Waits until the service has started.
async fn started(mut routes: watch::Receiver<Option<Router>>) -> Option<Router> {
    let started = routes.wait_for(Option::is_some);
    let started = tokio::time::timeout(STARTS_WITHIN, started).await;
    started.ok()?.ok()?.clone()
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

    #[tokio::test(start_paused = true)]
    async fn probes_answer_before_the_service_has_started_and_requests_wait_for_it() {
        let routes = Routes::starting();
        let router = routes.router();
        assert_eq!(get_from(&router, "/livez").await, (200, "live\n".into()));
        let (status, body) = get_from(&router, "/readyz").await;
        assert_eq!(status, 503);
        assert!(body.contains("\"ready\":false"), "{body}");
        let (status, body) = get_from(&router, "/v1/kinds").await;
        assert_eq!(status, 503);
        assert!(body.contains("log_unavailable"), "{body}");

        let waiting = router.clone();
        let waiting = tokio::spawn(async move { get_from(&waiting, "/v1/kinds").await });
        tokio::task::yield_now().await;
        routes.set(Router::new().route("/v1/kinds", get(async || "kinds")));
        assert_eq!(waiting.await.expect("an answer"), (200, "kinds".into()));
        assert_eq!(get_from(&router, "/livez").await.0, 404);
    }
}
