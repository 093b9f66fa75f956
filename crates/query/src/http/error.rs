//! Errors over HTTP.

use axum::response::{IntoResponse, Response};
use detente_feed::{Error, Failure};
use detente_http::reply;

/// The outcome of a route.
pub(super) type Reply = Result<Response, ErrorResponse>;

/// An error as an HTTP response.
#[derive(Debug)]
pub(super) struct ErrorResponse(Error);

impl<E: Into<Error>> From<E> for ErrorResponse {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for ErrorResponse {
    fn into_response(self) -> Response {
        match self.0 {
            Error::Refused(refusal) => reply::refusal(refusal),
            Error::Failed(failure) => failed(&failure),
        }
    }
}

/// Answers with a failure, and logs it.
pub(super) fn failed(failure: &Failure) -> Response {
    let code = failure.code;
    tracing::error!(code = code.as_str(), "a read has failed: {failure}");
    reply::failure(&reply::Failure::with_code(code, &failure.reason))
}
