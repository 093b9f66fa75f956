//! The task that writes the latest views while its projection is in force.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use detente_domain::relations::Pair;
use detente_jetstream::backoff::Backoff;
use detente_jetstream::stream_info::{self, StreamInfoError};
use detente_jetstream::topology::{self, RELATIONS_BUCKET, TopologyError, bucket_stream};
use detente_jetstream::views::{EntryHead, ViewBucket};
use detente_jetstream::{Connection, Incarnation};
use futures_util::{StreamExt, stream};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::Instant;

use super::ViewQueue;
use super::entry::{Entries, EntryError};
use super::render::{Rendered, Request, Wanted};
use crate::metrics;
use crate::progress::{Progress, State};
use crate::setup::ProjectorConfig;

/// The most views that are rendered and held at once.
const ROUND: usize = 256;
/// The most writes that wait for their acknowledgement.
const IN_FLIGHT: usize = 64;
/// The least time between two writes of one relation; while the projector catches up, between two
/// rounds.
const INTERVAL: Duration = Duration::from_secs(1);

/// The interval at which the bucket is looked at for writes of others: those of a projector that was
/// killed may be stored after all entries were read.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Writes views until the fold stage ends.
#[derive(Debug)]
pub(crate) struct ViewWriter {
    pub(crate) config: ProjectorConfig,
    /// The log that is folded.
    pub(crate) log: Incarnation,
    pub(crate) queue: Arc<ViewQueue>,
    pub(crate) requests: mpsc::Sender<Request>,
    pub(crate) progress: watch::Receiver<Progress>,
    /// True while the projection is in force.
    pub(crate) in_force: watch::Receiver<bool>,
}

/// The reason why writing stops for now.
#[derive(Debug, thiserror::Error)]
enum Pause {
    /// The fold stage has ended.
    #[error("the projector ends")]
    Ended,
    #[error(transparent)]
    Topology(#[from] TopologyError),
    #[error(transparent)]
    Read(#[from] StreamInfoError),
    #[error(transparent)]
    Entry(#[from] EntryError),
}

/// What one writer knows of the bucket while its projection is in force.
struct Session {
    entries: Entries,
    known: BTreeMap<String, EntryHead>,
    /// The end of the bucket's stream if nobody else has written since all keys were read: each
    /// write of this session moves it by one.
    end: u64,
    /// The furthest position that another projection has written. Nothing is written before this
    /// one has come as far, or views would go back.
    from: u64,
    /// The position from which on all entries are to be compared with the fold; `None` if they were.
    compare_from: Option<u64>,
    /// The relations that were written less than [`INTERVAL`] ago.
    written: BTreeMap<Pair, Instant>,
    /// The end of the last round.
    rested: Instant,
    /// The time at which it was known that no other client had written.
    looked: Instant,
}

impl ViewWriter {
    /// Runs until the fold stage ends. Errors are logged and retried: the feed does not depend on
    /// views.
    pub(crate) async fn run(mut self) {
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(5));
        loop {
            let requests = self.requests.clone();
            tokio::select! {
                in_force = self.in_force.wait_for(|in_force| *in_force) => {
                    if in_force.is_err() {
                        return;
                    }
                }
                () = requests.closed() => return,
                () = closed(&self.queue) => return,
            }
            let started = Instant::now();
            match self.write_while_in_force().await {
                Ok(()) => {}
                Err(Pause::Ended) => return,
                Err(error) => {
                    if self.queue.is_closed() {
                        tracing::warn!(%error, "the last views were not written");
                        return;
                    }
                    tracing::warn!(%error, "writing views is retried");
                    if started.elapsed() > Duration::from_secs(10) {
                        backoff.reset();
                    }
                    tokio::time::sleep(backoff.wait()).await;
                }
            }
        }
    }

    /// Writes until another projection is in force.
    async fn write_while_in_force(&mut self) -> Result<(), Pause> {
        let config = &self.config;
        topology::ensure_relations_bucket(&config.connection, config.replicas).await?;
        let entries = Entries {
            connection: config.connection.clone(),
            bucket: ViewBucket::of_log(&config.connection, self.log),
            projection: config.projection.clone(),
            log: self.log,
        };
        let end = end(&config.connection).await?;
        let known = entries.bucket.heads_of_log().await?;
        let mut session = Session {
            from: entries.furthest_of_others(&known),
            known,
            end,
            entries,
            compare_from: Some(0),
            written: BTreeMap::new(),
            rested: Instant::now(),
            looked: Instant::now(),
        };
        while *self.in_force.borrow() {
            let is_closed = self.queue.is_closed();
            let progress = self.progress.borrow().clone();
            if progress.position < session.from.min(progress.head) {
                if is_closed {
                    return Err(Pause::Ended);
                }
                self.wait_for_progress().await?;
                continue;
            }
            if session.looked.elapsed() >= LOOK_EVERY {
                session.look_for_others().await?;
            }
            let is_live = progress.state == State::Live;
            let is_folded = |from| from <= progress.folded;
            if is_live && session.compare_from.is_some_and(is_folded) {
                self.compare(&mut session, progress.folded).await?;
            }
            session.forget_old();
            let pairs = if is_closed && is_live {
                // The last chance of a projector that ends; others are not at the head.
                self.queue.take(ROUND, |_| true)
            } else if is_live || session.rested.elapsed() >= INTERVAL {
                let written = &session.written;
                self.queue.take(ROUND, |pair| !written.contains_key(&pair))
            } else {
                Vec::new()
            };
            if !pairs.is_empty() {
                self.write(&mut session, pairs).await?;
                session.rested = Instant::now();
            } else if is_closed {
                return Err(Pause::Ended);
            } else {
                let next = session.next(is_live, self.queue.is_empty());
                let look = session.looked + LOOK_EVERY;
                let until = next.map_or(look, |next| next.min(look));
                self.wait(until, is_live).await?;
            }
        }
        Ok(())
    }

    /// Waits until there may be something to do: relations to write, another projection in force, a
    /// projector that has come to the head or fallen behind; at the latest until a time.
    async fn wait(&mut self, until: Instant, was_live: bool) -> Result<(), Pause> {
        let turns = |progress: &Progress| (progress.state == State::Live) != was_live;
        tokio::select! {
            () = self.queue.changed() => Ok(()),
            () = tokio::time::sleep_until(until) => Ok(()),
            changed = self.in_force.changed() => changed.map_err(|_| Pause::Ended),
            turned = self.progress.wait_for(turns) => turned.map(drop).map_err(|_| Pause::Ended),
            () = self.requests.closed() => Err(Pause::Ended),
        }
    }

    /// Waits until the projector has come further.
    async fn wait_for_progress(&mut self) -> Result<(), Pause> {
        tokio::select! {
            changed = self.in_force.changed() => changed.map_err(|_| Pause::Ended),
            changed = self.progress.changed() => changed.map_err(|_| Pause::Ended),
            () = self.requests.closed() => Err(Pause::Ended),
            () = closed(&self.queue) => Ok(()),
        }
    }

    /// Notes every relation for comparison, and deletes keys that the projection does not have. A
    /// key of a commit beyond `folded`, up to which the log is folded, may be of a relation that is
    /// not known yet.
    async fn compare(&self, session: &mut Session, folded: u64) -> Result<(), Pause> {
        let (answer, pairs) = oneshot::channel();
        self.ask(Request::Pairs(answer)).await?;
        let pairs = pairs.await.map_err(|_| Pause::Ended)?;
        let keys: BTreeSet<String> = pairs.iter().copied().map(key).collect();
        let foreign = |(name, head): &(&String, &mut EntryHead)| {
            !head.is_deleted && !keys.contains(name.as_str())
        };
        session.compare_from = None;
        for (name, head) in session.known.iter_mut().filter(foreign) {
            let position = head.stamp.as_ref().map_or(0, |stamp| stamp.position);
            if position > folded {
                session.compare_from = session.compare_from.max(Some(position));
                continue;
            }
            *head = session.entries.delete(name, head).await?;
            session.end += 1;
            tracing::info!(key = %name, "a view that the projection does not have is deleted");
        }
        self.queue.add(pairs);
        Ok(())
    }

    /// Has relations rendered, and writes those that have moved.
    async fn write(&self, session: &mut Session, pairs: Vec<Pair>) -> Result<(), Pause> {
        let wanted = pairs.iter().map(|pair| Wanted {
            pair: *pair,
            held: session.held(*pair),
        });
        let (answer, rendered) = oneshot::channel();
        self.ask(Request::Views(wanted.collect(), answer)).await?;
        let rendered = rendered.await.map_err(|_| Pause::Ended)?;
        let (entries, known) = (&session.entries, &session.known);
        let puts = rendered.into_iter().map(|rendered| async move {
            let Rendered {
                pair,
                position,
                view,
            } = rendered;
            let name = key(pair);
            let head = known.get(&name).cloned();
            let put = entries.put(&name, position, view, head).await;
            (pair, name, put)
        });
        let mut puts = stream::iter(puts).buffer_unordered(IN_FLIGHT);
        let mut failed = None;
        let mut written = Vec::new();
        while let Some((pair, name, put)) = puts.next().await {
            match put {
                Ok(head) => written.push((pair, name, head)),
                Err(error) => {
                    self.queue.add([pair]);
                    failed = Some(error);
                }
            }
        }
        drop(puts);
        metrics::views_written(written.len());
        let now = Instant::now();
        for (pair, name, head) in written {
            session.end += 1;
            session.written.insert(pair, now);
            session.known.insert(name, head);
        }
        match failed {
            None => Ok(()),
            Some(error) => Err(error.into()),
        }
    }

    async fn ask(&self, request: Request) -> Result<(), Pause> {
        let sent = self.requests.send(request).await;
        sent.map_err(|_| Pause::Ended)
    }
}

impl Session {
    /// Returns the position of a relation's entry, if that is of this projection.
    fn held(&self, pair: Pair) -> Option<u64> {
        let head = self.known.get(&key(pair))?;
        let stamp = head.stamp.as_ref().filter(|_| !head.is_deleted)?;
        (stamp.projection == self.entries.projection).then_some(stamp.position)
    }

    /// Reads all keys again if another client may have written since, and has them compared. A
    /// write of another client may be earlier than the last one of this session.
    async fn look_for_others(&mut self) -> Result<(), StreamInfoError> {
        let end = end(&self.entries.connection).await?;
        if end != self.end {
            self.known = self.entries.bucket.heads_of_log().await?;
            self.from = self.entries.furthest_of_others(&self.known);
            self.end = end;
            self.compare_from = Some(0);
        }
        self.looked = Instant::now();
        Ok(())
    }

    fn forget_old(&mut self) {
        let now = Instant::now();
        self.written
            .retain(|_, at| now.duration_since(*at) < INTERVAL);
    }

    /// Returns when a relation that waits may be written, if one waits.
    fn next(&self, is_live: bool, is_empty: bool) -> Option<Instant> {
        if is_empty {
            return None;
        }
        let written = self.written.values().min();
        let rested = (!is_live).then_some(&self.rested);
        let since = rested.max(written);
        Some(since.map_or_else(Instant::now, |since| *since + INTERVAL))
    }
}

/// Reads the end of the bucket's stream.
async fn end(connection: &Connection) -> Result<u64, StreamInfoError> {
    stream_info::head(connection, &bucket_stream(RELATIONS_BUCKET)).await
}

/// Waits until no more relations come.
async fn closed(queue: &ViewQueue) {
    while !queue.is_closed() {
        queue.changed().await;
    }
}

/// Returns the key of a relation.
fn key(pair: Pair) -> String {
    format!("{}.{}", pair.a().code(), pair.b().code())
}
