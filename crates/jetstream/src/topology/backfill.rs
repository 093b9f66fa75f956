//! Sets the keys of the `relations` bucket to a projection's latest views.
//!
//! Each key is set by compare-and-set, and never to an older message of the same stream, so
//! concurrent or late backfills do no harm.

use std::collections::BTreeSet;
use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::header::NATS_EXPECTED_LAST_SUBJECT_SEQUENCE;
use async_nats::jetstream::consumer::{DeliverPolicy, PullConsumer};
use async_nats::jetstream::context::PublishErrorKind;
use futures_util::stream::FuturesUnordered;
use futures_util::{StreamExt, TryStreamExt};

use super::{Projection, RELATIONS_BUCKET, TopologyError, config};
use crate::consumer::ephemeral;
use crate::message::SOURCE;
use crate::{Connection, Message, stream_info};

/// The header of a backfilled view: the stream and sequence of the message that it copies.
pub(crate) const FILLED_FROM: &str = "Detente-Filled-From";
/// The header of a deleted key in a key-value bucket.
pub(crate) const OPERATION: &str = "KV-Operation";
/// The number of keys that are set at once.
const CONCURRENCY: usize = 32;
/// The number of messages that are fetched at once: some tens of megabytes, if all are of the
/// largest size.
const FETCH_MESSAGES: usize = 256;
/// The time without pulls after which the server deletes the consumer that reads the last messages.
const INACTIVE: Duration = Duration::from_secs(30);
/// The number of attempts to set one key before another writer is assumed to have set it.
const ATTEMPTS: usize = 8;

/// Sets every key to the projection's latest view, and deletes the keys that it does not have,
/// while the bucket has no source. Returns the last message of the projection's stream that is
/// covered.
pub(super) async fn fill(conn: &Connection, projection: &Projection) -> Result<u64, TopologyError> {
    let from = projection.stream();
    let head = stream_info::head(conn, &from).await;
    let head = head.map_err(|error| TopologyError::server(&from, "looked up", error))?;
    let backfill = Backfill {
        conn,
        from: &from,
        head,
        keeps_own: false,
    };
    let kept = backfill.set_all().await?;
    let mut present = BTreeSet::new();
    let mut entries = LastPerSubject::open(conn, &config::bucket_stream(RELATIONS_BUCKET)).await?;
    while let Some(chunk) = entries.next().await? {
        present.extend(keys_of(&chunk));
    }
    for key in present.difference(&kept) {
        backfill.set(key, None).await?;
    }
    Ok(head)
}

/// Sets the keys that have no view or another projection's, while the projection is the bucket's
/// source. The bucket is written to disk with a delay, so a server that was killed right after a
/// switch may have lost backfilled views; those from its source it copies again.
pub(super) async fn repair_keys(
    conn: &Connection,
    projection: &Projection,
) -> Result<(), TopologyError> {
    let backfill = Backfill {
        conn,
        from: &projection.stream(),
        head: u64::MAX,
        keeps_own: true,
    };
    backfill.set_all().await.map(drop)
}

struct Backfill<'a> {
    conn: &'a Connection,
    from: &'a str,
    head: u64,
    /// Views of the same stream stay as they are.
    keeps_own: bool,
}

impl Backfill<'_> {
    /// Sets every key that the projection has, and returns them.
    async fn set_all(&self) -> Result<BTreeSet<String>, TopologyError> {
        let mut keys = BTreeSet::new();
        let mut views = LastPerSubject::open(self.conn, self.from).await?;
        while let Some(chunk) = views.next().await? {
            keys.extend(keys_of(&chunk));
            let mut setting = FuturesUnordered::new();
            // A view after the head will come from the source, after those before it.
            for view in chunk.iter().filter(|view| view.sequence <= self.head) {
                let Some(key) = key(&view.subject) else {
                    continue;
                };
                if setting.len() >= CONCURRENCY {
                    setting.next().await.transpose()?;
                }
                setting.push(self.set(key, Some(view)));
            }
            setting.try_collect::<()>().await?;
        }
        Ok(keys)
    }

    /// Sets one key, or deletes it, unless it holds something as new of the same stream.
    async fn set(&self, key: &str, view: Option<&Message>) -> Result<(), TopologyError> {
        let bucket = config::bucket_stream(RELATIONS_BUCKET);
        let subject = format!("$KV.{RELATIONS_BUCKET}.{key}");
        for _ in 0..ATTEMPTS {
            let entry = stream_info::last_on_subject(self.conn, &bucket, &subject).await;
            let entry = entry.map_err(|error| failed("read", error))?;
            if entry.as_ref().is_some_and(|entry| self.is_set(entry, view)) {
                return Ok(());
            }
            let revision = entry.map_or(0, |entry| entry.sequence);
            let mut headers = HeaderMap::new();
            let own = view.into_iter().flat_map(|view| view.headers.map().iter());
            for (name, values) in own.filter(|(name, _)| !is_server_header(name.as_ref())) {
                for value in values {
                    headers.append(name.clone(), value.clone());
                }
            }
            match view {
                Some(view) => {
                    headers.insert(FILLED_FROM, format!("{} {}", self.from, view.sequence));
                }
                None => headers.insert(OPERATION, "DEL"),
            }
            headers.insert(NATS_EXPECTED_LAST_SUBJECT_SEQUENCE, revision.to_string());
            let payload = view.map(|view| view.payload.clone()).unwrap_or_default();
            let js = self.conn.jetstream();
            let sent = js
                .publish_with_headers(subject.clone(), headers, payload)
                .await;
            let stored = match sent {
                Ok(answer) => answer.await.map(drop),
                Err(error) => Err(error),
            };
            match stored {
                Ok(()) => return Ok(()),
                Err(error) if error.kind() == PublishErrorKind::WrongLastSequence => {}
                Err(error) => return Err(failed("filled", error)),
            }
        }
        // Another writer keeps setting it: the bucket has a source.
        Ok(())
    }

    /// Returns true if a key's entry has the view or a newer one of the same stream. Views up to
    /// the head that the server copied itself are set again: it would resume after the last of them
    /// instead of after the head.
    fn is_set(&self, entry: &Message, view: Option<&Message>) -> bool {
        let of = |header: &str| {
            let (stream, sequence) = entry.copied_from(header)?;
            (stream == self.from).then_some(sequence)
        };
        if self.keeps_own && (of(SOURCE).is_some() || of(FILLED_FROM).is_some()) {
            return true;
        }
        let is_newer = of(SOURCE).is_some_and(|sequence| sequence > self.head);
        match view {
            Some(view) => is_newer || of(FILLED_FROM).is_some_and(|at| at >= view.sequence),
            None => is_newer || entry.is_deletion(),
        }
    }
}

/// Reads the last message of each subject of a stream, a chunk at a time.
struct LastPerSubject {
    stream: String,
    consumer: PullConsumer,
    left: u64,
}

impl LastPerSubject {
    async fn open(conn: &Connection, stream: &str) -> Result<Self, TopologyError> {
        let handle = conn.jetstream().get_stream_no_info(stream).await;
        let handle = handle.map_err(|error| TopologyError::server(stream, "looked up", error))?;
        let mut config = ephemeral(DeliverPolicy::LastPerSubject, INACTIVE);
        config.filter_subject = ">".to_owned();
        let consumer = handle.create_consumer(config).await;
        let consumer = consumer.map_err(|error| TopologyError::server(stream, "read", error))?;
        Ok(Self {
            stream: stream.to_owned(),
            left: consumer.cached_info().num_pending,
            consumer,
        })
    }

    async fn next(&mut self) -> Result<Option<Vec<Message>>, TopologyError> {
        if self.left == 0 {
            return Ok(None);
        }
        let failed = |error| TopologyError::server(&self.stream, "read", error);
        let fetch = self.consumer.fetch().max_messages(FETCH_MESSAGES);
        let mut fetched = fetch
            .messages()
            .await
            .map_err(|error| failed(error.into()))?;
        let mut views = Vec::new();
        while let Some(message) = fetched.next().await {
            let message = message.map_err(failed)?;
            let info = message.info().map_err(failed)?;
            let (sequence, stored) = (info.stream_sequence, info.published);
            views.push(Message::delivered(message.message, sequence, stored));
        }
        self.left = self.left.saturating_sub(views.len() as u64);
        // Fewer than announced: later messages have replaced them, and come from the source.
        if views.is_empty() {
            self.left = 0;
        }
        Ok(Some(views))
    }
}

/// Returns the keys of the relations that messages are about.
fn keys_of(messages: &[Message]) -> impl Iterator<Item = String> {
    let keys = messages.iter().filter_map(|message| key(&message.subject));
    keys.map(str::to_owned)
}

/// Returns the last two tokens of a subject: the key of a relation.
fn key(subject: &str) -> Option<&str> {
    let (rest, _) = subject.rsplit_once('.')?;
    let (prefix, _) = rest.rsplit_once('.')?;
    subject.get(prefix.len() + 1..)
}

fn is_server_header(name: &str) -> bool {
    name.to_ascii_lowercase().starts_with("nats-")
}

fn failed(
    operation: &'static str,
    source: impl std::error::Error + Send + Sync + 'static,
) -> TopologyError {
    TopologyError::server(RELATIONS_BUCKET, operation, source)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_the_end_of_its_subject() {
        assert_eq!(key("detente.relations.p.AFG.KAZ"), Some("AFG.KAZ"));
        assert_eq!(key("$KV.relations.AFG.KAZ"), Some("AFG.KAZ"));
        assert_eq!(key("KAZ"), None);
    }
}
