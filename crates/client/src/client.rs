//! One request, and its answer.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use detente_api::json::Accepted;
use detente_api::refusal::Problem;
use reqwest::header::{AUTHORIZATION, HeaderMap, HeaderValue, RETRY_AFTER};
use reqwest::{Method, RequestBuilder, Response, StatusCode, Url};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::builder::{Builder, Ids};
use crate::error::{Error, Failed};
use crate::wait::Waits;

/// The longest wait that a server may ask for; beyond it, it is asked again all the same.
const ASKED_MAX: Duration = Duration::from_secs(60);

/// A client of a server. Clones share its connections.
#[derive(Clone)]
pub struct Client {
    parts: Arc<Parts>,
}

/// The parameters of a question.
pub(crate) type Params = Vec<(&'static str, String)>;

pub(crate) struct Parts {
    pub(crate) http: reqwest::Client,
    pub(crate) server: Url,
    pub(crate) ingest: Url,
    pub(crate) token: Option<HeaderValue>,
    pub(crate) ids: Ids,
    pub(crate) answer_within: Duration,
    pub(crate) silence_max: Duration,
    pub(crate) waits: Waits,
    pub(crate) tries: u32,
}

/// An answer that is none, and when the server wants to be asked again.
#[derive(Debug)]
pub(crate) struct Lost {
    pub(crate) error: Error,
    pub(crate) again_after: Option<Duration>,
}

/// A failure, as a server tells it.
#[derive(Deserialize)]
struct Told {
    #[serde(default)]
    code: String,
    detail: String,
    #[serde(default)]
    advice: String,
    #[serde(default)]
    accepted: Vec<Accepted>,
}

// === impl Client ===

impl Client {
    /// Begins with the address of a server, such as `http://127.0.0.1:1648`.
    #[must_use]
    pub fn builder(server: impl Into<String>) -> Builder {
        Builder::new(server.into())
    }

    pub(crate) fn of(parts: Parts) -> Self {
        Self {
            parts: Arc::new(parts),
        }
    }

    pub(crate) fn parts(&self) -> &Parts {
        &self.parts
    }

    /// The address that reads go to.
    #[must_use]
    pub fn server(&self) -> &str {
        self.parts.server.as_str().trim_end_matches('/')
    }

    /// The address that reports go to.
    #[must_use]
    pub fn ingest(&self) -> &str {
        self.parts.ingest.as_str().trim_end_matches('/')
    }

    /// A request to the query service.
    pub(crate) fn ask(&self, path: &[&str], params: &[(&'static str, String)]) -> RequestBuilder {
        let request = self.request(Method::GET, &self.parts.server, path);
        request.query(params)
    }

    /// A request to the gateway.
    pub(crate) fn tell(&self, path: &[&str]) -> RequestBuilder {
        let request = self.request(Method::POST, &self.parts.ingest, path);
        request.timeout(self.parts.answer_within)
    }

    pub(crate) fn request(&self, method: Method, base: &Url, path: &[&str]) -> RequestBuilder {
        let mut url = base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        let request = self.parts.http.request(method, url);
        match &self.parts.token {
            Some(token) => request.header(AUTHORIZATION, token.clone()),
            None => request,
        }
    }

    /// Reads what is at an address.
    pub(crate) async fn get<T: DeserializeOwned>(
        &self,
        path: &[&str],
        params: &[(&'static str, String)],
    ) -> Result<T, Error> {
        let request = self.ask(path, params).timeout(self.parts.answer_within);
        let answer = send(request, self.server()).await;
        let response = answer.map_err(|lost| lost.error)?;
        let bytes = whole(response, self.server()).await?;
        serde_json::from_slice(&bytes).map_err(|error| Error::NotUnderstood {
            server: self.server().to_owned(),
            cause: error.into(),
        })
    }
}

/// Sends a request; an answer that is no good one is told as what it says.
pub(crate) async fn send(request: RequestBuilder, server: &str) -> Result<Response, Lost> {
    let response = request.send().await.map_err(|error| Lost {
        error: unreachable(error, server),
        again_after: None,
    })?;
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let again_after = again_after(response.headers());
    let error = match whole(response, server).await {
        Ok(body) => told(status, &body),
        Err(error) => error,
    };
    Err(Lost { error, again_after })
}

/// The body of an answer.
pub(crate) async fn whole(response: Response, server: &str) -> Result<Vec<u8>, Error> {
    let bytes = response.bytes().await;
    let bytes = bytes.map_err(|error| unreachable(error, server))?;
    Ok(bytes.into())
}

pub(crate) fn unreachable(error: reqwest::Error, server: &str) -> Error {
    Error::Unreachable {
        server: server.to_owned(),
        cause: Box::new(error.without_url()),
    }
}

/// What an answer that is no good one says. A code that this version does not know makes it a
/// failure, with the code as a word.
pub(crate) fn told(status: StatusCode, body: &[u8]) -> Error {
    if let Ok(problem) = serde_json::from_slice::<Problem>(body) {
        return Error::Refused(Box::new(problem));
    }
    let told = serde_json::from_slice(body).unwrap_or_else(|_| {
        let said = String::from_utf8_lossy(body);
        let said: String = said.chars().take(300).collect();
        Told {
            code: String::new(),
            detail: format!("the server answers {status}: {}", said.trim()),
            advice: String::new(),
            accepted: Vec::new(),
        }
    });
    let Told {
        code,
        detail,
        advice,
        accepted,
    } = told;
    Error::Failed(Box::new(Failed {
        status: status.as_u16(),
        code,
        detail,
        advice,
        accepted,
    }))
}

/// The seconds of `Retry-After`.
pub(crate) fn again_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?;
    let asked = Duration::from_secs(value.trim().parse().ok()?);
    Some(asked.min(ASKED_MAX))
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("server", &self.server())
            .field("ingest", &self.ingest())
            .finish_non_exhaustive()
    }
}
