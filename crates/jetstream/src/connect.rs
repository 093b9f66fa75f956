//! The connection to NATS: opened, with a deadline perhaps, then kept open by reconnecting.

mod first;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_nats::connection::State;
use async_nats::jetstream::Context;
use async_nats::jetstream::context::ContextBuilder;
use async_nats::{Client, Event, ServerError};
use tokio::sync::watch;

use crate::denied::Denied;
use crate::version::{MIN_VERSION, Version};

/// The timeout of one request to the JetStream API.
const API_TIMEOUT: Duration = Duration::from_secs(5);
/// The least `max_payload` of a server: a message of changes and a view have at most 256 KiB, a
/// record and a reply at most half of the server's limit.
pub const MAX_PAYLOAD_NEEDED: usize = 512 << 10;
/// The interval at which a wait for the connection polls the client's state: its events may be
/// lost, since their channel can overflow.
const LINK_CHECK: Duration = Duration::from_millis(250);

/// The address, credentials and timeout of a connection.
#[derive(Clone)]
pub struct Options {
    /// One or more comma-separated URLs, such as `nats://host:port` with an optional
    /// `user:password@` or `token@` before the host.
    pub url: String,
    /// A credentials file with a user's JWT and seed.
    pub credentials: Option<PathBuf>,
    /// The connection's name in the server's list.
    pub name: String,
    /// The timeout of the first connection, retries included; `None` waits for ever, and says so.
    /// Reconnecting has no limit.
    pub connect_timeout: Option<Duration>,
}

impl Options {
    /// Creates options with a timeout of ten seconds.
    pub fn new(url: impl Into<String>, name: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            credentials: None,
            name: name.into(),
            connect_timeout: Some(Duration::from_secs(10)),
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("url", &without_password(&self.url))
            .field("credentials", &self.credentials)
            .field("name", &self.name)
            .field("connect_timeout", &self.connect_timeout)
            .finish()
    }
}

/// The error returned when no connection was opened.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The URL cannot be parsed.
    #[error("{url:?} is not a NATS URL, such as nats://127.0.0.1:1650")]
    Url {
        /// The URL without its password.
        url: String,
    },
    /// The credentials file cannot be read or has no credentials.
    #[error("{} holds no usable credentials: {source}", path.display())]
    Credentials {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// The server rejects the credentials.
    #[error("the NATS server at {url} refuses the connection: {source}")]
    Refused {
        /// The URL without its password.
        url: String,
        /// The client's error.
        source: async_nats::ConnectError,
    },
    /// No server answered in time.
    #[error("no NATS server answers at {url} within {waited_s} s: {source}")]
    Unreachable {
        /// The URL without its password.
        url: String,
        /// The time for which it was tried, in seconds.
        waited_s: u64,
        /// The error of the last attempt.
        source: async_nats::ConnectError,
    },
    /// The server is too old.
    #[error("the NATS server at {url} is version {found}; Detente needs {MIN_VERSION} or newer")]
    TooOld {
        /// The URL without its password.
        url: String,
        /// The version that the server reports.
        found: String,
    },
    /// The server accepts only smaller messages than are sent.
    #[error(
        "the NATS server at {url} has max_payload = {found} bytes; Detente needs {needed} or more"
    )]
    SmallPayload {
        /// The URL without its password.
        url: String,
        /// The server's limit, in bytes.
        found: usize,
        /// The least limit, in bytes.
        needed: usize,
    },
    /// The server has no JetStream.
    #[error("the NATS server at {url} runs without JetStream; start it with `-js`")]
    NoJetStream {
        /// The URL without its password.
        url: String,
    },
}

/// A connection that reconnects by itself. Clones share it.
#[derive(Clone, Debug)]
pub struct Connection {
    client: Client,
    jetstream: Context,
    link: watch::Sender<Link>,
    denied: Denied,
    /// The number of times that a server was left.
    left: Arc<AtomicUsize>,
}

/// The state of the link to the server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) connected: bool,
    /// It is being closed by [`Connection::close`].
    closing: bool,
    /// The number of times that a connection was made.
    pub(crate) generation: u64,
}

impl Connection {
    /// Connects, and checks the server's version, its limit for messages and that it runs JetStream.
    pub async fn open(options: &Options) -> Result<Self, ConnectError> {
        let shown = without_password(&options.url);
        let link = watch::Sender::new(Link::default());
        let denied = Denied::default();
        let left = Arc::default();
        let client = first::connect(options, &shown, (&link, &denied, &left)).await?;
        let info = client.server_info();
        if !Version::parse(&info.version).is_some_and(Version::is_supported) {
            return Err(ConnectError::TooOld {
                url: shown,
                found: info.version,
            });
        }
        if !info.jetstream {
            return Err(ConnectError::NoJetStream { url: shown });
        }
        if info.max_payload < MAX_PAYLOAD_NEEDED {
            return Err(ConnectError::SmallPayload {
                url: shown,
                found: info.max_payload,
                needed: MAX_PAYLOAD_NEEDED,
            });
        }
        let jetstream = ContextBuilder::new()
            .timeout(API_TIMEOUT)
            .build(client.clone());
        Ok(Self {
            client,
            jetstream,
            link,
            denied,
            left,
        })
    }

    /// Returns the largest message that the server accepts, in bytes with its headers.
    pub fn max_payload(&self) -> usize {
        self.client.max_payload()
    }

    /// Returns the name of the cluster that the server belongs to, if it is part of one.
    pub fn cluster(&self) -> Option<String> {
        self.client.server_info().cluster
    }

    /// Returns true if the client is connected.
    pub fn is_connected(&self) -> bool {
        self.client.connection_state() == State::Connected
    }

    /// Leaves the server that the client is connected to for another one of the cluster. What waits
    /// for an answer may not get it.
    pub(crate) async fn leave_server(&self) {
        let server = self.client.server_info().server_name;
        tracing::warn!(server, "it hears no leader; connecting to another server");
        self.left.fetch_add(1, Ordering::Relaxed);
        if let Err(error) = self.client.force_reconnect().await {
            tracing::debug!(%error, "the NATS connection is closed");
        }
    }

    /// Flushes what is buffered and closes the connection for good.
    pub async fn close(&self) {
        self.link.send_modify(|link| link.closing = true);
        if let Err(error) = self.client.drain().await {
            tracing::debug!(%error, "the NATS connection was already closed");
        }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn jetstream(&self) -> &Context {
        &self.jetstream
    }

    /// Returns what the server denies for want of permission.
    pub(crate) const fn denied(&self) -> &Denied {
        &self.denied
    }

    /// Subscribes to the link's state.
    pub(crate) fn link(&self) -> watch::Receiver<Link> {
        self.link.subscribe()
    }

    /// Waits until the connection of a generation is lost: no answer can arrive on it any more.
    pub(crate) async fn lost(&self, generation: u64) {
        let mut link = self.link();
        let lost = link.wait_for(|link| link.generation != generation || !link.connected);
        // The sender lives as long as `self`, so this never fails.
        drop(lost.await);
    }

    /// Waits until the client is connected, and returns the connection's generation.
    pub(crate) async fn connected(&self) -> u64 {
        let mut link = self.link();
        loop {
            let waiting = link.wait_for(|link| link.connected);
            if let Ok(Ok(link)) = tokio::time::timeout(LINK_CHECK, waiting).await {
                return link.generation;
            }
            if self.is_connected() && !self.link.borrow().connected {
                tracing::debug!("a connection event was lost");
                self.link.send_modify(Link::up);
            }
        }
    }
}

impl Link {
    fn up(&mut self) {
        self.connected = true;
        self.generation += 1;
    }
}

/// Updates the link's state, and logs the event.
fn record_event(link: &watch::Sender<Link>, denied: &Denied, event: &Event) {
    if let Event::ServerError(ServerError::Other(error)) = event {
        denied.record(error);
    }
    match event {
        Event::Connected => {
            link.send_modify(Link::up);
            let generation = link.borrow().generation;
            if generation > 1 {
                tracing::info!(generation, "reconnected to NATS");
            }
        }
        Event::Disconnected => {
            link.send_modify(|link| link.connected = false);
            if link.borrow().closing {
                tracing::debug!("the connection to NATS is closed");
            } else {
                tracing::warn!("disconnected from NATS");
            }
        }
        // Reconnecting never gives up, so this follows `Connection::close`.
        Event::Closed => {
            link.send_modify(|link| link.connected = false);
            tracing::debug!("the connection to NATS is closed");
        }
        Event::LameDuckMode | Event::SlowConsumer(_) | Event::ServerError(_) => {
            tracing::warn!("NATS: {event}");
        }
        Event::Draining | Event::ClientError(_) => tracing::debug!("NATS client: {event}"),
    }
}

/// Returns the URLs without user, password and token, for messages and logs.
pub fn without_password(url: &str) -> String {
    let shown = url
        .split(',')
        .map(|url| match (url.find("://"), url.rfind('@')) {
            (Some(scheme), Some(at)) if scheme < at => {
                format!("{}{}", &url[..scheme + 3], &url[at + 1..])
            }
            (None, Some(at)) => url[at + 1..].to_owned(),
            (Some(_) | None, Some(_) | None) => url.to_owned(),
        });
    shown.collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_and_tokens_are_removed() {
        let shown = without_password("nats://u:p@a:1,b:2,tok@c:3");
        assert_eq!(shown, "nats://a:1,b:2,c:3");
    }
}
