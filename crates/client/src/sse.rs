//! A stream of server-sent events that reconnects and resumes.
//!
//! It reads only while it is polled and buffers nothing. If the server closes the connection to a
//! slow reader, it resumes after the last event that was returned; an event that was received in
//! part is received again.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use eventsource_stream::{Event, EventStreamError, Eventsource as _};
use futures_util::Stream;
use reqwest::StatusCode;
use reqwest::header::ACCEPT;
use serde::de::DeserializeOwned;
use tokio::time::{Instant, Sleep};

use crate::backoff::Backoff;
use crate::client::{Client, Pairs, TransportError, decode, send, unreachable};
use crate::error::Error;

const MEDIA_TYPE: &str = "text/event-stream";
/// The header with the id of the last event, after which the server resumes.
const LAST_EVENT_ID: &str = "last-event-id";

/// The event that refuses the last event id of a client that resumes.
const REFUSED: &str = "refused";

type Events = Pin<Box<dyn Stream<Item = Result<Event, EventStreamError<reqwest::Error>>> + Send>>;
type Opening = Pin<Box<dyn Future<Output = Result<Option<Events>, TransportError>> + Send>>;

/// A source of server-sent events.
pub(crate) struct EventSource {
    client: Client,
    path: [&'static str; 2],
    params: Pairs,
    last_event_id: Option<String>,
    backoff: Backoff,
    stage: Stage,
    was_connected: bool,
}

/// An item of an event source.
pub(crate) enum SseEvent {
    /// The server sent an event.
    Message(Event),
    /// The connection was lost; the source reconnects.
    Disconnected(Error),
    /// The server refused the request.
    Refused(Error),
    /// The stream has ended.
    Closed,
}

enum Stage {
    Idle,
    Waiting(Pin<Box<Sleep>>),
    Opening(Opening),
    Open {
        events: Events,
        silence: Pin<Box<Sleep>>,
    },
    Closed,
}

// === impl EventSource ===

impl EventSource {
    pub(crate) fn new(client: &Client, path: [&'static str; 2], params: Pairs) -> Self {
        Self {
            client: client.clone(),
            path,
            params,
            last_event_id: None,
            backoff: Backoff::new(client.inner.settings.backoff),
            stage: Stage::Idle,
            was_connected: false,
        }
    }

    /// Returns the id of the last event that was returned.
    pub(crate) fn last_event_id(&self) -> Option<&str> {
        self.last_event_id.as_deref()
    }

    /// Returns true if the server has accepted a connection.
    pub(crate) const fn was_connected(&self) -> bool {
        self.was_connected
    }

    /// Reconnects after a wait, and resumes after this id.
    pub(crate) fn resume_after(&mut self, id: String) {
        self.last_event_id = Some(id);
        self.wait(None);
    }

    /// Reconnects at once.
    pub(crate) fn reconnect(&mut self) {
        self.stage = Stage::Idle;
    }

    pub(crate) fn close(&mut self) {
        self.stage = Stage::Closed;
    }

    /// Decodes the data of an event; if that fails, the source closes.
    pub(crate) fn decode<T: DeserializeOwned>(&mut self, message: &Event) -> Result<T, Error> {
        let decoded = decode(message.data.as_bytes(), self.client.server());
        decoded.inspect_err(|_| self.close())
    }

    pub(crate) fn poll_event(&mut self, context: &mut Context<'_>) -> Poll<SseEvent> {
        loop {
            match &mut self.stage {
                Stage::Closed => return Poll::Ready(SseEvent::Closed),
                Stage::Idle => self.stage = Stage::Opening(self.open()),
                Stage::Waiting(sleep) => {
                    ready!(sleep.as_mut().poll(context));
                    self.stage = Stage::Idle;
                }
                Stage::Opening(opening) => match ready!(opening.as_mut().poll(context)) {
                    Ok(Some(events)) => {
                        let silence = tokio::time::sleep(self.client.inner.settings.silence_max);
                        let silence = Box::pin(silence);
                        self.stage = Stage::Open { events, silence };
                        self.was_connected = true;
                    }
                    Ok(None) => self.stage = Stage::Closed,
                    Err(failed) => return Poll::Ready(self.failed(failed)),
                },
                Stage::Open { events, silence } => {
                    let server = self.client.server();
                    let error = match events.as_mut().poll_next(context) {
                        Poll::Ready(Some(Ok(event))) => {
                            let limit = self.client.inner.settings.silence_max;
                            silence.as_mut().reset(Instant::now() + limit);
                            return Poll::Ready(self.message(event));
                        }
                        Poll::Ready(Some(Err(error))) => stream_error(error, server),
                        Poll::Ready(None) => {
                            Error::disconnected(server, "the server closed the stream")
                        }
                        Poll::Pending => {
                            ready!(silence.as_mut().poll(context));
                            Error::disconnected(server, "the stream is silent")
                        }
                    };
                    return Poll::Ready(self.failed(error.into()));
                }
            }
        }
    }

    fn message(&mut self, event: Event) -> SseEvent {
        if event.event == REFUSED {
            let problem = self.decode(&event);
            self.close();
            return SseEvent::Refused(problem.map_or_else(|error| error, Error::Refused));
        }
        if !event.id.is_empty() && self.last_event_id() != Some(event.id.as_str()) {
            self.last_event_id = Some(event.id.clone());
            self.backoff.reset();
        }
        SseEvent::Message(event)
    }

    fn failed(&mut self, TransportError { error, retry_after }: TransportError) -> SseEvent {
        if error.is_transient() {
            self.wait(retry_after);
            SseEvent::Disconnected(error)
        } else {
            self.close();
            SseEvent::Refused(error)
        }
    }

    fn wait(&mut self, retry_after: Option<std::time::Duration>) {
        let wait = self
            .backoff
            .next_wait(retry_after, &self.client.inner.settings.ids);
        self.stage = Stage::Waiting(Box::pin(tokio::time::sleep(wait)));
    }

    fn open(&self) -> Opening {
        let mut request = self.client.get_request(&self.path, &self.params);
        request = request.header(ACCEPT, MEDIA_TYPE);
        if let Some(id) = &self.last_event_id {
            request = request.header(LAST_EVENT_ID, id);
        }
        let client = self.client.clone();
        Box::pin(async move {
            let limit = client.inner.settings.answer_within;
            let response = tokio::time::timeout(limit, send(request, client.server())).await;
            let timed_out = |_| Error::disconnected(client.server(), "the request timed out");
            let response = response.map_err(timed_out)??;
            if response.status() == StatusCode::NO_CONTENT {
                return Ok(None);
            }
            let events: Events = Box::pin(response.bytes_stream().eventsource());
            Ok(Some(events))
        })
    }
}

impl fmt::Debug for EventSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EventSource")
            .field("path", &self.path)
            .field("last_event_id", &self.last_event_id)
            .finish_non_exhaustive()
    }
}

fn stream_error(error: EventStreamError<reqwest::Error>, server: &str) -> Error {
    match error {
        EventStreamError::Transport(error) => unreachable(error, server),
        EventStreamError::Utf8(_) | EventStreamError::Parser(_) => {
            Error::disconnected(server, "the stream is not valid")
        }
    }
}
