//! How a client is made.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::HeaderValue;
use reqwest::{Certificate, Url};
use tokio_rustls::rustls::crypto::ring;
use uuid::Uuid;

use crate::Client;
use crate::client::Parts;
use crate::error::Error;
use crate::wait::Waits;

/// Makes an id, of version 7, that nobody else has.
pub type Ids = Arc<dyn Fn() -> Uuid + Send + Sync>;

/// How long a server may take to answer.
const ANSWER_WITHIN: Duration = Duration::from_secs(60);
/// How long a connection may take to stand.
const CONNECT_WITHIN: Duration = Duration::from_secs(10);
/// A stream that is silent for so long is dead: a server gives a sign of life every 15 seconds.
const SILENCE_MAX: Duration = Duration::from_secs(45);
/// The waits before what failed is tried again: they double, up to the last.
const WAITS: Waits = Waits {
    first: Duration::from_millis(200),
    last: Duration::from_secs(10),
};
/// How often a report is sent whose fate is not known.
const TRIES: u32 = 5;

/// What a client is made of. All but the address has a good default.
#[derive(Clone)]
pub struct Builder {
    server: String,
    ingest: Option<String>,
    token: Option<String>,
    trusted: Vec<Certificate>,
    ids: Ids,
    answer_within: Duration,
    silence_max: Duration,
    waits: Waits,
    tries: u32,
}

// === impl Builder ===

impl Builder {
    pub(crate) fn new(server: String) -> Self {
        Self {
            server,
            ingest: None,
            token: None,
            trusted: Vec::new(),
            ids: Arc::new(id),
            answer_within: ANSWER_WITHIN,
            silence_max: SILENCE_MAX,
            waits: WAITS,
            tries: TRIES,
        }
    }

    /// The address of the gateway, where it is apart from the query service.
    #[must_use]
    pub fn ingest(mut self, url: impl Into<String>) -> Self {
        self.ingest = Some(url.into());
        self
    }

    /// The token that is shown to the server at every request. It is a secret: it is in no log and
    /// in no `Debug`.
    #[must_use]
    pub fn token(mut self, token: impl Into<String>) -> Self {
        self.token = Some(token.into());
        self
    }

    /// Authorities to trust beside those of the system, as PEM; for addresses with `https`.
    ///
    /// # Errors
    /// [`Error::Setup`] where there is no certificate in it.
    pub fn trust(mut self, pem: &[u8]) -> Result<Self, Error> {
        let read = Certificate::from_pem_bundle(pem).unwrap_or_default();
        if read.is_empty() {
            let what = "there is no certificate in PEM in it".to_owned();
            return Err(Error::Setup { what });
        }
        self.trusted.extend(read);
        Ok(self)
    }

    /// Makes the ids of rows that have none. By default they are UUIDs of version 7.
    #[must_use]
    pub fn ids(mut self, ids: Ids) -> Self {
        self.ids = ids;
        self
    }

    /// How long the server may take to answer a read, or one try of a report; 60 seconds by
    /// default.
    #[must_use]
    pub const fn answer_within(mut self, limit: Duration) -> Self {
        self.answer_within = limit;
        self
    }

    /// A watch whose line is silent for so long comes again; 45 seconds by default. The server
    /// gives a sign of life every 15 seconds.
    #[must_use]
    pub const fn silence_max(mut self, silence: Duration) -> Self {
        self.silence_max = silence;
        self
    }

    /// The waits before what failed is tried again, each shortened by lot by up to a half: they
    /// double from the first to the last; 200 milliseconds to 10 seconds by default.
    #[must_use]
    pub const fn waits(mut self, first: Duration, last: Duration) -> Self {
        self.waits = Waits { first, last };
        self
    }

    /// How often a report is sent whose fate is not known; 5 times by default, at least once.
    #[must_use]
    pub const fn tries(mut self, tries: u32) -> Self {
        self.tries = tries;
        self
    }

    /// The client. Nothing is asked yet.
    ///
    /// # Errors
    /// [`Error::Setup`] where an address, the token or a certificate cannot be used.
    pub fn build(self) -> Result<Client, Error> {
        let server = address(&self.server)?;
        let ingest = match &self.ingest {
            Some(ingest) => address(ingest)?,
            None => server.clone(),
        };
        // Who asks without TLS needs somebody's cryptography all the same; whoever has chosen one
        // before has his reasons.
        let _ = ring::default_provider().install_default();
        let token = self.token.as_deref().map(bearer).transpose()?;
        let http = reqwest::Client::builder().connect_timeout(CONNECT_WITHIN);
        let http = if [&server, &ingest].iter().any(|url| url.scheme() == "https") {
            http.tls_certs_merge(self.trusted)
        } else {
            // The authorities of the system need not be read.
            http.tls_certs_only([])
        };
        let http = http.build().map_err(|error| Error::Setup {
            what: format!("no connections can be made: {error}"),
        })?;
        Ok(Client::of(Parts {
            http,
            server,
            ingest,
            token,
            ids: self.ids,
            answer_within: self.answer_within,
            silence_max: self.silence_max,
            waits: self.waits,
            tries: self.tries.max(1),
        }))
    }
}

impl fmt::Debug for Builder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Builder")
            .field("server", &self.server)
            .field("ingest", &self.ingest)
            .field("token", &self.token.as_ref().map(|_| "***"))
            .finish_non_exhaustive()
    }
}

fn address(given: &str) -> Result<Url, Error> {
    let url = Url::parse(given).ok();
    let url = url.filter(|url| ["http", "https"].contains(&url.scheme()) && url.has_host());
    url.ok_or_else(|| Error::Setup {
        what: format!("{given:?} is no address of a server, such as http://127.0.0.1:1648"),
    })
}

fn bearer(token: &str) -> Result<HeaderValue, Error> {
    let value = HeaderValue::from_str(&format!("Bearer {token}"));
    // What is wrong with it is not told: the token would be in the words.
    let mut value = value.map_err(|_| Error::Setup {
        what: "the token has characters that no token has".to_owned(),
    })?;
    value.set_sensitive(true);
    Ok(value)
}

#[expect(
    clippy::disallowed_methods,
    reason = "whoever uses this crate may give ids; this is where they are made if nobody does"
)]
fn id() -> Uuid {
    Uuid::now_v7()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_address_or_no_token_is_told_and_a_token_never() {
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
    }
}
