//! Watches: changes as they come, without an end.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use detente_api::refusal::{Code, Problem};
use detente_api::request::{FilterRequest, Request as _};
use detente_api::view::{Frame, Lost, Switched};
use eventsource_stream::Event;
use futures_util::Stream;

use crate::client::Client;
use crate::error::Error;
use crate::sse::{EventSource, SseEvent};

/// The place at which a reader of changes starts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// At the first change.
    Start,
    /// With the next change.
    #[default]
    Now,
    /// After a cursor that a server returned.
    After(String),
}

/// An item of a watch.
#[derive(Debug)]
pub enum WatchEvent {
    /// The changes of one relation that were published together.
    Changes(Frame),
    /// Another rulebook came into force; the changes from here on are made under it.
    Switched(Switched),
    /// The server's feed lacks messages here; the watch goes on after them.
    Lost(Lost),
    /// The connection was lost or could not be made. The watch reconnects, without gaps or
    /// duplicates.
    Disconnected(Error),
}

/// A stream of changes that reconnects.
///
/// It ends only with an error that is not transient, such as an invalid filter. It does not buffer:
/// while the reader is slow it does not read from the connection, and it resumes if the server
/// closes the connection.
#[derive(Debug)]
#[must_use = "the watch starts when the stream is polled"]
pub struct Watch {
    source: EventSource,
    start: Place,
    /// True if the server has announced a switch; it closes the stream next.
    is_switching: bool,
}

// === impl Client ===

impl Client {
    /// Watches changes.
    pub fn watch(&self, filter: &FilterRequest, from: Place) -> Watch {
        let mut params = filter.pairs();
        params.push(("from", from.as_str().to_owned()));
        Watch {
            source: EventSource::new(self, ["v1", "changes"], params),
            start: from,
            is_switching: false,
        }
    }
}

// === impl Place ===

impl Place {
    /// Returns the value of the parameter `from`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Start => "start",
            Self::Now => "now",
            Self::After(cursor) => cursor,
        }
    }
}

impl From<&str> for Place {
    /// Reads `start`, `now`, or a cursor.
    fn from(word: &str) -> Self {
        match word {
            "start" => Self::Start,
            "now" => Self::Now,
            cursor => Self::After(cursor.to_owned()),
        }
    }
}

// === impl Watch ===

impl Watch {
    /// Returns the place from which another watch can continue. It also advances past changes that
    /// the filter excludes.
    pub fn place(&self) -> Place {
        match self.source.last_event_id() {
            Some(cursor) => Place::After(cursor.to_owned()),
            None => self.start.clone(),
        }
    }

    /// Returns true if the server has accepted a connection.
    #[must_use]
    pub const fn was_connected(&self) -> bool {
        self.source.was_connected()
    }

    fn read(&mut self, message: &Event) -> Option<Result<WatchEvent, Error>> {
        match message.event.as_str() {
            "changes" => Some(self.source.decode(message).map(WatchEvent::Changes)),
            "switched" => {
                self.is_switching = true;
                Some(self.source.decode(message).map(WatchEvent::Switched))
            }
            "lost" => Some(self.source.decode(message).map(WatchEvent::Lost)),
            // A heartbeat, whose id has advanced the cursor, or an event of a newer version.
            _ => None,
        }
    }

    /// Continues after a switch that happened while the watch was not connected: the refusal of the
    /// old cursor names the same place under the new rulebook, if it is known.
    fn refused(&mut self, error: Error) -> Result<WatchEvent, Error> {
        let Some(switched) = error.problem().and_then(mapped_cursor) else {
            return Err(error);
        };
        if let Some(cursor) = &switched.cursor {
            self.source.resume_after(cursor.clone());
        }
        Ok(WatchEvent::Switched(switched))
    }
}

impl Stream for Watch {
    type Item = Result<WatchEvent, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let watch = self.get_mut();
        loop {
            let item = match ready!(watch.source.poll_event(context)) {
                SseEvent::Closed => return Poll::Ready(None),
                SseEvent::Message(message) => watch.read(&message),
                // The switch was reported already.
                SseEvent::Disconnected(_) if std::mem::take(&mut watch.is_switching) => {
                    watch.source.reconnect();
                    None
                }
                SseEvent::Disconnected(error) => Some(Ok(WatchEvent::Disconnected(error))),
                SseEvent::Refused(error) => Some(watch.refused(error)),
            };
            if item.is_some() {
                return Poll::Ready(item);
            }
        }
    }
}

/// Reads the third cursor of a refusal, after those of the start and the head.
fn mapped_cursor(problem: &Problem) -> Option<Switched> {
    let refusal = problem.refusals.first()?;
    if refusal.code != Code::StaleCursor {
        return None;
    }
    let cursor = refusal.allowed.get(2)?;
    let projection = |cursor: &str| Some(cursor.split_once('-')?.0.to_owned());
    Some(Switched {
        projection: projection(cursor)?,
        previous: projection(refusal.value.as_deref()?)?,
        position: None,
        cursor: Some(cursor.clone()),
    })
}
