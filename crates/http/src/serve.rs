//! Serving until the shutdown, then draining requests within a limit.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::connect_info::Connected;
use axum::serve::IncomingStream;
use tokio_util::sync::CancellationToken;

use crate::listener::TimeoutListener;

/// The time within which requests must end once the shutdown has begun.
const DRAIN_WITHIN: Duration = Duration::from_secs(10);

/// The address of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

impl Connected<IncomingStream<'_, TimeoutListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, TimeoutListener>) -> Self {
        Self(*stream.remote_addr())
    }
}

/// Serves a router until the shutdown, then drains requests within a limit.
///
/// # Errors
/// If the listener fails.
pub async fn serve(
    listener: impl Into<TimeoutListener>,
    router: Router,
    shutdown: CancellationToken,
) -> std::io::Result<()> {
    let service = router.into_make_service_with_connect_info::<Peer>();
    let server = axum::serve(listener.into(), service);
    let server = server.with_graceful_shutdown(shutdown.clone().cancelled_owned());
    drain(server.into_future(), shutdown.cancelled()).await
}

/// Runs a server to its end, but no longer than a limit after the shutdown.
///
/// # Errors
/// Those of the server.
pub async fn drain(
    server: impl Future<Output = std::io::Result<()>>,
    shutdown: impl Future<Output = ()>,
) -> std::io::Result<()> {
    let deadline = async {
        shutdown.await;
        tokio::time::sleep(DRAIN_WITHIN).await;
    };
    tokio::select! {
        served = server => served,
        () = deadline => {
            tracing::warn!("some requests did not end in time");
            Ok(())
        }
    }
}
