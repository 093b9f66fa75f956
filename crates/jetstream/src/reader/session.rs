//! One pull consumer, for as long as it gives one message after the other.

use std::fmt;
use std::time::Duration;

use async_nats::jetstream::consumer::pull::{self, MessagesErrorKind};
use async_nats::jetstream::consumer::{AckPolicy, Consumer, DeliverPolicy};
use futures_util::StreamExt;
use tokio::sync::watch;
use uuid::Uuid;

use super::Options;
use crate::connect::Link;
use crate::{Connection, Headers, Message};

/// A sign of life from the server at least this often; two missing ones end the session.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// How long one pull waits for messages.
const PULL_EXPIRES: Duration = Duration::from_secs(30);
/// The server forgets a consumer that nobody has pulled from for so long.
const INACTIVE: Duration = Duration::from_secs(60);

/// A consumer and its messages.
pub(super) struct Session {
    messages: pull::Stream,
    link: watch::Receiver<Link>,
    generation: u64,
    consumed: u64,
    consumer: String,
}

/// What comes next.
pub(super) enum Next {
    /// The first message after the last one. Nothing was lost on the way, so if its sequence is
    /// not the next one, the stream itself has a hole.
    Message(Message),
    /// The session is over.
    Lost { why: &'static str },
}

impl Session {
    /// Makes a consumer that begins at a sequence.
    pub(super) async fn start(
        conn: &Connection,
        stream: &str,
        from: u64,
        options: &Options,
    ) -> Result<Session, async_nats::Error> {
        let link = conn.link();
        let generation = link.borrow().generation;
        let stream = conn.jetstream().get_stream_no_info(stream).await?;
        let config = pull::Config {
            name: Some(format!("reader-{}", Uuid::new_v4().simple())),
            deliver_policy: DeliverPolicy::ByStartSequence {
                start_sequence: from,
            },
            ack_policy: AckPolicy::None,
            inactive_threshold: INACTIVE,
            memory_storage: true,
            num_replicas: 1,
            ..pull::Config::default()
        };
        let consumer: Consumer<pull::Config> = stream.create_consumer(config).await?;
        let messages = consumer
            .stream()
            .max_messages_per_batch(options.pull_messages)
            .max_bytes_per_batch(options.pull_bytes)
            .expires(PULL_EXPIRES)
            .heartbeat(HEARTBEAT)
            .messages()
            .await?;
        let consumer = consumer.cached_info().name.clone();
        Ok(Session {
            messages,
            link,
            generation,
            consumed: 0,
            consumer,
        })
    }

    /// The name of the consumer, for whoever wants it deleted.
    pub(super) fn consumer(&self) -> &str {
        &self.consumer
    }

    /// The next message after `last`.
    pub(super) async fn next(&mut self, last: u64) -> Next {
        loop {
            let generation = self.generation;
            let received = tokio::select! {
                biased;
                received = self.messages.next() => received,
                _ = self.link.wait_for(|link| link.generation != generation) => {
                    return Next::Lost { why: "the link was cut" };
                }
            };
            let message = match received {
                Some(Ok(message)) => message,
                Some(Err(error)) => {
                    return Next::Lost {
                        why: reason(error.kind()),
                    };
                }
                None => {
                    return Next::Lost {
                        why: "the client gave up",
                    };
                }
            };
            let Ok(info) = message.info() else {
                return Next::Lost {
                    why: "a message without its sequence",
                };
            };
            let (sequence, published) = (info.stream_sequence, info.published);
            if info.consumer_sequence != self.consumed + 1 {
                return Next::Lost {
                    why: "a message was lost on the way",
                };
            }
            self.consumed += 1;
            if sequence <= last {
                continue;
            }
            let message = message.message;
            let headers = Headers::received(message.headers);
            return Next::Message(Message {
                sequence,
                subject: message.subject.into_string(),
                published: headers.stored(published),
                headers,
                payload: message.payload,
            });
        }
    }
}

/// Deletes a consumer, if it is still there; else it expires by itself.
pub(super) async fn forget(conn: &Connection, stream: &str, consumer: &str) {
    if let Ok(stream) = conn.jetstream().get_stream_no_info(stream).await
        && let Err(error) = stream.delete_consumer(consumer).await
    {
        tracing::debug!(%error, consumer, "a consumer was not deleted");
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session")
            .field("consumed", &self.consumed)
            .finish_non_exhaustive()
    }
}

fn reason(kind: MessagesErrorKind) -> &'static str {
    match kind {
        MessagesErrorKind::MissingHeartbeat => "no sign of life from the server",
        MessagesErrorKind::ConsumerDeleted => "the consumer was deleted",
        MessagesErrorKind::NoResponders => "the consumer is gone",
        MessagesErrorKind::Pull => "a pull could not be sent",
        MessagesErrorKind::PushBasedConsumer
        | MessagesErrorKind::RequestLimitExceeded
        | MessagesErrorKind::Other => "the server refuses the pull",
    }
}
