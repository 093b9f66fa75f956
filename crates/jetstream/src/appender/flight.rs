//! One commit on its way: sent, and sent again, until it is known to be stored.
//!
//! Every try bears the same message id, so the server stores it once however often it arrives
//! within its window; beyond that a repeat is harmless to the fold.

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

/// What is sent, and for how long.
#[derive(Debug)]
pub(super) struct Flight {
    pub(super) conn: Connection,
    pub(super) subject: Subject,
    pub(super) commit: Commit,
    pub(super) id: String,
    pub(super) ack_within: Duration,
    pub(super) give_up_after: Duration,
}

enum Try {
    Stored(u64),
    /// It is not stored, and will not be.
    Refused(Arc<str>),
    /// It is not stored; later it may be taken.
    NotNow(Arc<str>),
    /// It was sent, and nothing is known.
    NoAnswer,
}

/// Sends a commit until it is stored, refused or given up.
pub(super) async fn fly(flight: Flight) -> (Vec<Caller>, Result<u64, AppendError>) {
    let Flight {
        conn,
        subject,
        commit,
        id,
        ack_within,
        give_up_after,
    } = flight;
    let mut headers = commit.frame.headers();
    headers.insert(NATS_MESSAGE_ID, id.as_str());
    if let Some(trace) = &commit.traceparent
        && let Err(bad) = headers::insert(&mut headers, TRACEPARENT, trace)
    {
        tracing::debug!(%bad, "a trace context was left out");
    }
    let message = Message {
        subject,
        headers,
        payload: commit.frame.payload.clone(),
    };
    let outcome = message.deliver(conn, ack_within, give_up_after).await;
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
        conn: Connection,
        ack_within: Duration,
        give_up_after: Duration,
    ) -> Result<u64, AppendError> {
        let started = Instant::now();
        let deadline = started + give_up_after;
        let mut backoff = Backoff::new(Duration::from_millis(20), Duration::from_secs(1));
        let mut doubt = false;
        let mut reason: Arc<str> = "not connected to NATS".into();
        while let Ok(generation) = tokio::time::timeout_at(deadline, conn.connected()).await {
            match self
                .send(&conn, generation, deadline.min(Instant::now() + ack_within))
                .await
            {
                Try::Stored(sequence) => return Ok(sequence),
                Try::Refused(reason) if !doubt => return Err(AppendError::Refused { reason }),
                Try::Refused(_) => break,
                Try::NotNow(why) => {
                    reason = why;
                    tokio::time::sleep_until(deadline.min(Instant::now() + backoff.wait())).await;
                }
                // The wait for the answer, or for the link, was wait enough.
                Try::NoAnswer => doubt = true,
            }
            if Instant::now() >= deadline {
                break;
            }
        }
        let waited_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        if doubt {
            return Err(AppendError::Unknown { waited_ms });
        }
        Err(AppendError::Unavailable { waited_ms, reason })
    }

    /// One try: it ends with the answer, with the deadline, or when the link is cut, since then
    /// no answer can come any more.
    async fn send(&self, conn: &Connection, generation: u64, deadline: Instant) -> Try {
        let mut link = conn.link();
        let jetstream = conn.jetstream();
        let (subject, headers) = (self.subject.clone(), self.headers.clone());
        let sent = jetstream
            .publish_with_headers(subject, headers, self.payload.clone())
            .await;
        let ack = match sent {
            Ok(ack) => ack,
            Err(error) => return refusal(&error),
        };
        tokio::select! {
            biased;
            answer = ack => match answer {
                Ok(ack) => Try::Stored(ack.sequence),
                Err(error) => refusal(&error),
            },
            _ = link.wait_for(|link| link.generation != generation || !link.connected) => {
                Try::NoAnswer
            }
            () = tokio::time::sleep_until(deadline) => Try::NoAnswer,
        }
    }
}

fn refusal(error: &PublishError) -> Try {
    let reason: Arc<str> = error.to_string().into();
    match error.kind() {
        PublishErrorKind::TimedOut | PublishErrorKind::BrokenPipe => Try::NoAnswer,
        PublishErrorKind::StreamNotFound | PublishErrorKind::MaxAckPending => Try::NotNow(reason),
        PublishErrorKind::WrongLastMessageId
        | PublishErrorKind::WrongLastSequence
        | PublishErrorKind::MaxPayloadExceeded => Try::Refused(reason),
        PublishErrorKind::Other => {
            let source = error.source();
            match source.and_then(|source| source.downcast_ref::<async_nats::jetstream::Error>()) {
                Some(error) if error.code() == 429 || error.code() >= 500 => Try::NotNow(reason),
                Some(_) => Try::Refused(reason),
                // An answer that cannot be read, or a client that is closed.
                None => Try::NoAnswer,
            }
        }
    }
}
