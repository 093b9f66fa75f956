//! One connection to NATS: made once with a deadline, kept for ever after.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use async_nats::connection::State;
use async_nats::jetstream::Context;
use async_nats::jetstream::context::ContextBuilder;
use async_nats::{Client, ConnectErrorKind, ConnectOptions, Event, ServerAddr};
use percent_encoding::percent_decode_str;
use tokio::sync::watch;
use tokio::time::Instant;

use crate::backoff::Backoff;
use crate::version::{NEEDED, Version};

/// How long one request to the JetStream API may take.
const API_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest wait between two tries to reconnect: a server that comes back is found soon.
const RECONNECT_WAIT_MAX: Duration = Duration::from_secs(2);
/// The link's news go through a channel that could overflow, so whoever waits for them looks for
/// himself this often.
const LINK_CHECK: Duration = Duration::from_millis(250);

/// Where and as whom to connect.
#[derive(Clone)]
pub struct Options {
    /// `nats://host:port`, several separated by commas; `user:password@`, or `token@`, before the
    /// host if needed.
    pub url: String,
    /// A file with a user's JWT and seed, as an operator's tools give it.
    pub credentials: Option<PathBuf>,
    /// The name shown in the server's list of connections.
    pub name: String,
    /// How long the first connection may take, tries included; later ones are tried for ever.
    pub first_within: Duration,
}

impl Options {
    /// Options for one URL with the usual patience of ten seconds.
    pub fn new(url: impl Into<String>, name: impl Into<String>) -> Options {
        Options {
            url: url.into(),
            credentials: None,
            name: name.into(),
            first_within: Duration::from_secs(10),
        }
    }
}

impl fmt::Debug for Options {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Options")
            .field("url", &without_password(&self.url))
            .field("credentials", &self.credentials)
            .field("name", &self.name)
            .field("first_within", &self.first_within)
            .finish()
    }
}

/// Why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The URL cannot be read.
    #[error("{url:?} is no NATS URL, such as nats://127.0.0.1:1650")]
    Url {
        /// The URL without its password.
        url: String,
    },
    /// The file of credentials cannot be read, or holds none.
    #[error("{} holds no credentials that can be used: {source}", path.display())]
    Credentials {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        source: std::io::Error,
    },
    /// The server knows us and does not let us in.
    #[error("the NATS server at {url} refuses us: {source}")]
    Refused {
        /// The URL without its password.
        url: String,
        /// What the client says.
        source: async_nats::ConnectError,
    },
    /// Nobody answered in time.
    #[error("no NATS server answers at {url} within {waited_s} s: {source}")]
    Unreachable {
        /// The URL without its password.
        url: String,
        /// How long it was tried.
        waited_s: u64,
        /// What the client says of the last try.
        source: async_nats::ConnectError,
    },
    /// The server is too old.
    #[error("the NATS server at {url} is version {found}; Detente needs {NEEDED} or newer")]
    TooOld {
        /// The URL without its password.
        url: String,
        /// The version as the server says it.
        found: String,
    },
    /// The server has no JetStream.
    #[error("the NATS server at {url} runs without JetStream; start it with `-js`")]
    NoJetStream {
        /// The URL without its password.
        url: String,
    },
}

/// A connection that mends itself. Clones share it.
#[derive(Clone, Debug)]
pub struct Connection {
    client: Client,
    jetstream: Context,
    link: watch::Sender<Link>,
    version: Version,
}

/// Whether we are connected, and for the how-manieth time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) connected: bool,
    /// We end it ourselves, so that is no news to anybody.
    pub(crate) closing: bool,
    pub(crate) generation: u64,
}

impl Connection {
    /// Connects, and checks that the server is one that we can work with.
    pub async fn open(options: &Options) -> Result<Connection, ConnectError> {
        let shown = without_password(&options.url);
        let link = watch::Sender::new(Link::default());
        let client = first_connect(options, &shown, link.clone()).await?;
        let info = client.server_info();
        let version = Version::parse(&info.version).filter(|version| version.is_enough());
        let Some(version) = version else {
            return Err(ConnectError::TooOld {
                url: shown,
                found: info.version,
            });
        };
        if !info.jetstream {
            return Err(ConnectError::NoJetStream { url: shown });
        }
        let jetstream = ContextBuilder::new()
            .timeout(API_TIMEOUT)
            .build(client.clone());
        let connection = Connection {
            client,
            jetstream,
            link,
            version,
        };
        connection.connected().await;
        Ok(connection)
    }

    /// The most bytes that the server takes in one message, headers included.
    pub fn max_payload(&self) -> usize {
        self.client.max_payload()
    }

    /// The server's version at the first connection.
    pub fn server_version(&self) -> Version {
        self.version
    }

    /// Whether the server is reachable right now.
    pub fn is_connected(&self) -> bool {
        self.client.connection_state() == State::Connected
    }

    /// Sends what is buffered and closes; the connection is of no use afterwards.
    pub async fn close(&self) {
        self.link.send_modify(|link| link.closing = true);
        if let Err(error) = self.client.drain().await {
            tracing::debug!(%error, "the NATS connection was closed already");
        }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.client
    }

    pub(crate) fn jetstream(&self) -> &Context {
        &self.jetstream
    }

    /// The news of the link.
    pub(crate) fn link(&self) -> watch::Receiver<Link> {
        self.link.subscribe()
    }

    /// Waits until there is a connection, and says for the how-manieth time.
    pub(crate) async fn connected(&self) -> u64 {
        let mut link = self.link();
        loop {
            let waiting = link.wait_for(|link| link.connected);
            if let Ok(Ok(link)) = tokio::time::timeout(LINK_CHECK, waiting).await {
                return link.generation;
            }
            if self.is_connected() && !self.link.borrow().connected {
                tracing::debug!("the news of a connection was lost");
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

/// What stands before a host: a user with a password, or a token.
struct User {
    name: String,
    password: Option<String>,
}

impl User {
    fn of(address: &ServerAddr) -> Option<Self> {
        let plain = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
        Some(Self {
            name: plain(address.username()?),
            password: address.password().map(plain),
        })
    }

    fn given(&self, options: ConnectOptions) -> ConnectOptions {
        match &self.password {
            Some(password) => options.user_and_password(self.name.clone(), password.clone()),
            None => options.token(self.name.clone()),
        }
    }
}

async fn first_connect(
    options: &Options,
    shown: &str,
    link: watch::Sender<Link>,
) -> Result<Client, ConnectError> {
    // The client takes a list of addresses, but no text with commas. What stands before a host is
    // no part of what it is given: it would not use it, and it writes addresses into its logs.
    let addresses = |text: &str| -> Result<Vec<ServerAddr>, ConnectError> {
        let read = text.split(',').map(|url| url.trim().parse());
        read.collect::<Result<_, _>>()
            .map_err(|_| ConnectError::Url {
                url: shown.to_owned(),
            })
    };
    let user = addresses(&options.url)?.iter().find_map(User::of);
    let servers = addresses(shown)?;
    let started = Instant::now();
    let mut backoff = Backoff::new(Duration::from_millis(50), Duration::from_secs(1));
    loop {
        let connecting = connect_options(options, link.clone());
        let connecting = match (&options.credentials, &user) {
            (Some(path), _) => {
                let read = connecting.credentials_file(path).await;
                read.map_err(|source| ConnectError::Credentials {
                    path: path.clone(),
                    source,
                })?
            }
            (None, Some(user)) => user.given(connecting),
            (None, None) => connecting,
        };
        let source = match connecting.connect(&servers).await {
            Ok(client) => return Ok(client),
            Err(error) => error,
        };
        let url = shown.to_owned();
        match source.kind() {
            ConnectErrorKind::ServerParse => return Err(ConnectError::Url { url }),
            ConnectErrorKind::Authentication | ConnectErrorKind::AuthorizationViolation => {
                return Err(ConnectError::Refused { url, source });
            }
            ConnectErrorKind::Dns
            | ConnectErrorKind::TimedOut
            | ConnectErrorKind::Tls
            | ConnectErrorKind::Io
            | ConnectErrorKind::MaxReconnects => {}
        }
        let wait = backoff.wait();
        if started.elapsed() + wait > options.first_within {
            let waited_s = started.elapsed().as_secs();
            return Err(ConnectError::Unreachable {
                url,
                waited_s,
                source,
            });
        }
        tokio::time::sleep(wait).await;
    }
}

fn connect_options(options: &Options, link: watch::Sender<Link>) -> ConnectOptions {
    ConnectOptions::new()
        .name(&options.name)
        .request_timeout(Some(API_TIMEOUT))
        .max_reconnects(None)
        .reconnect_delay_callback(|tries| {
            let tries = u32::try_from(tries).unwrap_or(u32::MAX);
            let wait = Duration::from_millis(10).saturating_mul(2_u32.saturating_pow(tries));
            if tries <= 1 {
                Duration::ZERO
            } else {
                wait.min(RECONNECT_WAIT_MAX)
            }
        })
        .event_callback(move |event| {
            tell(&link, &event);
            std::future::ready(())
        })
}

/// Keeps the link's news, and logs what an operator should know of it.
fn tell(link: &watch::Sender<Link>, event: &Event) {
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
                tracing::debug!("the connection to NATS has ended");
            } else {
                tracing::warn!("disconnected from NATS");
            }
        }
        // It is tried again for ever, so only we close.
        Event::Closed => {
            link.send_modify(|link| link.connected = false);
            tracing::debug!("the connection to NATS is closed");
        }
        Event::LameDuckMode | Event::SlowConsumer(_) | Event::ServerError(_) => {
            tracing::warn!("NATS says: {event}");
        }
        Event::Draining | Event::ClientError(_) => tracing::debug!("NATS client: {event}"),
    }
}

/// The URL as it may be shown: no password, no token.
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
    fn passwords_are_not_shown() {
        let shown = without_password("nats://u:p@a:1,b:2,tok@c:3");
        assert_eq!(shown, "nats://a:1,b:2,c:3");
    }
}
