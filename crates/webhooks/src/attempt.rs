//! One attempt: which message of a relation is due, and what came of sending it.

use std::sync::Arc;
use std::time::Duration;

use detente_feed::cursor::Cursor;
use detente_feed::{CloudEvent, Filter, Frame};
use detente_jetstream::Connection;
use detente_jetstream::inspect::{self, InspectError};
use detente_read_model::read_model::Clock;
use time::OffsetDateTime;

use crate::delivery::{self, Outcome};
use crate::hook::Hook;
use crate::lanes::{Failed, Span};
use crate::line::Line;
use crate::metrics;

/// What an attempt needs; all attempts of a webhook share it.
#[derive(Clone)]
pub(crate) struct Attempts {
    pub(crate) connection: Connection,
    pub(crate) clock: Clock,
    pub(crate) hook: Arc<Hook>,
    pub(crate) filter: Arc<Filter>,
    pub(crate) line: Arc<Line>,
    pub(crate) timeout: Duration,
}

/// What came of an attempt.
pub(crate) enum Sent {
    /// The message of this sequence is delivered.
    Delivered(u64),
    /// Nothing up to this sequence was asked for.
    Nothing(u64),
    /// The receiver wants nothing any more.
    Gone,
    /// The feed is not there any more.
    Lost,
    /// The delivery has failed.
    Failed(Failed),
    /// The feed could not be read; nothing was sent.
    Unread(InspectError),
}

/// A frame that is due.
struct Due {
    frame: Arc<Frame>,
    cursor: Cursor,
    stored: OffsetDateTime,
}

impl Attempts {
    /// Delivers the first frame of a span that is asked for.
    pub(crate) async fn next(self, relation: &str, span: &Span) -> Sent {
        let due = match self.due(relation, span).await {
            Ok(Some(due)) => due,
            Ok(None) => return Sent::Nothing(span.last),
            Err(InspectError::NoStream { .. }) => return Sent::Lost,
            Err(error @ InspectError::Server { .. }) => return Sent::Unread(error),
        };
        let id = delivery::id(&self.hook.id, &due.frame.cursor);
        let outcome = match serde_json::to_string(&CloudEvent::of(&due.frame)) {
            Ok(body) => {
                let now = (self.clock)().unix_timestamp();
                delivery::send(&self.line, &self.hook, &id, body, now, self.timeout).await
            }
            Err(error) => Outcome::Failed {
                error: error.to_string(),
                retry_after: None,
            },
        };
        metrics::tried(&outcome);
        match outcome {
            Outcome::Done => Sent::Delivered(due.cursor.sequence),
            Outcome::Gone => Sent::Gone,
            Outcome::Failed { error, retry_after } => Sent::Failed(Failed {
                id,
                stored_at: millis(due.stored),
                cursor: due.cursor,
                error,
                retry_after,
            }),
        }
    }

    /// Reads the first frame of a span that is asked for; messages of others are not read.
    async fn due(&self, relation: &str, span: &Span) -> Result<Option<Due>, InspectError> {
        let Some(projection) = span.feed() else {
            return Ok(None);
        };
        let stream = projection.stream();
        let subject = projection.subject(&relation.replace('-', "."));
        let mut from = span.first;
        while from <= span.last {
            let found = inspect::next_on_subject(&self.connection, &stream, &subject, from);
            let found = found.await?.filter(|found| found.sequence <= span.last);
            let Some(message) = found else {
                return Ok(None);
            };
            let cursor = Cursor {
                projection: projection.clone(),
                sequence: message.sequence,
            };
            // What is no frame was told of by whoever follows the feed.
            let frame = Frame::read(&message.payload, &cursor).ok();
            let frame = frame.filter(|frame| !frame.changes.is_empty());
            if let Some(frame) = frame.and_then(|frame| self.filter.apply(&Arc::new(frame))) {
                let stored = message.published;
                return Ok(Some(Due {
                    frame,
                    cursor,
                    stored,
                }));
            }
            from = message.sequence + 1;
        }
        Ok(None)
    }
}

/// Milliseconds since 1970.
pub(crate) fn millis(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}
