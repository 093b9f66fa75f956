//! Publishes one commit, again and again until it is known to be stored.
//!
//! Every attempt has the same message id, so the server stores the commit once within its
//! duplicate window; after that, a repeated record does not change the fold.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use async_nats::Subject;
use async_nats::header::{HeaderMap, NATS_MESSAGE_ID};
use async_nats::jetstream::context::{PublishError, PublishErrorKind};
use bytes::Bytes;
use tokio::time::Instant;

use super::AppendError;
use super::queue::{Caller, Commit};
use crate::Connection;
use crate::backoff::Backoff;
use crate::commit::TRACEPARENT;
use crate::headers;
use crate::stream_info::is_transient;

/// The timeout of one attempt.
const ACK_TIMEOUT: Duration = Duration::from_secs(5);

/// A commit to publish.
#[derive(Debug)]
pub(super) struct Publish {
    pub(super) conn: Connection,
    pub(super) subject: Subject,
    pub(super) commit: Commit,
    pub(super) id: String,
    pub(super) give_up_after: Duration,
}

enum Attempt {
    Stored(u64),
    /// Not stored, and it never will be.
    Refused(Arc<str>),
    /// Not stored; the server may accept it later.
    NotNow(Arc<str>),
    /// Sent, without an answer.
    NoAnswer,
}

/// Publishes a commit until it is stored, refused or given up.
pub(super) async fn publish_with_retry(
    publish: Publish,
) -> (Vec<Caller>, Result<u64, AppendError>) {
    let Publish {
        conn,
        subject,
        commit,
        id,
        give_up_after,
    } = publish;
    let mut headers = commit.frame.headers();
    headers.insert(NATS_MESSAGE_ID, id.as_str());
    if let Some(trace) = &commit.traceparent
        && let Err(bad) = headers::insert(&mut headers, TRACEPARENT, trace)
    {
        tracing::debug!(%bad, "a trace context is left out");
    }
    let message = Message {
        subject,
        headers,
        payload: commit.frame.payload.clone(),
    };
    let outcome = message.deliver(&conn, give_up_after).await;
    if let Err(error) = &outcome {
        tracing::error!(%error, records = commit.frame.records, commit.id = id, "a commit failed");
    }
    (commit.callers, outcome)
}

struct Message {
    subject: Subject,
    headers: HeaderMap,
    payload: Bytes,
}

impl Message {
    async fn deliver(
        &self,
        conn: &Connection,
        give_up_after: Duration,
    ) -> Result<u64, AppendError> {
        let started = Instant::now();
        let deadline = started + give_up_after;
        let mut backoff = Backoff::new(Duration::from_millis(20), Duration::from_secs(1));
        let mut may_be_stored = false;
        let mut reason: Arc<str> = "not connected to NATS".into();
        while let Ok(generation) = tokio::time::timeout_at(deadline, conn.connected()).await {
            let answer_by = deadline.min(Instant::now() + ACK_TIMEOUT);
            match self.send(conn, generation, answer_by).await {
                Attempt::Stored(sequence) => return Ok(sequence),
                Attempt::Refused(reason) if !may_be_stored => {
                    return Err(AppendError::Refused { reason });
                }
                Attempt::Refused(_) => break,
                Attempt::NotNow(why) => {
                    reason = why;
                    tokio::time::sleep_until(deadline.min(Instant::now() + backoff.wait())).await;
                }
                // It has waited long enough, for the answer or for the connection.
                Attempt::NoAnswer => may_be_stored = true,
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
    async fn send(&self, conn: &Connection, generation: u64, deadline: Instant) -> Attempt {
        let (subject, headers) = (self.subject.clone(), self.headers.clone());
        let sent = conn
            .jetstream()
            .publish_with_headers(subject, headers, self.payload.clone())
            .await;
        let ack = match sent {
            Ok(ack) => ack,
            Err(error) => return refusal(&error),
        };
        tokio::select! {
            biased;
            answer = ack => match answer {
                Ok(ack) => Attempt::Stored(ack.sequence),
                Err(error) => refusal(&error),
            },
            () = conn.lost(generation) => Attempt::NoAnswer,
            () = tokio::time::sleep_until(deadline) => Attempt::NoAnswer,
        }
    }
}

fn refusal(error: &PublishError) -> Attempt {
    let reason: Arc<str> = error.to_string().into();
    match error.kind() {
        PublishErrorKind::TimedOut | PublishErrorKind::BrokenPipe => Attempt::NoAnswer,
        PublishErrorKind::StreamNotFound | PublishErrorKind::MaxAckPending => {
            Attempt::NotNow(reason)
        }
        PublishErrorKind::WrongLastMessageId
        | PublishErrorKind::WrongLastSequence
        | PublishErrorKind::MaxPayloadExceeded => Attempt::Refused(reason),
        PublishErrorKind::Other => {
            let source = error.source();
            match source.and_then(|source| source.downcast_ref::<async_nats::jetstream::Error>()) {
                Some(error) if is_transient(error) => Attempt::NotNow(reason),
                Some(_) => Attempt::Refused(reason),
                // An unreadable answer, or a closed client.
                None => Attempt::NoAnswer,
            }
        }
    }
}
