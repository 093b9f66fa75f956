//! Publishes one commit, again and again until it is known to be stored.
//!
//! Every attempt has the same message id, so the server stores the commit once within its
//! duplicate window; after that, a repeated record does not change the fold. A commit of the same
//! records that another appender sends may have this id too.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use async_nats::Subject;
use async_nats::header::{HeaderMap, NATS_MESSAGE_ID};
use async_nats::jetstream::context::{PublishError, PublishErrorKind};
use tokio::time::Instant;

use super::queue::Commit;
use super::{AppendError, Appended};
use crate::Connection;
use crate::backoff::Backoff;
use crate::commit::TRACEPARENT;
use crate::headers;
use crate::transient::{is_full, is_transient};

/// The timeout of one attempt.
const ACK_TIMEOUT: Duration = Duration::from_secs(5);

/// A commit to publish.
#[derive(Debug)]
pub(super) struct Publish {
    pub(super) conn: Connection,
    pub(super) subject: Subject,
    pub(super) commit: Commit,
    /// The message id of every attempt.
    pub(super) id: String,
    pub(super) give_up_after: Duration,
}

enum AttemptOutcome {
    Stored(Appended),
    /// Not stored, and it never will be.
    Refused(Arc<str>),
    /// Not stored; the server may accept it later.
    NotNow(Arc<str>),
    /// Not stored for want of room.
    Full(Arc<str>),
    /// Sent, without an answer.
    NoAnswer,
}

impl Publish {
    /// Publishes until the commit is stored, refused or given up. Returns the number of its records
    /// too.
    pub(super) async fn with_retry(self) -> (u32, Result<Appended, AppendError>) {
        let outcome = self.deliver(self.headers()).await;
        let records = self.commit.frame.records;
        if let Err(error) = &outcome {
            tracing::error!(%error, records, commit.id = self.id, "a commit failed");
        }
        (records, outcome)
    }

    fn headers(&self) -> HeaderMap {
        let mut headers = self.commit.frame.headers();
        headers.insert(NATS_MESSAGE_ID, self.id.as_str());
        if let Some(trace) = &self.commit.traceparent
            && let Err(bad) = headers::insert(&mut headers, TRACEPARENT, trace)
        {
            tracing::debug!(%bad, "a trace context is left out");
        }
        headers
    }

    async fn deliver(&self, headers: HeaderMap) -> Result<Appended, AppendError> {
        let started = Instant::now();
        let deadline = started + self.give_up_after;
        let mut backoff = Backoff::new(Duration::from_millis(20), Duration::from_secs(1));
        let mut may_be_stored = false;
        let mut reason: Arc<str> = "not connected to NATS".into();
        while let Ok(generation) = tokio::time::timeout_at(deadline, self.conn.connected()).await {
            let answer_by = deadline.min(Instant::now() + ACK_TIMEOUT);
            match self.send(headers.clone(), generation, answer_by).await {
                AttemptOutcome::Stored(appended) => return Ok(appended),
                AttemptOutcome::Refused(reason) if !may_be_stored => {
                    return Err(AppendError::Refused { reason });
                }
                AttemptOutcome::Full(reason) if !may_be_stored => {
                    return Err(AppendError::Full { reason });
                }
                AttemptOutcome::Refused(_) | AttemptOutcome::Full(_) => break,
                AttemptOutcome::NotNow(why) => {
                    reason = why;
                    tokio::time::sleep_until(deadline.min(Instant::now() + backoff.wait())).await;
                }
                // It has waited long enough, for the answer or for the connection.
                AttemptOutcome::NoAnswer => may_be_stored = true,
            }
            if Instant::now() >= deadline {
                break;
            }
        }
        let waited_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        if may_be_stored {
            return Err(AppendError::Unknown { waited_ms });
        }
        Err(AppendError::Unavailable { waited_ms, reason })
    }

    /// Makes one attempt. It ends with the answer, at the deadline, or when the connection is lost.
    async fn send(&self, headers: HeaderMap, generation: u64, deadline: Instant) -> AttemptOutcome {
        let (subject, payload) = (self.subject.clone(), self.commit.frame.payload.clone());
        let jetstream = self.conn.jetstream();
        let sent = jetstream
            .publish_with_headers(subject, headers, payload)
            .await;
        let ack = match sent {
            Ok(ack) => ack,
            Err(error) => return refusal(&error),
        };
        tokio::select! {
            biased;
            answer = ack => match answer {
                Ok(ack) => AttemptOutcome::Stored(Appended {
                    position: ack.sequence,
                    is_duplicate: ack.duplicate,
                }),
                Err(error) => refusal(&error),
            },
            () = self.conn.lost(generation) => AttemptOutcome::NoAnswer,
            () = tokio::time::sleep_until(deadline) => AttemptOutcome::NoAnswer,
        }
    }
}

fn refusal(error: &PublishError) -> AttemptOutcome {
    let reason: Arc<str> = error.to_string().into();
    match error.kind() {
        PublishErrorKind::TimedOut | PublishErrorKind::BrokenPipe => AttemptOutcome::NoAnswer,
        PublishErrorKind::StreamNotFound | PublishErrorKind::MaxAckPending => {
            AttemptOutcome::NotNow(reason)
        }
        PublishErrorKind::WrongLastMessageId
        | PublishErrorKind::WrongLastSequence
        | PublishErrorKind::MaxPayloadExceeded => AttemptOutcome::Refused(reason),
        PublishErrorKind::Other => {
            let source = error.source();
            match source.and_then(|source| source.downcast_ref::<async_nats::jetstream::Error>()) {
                Some(error) if is_full(error) => AttemptOutcome::Full(reason),
                Some(error) if is_transient(error) => AttemptOutcome::NotNow(reason),
                Some(_) => AttemptOutcome::Refused(reason),
                // An unreadable answer, or a closed client.
                None => AttemptOutcome::NoAnswer,
            }
        }
    }
}
