//! A listener with limits: on the open connections, on a TLS handshake, and on the time for which a
//! write may stall. Without the last, a client that stops reading would hold its socket forever.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::Sleep;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::either::Either;

use crate::connections::{ConnectionLimits, Connections, Permit};
use crate::metrics;

/// The longest time for which a write may make no progress.
const STALL_MAX: Duration = Duration::from_secs(30);

/// The time limit of a TLS handshake.
const HANDSHAKE_MAX: Duration = Duration::from_secs(10);
/// The most TLS handshakes at once; further clients wait.
const HANDSHAKES_MAX: usize = 1_024;

/// The pause after a failure of the system to accept a connection, such as for want of descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_secs(1);

/// A connection, plain or over TLS.
pub type MaybeTlsStream = Either<TcpStream, Box<TlsStream<TcpStream>>>;

/// An accepted connection, and the address of its client.
type Accepted = (StallTimeout<MaybeTlsStream>, SocketAddr);

/// A listener, plain or over TLS, whose connections are counted, and end when a write stalls.
pub struct TimeoutListener {
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    connections: Connections,
    /// True if clients that are refused are told so in HTTP/1.1.
    speaks_http: bool,
    /// Handshakes in progress: a slow one does not delay the others.
    handshakes: JoinSet<Option<Accepted>>,
}

/// A connection that fails when a write makes no progress for too long.
#[derive(Debug)]
pub struct StallTimeout<S> {
    inner: S,
    limit: Duration,
    stalled: Option<Pin<Box<Sleep>>>,
    /// Counts the connection while it is open.
    _permit: Option<Permit>,
}

/// Sends small frames at once. Otherwise the system holds one back until the client has
/// acknowledged the one before, which may take tens of milliseconds.
fn set_nodelay(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "small answers may be late");
    }
}

async fn handshake(
    tls: TlsAcceptor,
    stream: TcpStream,
    address: SocketAddr,
    permit: Permit,
) -> Option<Accepted> {
    match tokio::time::timeout(HANDSHAKE_MAX, tls.accept(stream)).await {
        Ok(Ok(stream)) => {
            let stream = Either::Right(Box::new(stream));
            Some((StallTimeout::new(stream, STALL_MAX, Some(permit)), address))
        }
        Ok(Err(error)) => {
            tracing::debug!(%error, %address, "a TLS handshake failed");
            None
        }
        Err(_) => {
            tracing::debug!(%address, "a TLS handshake took too long");
            None
        }
    }
}

/// Accepts a connection; a failure of the system is logged, and passes.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    loop {
        match listener.accept().await {
            Ok((stream, address)) => {
                set_nodelay(&stream);
                return (stream, address);
            }
            // The client is gone already.
            Err(error)
                if matches!(
                    error.kind(),
                    ConnectionAborted | ConnectionRefused | ConnectionReset
                ) => {}
            Err(error) => {
                metrics::accept_failed();
                tracing::error!(%error, "a connection cannot be accepted");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

// === impl TimeoutListener ===

impl TimeoutListener {
    /// Wraps a listener; with an acceptor its connections are over TLS. They count among
    /// `connections`.
    #[must_use]
    pub fn new(listener: TcpListener, tls: Option<TlsAcceptor>, connections: &Connections) -> Self {
        Self {
            listener,
            tls,
            connections: connections.clone(),
            speaks_http: false,
            handshakes: JoinSet::new(),
        }
    }

    /// Tells clients over a limit so in HTTP/1.1, unless they expect TLS.
    pub(crate) fn answering(mut self) -> Self {
        self.speaks_http = self.tls.is_none();
        self
    }

    pub(crate) fn idle_limit(&self) -> Duration {
        self.connections.idle_limit()
    }

    /// Accepts the next connection within the limits.
    pub async fn accept(&mut self) -> Accepted {
        loop {
            let has_room = self.handshakes.len() < HANDSHAKES_MAX;
            let (stream, address) = tokio::select! {
                Some(done) = self.handshakes.join_next() => match done {
                    Ok(Some(accepted)) => return accepted,
                    Ok(None) | Err(_) => continue,
                },
                accepted = accept(&self.listener), if has_room => accepted,
            };
            match (self.connections.admit(address.ip()), &self.tls) {
                (Err(limit), _) => self.connections.refuse(limit, stream, self.speaks_http),
                (Ok(permit), None) => {
                    let stream = Either::Left(stream);
                    return (StallTimeout::new(stream, STALL_MAX, Some(permit)), address);
                }
                (Ok(permit), Some(tls)) => {
                    let handshake = handshake(tls.clone(), stream, address, permit);
                    self.handshakes.spawn(handshake);
                }
            }
        }
    }
}

impl From<TcpListener> for TimeoutListener {
    fn from(listener: TcpListener) -> Self {
        let connections = Connections::new(ConnectionLimits::default());
        Self::new(listener, None, &connections)
    }
}

impl fmt::Debug for TimeoutListener {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TimeoutListener")
            .field("listener", &self.listener)
            .field("tls", &self.tls.is_some())
            .finish_non_exhaustive()
    }
}

// === impl StallTimeout ===

impl<S> StallTimeout<S> {
    const fn new(inner: S, limit: Duration, permit: Option<Permit>) -> Self {
        Self {
            inner,
            limit,
            stalled: None,
            _permit: permit,
        }
    }

    /// Passes on the outcome of a write; fails one that has been pending for too long.
    fn poll_within<T>(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let limit = self.limit;
        let stalled = self
            .stalled
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(limit)));
        ready!(stalled.as_mut().poll(context));
        tracing::debug!("a write has stalled; closing the connection");
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for StallTimeout<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for StallTimeout<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.poll_within(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write_vectored(context, bytes);
        self.poll_within(context, written)
    }

    fn is_write_vectored(&self) -> bool {
        self.inner.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    const LIMIT: Duration = Duration::from_millis(50);

    #[tokio::test]
    async fn a_stalled_write_fails() {
        let (near, _far) = tokio::io::duplex(4);
        let mut near = StallTimeout::new(near, LIMIT, None);
        let error = near.write_all(b"more than four").await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_slow_reader_does_not_stall_a_write() {
        let (near, mut far) = tokio::io::duplex(4);
        let mut near = StallTimeout::new(near, LIMIT, None);
        let reads = async {
            let mut bytes = [0; 4];
            for _ in 0..5 {
                tokio::time::sleep(LIMIT / 2).await;
                far.read_exact(&mut bytes).await.unwrap();
            }
        };
        let (written, ()) = tokio::join!(near.write_all(&[7; 20]), reads);
        written.unwrap();
    }
}
