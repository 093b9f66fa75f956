//! Configuration of a client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::Certificate;
use reqwest::header::HeaderValue;
use tokio_rustls::rustls::crypto::ring;
use uuid::Uuid;

use crate::Client;
use crate::address::{Address, without_credentials};
use crate::backoff::Bounds;
use crate::client::Inner;
use crate::error::Error;

/// Returns a fresh UUID of version 7.
pub type Ids = Arc<dyn Fn() -> Uuid + Send + Sync>;

/// Time limit of a read, or of one attempt to report.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);
/// Time limit of connecting.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// A stream that is silent for this long is closed; servers send a heartbeat every 15 seconds.
const SILENCE_MAX: Duration = Duration::from_secs(45);
/// Waits between attempts.
const BACKOFF: Bounds = Bounds {
    first: Duration::from_millis(200),
    longest: Duration::from_secs(10),
};
/// Attempts to send a report.
const TRIES: u32 = 5;

/// The configuration of a client. Everything but the address has a default.
#[derive(Clone)]
pub struct Builder {
    server: String,
    ingest: Option<String>,
    token: Option<String>,
    trusted: Vec<Certificate>,
    settings: Settings,
}

/// The parts of the configuration that the client keeps.
#[derive(Clone)]
pub(crate) struct Settings {
    pub(crate) ids: Ids,
    pub(crate) answer_within: Duration,
    pub(crate) silence_max: Duration,
    pub(crate) backoff: Bounds,
    pub(crate) tries: u32,
}

// === impl Builder ===

impl Builder {
    pub(crate) fn new(server: String) -> Self {
        Self {
            server,
            ingest: None,
            token: None,
            trusted: Vec::new(),
            settings: Settings {
                ids: Arc::new(new_id),
                answer_within: ANSWER_WITHIN,
                silence_max: SILENCE_MAX,
                backoff: BACKOFF,
                tries: TRIES,
            },
        }
    }

    /// Sets the address of the gateway, if it differs from that of the query service.
    #[must_use]
    pub fn ingest(mut self, url: impl Into<String>) -> Self {
        self.ingest = Some(url.into());
        self
    }

    /// Sets the token that every request carries. It appears neither in logs nor in `Debug`.
    #[must_use]
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Adds CA certificates, as PEM, to those of the system; used for `https` addresses.
    ///
    /// # Errors
    /// [`Error::Setup`] if the text contains no certificate.
    pub fn trust(mut self, pem: &[u8]) -> Result<Self, Error> {
        let certificates = Certificate::from_pem_bundle(pem).unwrap_or_default();
        if certificates.is_empty() {
            return Err(setup("there is no certificate in PEM in it".to_owned()));
        }
        self.trusted.extend(certificates);
        Ok(self)
    }

    /// Sets the source of ids for rows without one; UUIDs of version 7 by default.
    #[must_use]
    pub fn ids(mut self, ids: Ids) -> Self {
        self.settings.ids = ids;
        self
    }

    /// Sets the time limit of a read, or of one attempt to report; 60 seconds by default.
    #[must_use]
    pub const fn answer_within(mut self, limit: Duration) -> Self {
        self.settings.answer_within = limit;
        self
    }

    /// Sets how long a watch may be silent before it reconnects; 45 seconds by default. Servers
    /// send a heartbeat every 15 seconds.
    #[must_use]
    pub const fn silence_max(mut self, silence: Duration) -> Self {
        self.settings.silence_max = silence;
        self
    }

    /// Sets the waits between attempts, which double from the first to the longest and are
    /// shortened at random by up to a half; 200 milliseconds to 10 seconds by default.
    #[must_use]
    pub const fn backoff(mut self, first: Duration, longest: Duration) -> Self {
        self.settings.backoff = Bounds { first, longest };
        self
    }

    /// Sets how many times an unanswered report is sent; 5 by default, at least once.
    #[must_use]
    pub const fn tries(mut self, tries: u32) -> Self {
        self.settings.tries = tries;
        self
    }

    /// Builds the client, without connecting.
    ///
    /// # Errors
    /// [`Error::Setup`] if an address, the token or a certificate is invalid, or if an address has a
    /// user and password and there is a token too.
    pub fn build(self) -> Result<Client, Error> {
        let server = address(&self.server)?;
        let ingest = match &self.ingest {
            Some(ingest) => address(ingest)?,
            None => server.clone(),
        };
        if self.token.is_some() && (server.has_credentials() || ingest.has_credentials()) {
            let message =
                "the address has a user or a password, and there is a token: give only one";
            return Err(setup(message.to_owned()));
        }
        // reqwest needs a provider even without TLS; one that is installed already stays.
        let _ = ring::default_provider().install_default();
        let token = self.token.as_deref().map(bearer).transpose()?;
        let http = reqwest::Client::builder().connect_timeout(CONNECT_WITHIN);
        let http = if [&server, &ingest]
            .iter()
            .any(|address| address.url().scheme() == "https")
        {
            http.tls_certs_merge(self.trusted)
        } else {
            // Skips reading the CA certificates of the system.
            http.tls_certs_only([])
        };
        let http = http.build();
        let http = http.map_err(|error| setup(format!("cannot set up connections: {error}")))?;
        let inner = Inner {
            http,
            server,
            ingest,
            token,
            settings: self.settings,
        };
        Ok(Client {
            inner: Arc::new(inner),
        })
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("server", &without_credentials(&self.server))
            .field("ingest", &self.ingest.as_deref().map(without_credentials))
            .field("token", &self.token.as_ref().map(|_| "***"))
            .finish_non_exhaustive()
    }
}

const fn setup(message: String) -> Error {
    Error::Setup { message }
}

fn address(text: &str) -> Result<Address, Error> {
    Address::parse(text).map_err(setup)
}

fn bearer(token: &str) -> Result<HeaderValue, Error> {
    let value = HeaderValue::from_str(&format!("Bearer {token}"));
    // The cause is left out, since it may contain the token.
    let message = || "the token contains invalid characters".to_owned();
    let mut value = value.map_err(|_| setup(message()))?;
    value.set_sensitive(true);
    Ok(value)
}

#[expect(
    clippy::disallowed_methods,
    reason = "the default; a caller can provide ids"
)]
fn new_id() -> Uuid {
    Uuid::now_v7()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invalid_address_or_token_is_refused_without_showing_the_token() {
        for bad in ["", "x", "ftp://x", "127.0.0.1:1648"] {
            let error = Client::builder(bad).build().unwrap_err();
            assert!(error.to_string().contains(&format!("{bad:?}")), "{error}");
        }
        let builder = Client::builder("http://127.0.0.1:1").token("se\ncret");
        assert!(!format!("{builder:?}").contains("cret"));
        assert!(!builder.build().unwrap_err().to_string().contains("cret"));
        let client = Client::builder("http://127.0.0.1:1").token("secret");
        let client = client.build().unwrap();
        assert!(!format!("{client:?}").contains("secret"));
        let builder = Client::builder("http://desk:secret@127.0.0.1:1").ingest("desk:secret@x");
        assert!(!format!("{builder:?}").contains("secret"));
        let both = Client::builder("http://desk:secret@127.0.0.1:1").token("t");
        assert!(!both.build().unwrap_err().to_string().contains("secret"));
    }
}
