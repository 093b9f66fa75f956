//! Answers as HTTP, and what keeps a question from being answered.

use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use detente_api::table::Row;
use detente_http::reply::{self, JSON};
use detente_http::{Form, Wanted, list, tag};
use serde::Serialize;

use detente_feed::error::{Failure, No};
use detente_read_model::queries::Page;

pub(super) type Reply = Result<Response, Problem>;

/// Why a request was not answered, as an HTTP response.
#[derive(Debug)]
pub(super) struct Problem(No);

impl<E: Into<No>> From<E> for Problem {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

pub(super) fn failure(failure: &Failure) -> Response {
    let code = failure.code;
    tracing::error!(
        code = code.as_str(),
        "a question was not answered: {failure}"
    );
    reply::failure(&reply::Failure {
        word: code.as_str(),
        status: code.status(),
        title: code.title(),
        detail: &failure.reason,
        advice: "Ask again in a moment.",
        accepted: None,
    })
}

/// A JSON answer of any status.
pub(super) fn json_as(status: u16, value: &impl Serialize) -> Response {
    reply::body(status, JSON, value)
}

/// A view as JSON, unless the client has it.
pub(super) fn view(headers: &HeaderMap, view: &impl Serialize) -> Response {
    tag::view(headers, JSON, view, || serde_json::to_vec(view))
}

/// A view as JSON or as a brief, unless the client has it.
pub(super) fn told<V: Serialize>(
    headers: &HeaderMap,
    wanted: Wanted,
    view: &V,
    brief: impl FnOnce(&V) -> String,
) -> Response {
    if wanted.form == Form::Markdown {
        let media_type = Form::Markdown.content_type();
        return tag::view(headers, media_type, view, || Ok(brief(view).into_bytes()));
    }
    self::view(headers, view)
}

/// A page of a list whose items are its rows.
pub(super) fn page<T: Row>(uri: &Uri, wanted: Wanted, page: &Page<T>) -> Response {
    let rows = page.items.iter();
    list::list(uri, wanted, page, &page.items, rows, page.next.as_deref())
}

// === impl Problem ===

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        match self.0 {
            No::Refused(refused) => reply::refusal(refused),
            No::Failed(failed) => failure(&failed),
        }
    }
}
