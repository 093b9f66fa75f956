//! Replays: past changes again, in the order in which they happened or became known.

use std::pin::Pin;
use std::task::{Context, Poll, ready};

use detente_api::request::{ReplayRequest, Request as _};
use detente_api::view::{Lost, ReplayFrame};
use futures_util::Stream;

use crate::client::Client;
use crate::error::Error;
use crate::sse::{EventSource, SseEvent};

/// An item of a replay.
#[derive(Clone, Debug, PartialEq)]
pub enum ReplayEvent {
    /// Past changes of one relation that were published together.
    Changes(ReplayFrame),
    /// The server's feed lacks messages here; the replay goes on after them.
    Lost(Lost),
}

/// A replay: a stream that reconnects, and ends after the last frame.
#[derive(Debug)]
#[must_use = "the replay starts when the stream is polled"]
pub struct ReplayStream {
    source: EventSource,
}

// === impl Client ===

impl Client {
    /// Replays changes.
    pub fn replay(&self, request: &ReplayRequest) -> ReplayStream {
        ReplayStream {
            source: EventSource::new(self, ["v1", "replay"], request.pairs()),
        }
    }
}

// === impl ReplayStream ===

impl Stream for ReplayStream {
    type Item = Result<ReplayEvent, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let source = &mut self.get_mut().source;
        loop {
            match ready!(source.poll_event(context)) {
                SseEvent::Closed => return Poll::Ready(None),
                SseEvent::Message(message) => match message.event.as_str() {
                    "end" => source.close(),
                    "changes" => {
                        let frame = source.decode(&message);
                        return Poll::Ready(Some(frame.map(ReplayEvent::Changes)));
                    }
                    "lost" => {
                        let lost = source.decode(&message);
                        return Poll::Ready(Some(lost.map(ReplayEvent::Lost)));
                    }
                    _ => {}
                },
                // A replay is finite, so it does not wait for a server that was never reachable.
                SseEvent::Disconnected(error @ Error::Unreachable { .. })
                    if !source.was_connected() =>
                {
                    source.close();
                    return Poll::Ready(Some(Err(error)));
                }
                SseEvent::Disconnected(_) => {}
                SseEvent::Refused(error) => return Poll::Ready(Some(Err(error))),
            }
        }
    }
}
