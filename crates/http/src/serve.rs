//! Serving until the shutdown, with the requests that are under way finished.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::connect_info::Connected;
use axum::serve::IncomingStream;
use tokio_util::sync::CancellationToken;

pub use crate::patient::Patient;

/// How long requests may take to end after the shutdown began.
const DRAIN_WITHIN: Duration = Duration::from_secs(10);

/// Who has connected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

impl Connected<IncomingStream<'_, Patient>> for Peer {
    fn connect_info(stream: IncomingStream<'_, Patient>) -> Self {
        Self(*stream.remote_addr())
    }
}

/// Serves a router until the shutdown, and then finishes what is under way, within a limit.
///
/// # Errors
/// If the listener fails.
pub async fn serve(
    listener: impl Into<Patient>,
    router: Router,
    shutdown: CancellationToken,
) -> std::io::Result<()> {
    let service = router.into_make_service_with_connect_info::<Peer>();
    let server = axum::serve(listener.into(), service);
    let server = server.with_graceful_shutdown(shutdown.clone().cancelled_owned());
    let patience = async {
        shutdown.cancelled().await;
        tokio::time::sleep(DRAIN_WITHIN).await;
    };
    tokio::select! {
        served = server => served,
        () = patience => {
            tracing::warn!("some requests did not end in time");
            Ok(())
        }
    }
}
