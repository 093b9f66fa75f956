//! One pull consumer, used as long as no message is missing.

use std::time::Duration;

use async_nats::jetstream::consumer::pull;
use async_nats::jetstream::consumer::{Consumer, DeliverPolicy};
use futures_util::StreamExt;
use tokio::sync::watch;
use tokio::time::Instant;
use uuid::Uuid;

use super::Options;
use crate::connect::Link;
use crate::consumer::ephemeral;
use crate::{Connection, Message};

/// The interval of the heartbeats; two missing ones end the session.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// The time for which one pull waits for messages.
const PULL_EXPIRES: Duration = Duration::from_secs(30);
/// The most bytes in one pull, which bounds the buffer; more than one message.
const PULL_BYTES: usize = 32 << 20;
/// The time without pulls after which the server deletes a consumer.
const INACTIVE: Duration = Duration::from_secs(60);
/// The time without a message after which those that should have come are asked for.
const SILENCE_MAX: Duration = Duration::from_secs(1);

/// A consumer and its messages.
pub(super) struct Session {
    messages: pull::Stream,
    link: watch::Receiver<Link>,
    generation: u64,
    consumed: u64,
    consumer: String,
    /// The end of the stream at the start.
    head: u64,
    /// The number of messages of the stream after the last one, as far as is known.
    pending: u64,
    /// True to end the session when messages that should come do not.
    notices_silence: bool,
    /// The time of the last message, or of the start.
    heard: Instant,
}

/// The outcome of [`Session::next`].
pub(super) enum Next {
    /// The first message after the last one. None was lost in transit, so if its sequence is not
    /// the next one, the stream itself has a gap.
    Message(Message),
    /// A message up to this one should have come, and none has.
    Silent { head: u64 },
    /// The session is over.
    Lost { why: String },
}

impl Session {
    /// Creates a consumer that begins after a sequence; the stream ends at `head` or later.
    pub(super) async fn start(
        conn: &Connection,
        stream: &str,
        last: u64,
        head: u64,
        options: &Options,
    ) -> Result<Self, async_nats::Error> {
        let link = conn.link();
        let generation = link.borrow().generation;
        let stream = conn.jetstream().get_stream_no_info(stream).await?;
        let start = DeliverPolicy::ByStartSequence {
            start_sequence: last + 1,
        };
        let config = pull::Config {
            name: Some(format!("reader-{}", Uuid::new_v4().simple())),
            ..ephemeral(start, INACTIVE)
        };
        let consumer: Consumer<pull::Config> = stream.create_consumer(config).await?;
        let messages = consumer
            .stream()
            .max_messages_per_batch(options.pull_messages)
            .max_bytes_per_batch(PULL_BYTES)
            .expires(PULL_EXPIRES)
            .heartbeat(HEARTBEAT)
            .messages()
            .await?;
        let info = consumer.cached_info();
        Ok(Self {
            messages,
            link,
            generation,
            consumed: 0,
            consumer: info.name.clone(),
            head,
            pending: info.num_pending,
            notices_silence: options.continuous,
            heard: Instant::now(),
        })
    }

    /// Returns the name of the consumer.
    pub(super) fn consumer(&self) -> &str {
        &self.consumer
    }

    /// Returns the next message after `last`.
    pub(super) async fn next(&mut self, last: u64) -> Next {
        loop {
            let lost = |why: &str| Next::Lost {
                why: why.to_owned(),
            };
            let generation = self.generation;
            let is_due = self.notices_silence && (self.pending > 0 || self.head > last);
            let silent_at = self.heard + SILENCE_MAX;
            let received = tokio::select! {
                biased;
                received = self.messages.next() => received,
                () = tokio::time::sleep_until(silent_at), if is_due => {
                    self.heard = Instant::now();
                    let head = self.head.max(last + self.pending);
                    return Next::Silent { head };
                }
                _ = self.link.wait_for(|link| link.generation != generation) => {
                    return lost("the connection was lost");
                }
            };
            let message = match received {
                Some(Ok(message)) => message,
                Some(Err(error)) => return lost(&error.to_string()),
                None => return lost("the client gave up"),
            };
            let Ok(info) = message.info() else {
                return lost("a message without its sequence");
            };
            if info.consumer_sequence != self.consumed + 1 {
                return lost("a message was lost in transit");
            }
            self.consumed += 1;
            self.pending = info.pending;
            self.heard = Instant::now();
            let (sequence, stored) = (info.stream_sequence, info.published);
            if sequence > last {
                return Next::Message(Message::delivered(message.message, sequence, stored));
            }
        }
    }
}

/// Deletes a consumer if possible; else it expires.
pub(super) async fn delete_consumer(conn: &Connection, stream: &str, consumer: &str) {
    if let Ok(stream) = conn.jetstream().get_stream_no_info(stream).await
        && let Err(error) = stream.delete_consumer(consumer).await
    {
        tracing::debug!(%error, consumer, "a consumer was not deleted");
    }
}
