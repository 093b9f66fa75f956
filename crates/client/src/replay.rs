//! Replaying: changes once more, in the order in which they were so or came to be known.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use detente_api::view::Replayed;
use futures_util::Stream;

use crate::client::{Client, Params};
use crate::error::Error;
use crate::line::{Heard, Line};
use crate::{Filter, KnownAt};

/// What is replayed: all days by the valid clock as fast as it goes, where nothing else is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Replay {
    params: Params,
}

/// The frames of a replay: a stream that resumes by itself, and ends after the last one.
#[must_use = "nothing is asked until it is polled"]
pub struct Replaying {
    line: Line,
}

// === impl Replay ===

impl Replay {
    /// The first day.
    #[must_use]
    pub fn from(self, day: impl Into<String>) -> Self {
        self.with("from", day.into())
    }

    /// The last day.
    #[must_use]
    pub fn to(self, day: impl Into<String>) -> Self {
        self.with("to", day.into())
    }

    /// As fast as that, such as `30d/s`.
    #[must_use]
    pub fn speed(self, speed: impl Into<String>) -> Self {
        self.with("speed", speed.into())
    }

    /// `valid`: by the days on which it was so; `known`: as it came to be known.
    #[must_use]
    pub fn clock(self, clock: impl Into<String>) -> Self {
        self.with("clock", clock.into())
    }

    /// By what was known then: a position, or an RFC 3339 time.
    #[must_use]
    pub fn known_at(self, known: impl Into<KnownAt>) -> Self {
        self.with("known_at", known.into().0)
    }

    fn with(mut self, name: &'static str, value: String) -> Self {
        self.params.retain(|(held, _)| *held != name);
        self.params.push((name, value));
        self
    }
}

// === impl Client ===

impl Client {
    /// Replays the changes that a filter asks for.
    pub fn replay(&self, filter: &Filter, replay: &Replay) -> Replaying {
        let mut params = filter.params();
        params.extend(replay.params.clone());
        Replaying {
            line: Line::new(self, ["v1", "replay"], params),
        }
    }
}

// === impl Replaying ===

impl Stream for Replaying {
    type Item = Result<Replayed, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let line = &mut self.get_mut().line;
        loop {
            match line.poll_heard(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Heard::Over) => return Poll::Ready(None),
                Poll::Ready(Heard::Event(event)) => match event.event.as_str() {
                    "end" => line.end(),
                    "changes" => {
                        let read = serde_json::from_str(&event.data);
                        return Poll::Ready(Some(read.map_err(|error| {
                            line.end();
                            Error::NotUnderstood {
                                server: line.server().to_owned(),
                                cause: error.into(),
                            }
                        })));
                    }
                    _ => {}
                },
                // Nobody was there yet: whoever asks for what has an end is told so.
                Poll::Ready(Heard::Cut(why @ Error::Unreachable { .. })) if !line.has_met() => {
                    line.end();
                    return Poll::Ready(Some(Err(why)));
                }
                Poll::Ready(Heard::Cut(_)) => {}
                Poll::Ready(Heard::Refused(error)) => return Poll::Ready(Some(Err(error))),
            }
        }
    }
}

impl fmt::Debug for Replaying {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Replaying")
            .field("after", &self.line.last())
            .finish_non_exhaustive()
    }
}
