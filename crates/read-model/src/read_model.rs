//! A read model: the log folded under one rulebook, and its change feed.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use detente_domain::rulebook::Rulebook;
use detente_feed::{Feed, Seen};
use detente_jetstream::Connection;
use detente_jetstream::topology::Projection;
use detente_rulebook_store::StoreSnapshot;
use time::OffsetDateTime;
use tokio::sync::{Mutex, watch};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::archive::Archive;
use crate::follow::fold_log;

pub use crate::follow::Progress;

/// Returns the present time.
pub type Clock = Arc<dyn Fn() -> OffsetDateTime + Send + Sync>;
/// Returns the metrics of the process in the Prometheus text format.
pub type Metrics = Arc<dyn Fn() -> String + Send + Sync>;

/// The dependencies of a read model.
#[derive(Clone)]
pub struct ReadModelDeps {
    /// The connection to NATS.
    pub connection: Connection,
    /// The rulebook to fold under.
    pub rules: Arc<Rulebook>,
    /// The text of the rulebook.
    pub rulebook: Arc<str>,
    /// The projection of the rulebook.
    pub projection: Projection,
    /// The clock.
    pub clock: Clock,
    /// The metrics to serve.
    pub metrics: Option<Metrics>,
    /// Further checks that must pass for the process to be ready.
    pub probes: Vec<Probe>,
}

/// The rulebook in force and the next one, with the progress of the candidate.
#[derive(Clone, Debug, Default)]
pub struct SwitchState {
    /// The stored rulebooks; empty until they are read.
    pub registry: StoreSnapshot,
    /// The last commit that was folded under the candidate here.
    pub candidate_folded: u64,
}

/// A check of something else, such as another service in the same process.
#[derive(Clone)]
pub struct Probe {
    /// The name of the part.
    pub part: &'static str,
    /// Returns the reason as an error if the part fails.
    pub check: Arc<dyn Fn() -> Result<(), String> + Send + Sync>,
}

/// A running read model. Clones share it. A request is answered by one read model from its
/// beginning to its end.
#[derive(Clone)]
pub struct ReadModel {
    shared: Arc<Shared>,
}

struct Shared {
    deps: ReadModelDeps,
    archive: Arc<Mutex<Archive>>,
    /// Held while a relation is folded apart from the archive.
    long_folds: Arc<Mutex<()>>,
    progress: watch::Sender<Progress>,
    feed: Feed,
    /// Cancelled when the service is to stop; subscriptions end with it.
    stop: CancellationToken,
    tasks: TaskTracker,
    /// The task that has ended unexpectedly, and why.
    broken: watch::Sender<Option<Arc<str>>>,
    switch_state: watch::Receiver<SwitchState>,
    /// The read model that serves requests instead of this one, if another does.
    replacement: watch::Sender<Option<ReadModel>>,
}

impl ReadModel {
    /// Begins to follow the log and the change feed. Reads are answered once the log has been
    /// folded up to its end, as it was at the start.
    #[must_use]
    pub fn start(
        deps: ReadModelDeps,
        stop: CancellationToken,
        switch_state: watch::Receiver<SwitchState>,
    ) -> Self {
        let feed = Feed::new(deps.connection.clone(), deps.projection.clone());
        let archive = Arc::new(Mutex::new(Archive::new(Arc::clone(&deps.rules))));
        let progress = watch::Sender::new(Progress::default());
        let fold = fold_log(
            deps.connection.clone(),
            Arc::clone(&archive),
            progress.clone(),
        );
        let model = Self {
            shared: Arc::new(Shared {
                archive,
                long_folds: Arc::default(),
                progress,
                feed: feed.clone(),
                stop,
                tasks: TaskTracker::new(),
                broken: watch::Sender::new(None),
                switch_state,
                replacement: watch::Sender::new(None),
                deps,
            }),
        };
        model.spawn("the fold of the log", fold);
        model.spawn("the change feed", async move { feed.follow().await });
        model
    }

    /// Watches the progress of the fold.
    #[must_use]
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.shared.progress.subscribe()
    }

    /// Waits until the log is folded up to its end and up to a position, or until the time limit.
    /// Returns the progress of the fold.
    pub(crate) async fn wait_for(&self, position: u64, within: Duration) -> Progress {
        let mut progress = self.progress();
        let reached = progress.wait_for(|now| now.is_live() && now.position >= position);
        // After a timeout, the progress so far is returned.
        let _ = tokio::time::timeout(within, reached).await;
        *progress.borrow()
    }

    /// Returns the dependencies.
    #[must_use]
    pub fn deps(&self) -> &ReadModelDeps {
        &self.shared.deps
    }

    /// Returns the projection that is served.
    #[must_use]
    pub fn projection(&self) -> &Projection {
        &self.shared.deps.projection
    }

    /// Returns the change feed.
    #[must_use]
    pub fn feed(&self) -> &Feed {
        &self.shared.feed
    }

    /// Returns the known state of the rulebook in force and the next one.
    #[must_use]
    pub fn switch_state(&self) -> watch::Ref<'_, SwitchState> {
        self.shared.switch_state.borrow()
    }

    /// Returns the token that is cancelled when the service is to stop.
    #[must_use]
    pub fn stop_token(&self) -> &CancellationToken {
        &self.shared.stop
    }

    /// Waits until the change feed was found and read up to a message.
    pub async fn fed(&self, sequence: u64) {
        let mut seen = self.shared.feed.seen();
        let is_seen = |seen: &Seen| seen.since.is_some() && seen.sequence >= sequence;
        // The feed lives as long as the read model, so the wait cannot fail.
        let _ = seen.wait_for(is_seen).await;
    }

    /// Waits until a task has ended unexpectedly. Returns which one, and why.
    pub async fn broken(&self) -> Arc<str> {
        let mut broken = self.shared.broken.subscribe();
        let reason = broken.wait_for(Option::is_some).await;
        let reason = reason.ok().and_then(|reason| reason.clone());
        reason.unwrap_or_else(|| "the query service has ended".into())
    }

    /// Waits, after the stop, until its tasks have ended.
    pub async fn stopped(&self) {
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
    }

    /// Sets the read model that serves requests instead of this one; `None` if this one does.
    pub(crate) fn replace_with(&self, next: Option<Self>) {
        self.shared.replacement.send_replace(next);
    }

    /// Waits until another read model serves requests instead of this one. Returns it.
    pub async fn replacement(&self) -> Self {
        let mut replacement = self.shared.replacement.subscribe();
        loop {
            if let Some(next) = replacement.borrow_and_update().clone() {
                return next;
            }
            if replacement.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        }
    }

    /// Returns true if the log and the change feed are followed at their ends.
    pub(crate) fn is_live(&self) -> bool {
        let is_fed = self.shared.feed.seen().borrow().since.is_some();
        self.progress().borrow().is_live() && is_fed && self.broken_reason().is_none()
    }

    /// Ends its tasks. Its replacement stays: whoever still follows this one goes on there.
    pub(crate) fn end(&self) {
        self.shared.stop.cancel();
    }

    pub(crate) fn archive(&self) -> &Arc<Mutex<Archive>> {
        &self.shared.archive
    }

    pub(crate) fn long_folds(&self) -> &Arc<Mutex<()>> {
        &self.shared.long_folds
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        (self.shared.deps.clock)()
    }

    pub(crate) fn broken_reason(&self) -> Option<Arc<str>> {
        self.shared.broken.borrow().clone()
    }

    fn spawn<E>(
        &self,
        name: &'static str,
        task: impl Future<Output = Result<(), E>> + Send + 'static,
    ) where
        E: fmt::Display + Send + 'static,
    {
        let broken = self.shared.broken.clone();
        let stop = self.shared.stop.clone();
        let task = async move {
            let done = tokio::select! {
                done = task => done,
                () = stop.cancelled() => return None,
            };
            let reason = match done {
                Ok(()) => format!("{name} has ended"),
                Err(error) => format!("{name} has failed: {error}"),
            };
            tracing::error!("{reason}");
            Some(reason)
        };
        let stop = self.shared.stop.clone();
        let running = tokio::spawn(task);
        self.shared.tasks.spawn(async move {
            // A panic counts as an end too.
            let reason = running.await.ok().flatten();
            if !stop.is_cancelled() {
                let reason = reason.unwrap_or_else(|| format!("{name} has ended"));
                broken.send_if_modified(|broken| broken.replace(reason.into()).is_none());
            }
        });
    }
}

impl fmt::Debug for ReadModelDeps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReadModelDeps")
            .field("projection", &self.projection)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for ReadModel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let progress = *self.shared.progress.borrow();
        f.debug_struct("ReadModel")
            .field("progress", &progress)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Probe")
            .field("part", &self.part)
            .finish_non_exhaustive()
    }
}
