//! Filling the `relations` bucket with the latest views of a projection, while nothing feeds it.
//!
//! Each key is set by compare-and-set, and never to an older message of the same stream: so two
//! who fill at once, or one who comes late, do no harm.

use std::collections::BTreeSet;

use async_nats::HeaderMap;
use async_nats::header::NATS_EXPECTED_LAST_SUBJECT_SEQUENCE;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy, pull};
use async_nats::jetstream::context::PublishErrorKind;
use async_nats::jetstream::stream::{RawMessageErrorKind, Stream};
use futures_util::{StreamExt, TryStreamExt, stream};

use super::{Projection, RELATIONS_BUCKET, TopologyError, wanted};
use crate::{Connection, inspect};

/// From which message of which stream a view was filled in.
const FILLED_FROM: &str = "Detente-Filled-From";
/// The header by which the server says which message of which stream it fed.
const SOURCE: &str = "Nats-Stream-Source";
/// The header by which a key-value bucket knows a deletion.
const OPERATION: &str = "KV-Operation";
/// How many keys are set at once.
const AT_ONCE: usize = 32;
/// How many messages are fetched at once: of the largest, some tens of megabytes.
const FETCHED: usize = 256;
/// How often one key is tried before whoever else sets it has won.
const TRIES: usize = 8;

/// Gives every key the projection's latest view, and takes out those that it does not have. Says
/// up to which message of the projection's stream this was done: what follows is to be fed.
pub(super) async fn fill(conn: &Connection, projection: &Projection) -> Result<u64, TopologyError> {
    let from = projection.stream();
    let head = inspect::head(conn, &from).await;
    let head = head.map_err(|error| failed(&from, "looked at", error))?;
    let bucket = conn
        .jetstream()
        .get_stream_no_info(wanted::bucket_stream(RELATIONS_BUCKET));
    let bucket = bucket
        .await
        .map_err(|error| failed(RELATIONS_BUCKET, "looked up", error))?;
    let filling = Filling {
        conn,
        bucket: &bucket,
        from: &from,
        head,
    };
    let mut kept = BTreeSet::new();
    last_of_each(conn, &from, |views| {
        let keys = views.iter().filter_map(|view| key(&view.subject));
        kept.extend(keys.map(str::to_owned));
        filling.set(views)
    })
    .await?;
    let mut held = BTreeSet::new();
    let name = wanted::bucket_stream(RELATIONS_BUCKET);
    last_of_each(conn, &name, |views| {
        held.extend(
            views
                .into_iter()
                .filter_map(|view| Some(key(&view.subject)?.to_owned())),
        );
        std::future::ready(Ok(()))
    })
    .await?;
    let gone = held.difference(&kept).map(|key| filling.settle(key, None));
    stream::iter(gone)
        .buffer_unordered(AT_ONCE)
        .try_collect::<()>()
        .await?;
    Ok(head)
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
}

impl Filling<'_> {
    async fn set(&self, views: Vec<View>) -> Result<(), TopologyError> {
        // A view that came after the head is fed later, after those before it.
        let views = views.iter().filter(|view| view.sequence <= self.head);
        let settled = views
            .filter_map(|view| key(&view.subject).map(|key| (key, view)))
            .map(|(key, view)| self.settle(key, Some(view)));
        let settled: Vec<_> = settled.collect();
        stream::iter(settled)
            .buffer_unordered(AT_ONCE)
            .try_collect()
            .await
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
        let is_newer = of(SOURCE).is_some_and(|sequence| sequence > self.head);
        match view {
            Some(view) => is_newer || of(FILLED_FROM).is_some_and(|at| at >= view.sequence),
            None => is_newer || held.get(OPERATION).is_some(),
        }
    }
}

/// Reads the last message of each subject of a stream, some at a time.
async fn last_of_each<F: Future<Output = Result<(), TopologyError>>>(
    conn: &Connection,
    name: &str,
    mut take: impl FnMut(Vec<View>) -> F,
) -> Result<(), TopologyError> {
    let handle = conn.jetstream().get_stream_no_info(name).await;
    let handle = handle.map_err(|error| failed(name, "looked up", error))?;
    let config = pull::Config {
        deliver_policy: DeliverPolicy::LastPerSubject,
        filter_subject: ">".to_owned(),
        ack_policy: AckPolicy::None,
        inactive_threshold: std::time::Duration::from_secs(30),
        memory_storage: true,
        num_replicas: 1,
        ..pull::Config::default()
    };
    let consumer = handle.create_consumer(config).await;
    let consumer = consumer.map_err(|error| failed(name, "read", error))?;
    let mut left = consumer.cached_info().num_pending;
    while left > 0 {
        let fetched = consumer.fetch().max_messages(FETCHED).messages().await;
        let mut fetched = fetched.map_err(|error| failed(name, "read", error))?;
        let mut views = Vec::new();
        while let Some(message) = fetched.next().await {
            let message = message.map_err(|error| TopologyError::Server {
                stream: name.to_owned(),
                deed: "read",
                source: error,
            })?;
            let sequence = message.info().map(|info| info.stream_sequence);
            let sequence = sequence.map_err(|error| TopologyError::Server {
                stream: name.to_owned(),
                deed: "read",
                source: error,
            })?;
            views.push(View {
                subject: message.subject.to_string(),
                sequence,
                headers: message.headers.clone().unwrap_or_default(),
                payload: message.payload.clone(),
            });
        }
        if views.is_empty() {
            break;
        }
        left = left.saturating_sub(views.len() as u64);
        take(views).await?;
    }
    let ended = handle.delete_consumer(&consumer.cached_info().name).await;
    if let Err(error) = ended {
        tracing::debug!(%error, "a consumer is left to expire");
    }
    Ok(())
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
