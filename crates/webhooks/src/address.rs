//! Where a webhook may go: to public addresses, unless private ones are allowed.
//!
//! A name is resolved, what it resolves to is judged, and the connection is made to just that
//! address: a name that points elsewhere a moment later gains nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use url::Url;

/// Why an address was not used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// It has no host.
    #[error("the address has no host")]
    NoHost,
    /// The name has no address.
    #[error("{host} cannot be resolved: {reason}")]
    Unresolved {
        /// The host.
        host: String,
        /// What the resolver says.
        reason: String,
    },
    /// It is within a network of ours.
    #[error("{host} is at {ip}, which is not a public address")]
    Private {
        /// The host.
        host: String,
        /// What it resolves to.
        ip: IpAddr,
    },
}

/// How long a name may take to be resolved.
const RESOLVE_TIMEOUT: Duration = Duration::from_secs(5);

/// Resolves an address in good time; see [`resolve`].
///
/// # Errors
/// [`Refused`] where there is no address, or one that is not public and that is not allowed.
pub async fn resolve_in_time(url: &Url, allow_private: bool) -> Result<Vec<SocketAddr>, Refused> {
    let resolved = tokio::time::timeout(RESOLVE_TIMEOUT, resolve(url, allow_private)).await;
    resolved.unwrap_or_else(|_| {
        Err(Refused::Unresolved {
            host: url.host_str().unwrap_or_default().to_owned(),
            reason: "nobody answers".to_owned(),
        })
    })
}

/// Resolves an address, and gives where it can be connected to; never nothing.
///
/// # Errors
/// [`Refused`] where there is no address, or one that is not public and that is not allowed.
pub async fn resolve(url: &Url, allow_private: bool) -> Result<Vec<SocketAddr>, Refused> {
    let host = url.host_str().ok_or(Refused::NoHost)?;
    let port = url.port_or_known_default().unwrap_or(443);
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let unresolved = |reason: String| Refused::Unresolved {
        host: host.to_owned(),
        reason,
    };
    let found: Vec<SocketAddr> = match bare.parse::<IpAddr>() {
        Ok(ip) => vec![SocketAddr::new(ip, port)],
        Err(_) => tokio::net::lookup_host((bare, port))
            .await
            .map_err(|error| unresolved(error.to_string()))?
            .collect(),
    };
    // One private address among several is enough: who answers so is not to be trusted.
    if !allow_private && let Some(address) = found.iter().find(|one| !is_public(one.ip())) {
        return Err(Refused::Private {
            host: host.to_owned(),
            ip: address.ip(),
        });
    }
    if found.is_empty() {
        return Err(unresolved("it has no address".to_owned()));
    }
    Ok(found)
}

/// Whether an address is one of the public internet.
#[must_use]
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

const fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = matches!(
        (a, b, c),
        (0, ..)
            | (100, 64..=127, _)
            | (192, 0, 0)
            | (192, 88, 99)
            | (198, 18..=19, _)
            | (240..=255, ..)
    );
    !(special
        || ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_documentation())
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let segments = ip.segments();
    let embedded = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match segments {
        // IPv4 in IPv6, in its several forms, is as public as the address within.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            embedded(high, low)
        }
        [0x2002, high, low, ..] => embedded(high, low),
        // Documentation, Teredo, and what else is set apart.
        [0x2001, second, ..] if second == 0xdb8 || second < 0x200 => false,
        [0x3fff, second, ..] if second < 0x1000 => false,
        // All that is given out for the public is here.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_our_own_networks_are_not_public() {
        for ip in [
            "127.0.0.1",
            "127.255.0.1",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "192.0.0.8",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "203.0.113.9",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd12:3456::1",
            "ff02::1",
            "2001:db8::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "2001::1",
            "fec0::1",
            "::10.0.0.1",
        ] {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
        for ip in [
            "1.1.1.1",
            "8.8.8.8",
            "172.32.0.1",
            "100.128.0.1",
            "198.20.0.1",
            "2606:4700::1111",
            "2a00:1450:4001::1",
            "::ffff:1.1.1.1",
            "2002:101:101::",
        ] {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
    }

    #[tokio::test]
    async fn a_private_address_is_refused_however_it_is_written() {
        for url in [
            "http://127.0.0.1/",
            "http://localhost/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://[::1]:80/",
            "http://[::ffff:127.0.0.1]/",
        ] {
            let url = Url::parse(url).unwrap();
            let refused = resolve(&url, false).await;
            assert!(matches!(refused, Err(Refused::Private { .. })), "{url}");
            assert!(resolve(&url, true).await.is_ok(), "{url}");
        }
    }
}
