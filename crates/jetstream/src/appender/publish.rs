//! Publishes one commit, again and again until it is known to be stored.
//!
//! Behind a [`Fence`], each attempt expects to be the next message after all that is known, so it
//! is stored once or never, and the records that others have stored meanwhile are left out of the
//! next attempt. Every attempt with the same records has the same message id, by which the server
//! recognises a retry within its duplicate window.

use std::error::Error as _;
use std::sync::Arc;
use std::time::Duration;

use async_nats::Subject;
use async_nats::header::{HeaderMap, HeaderValue, NATS_EXPECTED_LAST_SEQUENCE, NATS_MESSAGE_ID};
use async_nats::jetstream::context::{PublishError, PublishErrorKind};
use tokio::time::{Instant, timeout_at};

use super::fence::{Fence, KnownLog};
use super::queue::Answer;
use super::{AppendError, Appended};
use crate::Connection;
use crate::backoff::Backoff;
use crate::commit::{Builder, Frame, TRACEPARENT, hex, records};
use crate::headers;
use crate::transient::{is_full, is_transient};

/// The timeout of one attempt.
const ACK_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest wait for the message of another appender that came first: it may be lost with the
/// leader of a cluster.
const REACH_WITHIN: Duration = Duration::from_secs(1);
/// The attempts after which one is made without an expectation: others append without a pause, and
/// are nearer to the server. Only then may a record be stored twice.
const REFUSALS_MAX: u32 = 16;

/// A commit to publish.
#[derive(Debug)]
pub(super) struct Publish {
    pub(super) conn: Connection,
    pub(super) subject: Subject,
    /// The records without a place; `None` if each has one.
    pub(super) frame: Option<Frame>,
    /// The places of the records that the log was found to have.
    pub(super) places: Vec<Option<u64>>,
    pub(super) traceparent: Option<Box<str>>,
    /// What tells the message ids of this commit from those of others.
    pub(super) sender: String,
    pub(super) fence: Option<Fence>,
    pub(super) give_up_after: Duration,
}

enum AttemptOutcome {
    /// Stored with this sequence, by this attempt or an earlier one.
    Stored(u64),
    /// Not stored: the stream has another end than was expected.
    Moved,
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
    /// Publishes until the commit is stored, refused or given up. Returns an answer for each record.
    pub(super) async fn with_retry(mut self) -> Vec<Answer> {
        let fence = self.fence.clone();
        let _turn = match &fence {
            Some(fence) => Some(fence.turn().await),
            None => None,
        };
        let outcome = self.deliver().await;
        if let Some(Err(error)) = &outcome {
            let records = self.places.len();
            tracing::error!(%error, records, commit.sender = self.sender, "a commit failed");
        }
        let outcome = outcome.unwrap_or(Err(AppendError::Stopped));
        let answers = self.places.into_iter().map(|place| match place {
            None => outcome.clone(),
            Some(position) => Ok(Appended {
                position,
                is_found: true,
            }),
        });
        answers.collect()
    }

    /// Returns the answer to the records without a place; `None` if each has one.
    async fn deliver(&mut self) -> Option<Answer> {
        let started = Instant::now();
        let deadline = started + self.give_up_after;
        let mut backoff = Backoff::new(Duration::from_millis(20), Duration::from_secs(1));
        // The sequence with which an attempt without an answer may be stored.
        let mut unsure: Option<u64> = None;
        let mut refusals = 0;
        let mut reason: Arc<str> = "not connected to NATS".into();
        while let Ok(generation) = timeout_at(deadline, self.conn.connected()).await {
            let known = self.log().map(KnownLog::known);
            self.leave_out_known();
            let frame = self.frame.as_ref()?;
            unsure = unsure.filter(|unsure| known.is_none_or(|known| known < *unsure));
            let expected = known.filter(|_| refusals < REFUSALS_MAX);
            let answer_by = deadline.min(Instant::now() + ACK_TIMEOUT);
            match self.send(frame, expected, generation, answer_by).await {
                AttemptOutcome::Stored(position) => {
                    return Some(self.stored(position, known, started, deadline).await);
                }
                AttemptOutcome::Moved => {
                    refusals += 1;
                    let known = known.unwrap_or_default();
                    reason = format!("the log does not end at {known}").into();
                    let by = deadline.min(Instant::now() + REACH_WITHIN);
                    self.reach(known + 1, by).await;
                }
                AttemptOutcome::Refused(reason) if unsure.is_none() => {
                    return Some(Err(AppendError::Refused { reason }));
                }
                AttemptOutcome::Full(reason) if unsure.is_none() => {
                    return Some(Err(AppendError::Full { reason }));
                }
                AttemptOutcome::Refused(_) | AttemptOutcome::Full(_) => break,
                AttemptOutcome::NotNow(why) => {
                    reason = why;
                    tokio::time::sleep_until(deadline.min(Instant::now() + backoff.wait())).await;
                }
                // It has waited long enough, for the answer or for the connection.
                AttemptOutcome::NoAnswer => {
                    unsure = unsure.max(Some(expected.map_or(u64::MAX, |expected| expected + 1)));
                }
            }
            if Instant::now() >= deadline {
                break;
            }
        }
        let waited_ms = waited_ms(started);
        Some(Err(match unsure {
            Some(_) => AppendError::Unknown { waited_ms },
            None => AppendError::Unavailable { waited_ms, reason },
        }))
    }

    /// Returns the answer to a commit that is stored. If others have come before it, their records
    /// with the same ids count.
    async fn stored(
        &mut self,
        position: u64,
        known: Option<u64>,
        started: Instant,
        deadline: Instant,
    ) -> Answer {
        if known.map(|known| known + 1) == Some(position) {
            self.log().inspect(|log| log.stored(position));
        } else if self.reach(position, deadline).await {
            self.leave_out_known();
        } else {
            let waited_ms = waited_ms(started);
            return Err(AppendError::Unknown { waited_ms });
        }
        Ok(Appended {
            position,
            is_found: false,
        })
    }

    /// Waits until the stream is known up to a sequence. Returns false at the deadline.
    async fn reach(&self, sequence: u64, deadline: Instant) -> bool {
        match self.log() {
            Some(log) => timeout_at(deadline, log.reach(sequence)).await.is_ok(),
            None => true,
        }
    }

    /// Leaves out the records that the log is known to have, and keeps their places.
    fn leave_out_known(&mut self) {
        let (Some(log), Some(frame)) = (self.fence.as_ref().map(Fence::log), &self.frame) else {
            return;
        };
        let records = || records(&frame.payload).map_while(Result::ok);
        let found: Vec<Option<u64>> = records().map(|record| log.find(record)).collect();
        if found.iter().all(Option::is_none) {
            return;
        }
        let mut rest = Builder::with_capacity(frame.payload.len(), frame.payload.len());
        for (record, _) in records().zip(&found).filter(|(_, found)| found.is_none()) {
            rest.push(record);
        }
        self.frame = rest.finish();
        let open = self.places.iter_mut().filter(|place| place.is_none());
        open.zip(found).for_each(|(place, found)| *place = found);
    }

    fn log(&self) -> Option<&dyn KnownLog> {
        self.fence.as_ref().map(Fence::log)
    }

    fn headers(&self, frame: &Frame, expected: Option<u64>) -> HeaderMap {
        let mut headers = frame.headers();
        let id = format!("{}-{}", hex(frame.digest), self.sender);
        headers.insert(NATS_MESSAGE_ID, id.as_str());
        if let Some(expected) = expected {
            headers.insert(NATS_EXPECTED_LAST_SEQUENCE, HeaderValue::from(expected));
        }
        if let Some(trace) = &self.traceparent
            && let Err(bad) = headers::insert(&mut headers, TRACEPARENT, trace)
        {
            tracing::debug!(%bad, "a trace context is left out");
        }
        headers
    }

    /// Makes one attempt. It ends with the answer, at the deadline, or when the connection is lost.
    async fn send(
        &self,
        frame: &Frame,
        expected: Option<u64>,
        generation: u64,
        deadline: Instant,
    ) -> AttemptOutcome {
        let headers = self.headers(frame, expected);
        let (subject, payload) = (self.subject.clone(), frame.payload.clone());
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
                Ok(ack) => AttemptOutcome::Stored(ack.sequence),
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
        PublishErrorKind::WrongLastSequence => AttemptOutcome::Moved,
        PublishErrorKind::WrongLastMessageId | PublishErrorKind::MaxPayloadExceeded => {
            AttemptOutcome::Refused(reason)
        }
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

fn waited_ms(started: Instant) -> u64 {
    u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX)
}
