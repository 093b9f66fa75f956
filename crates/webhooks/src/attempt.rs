//! One attempt: finds the next change of a relation that the filter matches, and sends it.

use std::sync::Arc;

use detente_feed::cursor::Cursor;
use detente_feed::{CloudEvent, Filter, Frame};
use detente_jetstream::stream_info::{self, StreamInfoError};
use time::OffsetDateTime;

use crate::delivery::{self, Outcome};
use crate::deps::WebhookDeps;
use crate::metrics;
use crate::pinned_client::PinnedClient;
use crate::queues::{FailedDelivery, Span};
use crate::webhook::Webhook;

/// Sends the changes of one webhook.
pub(crate) struct Sender {
    pub(crate) deps: Arc<WebhookDeps>,
    pub(crate) webhook: Webhook,
    pub(crate) filter: Filter,
    pub(crate) client: PinnedClient,
}

/// The outcome of an attempt.
pub(crate) enum Attempt {
    /// The message of this sequence was delivered.
    Delivered(u64),
    /// The filter matches nothing up to this sequence.
    NoMatch(u64),
    /// The receiver wants no more deliveries.
    Gone,
    /// The feed no longer exists, or was made anew.
    NoFeed,
    /// The delivery failed.
    Failed(FailedDelivery),
    /// The feed could not be read, so nothing was sent.
    Unreadable(StreamInfoError),
}

/// A frame that is due.
struct DueFrame {
    frame: Arc<Frame>,
    cursor: Cursor,
    stored_at: OffsetDateTime,
}

impl Sender {
    /// Delivers the first frame of a span that the filter matches.
    pub(crate) async fn send_next(&self, relation: &str, span: &Span) -> Attempt {
        let due = match self.next_due(relation, span).await {
            Ok(Some(due)) => due,
            Ok(None) => return Attempt::NoMatch(span.last),
            Err(StreamInfoError::NoStream { .. }) => return Attempt::NoFeed,
            Err(error @ StreamInfoError::Server { .. }) => return Attempt::Unreadable(error),
        };
        let id = delivery::id(&self.webhook.id, &due.frame.cursor);
        let outcome = match serde_json::to_string(&CloudEvent::new(&due.frame)) {
            Ok(body) => {
                let now = (self.deps.clock)().unix_timestamp();
                let timeout = self.deps.options.timeout;
                delivery::send(&self.client, &self.webhook, &id, body, now, timeout).await
            }
            Err(error) => delivery::failed(error.to_string()),
        };
        metrics::attempted(&outcome);
        match outcome {
            Outcome::Done => Attempt::Delivered(due.cursor.sequence),
            Outcome::Gone => Attempt::Gone,
            Outcome::Failed { error, retry_after } => Attempt::Failed(FailedDelivery {
                id,
                stored_at: unix_millis(due.stored_at),
                cursor: due.cursor,
                error,
                retry_after,
            }),
        }
    }

    async fn next_due(
        &self,
        relation: &str,
        span: &Span,
    ) -> Result<Option<DueFrame>, StreamInfoError> {
        let Some(first) = span.cursor(span.first) else {
            return Ok(None);
        };
        let stream = first.projection.stream();
        let subject = first.projection.subject(&relation.replace('-', "."));
        let connection = &self.deps.connection;
        let end = stream_info::end_from(connection, &stream, span.last).await?;
        if Some(end.incarnation) != first.incarnation {
            return Err(StreamInfoError::NoStream { stream });
        }
        let mut from = span.first;
        while from <= span.last {
            let message = stream_info::next_on_subject(connection, &stream, &subject, from).await?;
            let Some(message) = message.filter(|message| message.sequence <= span.last) else {
                return Ok(None);
            };
            let cursor = Cursor {
                sequence: message.sequence,
                ..first.clone()
            };
            // The reader of the feed has logged a message that is not a frame.
            let frame = Frame::parse(&message.payload, &cursor).ok();
            let frame = frame.filter(|frame| !frame.changes.is_empty());
            if let Some(frame) = frame.and_then(|frame| self.filter.apply(&Arc::new(frame))) {
                return Ok(Some(DueFrame {
                    frame,
                    cursor,
                    stored_at: message.published,
                }));
            }
            from = message.sequence + 1;
        }
        Ok(None)
    }
}

/// Returns milliseconds since 1970.
pub(crate) fn unix_millis(at: OffsetDateTime) -> i64 {
    i64::try_from(at.unix_timestamp_nanos() / 1_000_000).unwrap_or(i64::MAX)
}
