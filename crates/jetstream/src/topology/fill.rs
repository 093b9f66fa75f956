//! Filling the `relations` bucket with the latest views of a projection, while nothing feeds it.
//!
//! Each key is set by compare-and-set, and never to an older message of the same stream: so two
//! who fill at once, or one who comes late, do no harm.

use std::collections::BTreeSet;
use std::time::Duration;

use async_nats::HeaderMap;
use async_nats::header::NATS_EXPECTED_LAST_SUBJECT_SEQUENCE;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, PullConsumer, pull};
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::stream::{RawMessageErrorKind, Stream};
use futures_util::stream::FuturesUnordered;
use futures_util::{StreamExt, TryStreamExt};

use super::{Projection, RELATIONS_BUCKET, TopologyError, wanted};
use crate::message::SOURCE;
use crate::{Connection, inspect};

/// From which message of which stream a view was filled in.
pub(crate) const FILLED_FROM: &str = "Detente-Filled-From";
/// The header by which a key-value bucket knows a deletion.
pub(crate) const OPERATION: &str = "KV-Operation";
/// How many keys are set at once.
const AT_ONCE: usize = 32;
/// How many messages are fetched at once: of the largest, some tens of megabytes.
const FETCHED: usize = 256;
/// The server forgets whoever reads the last messages after so long.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(30);
/// How often one key is tried before whoever else sets it has won.
const TRIES: usize = 8;

/// Gives every key the projection's latest view, and takes out those that it does not have. Says
/// up to which message of the projection's stream this was done: what follows is to be fed.
pub(super) async fn fill(conn: &Connection, projection: &Projection) -> Result<u64, TopologyError> {
    let from = projection.stream();
    let head = inspect::head(conn, &from).await;
    let head = head.map_err(|error| failed(&from, "looked at", error))?;
    let bucket = bucket(conn).await?;
    let filling = Filling {
        conn,
        bucket: &bucket,
        from: &from,
        head,
        mends: false,
    };
    let mut kept = BTreeSet::new();
    let mut views = Lasts::open(conn, &from).await?;
    while let Some(some) = views.next().await? {
        let keys = some.iter().filter_map(|view| key(&view.subject));
        kept.extend(keys.map(str::to_owned));
        filling.set(&some).await?;
    }
    let mut held = BTreeSet::new();
    let mut entries = Lasts::open(conn, &wanted::bucket_stream(RELATIONS_BUCKET)).await?;
    while let Some(some) = entries.next().await? {
        let keys = some.iter().filter_map(|entry| key(&entry.subject));
        held.extend(keys.map(str::to_owned));
    }
    for key in held.difference(&kept) {
        filling.settle(key, None).await?;
    }
    Ok(head)
}

/// Gives a bucket that is fed what it lacks: keys that have no view, or another projection's. The
/// bucket is written to disk a moment late, so a server that was killed right after a switch may
/// have lost what was filled in; what it feeds itself, it feeds again.
pub(super) async fn mend(conn: &Connection, projection: &Projection) -> Result<(), TopologyError> {
    let from = projection.stream();
    let bucket = bucket(conn).await?;
    let filling = Filling {
        conn,
        bucket: &bucket,
        from: &from,
        head: u64::MAX,
        mends: true,
    };
    let mut views = Lasts::open(conn, &from).await?;
    while let Some(some) = views.next().await? {
        filling.set(&some).await?;
    }
    Ok(())
}

async fn bucket(conn: &Connection) -> Result<Stream<()>, TopologyError> {
    let name = wanted::bucket_stream(RELATIONS_BUCKET);
    let bucket = conn.jetstream().get_stream_no_info(name).await;
    bucket.map_err(|error| failed(RELATIONS_BUCKET, "looked up", error))
}

/// A view, on its way into the bucket.
struct View {
    subject: String,
    sequence: u64,
    headers: HeaderMap,
    payload: bytes::Bytes,
}

struct Filling<'a> {
    conn: &'a Connection,
    bucket: &'a Stream<()>,
    from: &'a str,
    head: u64,
    /// Whatever is of the same stream stays.
    mends: bool,
}

impl Filling<'_> {
    async fn set(&self, views: &[View]) -> Result<(), TopologyError> {
        let mut settling = FuturesUnordered::new();
        for view in views {
            // A view that came after the head is fed later, after those before it.
            let Some(key) = key(&view.subject).filter(|_| view.sequence <= self.head) else {
                continue;
            };
            if settling.len() >= AT_ONCE {
                settling.next().await.transpose()?;
            }
            settling.push(self.settle(key, Some(view)));
        }
        settling.try_collect().await
    }

    /// Sets one key, or deletes it, unless it has something as new of the same stream.
    async fn settle(&self, key: &str, view: Option<&View>) -> Result<(), TopologyError> {
        let subject = format!("$KV.{RELATIONS_BUCKET}.{key}");
        for _ in 0..TRIES {
            let (revision, held) = self.held(&subject).await?;
            if self.is_settled(&held, view) {
                return Ok(());
            }
            let mut headers = HeaderMap::new();
            let own = view.into_iter().flat_map(|view| view.headers.iter());
            for (name, values) in own.filter(|(name, _)| !is_servers(name.as_ref())) {
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
                Err(error) => return Err(failed(RELATIONS_BUCKET, "filled", error)),
            }
        }
        // Somebody sets it all the time: it is being fed.
        Ok(())
    }

    /// The revision of a key, and its headers; nought where there is none.
    async fn held(&self, subject: &str) -> Result<(u64, HeaderMap), TopologyError> {
        match self.bucket.get_last_raw_message_by_subject(subject).await {
            Ok(message) => Ok((message.sequence, message.headers)),
            Err(error) => match error.kind() {
                RawMessageErrorKind::NoMessageFound => Ok((0, HeaderMap::new())),
                _ => Err(failed(RELATIONS_BUCKET, "read", error)),
            },
        }
    }

    /// Whether a key holds what it should, or something newer of the same stream. What the server
    /// itself fed of messages up to the head is set anew all the same: the server would go on
    /// after the last of those, and not after the head.
    fn is_settled(&self, held: &HeaderMap, view: Option<&View>) -> bool {
        let of = |header: &str| {
            let held = held.get(header)?.as_str();
            let mut words = held.split(' ');
            let sequence = (words.next()? == self.from)
                .then(|| words.next())
                .flatten()?;
            sequence.parse::<u64>().ok()
        };
        if self.mends && (of(SOURCE).is_some() || of(FILLED_FROM).is_some()) {
            return true;
        }
        let is_newer = of(SOURCE).is_some_and(|sequence| sequence > self.head);
        match view {
            Some(view) => is_newer || of(FILLED_FROM).is_some_and(|at| at >= view.sequence),
            None => is_newer || held.get(OPERATION).is_some(),
        }
    }
}

/// The last message of each subject of a stream, some at a time.
struct Lasts {
    name: String,
    consumer: PullConsumer,
    left: u64,
}

impl Lasts {
    async fn open(conn: &Connection, name: &str) -> Result<Lasts, TopologyError> {
        let handle = conn.jetstream().get_stream_no_info(name).await;
        let handle = handle.map_err(|error| failed(name, "looked up", error))?;
        let config = pull::Config {
            deliver_policy: DeliverPolicy::LastPerSubject,
            filter_subject: ">".to_owned(),
            ack_policy: AckPolicy::None,
            inactive_threshold: FORGOTTEN_AFTER,
            memory_storage: true,
            num_replicas: 1,
            ..pull::Config::default()
        };
        let consumer = handle.create_consumer(config).await;
        let consumer = consumer.map_err(|error| failed(name, "read", error))?;
        Ok(Lasts {
            name: name.to_owned(),
            left: consumer.cached_info().num_pending,
            consumer,
        })
    }

    async fn next(&mut self) -> Result<Option<Vec<View>>, TopologyError> {
        if self.left == 0 {
            return Ok(None);
        }
        let fetched = self.consumer.fetch().max_messages(FETCHED).messages().await;
        let mut fetched = fetched.map_err(|error| failed(&self.name, "read", error))?;
        let unread = |source| TopologyError::Server {
            stream: self.name.clone(),
            deed: "read",
            source,
        };
        let mut views = Vec::new();
        while let Some(message) = fetched.next().await {
            let message = message.map_err(unread)?;
            let sequence = message.info().map_err(unread)?.stream_sequence;
            let message = message.message;
            views.push(View {
                subject: message.subject.to_string(),
                sequence,
                headers: message.headers.unwrap_or_default(),
                payload: message.payload,
            });
        }
        self.left = self.left.saturating_sub(views.len() as u64);
        // Fewer than were promised: they have been replaced by later ones, which are fed.
        if views.is_empty() {
            self.left = 0;
        }
        Ok(Some(views))
    }
}

/// The last two words of a subject: the key of a relation.
fn key(subject: &str) -> Option<&str> {
    let (rest, _) = subject.rsplit_once('.')?;
    let (around, _) = rest.rsplit_once('.')?;
    subject.get(around.len() + 1..)
}

fn is_servers(name: &str) -> bool {
    name.to_ascii_lowercase().starts_with("nats-")
}

fn failed(
    stream: &str,
    deed: &'static str,
    source: impl std::error::Error + Send + Sync + 'static,
) -> TopologyError {
    TopologyError::Server {
        stream: stream.to_owned(),
        deed,
        source: Box::new(source),
    }
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
