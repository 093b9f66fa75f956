//! The line to a receiver: connections to addresses that were looked at, and to no others.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::Full;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::sync::Mutex;
use tokio::time::Instant;
use url::Url;

use crate::address::{self, Refused};

/// How long a name is taken for the addresses that it had.
const RESOLVED_FOR: Duration = Duration::from_secs(30);
/// How long a connection may lie idle.
const IDLE_FOR: Duration = Duration::from_secs(30);

/// Resolves every name to what was looked at.
type Pinned = tower::util::BoxCloneSyncService<Name, std::vec::IntoIter<SocketAddr>, Infallible>;
/// Sends requests to one place.
pub(crate) type Requests = Client<HttpsConnector<HttpConnector<Pinned>>, Full<Bytes>>;

/// The line to the receiver of one webhook.
#[derive(Debug)]
pub(crate) struct Line {
    url: Url,
    tls: rustls::ClientConfig,
    allow_private: bool,
    held: Mutex<Option<Held>>,
}

/// A client that connects to these addresses and to no others, and when they were looked at.
#[derive(Debug)]
struct Held {
    addresses: Vec<SocketAddr>,
    client: Requests,
    since: Instant,
}

/// How receivers are known: by the certificates that the host trusts.
pub(crate) fn tls() -> Result<rustls::ClientConfig, rustls::Error> {
    let mut roots = rustls::RootCertStore::empty();
    let found = rustls_native_certs::load_native_certs();
    for error in &found.errors {
        tracing::warn!(%error, "some certificates of the host cannot be read");
    }
    roots.add_parsable_certificates(found.certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions()?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

impl Line {
    pub(crate) fn new(url: Url, tls: rustls::ClientConfig, allow_private: bool) -> Self {
        Self {
            url,
            tls,
            allow_private,
            held: Mutex::new(None),
        }
    }

    pub(crate) const fn url(&self) -> &Url {
        &self.url
    }

    /// A client that connects to what the name was resolved to, and nowhere else.
    pub(crate) async fn client(&self) -> Result<Requests, Refused> {
        let mut held = self.held.lock().await;
        if let Some(held) = &*held
            && held.since.elapsed() < RESOLVED_FOR
        {
            return Ok(held.client.clone());
        }
        let mut addresses = address::resolve_in_time(&self.url, self.allow_private).await?;
        addresses.sort_unstable();
        let since = Instant::now();
        if let Some(held) = &mut *held
            && held.addresses == addresses
        {
            held.since = since;
            return Ok(held.client.clone());
        }
        let client = self.pinned(addresses.clone());
        *held = Some(Held {
            addresses,
            client: client.clone(),
            since,
        });
        Ok(client)
    }

    /// The name may be at another address by now.
    pub(crate) async fn look_again(&self) {
        *self.held.lock().await = None;
    }

    fn pinned(&self, addresses: Vec<SocketAddr>) -> Requests {
        let resolve = tower::service_fn(move |_: Name| {
            let addresses = addresses.clone().into_iter();
            async move { Ok::<_, Infallible>(addresses) }
        });
        let mut connector = HttpConnector::new_with_resolver(Pinned::new(resolve));
        connector.enforce_http(false);
        connector.set_nodelay(true);
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(self.tls.clone())
            .https_or_http()
            .enable_http1()
            .wrap_connector(connector);
        Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(IDLE_FOR)
            .build(connector)
    }
}
