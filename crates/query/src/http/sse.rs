//! Server-sent events.

use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{Stream, StreamExt as _};
use serde::Serialize;

/// The delay before a client connects again.
pub(super) const RETRY: Duration = Duration::from_secs(1);

/// Answers with a stream of events.
pub(super) fn stream(events: impl Stream<Item = Event> + Send + 'static) -> Response {
    Sse::new(events.map(Ok::<_, Infallible>)).into_response()
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
