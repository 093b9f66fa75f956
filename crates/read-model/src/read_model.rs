//! A reading of the log under one rulebook: its parts, their start and end.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use detente_domain::rulebook::Rulebook;
use detente_jetstream::Connection;
use detente_jetstream::topology::Projection;
use time::OffsetDateTime;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::archive::Archive;
use crate::follow;
use crate::health::Probe;
use crate::read_models::Switching;
use detente_feed::{Feed, Seen};

/// Says the present moment.
pub type Clock = Arc<dyn Fn() -> OffsetDateTime + Send + Sync>;
/// Gives the metrics of the process in the text form of Prometheus.
pub type Metrics = Arc<dyn Fn() -> String + Send + Sync>;

/// What the service works with.
#[derive(Clone)]
pub struct Deps {
    /// The connection to NATS.
    pub connection: Connection,
    /// The rulebook to fold under.
    pub rules: Arc<Rulebook>,
    /// The rulebook as it is written.
    pub rulebook: Arc<str>,
    /// The projection that the rulebook makes.
    pub projection: Projection,
    /// The clock.
    pub clock: Clock,
    /// The metrics to show.
    pub metrics: Option<Metrics>,
    /// What else must be well for the process to be ready.
    pub probes: Vec<Probe>,
}

/// How far the log was folded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The last commit that was folded whole.
    pub position: u64,
    /// The end of the log as it was when the replay began.
    pub replay_to: Option<u64>,
    /// When the last commit was folded.
    pub folded: Option<Instant>,
}

/// A reading of the log under one rulebook, running. Clones share it. Each request is answered by
/// one reading from its beginning to its end.
#[derive(Clone)]
pub struct Query {
    parts: Arc<Parts>,
}

pub struct Parts {
    pub deps: Deps,
    archive: Mutex<Archive>,
    pub progress: watch::Sender<Progress>,
    pub feed: Feed,
    /// Cancelled when the service is to stop; subscriptions end with it.
    pub stop: CancellationToken,
    tasks: TaskTracker,
    broken: watch::Sender<Option<&'static str>>,
    /// What is known of rulebooks to follow; shared by all readings.
    pub switching: watch::Receiver<Switching>,
    /// The reading that answers in this one's place, once one does.
    superseded: watch::Sender<Option<Query>>,
}

impl Query {
    /// Begins to follow the log and the change feed. Questions are answered once the log has been
    /// folded up to its end, as it was at the start.
    #[must_use]
    pub fn start(
        deps: Deps,
        stop: CancellationToken,
        switching: watch::Receiver<Switching>,
    ) -> Self {
        let feed = Feed::new(deps.connection.clone(), deps.projection.clone());
        let parts = Parts {
            archive: Mutex::new(Archive::new(Arc::clone(&deps.rules))),
            progress: watch::Sender::new(Progress::default()),
            feed: feed.clone(),
            stop,
            tasks: TaskTracker::new(),
            broken: watch::Sender::new(None),
            switching,
            superseded: watch::Sender::new(None),
            deps,
        };
        let query = Self {
            parts: Arc::new(parts),
        };
        query.spawn("the fold of the log", follow::log(query.clone()));
        query.spawn("the change feed", async move { feed.follow().await });
        query
    }

    /// How far the log was folded, now and later.
    #[must_use]
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.parts.progress.subscribe()
    }

    /// The projection that is served.
    #[must_use]
    pub fn projection(&self) -> &Projection {
        &self.parts.deps.projection
    }

    /// The change feed.
    #[must_use]
    pub fn feed(&self) -> &Feed {
        &self.parts.feed
    }

    /// Waits until the change feed is there, and was seen up to a message.
    pub async fn fed(&self, sequence: u64) {
        let mut seen = self.parts.feed.seen();
        let is_seen = |seen: &Seen| seen.since.is_some() && seen.sequence >= sequence;
        // The feed lives as long as this does, so its news do not end.
        let _ = seen.wait_for(is_seen).await;
    }

    /// Waits until a task that must not end has ended by itself, and names it.
    pub async fn broken(&self) -> &'static str {
        let mut broken = self.parts.broken.subscribe();
        let found = broken
            .wait_for(Option::is_some)
            .await
            .ok()
            .and_then(|name| *name);
        found.unwrap_or("the query service")
    }

    /// Waits, after the service was told to stop, until its tasks have ended.
    pub async fn stopped(&self) {
        self.parts.tasks.close();
        self.parts.tasks.wait().await;
    }

    /// Says which reading answers in this one's place; none, if it does itself.
    pub fn supersede(&self, by: Option<Self>) {
        self.parts.superseded.send_replace(by);
    }

    /// Waits until another reading answers in this one's place, and gives it.
    pub async fn superseded(&self) -> Self {
        let mut superseded = self.parts.superseded.subscribe();
        loop {
            if let Some(by) = superseded.borrow_and_update().clone() {
                return by;
            }
            if superseded.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Whether the log and the change feed are read as they come.
    pub fn is_fit(&self) -> bool {
        let is_fed = self.parts.feed.seen().borrow().since.is_some();
        self.parts.progress.borrow().is_live() && is_fed && self.broken_part().is_none()
    }

    /// Ends its tasks.
    pub fn end(&self) {
        self.supersede(None);
        self.parts.stop.cancel();
    }

    pub fn parts(&self) -> &Parts {
        &self.parts
    }

    /// The archive; hold it briefly, and never over an await.
    pub fn archive(&self) -> MutexGuard<'_, Archive> {
        // Whoever panicked while he held it left at worst a commit half taken in a cache.
        self.parts
            .archive
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    pub fn now(&self) -> OffsetDateTime {
        (self.parts.deps.clock)()
    }

    pub fn broken_part(&self) -> Option<&'static str> {
        *self.parts.broken.borrow()
    }

    fn spawn<E>(
        &self,
        name: &'static str,
        task: impl Future<Output = Result<(), E>> + Send + 'static,
    ) where
        E: fmt::Display + Send + 'static,
    {
        let broken = self.parts.broken.clone();
        let stop = self.parts.stop.clone();
        let task = async move {
            let done = tokio::select! {
                done = task => done,
                () = stop.cancelled() => return,
            };
            match done {
                Ok(()) => tracing::error!(part = name, "a part of the query service has ended"),
                Err(error) => tracing::error!(part = name, %error, "a part has failed"),
            }
        };
        let stop = self.parts.stop.clone();
        let running = tokio::spawn(task);
        self.parts.tasks.spawn(async move {
            // A panic counts as an end too.
            let ended = running.await;
            if ended.is_err() || !stop.is_cancelled() {
                broken.send_if_modified(|broken| broken.replace(name).is_none());
            }
        });
    }
}

// === impl Deps ===

impl fmt::Debug for Deps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deps")
            .field("projection", &self.projection)
            .finish_non_exhaustive()
    }
}

// === impl Query ===

impl fmt::Debug for Query {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let progress = *self.parts.progress.borrow();
        f.debug_struct("Query")
            .field("progress", &progress)
            .finish_non_exhaustive()
    }
}

// === impl Progress ===

impl Progress {
    /// Whether the log was folded up to where it ended at the start.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.replay_to.is_some_and(|head| self.position >= head)
    }
}
