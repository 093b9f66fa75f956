//! A listener with a write-stall timeout: without it, a client that stops reading would hold its
//! socket forever.

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use axum::serve::Listener;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::Sleep;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::either::Either;

/// The longest time for which a write may make no progress.
const STALL_MAX: Duration = Duration::from_secs(30);

/// The time limit of a TLS handshake.
const HANDSHAKE_MAX: Duration = Duration::from_secs(10);
/// The most TLS handshakes at once; further clients wait.
const HANDSHAKES_MAX: usize = 1_024;

/// A connection, plain or over TLS.
pub type MaybeTlsStream = Either<TcpStream, Box<TlsStream<TcpStream>>>;

/// A listener, plain or over TLS, whose connections end when a write stalls.
pub struct TimeoutListener {
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    /// Handshakes in progress: a slow one does not delay the others.
    handshakes: JoinSet<Option<(MaybeTlsStream, SocketAddr)>>,
}

/// A connection that fails when a write makes no progress for too long.
#[derive(Debug)]
pub struct StallTimeout<S> {
    inner: S,
    limit: Duration,
    stalled: Option<Pin<Box<Sleep>>>,
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
) -> Option<(MaybeTlsStream, SocketAddr)> {
    match tokio::time::timeout(HANDSHAKE_MAX, tls.accept(stream)).await {
        Ok(Ok(stream)) => Some((Either::Right(Box::new(stream)), address)),
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

// === impl TimeoutListener ===

impl TimeoutListener {
    /// Wraps a listener; with an acceptor its connections are over TLS.
    #[must_use]
    pub fn new(listener: TcpListener, tls: Option<TlsAcceptor>) -> Self {
        Self {
            listener,
            tls,
            handshakes: JoinSet::new(),
        }
    }
}

impl Listener for TimeoutListener {
    type Io = StallTimeout<MaybeTlsStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let Some(tls) = &self.tls else {
            let (stream, address) = Listener::accept(&mut self.listener).await;
            set_nodelay(&stream);
            return (StallTimeout::new(Either::Left(stream), STALL_MAX), address);
        };
        loop {
            let has_room = self.handshakes.len() < HANDSHAKES_MAX;
            tokio::select! {
                Some(done) = self.handshakes.join_next() => {
                    if let Ok(Some((stream, address))) = done {
                        return (StallTimeout::new(stream, STALL_MAX), address);
                    }
                }
                (stream, address) = Listener::accept(&mut self.listener), if has_room => {
                    set_nodelay(&stream);
                    self.handshakes.spawn(handshake(tls.clone(), stream, address));
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

impl From<TcpListener> for TimeoutListener {
    fn from(listener: TcpListener) -> Self {
        Self::new(listener, None)
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
    const fn new(inner: S, limit: Duration) -> Self {
        Self {
            inner,
            limit,
            stalled: None,
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
        let mut near = StallTimeout::new(near, LIMIT);
        let error = near.write_all(b"more than four").await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_slow_reader_does_not_stall_a_write() {
        let (near, mut far) = tokio::io::duplex(4);
        let mut near = StallTimeout::new(near, LIMIT);
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
