//! What a client is for its limits: a token, from any address, or an address.

use std::net::IpAddr;

use axum::extract::{ConnectInfo, Request};
use detente_auth::TokenId;

use crate::auth;
use crate::serve::Peer;

/// The key of the limits of a client.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Client {
    Token(TokenId),
    Address(IpAddr),
}

impl Client {
    /// Returns the client that sent a request, once that is authenticated.
    pub(crate) fn of(request: &Request) -> Option<Self> {
        if let Some(token) = auth::caller(request).and_then(|caller| caller.token()) {
            return Some(Self::Token(token.clone()));
        }
        let ConnectInfo(Peer(peer)) = request.extensions().get::<ConnectInfo<Peer>>()?;
        Some(Self::Address(address(peer.ip())))
    }

    /// Returns true for an address of this machine, which programs and a proxy on it share.
    pub(crate) const fn is_local(&self) -> bool {
        match self {
            Self::Token(_) => false,
            Self::Address(address) => address.is_loopback(),
        }
    }
}

/// Returns the address by which a client is limited: for IPv6, its network of 64 bits.
pub(crate) fn address(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        IpAddr::V4(address) => address.into(),
        // The first network holds the loopback address, and no other.
        IpAddr::V6(address) if address.is_loopback() => address.into(),
        IpAddr::V6(address) => {
            let network = address.to_bits() >> 64 << 64;
            IpAddr::V6(network.into())
        }
    }
}
