//! A listener that cuts whoever takes nothing any more: a reader of changes that has stopped
//! reading would hold its socket for ever.

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

use crate::line::Line;

/// How long a socket may take nothing of what waits to be written.
const STALL_MAX: Duration = Duration::from_secs(30);

/// How long a client may take to agree on TLS.
const HANDSHAKE_MAX: Duration = Duration::from_secs(10);
/// The most clients that are agreeing on TLS at once; more wait for their turn.
const HANDSHAKES_MAX: usize = 1_024;

/// A listener whose connections end when a write stalls. It speaks TLS if it is told to.
pub struct Patient {
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    /// Those that have connected and have not agreed on TLS yet: nobody waits for another.
    greeting: JoinSet<Option<(Line, SocketAddr)>>,
}

/// A connection that fails when nothing could be written for too long.
#[derive(Debug)]
pub struct Watched<S> {
    inner: S,
    patience: Duration,
    stalled: Option<Pin<Box<Sleep>>>,
}

impl Patient {
    /// Watches over the connections of a listener.
    #[must_use]
    pub fn new(listener: TcpListener) -> Self {
        Self::within(listener, None)
    }

    /// The same within TLS, if there is something to speak it with.
    #[must_use]
    pub fn within(listener: TcpListener, tls: Option<TlsAcceptor>) -> Self {
        Self {
            listener,
            tls,
            greeting: JoinSet::new(),
        }
    }
}

impl Listener for Patient {
    type Io = Watched<Line>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        let Some(tls) = &self.tls else {
            let (stream, address) = Listener::accept(&mut self.listener).await;
            at_once(&stream);
            return (Watched::new(Line::Plain(stream), STALL_MAX), address);
        };
        loop {
            let has_room = self.greeting.len() < HANDSHAKES_MAX;
            tokio::select! {
                Some(greeted) = self.greeting.join_next() => {
                    if let Ok(Some((line, address))) = greeted {
                        return (Watched::new(line, STALL_MAX), address);
                    }
                }
                (stream, address) = Listener::accept(&mut self.listener), if has_room => {
                    at_once(&stream);
                    self.greeting.spawn(greet(tls.clone(), stream, address));
                }
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

/// An event is sent when it is there: else the system keeps it back until the client has
/// acknowledged the one before, which may take it tens of milliseconds.
fn at_once(stream: &TcpStream) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "small answers may be late");
    }
}

/// Agrees on TLS with a client; one that cannot, or takes too long, has gone.
async fn greet(
    tls: TlsAcceptor,
    stream: TcpStream,
    address: SocketAddr,
) -> Option<(Line, SocketAddr)> {
    match tokio::time::timeout(HANDSHAKE_MAX, tls.accept(stream)).await {
        Ok(Ok(stream)) => Some((Line::Tls(Box::new(stream)), address)),
        Ok(Err(error)) => {
            tracing::debug!(%error, %address, "a client does not agree on TLS");
            None
        }
        Err(_) => {
            tracing::debug!(%address, "a client takes too long to agree on TLS");
            None
        }
    }
}

impl From<TcpListener> for Patient {
    fn from(listener: TcpListener) -> Self {
        Self::new(listener)
    }
}

impl fmt::Debug for Patient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Patient")
            .field("listener", &self.listener)
            .field("tls", &self.tls.is_some())
            .finish_non_exhaustive()
    }
}

impl<S> Watched<S> {
    const fn new(inner: S, patience: Duration) -> Self {
        Self {
            inner,
            patience,
            stalled: None,
        }
    }

    /// What a write came to; one that waits too long has failed.
    fn within<T>(
        &mut self,
        context: &mut Context<'_>,
        written: Poll<io::Result<T>>,
    ) -> Poll<io::Result<T>> {
        if written.is_ready() {
            self.stalled = None;
            return written;
        }
        let patience = self.patience;
        let stalled = self
            .stalled
            .get_or_insert_with(|| Box::pin(tokio::time::sleep(patience)));
        ready!(stalled.as_mut().poll(context));
        tracing::debug!("a connection takes nothing any more, and is cut");
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write(context, bytes);
        self.within(context, written)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.inner).poll_write_vectored(context, bytes);
        self.within(context, written)
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

    const PATIENCE: Duration = Duration::from_millis(50);

    #[tokio::test]
    async fn a_write_that_stalls_fails() {
        let (near, _far) = tokio::io::duplex(4);
        let mut near = Watched::new(near, PATIENCE);
        let error = near.write_all(b"more than four").await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test]
    async fn a_slow_reader_is_no_stall() {
        let (near, mut far) = tokio::io::duplex(4);
        let mut near = Watched::new(near, PATIENCE);
        let reads = async {
            let mut bytes = [0; 4];
            for _ in 0..5 {
                tokio::time::sleep(PATIENCE / 2).await;
                far.read_exact(&mut bytes).await.unwrap();
            }
        };
        let (written, ()) = tokio::join!(near.write_all(&[7; 20]), reads);
        written.unwrap();
    }
}
