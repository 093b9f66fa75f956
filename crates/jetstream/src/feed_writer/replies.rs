//! One inbox for all answers to a writer.
//!
//! The client library can send a message and await its acknowledgement, but not a batch, of which
//! only the first and the last message are answered. So the writer has one inbox for its whole
//! life; each answer's subject names its attempt and message.

use std::pin::pin;

use async_nats::jetstream::ErrorCode;
use async_nats::jetstream::publish::PublishAck;
use async_nats::jetstream::response::Response;
use async_nats::{Message, StatusCode, Subject, Subscriber};
use futures_util::StreamExt;
use tokio::time::Instant;

use super::AttemptError;
use crate::Connection;
use crate::transient::is_transient;

/// The server's codes for an unexpected end of the stream: a wrong last sequence, with and without
/// the right one, and a wrong last message.
const WRONG_LAST: [ErrorCode; 3] = [
    ErrorCode::STREAM_WRONG_LAST_SEQUENCE,
    ErrorCode::STREAM_WRONG_LAST_SEQUENCE_CONSTANT,
    ErrorCode::STREAM_WRONG_LAST_MESSAGE_ID,
];

/// The inbox.
#[derive(Debug)]
pub(super) struct Replies {
    conn: Connection,
    inbox: String,
    subscriber: Subscriber,
    attempts: u64,
}

/// One attempt; answers to earlier ones are ignored.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attempt {
    number: u64,
    generation: u64,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    /// The index of the answered message in the attempt.
    pub(super) slot: usize,
    /// The sequence, if the answer has one.
    pub(super) sequence: Option<u64>,
}

impl Answer {
    /// Fails unless the message was stored at this sequence.
    pub(super) fn expect_sequence(&self, expected: u64) -> Result<(), AttemptError> {
        if self.sequence == Some(expected) {
            return Ok(());
        }
        Err(AttemptError::unsure("an answer with another sequence"))
    }
}

impl Replies {
    pub(super) async fn open(conn: &Connection) -> Result<Replies, async_nats::SubscribeError> {
        let inbox = conn.client().new_inbox();
        let subscriber = conn.client().subscribe(format!("{inbox}.*")).await?;
        Ok(Replies {
            conn: conn.clone(),
            inbox,
            subscriber,
            attempts: 0,
        })
    }

    /// Returns a string that no other writer has.
    pub(super) fn nonce(&self) -> &str {
        self.inbox.rsplit('.').next().unwrap_or_default()
    }

    /// Begins an attempt, once the client is connected.
    pub(super) async fn begin(&mut self) -> Attempt {
        self.attempts += 1;
        Attempt {
            number: self.attempts,
            generation: self.conn.connected().await,
        }
    }

    /// Returns the reply subject of a message.
    pub(super) fn subject(&self, attempt: Attempt, slot: usize) -> Subject {
        format!("{}.{}-{slot}", self.inbox, attempt.number).into()
    }

    /// Returns the id of a batch, unique among all attempts.
    pub(super) fn batch_id(&self, attempt: Attempt) -> String {
        format!("{}-{}", self.nonce(), attempt.number)
    }

    /// Returns the next answer to an attempt. Fails when the connection is lost, since no answer
    /// can arrive then.
    pub(super) async fn next(
        &mut self,
        attempt: Attempt,
        deadline: Instant,
    ) -> Result<Answer, AttemptError> {
        let mut lost = pin!(self.conn.lost(attempt.generation));
        loop {
            let message = tokio::select! {
                biased;
                message = self.subscriber.next() => message,
                () = &mut lost => return Err(AttemptError::unsure("the connection was lost")),
                () = tokio::time::sleep_until(deadline) => {
                    return Err(AttemptError::unsure("no answer in time"));
                }
            };
            let Some(message) = message else {
                return Err(AttemptError::Refused(
                    "the NATS client is closed".to_owned(),
                ));
            };
            if let Some(slot) = slot(&message, attempt) {
                return parse(&message).map(|sequence| Answer { slot, sequence });
            }
        }
    }
}

/// Returns the index of the answered message, if the answer is for this attempt.
fn slot(message: &Message, attempt: Attempt) -> Option<usize> {
    let (number, slot) = message.subject.rsplit('.').next()?.split_once('-')?;
    let is_ours = number.parse() == Ok(attempt.number);
    slot.parse().ok().filter(|_| is_ours)
}

fn parse(message: &Message) -> Result<Option<u64>, AttemptError> {
    if message.status == Some(StatusCode::NO_RESPONDERS) {
        return Err(AttemptError::unsure("no stream accepts the subject now"));
    }
    // The first message of a batch has an empty answer if it is accepted.
    if message.payload.is_empty() {
        return Ok(None);
    }
    let ack: Response<PublishAck> = serde_json::from_slice(&message.payload)
        .map_err(|error| AttemptError::unsure(format!("an answer cannot be parsed: {error}")))?;
    match ack {
        Response::Ok(ack) => Ok(Some(ack.sequence)),
        Response::Err { error } if WRONG_LAST.contains(&error.error_code()) => {
            Err(AttemptError::WrongSequence)
        }
        Response::Err { error } if is_transient(&error) => {
            Err(AttemptError::unsure(error.to_string()))
        }
        Response::Err { error } => Err(AttemptError::Refused(error.to_string())),
    }
}
