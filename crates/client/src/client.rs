//! One request and its response.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use serde::de::DeserializeOwned;

use crate::address::Address;
use crate::builder::{Builder, Settings};
use crate::error::{Error, Failure};

/// The longest `Retry-After` that is honoured.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(60);
/// The most characters of a body without a problem that are shown.
const SHOWN_MAX: usize = 300;

/// Query parameters.
pub(crate) type Pairs = Vec<(&'static str, String)>;

/// A client of a server. Clones share its connections.
#[derive(Clone)]
pub struct Client {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) http: reqwest::Client,
    pub(crate) server: Address,
    pub(crate) ingest: Address,
    pub(crate) token: Option<HeaderValue>,
    pub(crate) settings: Settings,
}

/// An error, and the wait that the server asked for.
#[derive(Debug)]
pub(crate) struct TransportError {
    pub(crate) error: Error,
    pub(crate) retry_after: Option<Duration>,
}

// === impl Client ===

impl Client {
    /// Starts to build a client of the server at an address, such as `http://127.0.0.1:1648`. A user
    /// and a password in it are for a proxy before the server, and are never shown.
    #[must_use]
    pub fn builder(server: impl Into<String>) -> Builder {
        Builder::new(server.into())
    }

    /// Returns the address of the query service, without a user and password.
    #[must_use]
    pub fn server(&self) -> &str {
        self.inner.server.shown()
    }

    /// Returns the address of the gateway, to which reports are sent, without a user and password.
    #[must_use]
    pub fn ingest(&self) -> &str {
        self.inner.ingest.shown()
    }

    /// Builds a read without a time limit.
    pub(crate) fn get_request(&self, path: &[&str], params: &Pairs) -> RequestBuilder {
        self.request(Method::GET, &self.inner.server, path)
            .query(params)
    }

    /// Builds a request; each part of the path is percent-encoded.
    pub(crate) fn request(&self, method: Method, base: &Address, path: &[&str]) -> RequestBuilder {
        // A user and password in the address are sent as `Authorization: Basic`.
        let mut url = base.url().clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        let request = self.inner.http.request(method, url);
        match &self.inner.token {
            Some(token) => request.header(AUTHORIZATION, token.clone()),
            None => request,
        }
    }

    /// Asks the query service.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        path: &[&str],
        params: &Pairs,
    ) -> Result<T, Error> {
        let body = self.body_of(self.get_request(path, params)).await?;
        decode(&body, self.server())
    }

    /// Sends a request to the query service, and returns the body of a successful response.
    pub(crate) async fn body_of(&self, request: RequestBuilder) -> Result<Vec<u8>, Error> {
        let request = request.timeout(self.inner.settings.answer_within);
        let response = send(request, self.server()).await;
        read_body(response.map_err(|failed| failed.error)?, self.server()).await
    }
}

/// Sends a request; a status that is not a success is an error.
pub(crate) async fn send(
    request: RequestBuilder,
    server: &str,
) -> Result<Response, TransportError> {
    let response = request.send().await;
    let response = response.map_err(|error| unreachable(error, server))?;
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let retry_after = retry_after(response.headers());
    let error = match read_body(response, server).await {
        Ok(body) => error_of(status, &body),
        Err(error) => error,
    };
    Err(TransportError { error, retry_after })
}

pub(crate) async fn read_body(response: Response, server: &str) -> Result<Vec<u8>, Error> {
    let bytes = response.bytes().await;
    Ok(bytes.map_err(|error| unreachable(error, server))?.into())
}

pub(crate) fn decode<T: DeserializeOwned>(body: &[u8], server: &str) -> Result<T, Error> {
    serde_json::from_slice(body).map_err(|error| Error::InvalidResponse {
        server: server.to_owned(),
        cause: error.into(),
    })
}

pub(crate) fn unreachable(error: reqwest::Error, server: &str) -> Error {
    Error::Unreachable {
        server: server.to_owned(),
        cause: Box::new(error.without_url()),
    }
}

/// Returns the error that a response describes. A problem whose code is not known to this version
/// is a failure.
pub(crate) fn error_of(status: StatusCode, body: &[u8]) -> Error {
    if let Ok(problem) = serde_json::from_slice(body) {
        return Error::Refused(problem);
    }
    let mut failure: Failure = serde_json::from_slice(body).unwrap_or_else(|_| {
        let shown: String = String::from_utf8_lossy(body)
            .chars()
            .take(SHOWN_MAX)
            .collect();
        Failure {
            detail: format!("the server returned {status}: {}", shown.trim()),
            ..Failure::default()
        }
    });
    failure.status = status.as_u16();
    Error::Failed(Box::new(failure))
}

/// Returns the seconds of `Retry-After`, up to a minute.
pub(crate) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?;
    let wait = Duration::from_secs(value.trim().parse().ok()?);
    Some(wait.min(RETRY_AFTER_MAX))
}

// === impl TransportError ===

impl From<Error> for TransportError {
    fn from(error: Error) -> Self {
        Self {
            error,
            retry_after: None,
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("server", &self.server())
            .field("ingest", &self.ingest())
            .finish_non_exhaustive()
    }
}
