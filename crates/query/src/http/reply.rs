//! Answers as HTTP: every refusal and failure is `application/problem+json`.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use detente_wire::Code;
use detente_wire::refusal::{Problem, Refusal};
use serde::Serialize;

use crate::answers::Moment;
use crate::failure::{Failure, FailureCode};
use crate::feed::NotHere;
use crate::service::Query;

/// When a client may try again, in seconds.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

/// A question that was not answered.
#[derive(Debug)]
pub(super) enum No {
    Refused(Refusal),
    Failed(Failure),
}

pub(super) type Reply = Result<Response, No>;

/// A failure in the form of a problem.
#[derive(Serialize)]
struct Failed<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    detail: &'a str,
    code: FailureCode,
    advice: &'static str,
    refusals: [Refusal; 0],
}

pub(super) fn refusal(refusal: Refusal) -> Response {
    let problem = Problem::one(refusal);
    let retry = problem.code == Code::NotCaughtUp;
    let mut response = body(problem.status, Problem::MEDIA_TYPE, &problem);
    if retry {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, RETRY_AFTER);
    }
    response
}

pub(super) fn failure(failure: &Failure) -> Response {
    let code = failure.code;
    tracing::error!(code = code.word(), "a question was not answered: {failure}");
    let failed = Failed {
        kind: format!("urn:detente:failure:{}", code.word()),
        title: code.title(),
        status: code.status(),
        detail: &failure.reason,
        code,
        advice: "Ask again in a moment.",
        refusals: [],
    };
    let mut response = body(code.status(), Problem::MEDIA_TYPE, &failed);
    response
        .headers_mut()
        .insert(header::RETRY_AFTER, RETRY_AFTER);
    response
}

pub(super) fn json(value: &impl Serialize) -> Response {
    body(200, "application/json", value)
}

/// Like [`json`], with a status.
pub(super) fn json_as(status: u16, value: &impl Serialize) -> Response {
    body(status, "application/json", value)
}

/// The answer to a question that has both clocks. It is the same for as long as its tag is, so a
/// client that has it already is told so.
pub(super) fn tagged(
    query: &Query,
    moment: Moment,
    headers: &HeaderMap,
    value: impl FnOnce() -> Response,
) -> Response {
    let projection = &query.parts().deps.projection;
    let tag = format!("\"{projection}-{}-{}\"", moment.known, moment.at);
    let held = headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|held| held.to_str().ok());
    let same = |held: &str| {
        let held = held.trim();
        held == "*" || held.strip_prefix("W/").unwrap_or(held) == tag
    };
    let is_held = held.flat_map(|held| held.split(',')).any(same);
    let mut response = if is_held {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        value()
    };
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

fn body(status: u16, media_type: &'static str, value: &impl Serialize) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match serde_json::to_vec(value) {
        Ok(bytes) => {
            let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(media_type))];
            (status, headers, Body::from(bytes)).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "an answer could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

// === impl No ===

impl IntoResponse for No {
    fn into_response(self) -> Response {
        match self {
            Self::Refused(refused) => refusal(refused),
            Self::Failed(failed) => failure(&failed),
        }
    }
}

impl From<Refusal> for No {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<Failure> for No {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure)
    }
}

impl From<NotHere> for No {
    fn from(not_here: NotHere) -> Self {
        match not_here {
            NotHere::Refused(refusal) => Self::Refused(refusal),
            NotHere::Failed(failure) => Self::Failed(failure),
        }
    }
}
