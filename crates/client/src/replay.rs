//! Replays: past changes again, in the order in which they happened or became known.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use detente_api::request::ReplayRequest;
use detente_api::view::ReplayFrame;
use futures_util::Stream;

use crate::client::{Client, Params};
use crate::error::Error;
use crate::sse::{EventSource, SseEvent};

/// The frames of a replay: a stream that reconnects, and ends after the last frame.
#[must_use = "the replay starts when the stream is polled"]
pub struct ReplayStream {
    source: EventSource,
}

// === impl Client ===

impl Client {
    /// Replays changes.
    pub fn replay(&self, request: &ReplayRequest) -> ReplayStream {
        ReplayStream {
            source: EventSource::new(self, ["v1", "replay"], pairs(request)),
        }
    }
}

fn pairs(request: &ReplayRequest) -> Params {
    let given = [
        ("from", request.from.map(|day| day.to_string())),
        ("to", request.to.map(|day| day.to_string())),
        ("speed", request.speed.map(|speed| speed.to_string())),
        (
            "clock",
            request.clock.map(|clock| clock.as_str().to_owned()),
        ),
        ("known_at", request.known_at.map(|known| known.to_string())),
        (
            "min_position",
            request.min_position.map(|least| least.to_string()),
        ),
    ];
    let given = given.into_iter();
    let given = given.filter_map(|(name, value)| Some((name, value?)));
    request.filter.pairs().into_iter().chain(given).collect()
}

// === impl ReplayStream ===

impl Stream for ReplayStream {
    type Item = Result<ReplayFrame, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let source = &mut self.get_mut().source;
        loop {
            match std::task::ready!(source.poll_event(context)) {
                SseEvent::Closed => return Poll::Ready(None),
                SseEvent::Message(message) => match message.event.as_str() {
                    "end" => source.close(),
                    "changes" => return Poll::Ready(Some(source.decode(&message))),
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

impl fmt::Debug for ReplayStream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReplayStream")
            .field("after", &self.source.last_event_id())
            .finish_non_exhaustive()
    }
}
