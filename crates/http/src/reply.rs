//! Answers: JSON, and `application/problem+json` (RFC 9457) for every refusal and failure.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use detente_api::json::Accepted;
use detente_api::refusal::{Code, Problem, Refusal};
use schemars::JsonSchema;
use serde::Serialize;

/// The media type of JSON.
pub const JSON: &str = "application/json";

/// When a client may try again, in seconds, where nothing better is known.
const RETRY_AFTER: u64 = 1;

/// What is ours to mend, and never the client's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Failure<'a> {
    /// The stable word.
    pub word: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What it means, for a person.
    pub title: &'static str,
    /// What happened this time.
    pub detail: &'a str,
    /// What to do.
    pub advice: &'static str,
    /// The rows that are in the log in spite of it, where the request brought any.
    pub accepted: Option<&'a [Accepted]>,
}

/// A failure in the form of a problem.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Failure")]
pub(crate) struct FailureProblem<'a> {
    /// Names the kind of problem: `urn:detente:failure:` and the code.
    #[serde(rename = "type")]
    kind: String,
    /// What it means.
    title: &'a str,
    /// The HTTP status.
    status: u16,
    /// What happened this time.
    detail: &'a str,
    /// The stable code.
    code: &'a str,
    /// What to do.
    advice: &'a str,
    /// Always empty: nothing was wrong with the request.
    refusals: Vec<Refusal>,
    /// The rows that are in the log in spite of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted: Option<&'a [Accepted]>,
}

/// A JSON answer.
pub fn json(value: &impl Serialize) -> Response {
    body(200, JSON, value)
}

/// A request that was refused.
#[must_use]
pub fn refusal(refusal: Refusal) -> Response {
    problem(&Problem::one(refusal))
}

/// A request that was refused, for several reasons.
#[must_use]
pub fn problem(problem: &Problem) -> Response {
    let response = body(problem.status, Problem::MEDIA_TYPE, problem);
    if problem.code == Code::NotCaughtUp {
        again_after(response, RETRY_AFTER)
    } else {
        response
    }
}

/// A request that we could not answer.
#[must_use]
pub fn failure(failure: &Failure<'_>) -> Response {
    let Failure {
        word,
        status,
        title,
        detail,
        advice,
        accepted,
    } = *failure;
    let problem = FailureProblem {
        kind: format!("urn:detente:failure:{word}"),
        title,
        status,
        detail,
        code: word,
        advice,
        refusals: Vec::new(),
        accepted,
    };
    let response = body(status, Problem::MEDIA_TYPE, &problem);
    if status == StatusCode::SERVICE_UNAVAILABLE.as_u16() {
        again_after(response, RETRY_AFTER)
    } else {
        response
    }
}

/// Says when the client may try again.
pub(crate) fn again_after(mut response: Response, seconds: u64) -> Response {
    let headers = response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// An answer of any status and media type whose body is JSON.
pub fn body(status: u16, media_type: &'static str, value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(bytes) => bytes_as(status, media_type, bytes),
        Err(error) => unwritten(&error),
    }
}

pub(crate) fn bytes_as(status: u16, media_type: &'static str, bytes: Vec<u8>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(media_type))];
    (status, headers, Body::from(bytes)).into_response()
}

/// No value of ours fails to be written; if one does, its log line says which.
pub(crate) fn unwritten(error: &dyn std::error::Error) -> Response {
    tracing::error!(%error, "an answer could not be written");
    failure(&Failure {
        word: "internal",
        status: 500,
        title: "The answer could not be written",
        detail: "the answer could not be written; the log says why",
        advice: "Ask again in a moment.",
        accepted: None,
    })
}
