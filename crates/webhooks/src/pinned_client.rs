//! An HTTP client that connects only to addresses that were checked.

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

use crate::address::{self, AddressError};

/// The time for which a resolved name is reused.
const RESOLVED_FOR: Duration = Duration::from_secs(30);
/// The time after which an idle connection is closed.
const IDLE_FOR: Duration = Duration::from_secs(30);

/// Resolves every name to the checked addresses.
type Resolver = tower::util::BoxCloneSyncService<Name, std::vec::IntoIter<SocketAddr>, Infallible>;
/// A client of the checked addresses.
pub(crate) type HttpClient = Client<HttpsConnector<HttpConnector<Resolver>>, Full<Bytes>>;

/// The client of the receiver of one webhook.
#[derive(Debug)]
pub(crate) struct PinnedClient {
    url: Url,
    tls: rustls::ClientConfig,
    allow_private: bool,
    resolved: Mutex<Option<Resolved>>,
}

/// A client with its addresses, and the time at which they were resolved.
#[derive(Debug)]
struct Resolved {
    addresses: Vec<SocketAddr>,
    client: HttpClient,
    since: Instant,
}

/// Returns the TLS configuration: receivers are verified by the certificates that the host trusts.
pub(crate) fn tls() -> Result<rustls::ClientConfig, rustls::Error> {
    let mut roots = rustls::RootCertStore::empty();
    let loaded = rustls_native_certs::load_native_certs();
    for error in &loaded.errors {
        tracing::warn!(%error, "some certificates of the host cannot be read");
    }
    roots.add_parsable_certificates(loaded.certs);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = rustls::ClientConfig::builder_with_provider(provider);
    let builder = builder.with_safe_default_protocol_versions()?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

impl PinnedClient {
    pub(crate) fn new(url: Url, tls: rustls::ClientConfig, allow_private: bool) -> Self {
        Self {
            url,
            tls,
            allow_private,
            resolved: Mutex::new(None),
        }
    }

    pub(crate) const fn url(&self) -> &Url {
        &self.url
    }

    /// Returns a client of the current addresses of the host; its connections are reused for as
    /// long as the addresses stay the same.
    pub(crate) async fn client(&self) -> Result<HttpClient, AddressError> {
        let mut resolved = self.resolved.lock().await;
        if let Some(resolved) = &*resolved
            && resolved.since.elapsed() < RESOLVED_FOR
        {
            return Ok(resolved.client.clone());
        }
        let mut addresses = address::resolve(&self.url, self.allow_private).await?;
        addresses.sort_unstable();
        let client = match resolved.take() {
            Some(resolved) if resolved.addresses == addresses => resolved.client,
            Some(_) | None => self.connect_to(addresses.clone()),
        };
        *resolved = Some(Resolved {
            addresses,
            client: client.clone(),
            since: Instant::now(),
        });
        Ok(client)
    }

    /// Resolves the name again for the next request.
    pub(crate) async fn clear_addresses(&self) {
        *self.resolved.lock().await = None;
    }

    fn connect_to(&self, addresses: Vec<SocketAddr>) -> HttpClient {
        let resolve = tower::service_fn(move |_: Name| {
            let addresses = addresses.clone().into_iter();
            async move { Ok::<_, Infallible>(addresses) }
        });
        let mut connector = HttpConnector::new_with_resolver(Resolver::new(resolve));
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
