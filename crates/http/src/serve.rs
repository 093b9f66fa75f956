//! Serving until the shutdown, then draining requests within a limit.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use detente_api::limits;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt as _;

use crate::listener::{MaybeTlsStream, StallTimeout, TimeoutListener};
use crate::parse_errors::WithProblems;

/// The time within which requests must end once the shutdown has begun.
const DRAIN_WITHIN: Duration = Duration::from_secs(10);
/// The time within which the head of the first request of a connection must have arrived.
const FIRST_HEAD_WITHIN: Duration = Duration::from_secs(10);

/// The most bytes of the head of a request. Beyond it hyper answers 431, as a problem.
const HEAD_MAX: usize = limits::HEAD_BYTES;

/// The address of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Peer(pub SocketAddr);

/// A connection, and what it takes to serve it.
struct Connection {
    stream: StallTimeout<MaybeTlsStream>,
    peer: Peer,
    router: Router,
    /// The longest time until the whole head of the next request has arrived.
    idle_limit: Duration,
    shutdown: CancellationToken,
}

/// Serves a router over HTTP/1.1 until the shutdown, then drains requests within a limit.
///
/// # Errors
/// None at present: a failure to accept is logged, and passes.
pub async fn serve(
    listener: impl Into<TimeoutListener>,
    router: Router,
    shutdown: CancellationToken,
) -> std::io::Result<()> {
    let mut listener = listener.into().answering();
    let connections = TaskTracker::new();
    loop {
        let (stream, address) = tokio::select! {
            accepted = listener.accept() => accepted,
            () = shutdown.cancelled() => break,
        };
        let connection = Connection {
            stream,
            peer: Peer(address),
            router: router.clone(),
            idle_limit: listener.idle_limit(),
            shutdown: shutdown.clone(),
        };
        connections.spawn(connection.serve());
    }
    drop(listener);
    connections.close();
    let drained = async {
        connections.wait().await;
        Ok(())
    };
    drain(drained, shutdown.cancelled()).await
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

// === impl Connection ===

impl Connection {
    async fn serve(self) {
        let Self {
            stream,
            peer,
            router,
            idle_limit,
            shutdown,
        } = self;
        let has_begun = Arc::new(AtomicBool::new(false));
        let begun = Arc::clone(&has_begun);
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            begun.store(true, Ordering::Relaxed);
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(ConnectInfo(peer));
            router.clone().oneshot(request)
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            // Counts from the end of the request before, so it bounds idle connections, too.
            .header_read_timeout(idle_limit)
            .max_buf_size(HEAD_MAX)
            .serve_connection(TokioIo::new(WithProblems::new(stream)), service);
        let silent = async {
            tokio::time::sleep(FIRST_HEAD_WITHIN.min(idle_limit)).await;
            if has_begun.load(Ordering::Relaxed) {
                std::future::pending::<()>().await;
            }
        };
        let (mut connection, mut silent) = (pin!(connection), pin!(silent));
        let mut is_stopping = false;
        loop {
            tokio::select! {
                ended = connection.as_mut() => {
                    if let Err(error) = ended {
                        tracing::debug!(%error, peer = %peer.0, "a connection has broken off");
                    }
                    return;
                }
                () = silent.as_mut() => {
                    tracing::debug!(peer = %peer.0, "a connection without a request is closed");
                    return;
                }
                () = shutdown.cancelled(), if !is_stopping => {
                    is_stopping = true;
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    use tokio::net::{TcpListener, TcpStream};

    #[tokio::test]
    async fn a_head_without_end_is_refused_with_a_problem() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = CancellationToken::new();
        let served = tokio::spawn(serve(listener, Router::new(), shutdown.clone()));
        let mut client = TcpStream::connect(address).await.unwrap();
        let value = "x".repeat(2 * HEAD_MAX);
        let head = format!("GET / HTTP/1.1\r\nhost: localhost\r\nx: {value}");
        // The connection may be closed before all is sent.
        let _ = client.write_all(head.as_bytes()).await;
        let mut answer = Vec::new();
        let _ = client.read_to_end(&mut answer).await;
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
        assert!(answer.contains("head_too_large"), "{answer}");
        shutdown.cancel();
        served.await.unwrap().unwrap();
    }
}
