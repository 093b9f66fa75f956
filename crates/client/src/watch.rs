//! Watching: changes as they come, for ever.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use detente_api::refusal::{Code, Problem};
use detente_api::view::{Frame, Switched};
use eventsource_stream::Event;
use futures_util::Stream;
use serde::de::DeserializeOwned;

use crate::client::Client;
use crate::error::Error;
use crate::line::{Heard, Line};
use crate::{Filter, Place};

/// What a watch tells.
#[derive(Debug)]
pub enum Watched {
    /// One relation's changes of one commit.
    Changes(Frame),
    /// Another rulebook is in force: what comes from here on are its changes.
    Switched(Switched),
    /// The line was cut, or could not be had yet; the watch comes again by itself, with neither gap
    /// nor repeat.
    Cut(Error),
}

/// Changes as they come, for ever: a stream that resumes by itself.
///
/// It ends only with an error that asking again does not heal, such as a filter that is not
/// understood. It holds nothing back for a slow reader: the line waits, and is resumed if the
/// server has cut it meanwhile.
#[must_use = "nothing is asked until it is polled"]
pub struct Watch {
    line: Line,
    begins: Place,
    /// The server has said where to go on, and ends the stream next.
    is_switching: bool,
}

// === impl Client ===

impl Client {
    /// Watches changes from a place on.
    pub fn watch(&self, filter: &Filter, from: Place) -> Watch {
        let mut params = filter.params();
        params.push(("from", from.as_str().to_owned()));
        Watch {
            line: Line::new(self, ["v1", "changes"], params),
            begins: from,
            is_switching: false,
        }
    }
}

// === impl Watch ===

impl Watch {
    /// Where to go on after what was given out, in another process or on another day. It moves past
    /// what the filter keeps back, too.
    pub fn place(&self) -> Place {
        match self.line.last() {
            Some(cursor) => Place::After(cursor.to_owned()),
            None => self.begins.clone(),
        }
    }

    /// Whether the server has let it in at least once.
    #[must_use]
    pub const fn has_met(&self) -> bool {
        self.line.has_met()
    }

    fn event(&mut self, event: &Event) -> Option<Result<Watched, Error>> {
        match event.event.as_str() {
            "changes" => Some(self.read(event).map(Watched::Changes)),
            "switched" => {
                self.is_switching = true;
                Some(self.read(event).map(Watched::Switched))
            }
            // A heartbeat has moved the cursor; what a newer server says beside is not for us.
            _ => None,
        }
    }

    fn read<T: DeserializeOwned>(&mut self, event: &Event) -> Result<T, Error> {
        serde_json::from_str(&event.data).map_err(|error| {
            self.line.end();
            Error::NotUnderstood {
                server: self.line.server().to_owned(),
                cause: error.into(),
            }
        })
    }

    /// Whoever was away while another rulebook came into force has a cursor of the old one; the
    /// refusal names the same place in the new one, where it is known.
    fn refused(&mut self, error: Error) -> Result<Watched, Error> {
        let Some(switched) = error.problem().and_then(crossing) else {
            return Err(error);
        };
        if let Some(cursor) = &switched.cursor {
            self.line.go_to(cursor.clone());
        }
        Ok(Watched::Switched(switched))
    }
}

impl Stream for Watch {
    type Item = Result<Watched, Error>;

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let watch = self.get_mut();
        loop {
            match watch.line.poll_heard(context) {
                Poll::Pending => return Poll::Pending,
                Poll::Ready(Heard::Over) => return Poll::Ready(None),
                Poll::Ready(Heard::Event(event)) => {
                    if let Some(item) = watch.event(&event) {
                        return Poll::Ready(Some(item));
                    }
                }
                Poll::Ready(Heard::Cut(why)) => {
                    if std::mem::take(&mut watch.is_switching) {
                        // It was said.
                        watch.line.reopen();
                    } else {
                        return Poll::Ready(Some(Ok(Watched::Cut(why))));
                    }
                }
                Poll::Ready(Heard::Refused(error)) => {
                    return Poll::Ready(Some(watch.refused(error)));
                }
            }
        }
    }
}

/// The third cursor of such a refusal, after those of the start and the head.
fn crossing(problem: &Problem) -> Option<Switched> {
    let refusal = problem.refusals.first()?;
    if refusal.code != Code::StaleCursor {
        return None;
    }
    let cursor = refusal.allowed.get(2)?;
    let projection = |cursor: &str| Some(cursor.rsplit_once('-')?.0.to_owned());
    Some(Switched {
        projection: projection(cursor)?,
        previous: projection(refusal.given.as_deref()?)?,
        position: None,
        cursor: Some(cursor.clone()),
    })
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch")
            .field("place", &self.place())
            .finish_non_exhaustive()
    }
}
