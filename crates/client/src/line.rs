//! A stream of server-sent events that comes again after every cut, from where it was.
//!
//! It is polled when its reader can take more and holds nothing for it: while the reader is busy,
//! the line waits, and if the server loses patience with it, it is one more cut. An event counts
//! as taken when it is given out; one that was cut in two was never there.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use eventsource_stream::{Event, EventStreamError, Eventsource as _};
use futures_util::Stream;
use reqwest::StatusCode;
use reqwest::header::ACCEPT;
use tokio::time::{Instant, Sleep};

use crate::client::{Client, Lost, Params, send, unreachable};
use crate::error::Error;
use crate::wait::Backoff;

const EVENTS: &str = "text/event-stream";
/// What a client sends that was cut: the id of the last event that it saw.
const LAST_EVENT_ID: &str = "last-event-id";

type Events = Pin<Box<dyn Stream<Item = Result<Event, EventStreamError<reqwest::Error>>> + Send>>;
type Opening = Pin<Box<dyn Future<Output = Result<Option<Events>, Lost>> + Send>>;

/// A line to a server.
pub(crate) struct Line {
    client: Client,
    path: [&'static str; 2],
    params: Params,
    /// The id of the last event that was given out.
    last: Option<String>,
    backoff: Backoff,
    stage: Stage,
    has_met: bool,
}

/// What is heard on a line.
pub(crate) enum Heard {
    /// An event.
    Event(Event),
    /// The line was cut; it comes again by itself.
    Cut(Error),
    /// The server does not let it in.
    Refused(Error),
    /// There is nothing more.
    Over,
}

enum Stage {
    Idle,
    Waiting(Pin<Box<Sleep>>),
    Opening(Opening),
    Open {
        events: Events,
        silence: Pin<Box<Sleep>>,
    },
    Over,
}

// === impl Line ===

impl Line {
    /// A line that asks with these parameters, until an event has an id.
    pub(crate) fn new(client: &Client, path: [&'static str; 2], params: Params) -> Self {
        Self {
            client: client.clone(),
            path,
            params,
            last: None,
            backoff: Backoff::new(client.parts().waits),
            stage: Stage::Idle,
            has_met: false,
        }
    }

    /// The id of the last event that was given out.
    pub(crate) fn last(&self) -> Option<&str> {
        self.last.as_deref()
    }

    /// Whether the server has let it in at least once.
    pub(crate) const fn has_met(&self) -> bool {
        self.has_met
    }

    pub(crate) fn server(&self) -> &str {
        self.client.server()
    }

    /// Goes on from another place.
    pub(crate) fn go_to(&mut self, last: String) {
        self.last = Some(last);
        let wait = self.backoff.wait(None, &self.client.parts().ids);
        self.stage = Stage::Waiting(Box::pin(tokio::time::sleep(wait)));
    }

    /// Comes again at once: the server has said all on this line.
    pub(crate) fn reopen(&mut self) {
        self.stage = Stage::Idle;
    }

    /// Ends it.
    pub(crate) fn end(&mut self) {
        self.stage = Stage::Over;
    }

    /// What is heard next.
    pub(crate) fn poll_heard(&mut self, context: &mut Context<'_>) -> Poll<Heard> {
        loop {
            match &mut self.stage {
                Stage::Over => return Poll::Ready(Heard::Over),
                Stage::Idle => self.stage = Stage::Opening(self.open()),
                Stage::Waiting(sleep) => {
                    ready!(sleep.as_mut().poll(context));
                    self.stage = Stage::Idle;
                }
                Stage::Opening(opening) => match ready!(opening.as_mut().poll(context)) {
                    Ok(Some(events)) => {
                        let silence = Box::pin(tokio::time::sleep(self.silence_max()));
                        self.stage = Stage::Open { events, silence };
                        self.has_met = true;
                    }
                    Ok(None) => self.stage = Stage::Over,
                    Err(lost) => return Poll::Ready(self.lost(lost)),
                },
                Stage::Open { events, silence } => {
                    let why = match events.as_mut().poll_next(context) {
                        Poll::Ready(Some(Ok(event))) => {
                            let until = Instant::now() + self.client.parts().silence_max;
                            silence.as_mut().reset(until);
                            return Poll::Ready(self.event(event));
                        }
                        Poll::Ready(Some(Err(error))) => cut(error, self.client.server()),
                        Poll::Ready(None) => {
                            Error::silent(self.client.server(), "it has ended the stream")
                        }
                        Poll::Pending => {
                            ready!(silence.as_mut().poll(context));
                            Error::silent(self.client.server(), "the line is silent")
                        }
                    };
                    return Poll::Ready(self.lost(Lost::of(why)));
                }
            }
        }
    }

    fn event(&mut self, event: Event) -> Heard {
        if !event.id.is_empty() && self.last.as_deref() != Some(event.id.as_str()) {
            self.last = Some(event.id.clone());
            self.backoff.reset();
        }
        Heard::Event(event)
    }

    fn lost(&mut self, Lost { error, again_after }: Lost) -> Heard {
        if !error.may_heal() {
            self.stage = Stage::Over;
            return Heard::Refused(error);
        }
        let wait = self.backoff.wait(again_after, &self.client.parts().ids);
        self.stage = Stage::Waiting(Box::pin(tokio::time::sleep(wait)));
        Heard::Cut(error)
    }

    fn silence_max(&self) -> std::time::Duration {
        self.client.parts().silence_max
    }

    fn open(&self) -> Opening {
        let mut request = self.client.ask(&self.path, &self.params);
        request = request.header(ACCEPT, EVENTS);
        if let Some(last) = &self.last {
            request = request.header(LAST_EVENT_ID, last);
        }
        let client = self.client.clone();
        Box::pin(async move {
            let limit = client.parts().answer_within;
            let answer = tokio::time::timeout(limit, send(request, client.server())).await;
            let late = |_| Lost::of(Error::silent(client.server(), "there is no answer in time"));
            let response = answer.map_err(late)??;
            if response.status() == StatusCode::NO_CONTENT {
                return Ok(None);
            }
            let events: Events = Box::pin(response.bytes_stream().eventsource());
            Ok(Some(events))
        })
    }
}

// === impl Lost ===

impl Lost {
    fn of(error: Error) -> Self {
        Self {
            error,
            again_after: None,
        }
    }
}

fn cut(error: EventStreamError<reqwest::Error>, server: &str) -> Error {
    match error {
        EventStreamError::Transport(error) => unreachable(error, server),
        EventStreamError::Utf8(_) | EventStreamError::Parser(_) => {
            Error::silent(server, "the stream is garbled")
        }
    }
}
