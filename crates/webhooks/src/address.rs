//! Allowed destinations: public addresses, unless private ones are allowed.
//!
//! A name is resolved, the result is checked, and the connection is made to that very address, so
//! a later change of DNS has no effect.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use url::Url;

/// The time limit of DNS.
const RESOLVE_TIMEOUT: Duration = Duration::from_secs(5);

/// The reason why a destination is not used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AddressError {
    /// The host cannot be resolved.
    #[error("{host} cannot be resolved: {reason}")]
    Unresolved {
        /// The host.
        host: String,
        /// The resolver's error.
        reason: String,
    },
    /// The host is within a private network.
    #[error("{host} is at {ip}, which is not a public address")]
    Private {
        /// The host.
        host: String,
        /// Its address.
        ip: IpAddr,
    },
}

/// Resolves the host of an address; the result is never empty.
pub(crate) async fn resolve(
    url: &Url,
    allow_private: bool,
) -> Result<Vec<SocketAddr>, AddressError> {
    let host = url.host_str().unwrap_or_default();
    let port = url.port_or_known_default().unwrap_or(443);
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let unresolved = |reason: String| AddressError::Unresolved {
        host: host.to_owned(),
        reason,
    };
    let addresses: Vec<SocketAddr> = match bare.parse::<IpAddr>() {
        Ok(ip) => vec![SocketAddr::new(ip, port)],
        Err(_) => {
            let lookup = tokio::net::lookup_host((bare, port));
            match tokio::time::timeout(RESOLVE_TIMEOUT, lookup).await {
                Ok(resolved) => resolved
                    .map_err(|error| unresolved(error.to_string()))?
                    .collect(),
                Err(_) => return Err(unresolved("DNS does not answer".to_owned())),
            }
        }
    };
    // One private address among several is enough: such an answer is not trusted.
    let mut all = addresses.iter();
    if !allow_private && let Some(address) = all.find(|address| !is_public(address.ip())) {
        return Err(AddressError::Private {
            host: host.to_owned(),
            ip: address.ip(),
        });
    }
    if addresses.is_empty() {
        return Err(unresolved("it has no address".to_owned()));
    }
    Ok(addresses)
}

/// Returns true if an address is on the public internet.
fn is_public(ip: IpAddr) -> bool {
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
        // IPv4 within IPv6, in its several forms.
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] => {
            embedded(high, low)
        }
        [0x2002, high, low, ..] => embedded(high, low),
        // Documentation, Teredo and other special ranges.
        [0x2001, second, ..] if second == 0xdb8 || second < 0x200 => false,
        [0x3fff, second, ..] if second < 0x1000 => false,
        // Global unicast.
        [first, ..] => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_and_special_addresses_are_not_public() {
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
    async fn a_private_address_is_refused_in_every_notation() {
        for url in [
            "http://127.0.0.1/",
            "http://localhost/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://[::1]:80/",
            "http://[::ffff:127.0.0.1]/",
        ] {
            let url = Url::parse(url).unwrap();
            let resolved = resolve(&url, false).await;
            assert!(
                matches!(resolved, Err(AddressError::Private { .. })),
                "{url}"
            );
            assert!(resolve(&url, true).await.is_ok(), "{url}");
        }
    }
}
