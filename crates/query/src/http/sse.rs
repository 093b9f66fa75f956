//! Server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use axum::http::{HeaderName, HeaderValue, header};
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use detente_api::Code;
use detente_api::refusal::Problem;
use detente_feed::Error;
use detente_http::StreamPermit;
use futures_util::{Stream, StreamExt as _, stream};
use serde::Serialize;

use super::error::{ErrorResponse, Reply};

/// The delay before a client connects again.
pub(super) const RETRY: Duration = Duration::from_secs(1);

/// The headers that keep proxies from holding events back, and from storing or changing them.
const HEADERS: [(HeaderName, HeaderValue); 2] = [
    (
        HeaderName::from_static("x-accel-buffering"),
        HeaderValue::from_static("no"),
    ),
    (
        header::CACHE_CONTROL,
        HeaderValue::from_static("no-store, no-transform"),
    ),
];

/// Answers with a stream of events, which counts as open until it is dropped.
pub(super) fn stream(
    events: impl Stream<Item = Event> + Send + 'static,
    permit: StreamPermit,
) -> Response {
    answer(events.map(move |event| {
        let _open = &permit;
        event
    }))
}

fn answer(events: impl Stream<Item = Event> + Send + 'static) -> Response {
    let mut response = Sse::new(events.map(Ok::<_, Infallible>)).into_response();
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, value);
    }
    response
}

/// Answers an error of a stream. A client that resumes after a stale cursor is told so by an event
/// `refused`: the `EventSource` of a browser shows neither status nor body of an answer, and does
/// not connect again after a refusal. The id of the event is the cursor to resume from: the same
/// place in the log if it is known, otherwise the start, and none for a replay.
pub(super) fn refused(error: Error, last: Option<&str>) -> Reply {
    match error {
        Error::Refused(refusal) if last.is_some() && refusal.code == Code::StaleCursor => {
            let allowed = &refusal.allowed;
            let resume = allowed.get(2).or(allowed.first());
            let id = resume.cloned().unwrap_or_default();
            let told = event("refused", &id, &Problem::new(refusal));
            Ok(answer(stream::iter(told.map(|event| event.retry(RETRY)))))
        }
        error => Err(ErrorResponse::from(error)),
    }
}

/// Returns an event with JSON data. `id` is the cursor to resume from. Returns `None`, which ends
/// the stream, if the data cannot be serialised.
pub(super) fn event(name: &str, id: &str, data: &impl Serialize) -> Option<Event> {
    let event = Event::default().event(name).id(id).json_data(data);
    event.inspect_err(log_error).ok()
}

/// Logs that an event cannot be serialised.
pub(super) fn log_error(error: &impl std::fmt::Display) {
    tracing::error!(%error, "an event cannot be serialised");
}
