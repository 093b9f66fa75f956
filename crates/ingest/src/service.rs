//! The gateway and its door, as one process.

use std::sync::Arc;

use axum::http::StatusCode;
use detente_http::{Doors, Manners, probes};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::error::Error;
use crate::gateway::{Deps, Gateway};
use crate::http::router;

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
    let ids = Arc::clone(&deps.ids);
    let gateway = Gateway::start(deps, stop.clone()).await?;
    let manners = Manners::new(ids);
    let routes = router(gateway.clone()).and(health(gateway.clone()));
    let routes = routes.close(&manners);
    let served = detente_http::serve(listener, routes, shutdown).await;
    stop.cancel();
    gateway.stopped().await;
    Ok(served?)
}

fn health(gateway: Gateway) -> Doors {
    let ready = async move || match gateway.health() {
        Ok(()) => (StatusCode::OK, "ready\n".to_owned()),
        Err(failing) => (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("failing: {failing}\n"),
        ),
    };
    Doors::new()
        .door(probes::live(), async || "live\n")
        .door(probes::ready(), ready)
}
