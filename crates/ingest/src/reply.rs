//! Answers as HTTP: what was accepted and what was refused, row by row.

use axum::response::Response;
use detente_api::json::{Accepted, Answer, Refused};
use detente_api::refusal::Problem;
use detente_http::reply::{self, JSON};
use schemars::JsonSchema;
use serde::Serialize;

use crate::error::Failure;

/// A request of which nothing was accepted: a problem, with the rows that were refused.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Rejected {
    /// The problem.
    #[serde(flatten)]
    problem: Problem,
    /// Always empty.
    accepted: Vec<Accepted>,
    /// The rows that were refused.
    refused: Vec<Refused>,
}

pub(crate) fn answer(answer: Answer) -> Response {
    let status = answer.status();
    if status < 400 {
        return reply::body(status, JSON, &answer);
    }
    let refusals = answer
        .refused
        .iter()
        .flat_map(|row| row.refusals.iter().cloned())
        .collect();
    match Problem::of(refusals) {
        Some(problem) => {
            let Answer { accepted, refused } = answer;
            let rejected = Rejected {
                problem,
                accepted,
                refused,
            };
            reply::body(status, Problem::MEDIA_TYPE, &rejected)
        }
        None => reply::body(status, JSON, &answer),
    }
}

pub(crate) fn failure(failure: &Failure) -> Response {
    let code = failure.code;
    reply::failure(&reply::Failure {
        word: code.as_str(),
        status: code.status(),
        title: code.title(),
        detail: &failure.reason,
        advice: code.advice(),
        accepted: Some(&failure.accepted),
    })
}
