//! Answers as HTTP: every refusal and failure is `application/problem+json`.

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use detente_wire::json::{Accepted, Answer, Refused};
use detente_wire::refusal::{Problem, Refusal};
use serde::Serialize;

use crate::error::{Failure, FailureCode};

/// When a client may try again, in seconds.
const RETRY_AFTER: HeaderValue = HeaderValue::from_static("1");

/// A request of which nothing was accepted: a problem, with the rows that were refused.
#[derive(Serialize)]
struct Rejected {
    #[serde(flatten)]
    problem: Problem,
    accepted: Vec<Accepted>,
    refused: Vec<Refused>,
}

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
    accepted: &'a [Accepted],
}

pub(crate) fn answer(answer: Answer) -> Response {
    let status = answer.status();
    if status < 400 {
        return json(status, "application/json", &answer);
    }
    let refusals = answer
        .refused
        .iter()
        .flat_map(|row| row.refusals.iter().cloned())
        .collect();
    match Problem::of(refusals) {
        Some(problem) => {
            let Answer { accepted, refused } = answer;
            json(
                status,
                Problem::MEDIA_TYPE,
                &Rejected {
                    problem,
                    accepted,
                    refused,
                },
            )
        }
        None => json(status, "application/json", &answer),
    }
}

pub(crate) fn refusal(refusal: Refusal) -> Response {
    let problem = Problem::one(refusal);
    json(problem.status, Problem::MEDIA_TYPE, &problem)
}

pub(crate) fn failure(failure: &Failure) -> Response {
    let code = failure.code;
    let failed = Failed {
        kind: format!("urn:detente:failure:{}", code.word()),
        title: code.title(),
        status: code.status(),
        detail: &failure.reason,
        code,
        advice: code.advice(),
        refusals: [],
        accepted: &failure.accepted,
    };
    let mut response = json(code.status(), Problem::MEDIA_TYPE, &failed);
    if code.status() == StatusCode::SERVICE_UNAVAILABLE.as_u16() {
        response
            .headers_mut()
            .insert(header::RETRY_AFTER, RETRY_AFTER);
    }
    response
}

fn json(status: u16, media_type: &'static str, body: &impl Serialize) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    match serde_json::to_vec(body) {
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
