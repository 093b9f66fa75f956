//! The gateway and its door, as one process.

use std::time::Duration;

use axum::Router;
use axum::http::StatusCode;
use axum::routing::get;
use axum::serve::ListenerExt as _;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::error::Error;
use crate::gateway::{Deps, Gateway};
use crate::http::{closed, router};

/// How long requests may take to end after the shutdown began.
const DRAIN_WITHIN: Duration = Duration::from_secs(10);

/// Takes reports until it is told to shut down, and then finishes those that it has.
///
/// Besides the routes of [`router`] it answers `/livez` and `/readyz`.
///
/// # Errors
/// [`Error`] if the gateway cannot be started, or the listener fails.
pub async fn serve(
    listener: TcpListener,
    deps: Deps,
    shutdown: CancellationToken,
) -> Result<(), Error> {
    let stop = CancellationToken::new();
    // If this future is dropped, the tasks of the gateway end too.
    let _stop_at_end = stop.clone().drop_guard();
    let gateway = Gateway::start(deps, stop.clone()).await?;
    let routes = closed(router(gateway.clone()).merge(health(gateway.clone())));
    // An answer is sent when it is there, and not when the client has acknowledged another one.
    let listener = listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "small answers may be late");
        }
    });
    let server = axum::serve(listener, routes);
    let server = server.with_graceful_shutdown(shutdown.clone().cancelled_owned());
    let patience = async {
        shutdown.cancelled().await;
        tokio::time::sleep(DRAIN_WITHIN).await;
    };
    let served = tokio::select! {
        served = server => served,
        () = patience => {
            tracing::warn!("some requests did not end in time");
            Ok(())
        }
    };
    stop.cancel();
    gateway.stopped().await;
    Ok(served?)
}

fn health(gateway: Gateway) -> Router {
    let ready = async move || match gateway.health() {
        Ok(()) => (StatusCode::OK, "ready\n".to_owned()),
        Err(failing) => (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("failing: {failing}\n"),
        ),
    };
    Router::new()
        .route("/livez", get(async || "live\n"))
        .route("/readyz", get(ready))
}
