//! The first connection: tried until a server answers, refuses or the time is over.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_nats::{
    Client, ConnectErrorKind, ConnectOptions, ReconnectToServer, Server, ServerAddr, ServerInfo,
};
use percent_encoding::percent_decode_str;
use tokio::sync::watch;
use tokio::time::Instant;

use super::{API_TIMEOUT, ConnectError, Link, Options, record_event};
use crate::backoff::Backoff;
use crate::denied::Denied;
use crate::reminder::Reminder;

/// The longest wait between two attempts to reconnect.
const RECONNECT_WAIT_MAX: Duration = Duration::from_secs(2);

/// The interval of pings. The client leaves a server that has not answered two of them, so a frozen
/// one is left within five seconds.
const PING_EVERY: Duration = Duration::from_millis(1_500);
/// The timeout of an attempt to connect while there are other servers to try: a frozen one accepts
/// connections, and says nothing.
const CONNECT_WITHIN: Duration = Duration::from_secs(2);

/// Connects to one of the servers, which are shown without passwords.
pub(super) async fn connect(
    options: &Options,
    shown: &str,
    (link, denied, left): (&watch::Sender<Link>, &Denied, &Arc<AtomicUsize>),
) -> Result<Client, ConnectError> {
    // The client takes no comma-separated list. It gets the addresses without user and password: it
    // would not use them, and it logs addresses.
    let addresses = |text: &str| -> Result<Vec<ServerAddr>, ConnectError> {
        let read = text.split(',').map(|url| url.trim().parse());
        read.collect::<Result<_, _>>()
            .map_err(|_| ConnectError::Url {
                url: shown.to_owned(),
            })
    };
    let user = addresses(&options.url)?.iter().find_map(user_info);
    let servers = addresses(shown)?;
    let started = Instant::now();
    let mut reminder = Reminder::new();
    let mut backoff = Backoff::new(Duration::from_millis(50), Duration::from_secs(1));
    loop {
        let mut connecting = connect_options(options, link.clone(), denied.clone(), left);
        if servers.len() > 1 {
            connecting = connecting.connection_timeout(CONNECT_WITHIN);
        }
        let connecting = match (&options.credentials, &user) {
            (Some(path), _) => {
                let read = connecting.credentials_file(path).await;
                read.map_err(|source| ConnectError::Credentials {
                    path: path.clone(),
                    source,
                })?
            }
            (None, Some((user, Some(password)))) => {
                let connecting = connecting.user_and_password(user.clone(), password.clone());
                match inbox_of(user) {
                    Some(inbox) => connecting.custom_inbox_prefix(inbox),
                    None => connecting,
                }
            }
            (None, Some((token, None))) => connecting.token(token.clone()),
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
        if options
            .connect_timeout
            .is_some_and(|timeout| started.elapsed() + wait > timeout)
        {
            let waited_s = started.elapsed().as_secs();
            return Err(ConnectError::Unreachable {
                url,
                waited_s,
                source,
            });
        }
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            waited_s = reminder.due(), if options.connect_timeout.is_none() => {
                tracing::warn!(waited_s, url, error = %source, "no NATS server answers yet; waiting");
            }
        }
    }
}

fn connect_options(
    options: &Options,
    link: watch::Sender<Link>,
    denied: Denied,
    left: &Arc<AtomicUsize>,
) -> ConnectOptions {
    let left = Arc::clone(left);
    let chosen = AtomicUsize::new(0);
    ConnectOptions::new()
        .name(&options.name)
        .request_timeout(Some(API_TIMEOUT))
        .max_reconnects(None)
        .ping_interval(PING_EVERY)
        .reconnect_delay_callback(|tries| {
            let tries = u32::try_from(tries).unwrap_or(u32::MAX);
            let wait = Duration::from_millis(10).saturating_mul(2_u32.saturating_pow(tries));
            if tries <= 1 {
                Duration::ZERO
            } else {
                wait.min(RECONNECT_WAIT_MAX)
            }
        })
        .reconnect_to_server_callback(move |servers, last| {
            let left = left.load(Ordering::Relaxed);
            let was_left = chosen.swap(left, Ordering::Relaxed) != left;
            let other = was_left.then(|| other(&servers, &last, left)).flatten();
            std::future::ready(other)
        })
        .event_callback(move |event| {
            record_event(&link, &denied, &event);
            std::future::ready(())
        })
}

/// Returns a server other than the one that was left, the next one each time. The client itself
/// prefers those whose last attempt did not fail, and so the one that was left.
fn other(servers: &[Server], left: &ServerInfo, time: usize) -> Option<ReconnectToServer> {
    let is_left = |addr: &ServerAddr| addr.host() == left.host && addr.port() == left.port;
    let others = servers.iter().filter(|server| !is_left(&server.addr));
    let place = time % others.clone().count().max(1);
    let addr = others.map(|server| &server.addr).nth(place)?.clone();
    Some(ReconnectToServer { addr, delay: None })
}

/// Returns the prefix of the subjects on which a user is answered, so that the permissions of others
/// can leave them out. `None` if the name is no part of a subject: the prefix is that of all then.
fn inbox_of(user: &str) -> Option<String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let fits = !user.is_empty() && user.bytes().all(is_plain);
    fits.then(|| format!("_INBOX.{user}"))
}

/// Returns the user and password in an address, or its token without a password.
fn user_info(address: &ServerAddr) -> Option<(String, Option<String>)> {
    let decode = |text: &str| percent_decode_str(text).decode_utf8_lossy().into_owned();
    Some((decode(address.username()?), address.password().map(decode)))
}
