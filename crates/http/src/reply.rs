//! Answers: JSON, and `application/problem+json` (RFC 9457) for every refusal and failure.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use detente_api::FailureCode;
use detente_api::refusal::{Code, Problem, Refusal};
use detente_api::submission::Accepted;
use schemars::JsonSchema;
use serde::Serialize;

/// The media type of JSON.
pub const JSON: &str = "application/json";

/// The advice after a write whose outcome is unknown.
pub const RETRY_WITH_IDS: &str = "Send it again with the same ids: what is stored already is \
    answered as a repeat, and nothing is stored twice.";

/// The default `Retry-After`, in seconds.
pub(crate) const RETRY_AFTER: u64 = 1;

/// A fault of the service, never of the client, as a problem.
#[derive(Clone, Debug, Serialize, JsonSchema)]
pub struct Failure<'a> {
    /// `urn:detente:failure:` and the code.
    #[serde(rename = "type")]
    kind: String,
    /// The kind of failure.
    title: &'a str,
    /// The HTTP status.
    status: u16,
    /// The failure of this request.
    detail: &'a str,
    /// The stable code.
    code: &'a str,
    /// Advice to the client.
    advice: &'a str,
    /// Always empty: nothing was wrong with the request.
    refusals: Vec<Refusal>,
    /// The rows that are in the log nevertheless.
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted: Option<&'a [Accepted]>,
    /// The seconds after which a client may try again.
    #[serde(skip)]
    retry_after: Option<u64>,
}

/// Answers with JSON.
pub fn json(value: &impl Serialize) -> Response {
    body(200, JSON, value)
}

/// Answers with a refusal.
#[must_use]
pub fn refusal(refusal: Refusal) -> Response {
    problem(&Problem::new(refusal))
}

/// Answers with a problem.
#[must_use]
pub fn problem(problem: &Problem) -> Response {
    let response = body(problem.status, Problem::MEDIA_TYPE, problem);
    match problem.code {
        Code::NotCaughtUp | Code::TooManyConnections | Code::TooManyStreams => {
            retry_after(response, RETRY_AFTER)
        }
        _ => response,
    }
}

/// Answers with a failure, which may say when to try again.
#[must_use]
pub fn failure(failure: &Failure<'_>) -> Response {
    let response = body(failure.status, Problem::MEDIA_TYPE, failure);
    match failure.retry_after() {
        Some(seconds) => retry_after(response, seconds),
        None => response,
    }
}

/// Adds the header `Retry-After`.
pub(crate) fn retry_after(mut response: Response, seconds: u64) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// Answers with JSON of any status and media type.
pub fn body(status: u16, media_type: &'static str, value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(bytes) => bytes_as(status, media_type, bytes),
        Err(error) => unserialized(&error),
    }
}

pub(crate) fn bytes_as(status: u16, media_type: &'static str, bytes: Vec<u8>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(media_type))];
    (status, headers, Body::from(bytes)).into_response()
}

/// Returns the failure of an answer that cannot be serialised: a fault of its type.
pub(crate) fn unserialized(error: &dyn std::error::Error) -> Response {
    tracing::error!(%error, "an answer could not be serialised");
    failure(&Failure::internal())
}

// === impl Failure ===

impl<'a> Failure<'a> {
    /// Makes a failure with a stable code, its HTTP status, and the kind and the details of the
    /// failure for people.
    #[must_use]
    pub fn new(code: &'static str, status: u16, title: &'a str, detail: &'a str) -> Self {
        Self {
            kind: format!("urn:detente:failure:{code}"),
            title,
            status,
            detail,
            code,
            advice: "Try again in a moment.",
            refusals: Vec::new(),
            accepted: None,
            retry_after: (status == 503).then_some(RETRY_AFTER),
        }
    }

    /// Makes a failure with a code of the API.
    #[must_use]
    pub fn with_code(code: FailureCode, detail: &'a str) -> Self {
        Self {
            retry_after: code.retry_after(),
            ..Self::new(code.as_str(), code.status(), code.title(), detail)
        }
    }

    /// Makes the failure for an internal error, such as a panic.
    #[must_use]
    pub fn internal() -> Self {
        let detail = "internal error; the log of the service has the cause";
        Self::new("internal", 500, "This program failed", detail)
    }

    /// Sets the advice to the client.
    #[must_use]
    pub const fn advice(mut self, advice: &'a str) -> Self {
        self.advice = advice;
        self
    }

    /// Adds the rows that are in the log nevertheless.
    #[must_use]
    pub const fn accepted(mut self, accepted: &'a [Accepted]) -> Self {
        self.accepted = Some(accepted);
        self
    }

    /// Returns the seconds after which a client may try again, if that may help.
    #[must_use]
    pub const fn retry_after(&self) -> Option<u64> {
        self.retry_after
    }
}
