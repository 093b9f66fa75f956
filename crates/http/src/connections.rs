//! The connections of a process: how many may be open, and what those beyond are told.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use detente_api::limits;
use detente_api::refusal::{Code, Refusal};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::client::address;
use crate::reply::RETRY_AFTER;
use crate::tally::{Taken, Tally};
use crate::{metrics, parse_errors};

/// The most refused clients that are answered at once; those beyond are disconnected.
const ANSWERED_MAX: usize = 64;
/// The time within which a refused client must have taken the answer.
const ANSWERED_WITHIN: Duration = Duration::from_secs(1);
/// The most bytes of a refused client that are read and discarded.
const DISCARDED_MAX: u64 = 64 << 10;

/// The limits on connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// The most open connections.
    pub all: usize,
    /// The most open connections of one address.
    pub each_address: usize,
    /// The same, of an address of this machine, which programs and a proxy on it share.
    pub each_local_address: usize,
    /// The longest time until the whole head of the next request has arrived.
    pub idle: Duration,
}

/// The open connections of all listeners of a process. Clones share them.
#[derive(Clone, Debug)]
pub struct Connections(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    limits: ConnectionLimits,
    all: Arc<Semaphore>,
    addresses: Tally<IpAddr>,
    answered: Arc<Semaphore>,
}

/// Counts a connection, until it is dropped.
#[derive(Debug)]
pub(crate) struct Permit {
    _all: OwnedSemaphorePermit,
    _address: Taken<IpAddr>,
}

/// A limit that is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    All(usize),
    Address(usize),
}

// === impl ConnectionLimits ===

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            all: limits::CONNECTIONS,
            each_address: limits::ADDRESS_CONNECTIONS,
            each_local_address: limits::CONNECTIONS,
            idle: Duration::from_secs(limits::IDLE_LIMIT),
        }
    }
}

// === impl Connections ===

impl Connections {
    /// Returns no connections, within these limits.
    #[must_use]
    pub fn new(limits: ConnectionLimits) -> Self {
        Self(Arc::new(Inner {
            limits,
            all: Arc::new(Semaphore::new(limits.all.min(Semaphore::MAX_PERMITS))),
            addresses: Tally::new(),
            answered: Arc::new(Semaphore::new(ANSWERED_MAX)),
        }))
    }

    pub(crate) fn idle_limit(&self) -> Duration {
        self.0.limits.idle
    }

    /// Counts a further connection.
    pub(crate) fn admit(&self, peer: IpAddr) -> Result<Permit, Limit> {
        let Inner {
            limits,
            all,
            addresses,
            ..
        } = &*self.0;
        let address = address(peer);
        let max = if address.is_loopback() {
            limits.each_local_address
        } else {
            limits.each_address
        };
        let of_address = addresses.take(&address, max).ok_or(Limit::Address(max))?;
        let all = Arc::clone(all).try_acquire_owned();
        Ok(Permit {
            _all: all.map_err(|_| Limit::All(limits.all))?,
            _address: of_address,
        })
    }

    /// Closes a connection over a limit, after an answer if its client may understand one.
    pub(crate) fn refuse(&self, limit: Limit, stream: TcpStream, speaks_http: bool) {
        metrics::refused(limit.as_str());
        tracing::debug!(limit = limit.as_str(), "a connection is refused");
        if speaks_http && let Ok(permit) = Arc::clone(&self.0.answered).try_acquire_owned() {
            tokio::spawn(async move {
                let answer = answer(limit);
                // A client that does not take it is disconnected all the same.
                let _ = tokio::time::timeout(ANSWERED_WITHIN, send(stream, &answer)).await;
                drop(permit);
            });
        }
    }
}

async fn send(mut stream: TcpStream, answer: &[u8]) -> std::io::Result<()> {
    // An answer before the request would confuse its client.
    stream.peek(&mut [0]).await?;
    stream.write_all(answer).await?;
    stream.shutdown().await?;
    // With unread bytes the system would close at once, and the client might lose the answer.
    let mut rest = stream.take(DISCARDED_MAX);
    tokio::io::copy(&mut rest, &mut tokio::io::sink()).await?;
    Ok(())
}

/// Returns the whole answer, which no request precedes.
fn answer(limit: Limit) -> Vec<u8> {
    let message = match limit {
        Limit::All(max) => format!("there are {max} connections, and no more are accepted"),
        Limit::Address(max) => format!("a client may have {max} connections"),
    };
    let refusal = Refusal::new(Code::TooManyConnections, message);
    let further = format!("retry-after: {RETRY_AFTER}\r\nconnection: close\r\n");
    parse_errors::answer(refusal, &further)
}

// === impl Limit ===

impl Limit {
    const fn as_str(self) -> &'static str {
        match self {
            Self::All(_) => "all",
            Self::Address(_) => "address",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use detente_api::refusal::Problem;

    fn connections() -> Connections {
        Connections::new(ConnectionLimits {
            all: 4,
            each_address: 2,
            each_local_address: 3,
            ..ConnectionLimits::default()
        })
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_over_its_limit_leaves_room_for_others() {
        let connections = connections();
        let one = ip("192.0.2.1");
        let held = [connections.admit(one), connections.admit(one)];
        assert!(held.iter().all(Result::is_ok));
        assert_eq!(connections.admit(one).err(), Some(Limit::Address(2)));
        let other = connections.admit(ip("192.0.2.2"));
        assert!(other.is_ok());
        drop(held);
        assert!(connections.admit(one).is_ok());
    }

    #[test]
    fn all_addresses_together_have_a_limit() {
        let connections = connections();
        let held: Vec<_> = (1..=4)
            .map(|last| connections.admit(ip(&format!("192.0.2.{last}"))))
            .collect();
        assert!(held.iter().all(Result::is_ok));
        let further = ip("192.0.2.9");
        for _ in 0..3 {
            // What is refused does not count for its address.
            assert_eq!(connections.admit(further).err(), Some(Limit::All(4)));
        }
    }

    #[test]
    fn an_address_is_a_network_of_ipv6_and_one_of_this_machine_has_its_own_limit() {
        let connections = connections();
        let held = ["2001:db8::1", "2001:db8::2"].map(|text| connections.admit(ip(text)));
        assert!(held.iter().all(Result::is_ok));
        let same = connections.admit(ip("2001:db8:0:0:9::"));
        assert_eq!(same.err(), Some(Limit::Address(2)));
        drop(held);
        let local = ["::1", "::1", "::1"].map(|text| connections.admit(ip(text)));
        assert!(local.iter().all(Result::is_ok));
        let mapped = connections.admit(ip("::1"));
        assert_eq!(mapped.err(), Some(Limit::Address(3)));
    }

    #[test]
    fn the_answer_is_a_problem_that_says_when_to_try_again() {
        let text = String::from_utf8(answer(Limit::Address(2))).unwrap();
        let (head, body) = text.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 503 Service Unavailable\r\n"));
        assert!(head.contains("retry-after: 1\r\n"));
        assert!(head.contains(&format!("content-length: {}\r\n", body.len())));
        let problem: Problem = serde_json::from_str(body).unwrap();
        assert_eq!(problem.code, Code::TooManyConnections);
    }
}
