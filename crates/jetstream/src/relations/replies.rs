//! One inbox for all the answers that a writer gets.
//!
//! The client library can send a message and await its acknowledgement, but not the parts of a
//! batch, of which only the first and the last are answered. So the writer listens to one inbox
//! for its whole life; each answer's subject says which try and which message it belongs to.

use async_nats::{Message, StatusCode, Subject, Subscriber};
use futures_util::StreamExt;
use serde::Deserialize;
use tokio::time::Instant;

use super::Trouble;
use crate::Connection;

/// The server's codes for another end of the stream than was expected: a wrong last sequence, with
/// the right one told and without, and a wrong last message.
const WRONG_LAST: [u64; 3] = [10_071, 10_164, 10_070];

/// The inbox.
#[derive(Debug)]
pub(super) struct Replies {
    conn: Connection,
    inbox: String,
    subscriber: Subscriber,
    tries: u64,
}

/// One try: the answers of earlier ones are not for it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Attempt {
    number: u64,
    generation: u64,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    /// Which message of the try is answered, from nought.
    pub(super) slot: usize,
    /// The sequence, if one is told.
    pub(super) sequence: Option<u64>,
}

#[derive(Deserialize)]
struct Ack {
    seq: Option<u64>,
    error: Option<ApiError>,
}

#[derive(Deserialize)]
struct ApiError {
    code: u64,
    #[serde(default)]
    err_code: u64,
    #[serde(default)]
    description: String,
}

impl Replies {
    pub(super) async fn open(conn: &Connection) -> Result<Replies, async_nats::SubscribeError> {
        let inbox = conn.client().new_inbox();
        let subscriber = conn.client().subscribe(format!("{inbox}.*")).await?;
        Ok(Replies {
            conn: conn.clone(),
            inbox,
            subscriber,
            tries: 0,
        })
    }

    /// A word that no other writer has.
    pub(super) fn nonce(&self) -> &str {
        self.inbox.rsplit('.').next().unwrap_or_default()
    }

    /// Begins a try, once there is a connection.
    pub(super) async fn begin(&mut self) -> Attempt {
        self.tries += 1;
        Attempt {
            number: self.tries,
            generation: self.conn.connected().await,
        }
    }

    /// Where the answer to one message of a try is to go.
    pub(super) fn subject(&self, attempt: Attempt, slot: usize) -> Subject {
        format!("{}.{}-{slot}", self.inbox, attempt.number).into()
    }

    /// A word for a try that no other try has.
    pub(super) fn batch_id(&self, attempt: Attempt) -> String {
        format!("{}-{}", self.nonce(), attempt.number)
    }

    /// The next answer to a try. A cut link ends the wait: no answer can come any more.
    pub(super) async fn next(
        &mut self,
        attempt: Attempt,
        deadline: Instant,
    ) -> Result<Answer, Trouble> {
        let mut link = self.conn.link();
        let cut = link.wait_for(|link| link.generation != attempt.generation || !link.connected);
        tokio::pin!(cut);
        loop {
            let message = tokio::select! {
                biased;
                message = self.subscriber.next() => message,
                _ = &mut cut => return Err(Trouble::Unsure("the link was cut".to_owned())),
                () = tokio::time::sleep_until(deadline) => {
                    return Err(Trouble::Unsure("no answer in time".to_owned()));
                }
            };
            let Some(message) = message else {
                return Err(Trouble::Refused("the NATS client is closed".to_owned()));
            };
            if let Some(slot) = slot(&message, attempt) {
                return read(&message).map(|sequence| Answer { slot, sequence });
            }
        }
    }
}

/// Which message is answered, if the answer is for this try.
fn slot(message: &Message, attempt: Attempt) -> Option<usize> {
    let (number, slot) = message.subject.rsplit('.').next()?.split_once('-')?;
    if number.parse() == Ok(attempt.number) {
        slot.parse().ok()
    } else {
        None
    }
}

fn read(message: &Message) -> Result<Option<u64>, Trouble> {
    if message.status == Some(StatusCode::NO_RESPONDERS) {
        return Err(Trouble::Unsure(
            "no stream takes the subject right now".to_owned(),
        ));
    }
    // The first message of a batch is answered with nothing if it is well.
    if message.payload.is_empty() {
        return Ok(None);
    }
    let ack: Ack = serde_json::from_slice(&message.payload)
        .map_err(|error| Trouble::Unsure(format!("an answer that cannot be read: {error}")))?;
    match ack.error {
        None => Ok(ack.seq),
        Some(error) if WRONG_LAST.contains(&error.err_code) => Err(Trouble::WrongSequence),
        Some(ApiError {
            code,
            err_code,
            description,
        }) => {
            let reason = format!("{description} ({err_code})");
            let passing = code == 429 || code >= 500;
            Err(if passing {
                Trouble::Unsure(reason)
            } else {
                Trouble::Refused(reason)
            })
        }
    }
}
