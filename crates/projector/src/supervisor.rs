//! The supervisor: runs a projector for every stored rulebook, and switches to the candidate when
//! it has caught up.
//!
//! It reads its tasks from the [`RulebookStore`] and records its results there; it has no other
//! state, so it may be killed between any two steps. A switch has three steps: the candidate's
//! changes are published to a stream of its own, which nothing reads; when it has caught up, the
//! active projection is set by compare-and-set; the candidacy ends. The projector of the active
//! projection, and no other, writes the `relations` bucket. The previous projection keeps running
//! until it is dropped, so that switching back has nothing to build.

mod switchover;
mod workers;

use std::collections::BTreeMap;
use std::time::Duration;

use detente_jetstream::Connection;
use detente_jetstream::backoff::Backoff;
use detente_jetstream::topology::{self, Projection, Replicas};
use detente_rulebook_store::{CompiledRulebook, RulebookStore, StoreSnapshot};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;

use crate::error::Error;
use crate::metrics;
use crate::progress::{Progress, State};
use workers::Worker;

/// The interval at which the store's revision is read. A watch of the bucket would be faster, but
/// may stop after a reconnect.
const REVISION_INTERVAL: Duration = Duration::from_millis(200);
/// The interval at which the store is loaded without a new revision.
const RELOAD_INTERVAL: Duration = Duration::from_secs(5);

/// The wait after a transient error. It doubles up to the longest one.
const RETRY_AFTER: Duration = Duration::from_millis(500);
/// The longest such wait.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(5);

/// The settings of a supervisor.
#[derive(Clone, Debug)]
pub struct SupervisorConfig {
    /// The connection to NATS.
    pub connection: Connection,
    /// The rulebook that is put in force if there is none.
    pub own: CompiledRulebook,
    /// The number of servers that store its streams.
    pub replicas: Replicas,
    /// True to stand by while another projector writes, instead of ending.
    pub standby: bool,
    /// True to try again after any failure of the active projection, once that was live, instead of
    /// ending: something else in the process goes on without it.
    pub retries: bool,
}

/// The candidate projection and its progress.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CandidateProgress {
    /// The projection.
    pub projection: Projection,
    /// Its progress.
    pub progress: Progress,
}

/// Observes a supervisor. Clones observe the same one.
#[derive(Clone, Debug)]
pub struct SupervisorHandle {
    /// The progress of the active projection, across switches.
    pub progress: watch::Receiver<Progress>,
    /// The candidate.
    pub candidate: watch::Receiver<Option<CandidateProgress>>,
}

/// A supervisor.
#[derive(Debug)]
pub struct Supervisor {
    config: SupervisorConfig,
    store: RulebookStore,
    workers: BTreeMap<Projection, Worker>,
    /// The loaded state of the store, its revision, and when it was loaded.
    registry: StoreSnapshot,
    revision: u64,
    loaded: Option<Instant>,
    progress: watch::Sender<Progress>,
    candidate: watch::Sender<Option<CandidateProgress>>,
}

impl Supervisor {
    /// Starts a supervisor. It ends when it is cancelled, after the derived messages are published;
    /// or with the [`Error`] that stopped the active projection, unless that is transient or retried.
    /// Errors of
    /// other projections are noted in the store, and they are restarted. Aborting it aborts its
    /// projectors.
    #[must_use]
    pub fn start(
        config: SupervisorConfig,
        cancel: CancellationToken,
    ) -> (SupervisorHandle, JoinHandle<Result<(), Error>>) {
        let (progress_tx, progress) = watch::channel(Progress::default());
        let (candidate_tx, candidate) = watch::channel(None);
        let failed = progress_tx.clone();
        let task = tokio::spawn(async move {
            let opened = tokio::select! {
                opened = Self::open(config, progress_tx, candidate_tx) => opened,
                () = cancel.cancelled() => return Ok(()),
            };
            let outcome = match opened {
                Ok(supervisor) => Box::pin(supervisor.run(cancel)).await,
                Err(error) => Err(error),
            };
            outcome.inspect_err(|error| Progress::fail(&failed, error))
        });
        let handle = SupervisorHandle {
            progress,
            candidate,
        };
        (handle, task)
    }

    async fn open(
        config: SupervisorConfig,
        progress: watch::Sender<Progress>,
        candidate: watch::Sender<Option<CandidateProgress>>,
    ) -> Result<Self, Error> {
        let mut backoff = Backoff::new(RETRY_AFTER, RETRY_AFTER_MAX);
        let store = loop {
            let step = || open_store(&config);
            match config.connection.across_reconnects(step).await {
                Err(error) if error.is_transient() => {
                    tracing::warn!(%error, "the projector cannot start yet");
                    Progress::wait(&progress, error.to_string());
                    tokio::time::sleep(backoff.wait()).await;
                }
                opened => break opened?,
            }
        };
        Ok(Self {
            config,
            store,
            workers: BTreeMap::new(),
            registry: StoreSnapshot::default(),
            revision: 0,
            loaded: None,
            progress,
            candidate,
        })
    }

    async fn run(mut self, cancel: CancellationToken) -> Result<(), Error> {
        let mut interval = tokio::time::interval(REVISION_INTERVAL);
        interval.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let outcome = loop {
            let advanced = self.active_advances();
            let is_due = tokio::select! {
                () = cancel.cancelled() => break Ok(()),
                () = advanced => false,
                _ = interval.tick() => true,
            };
            self.publish_progress();
            if !is_due {
                continue;
            }
            if let Err(error) = self.collect_exited().await {
                break Err(error);
            }
            match self.step().await {
                Ok(()) => {}
                // A refused switch or drop must not end what is in force.
                Err(error) if error.is_of_server() => {
                    tracing::warn!(%error, "a step of the supervisor failed and is retried");
                    if self.workers.is_empty() {
                        Progress::wait(&self.progress, error.to_string());
                    }
                }
                Err(error) => break Err(error),
            }
        };
        let ended = self.end().await;
        outcome.and(ended)
    }

    /// Loads the store if it may have changed, and makes the next steps.
    async fn step(&mut self) -> Result<(), Error> {
        let revision = self.store.revision().await?;
        let is_old = self.loaded.is_none_or(|at| at.elapsed() >= RELOAD_INTERVAL);
        if revision != self.revision || is_old {
            self.load().await?;
            self.revision = revision;
            self.loaded = Some(Instant::now());
            self.store.keep_copy().await?;
            self.reconcile().await?;
        }
        self.clear_failures().await?;
        self.switch_to_candidate().await?;
        self.tell_in_force();
        Ok(())
    }

    async fn load(&mut self) -> Result<(), Error> {
        self.registry = self.store.load().await?.following(&self.registry);
        Ok(())
    }

    /// Waits until the active projection has advanced.
    fn active_advances(&self) -> impl Future<Output = ()> + use<> {
        let worker = self.active().and_then(|active| self.workers.get(active));
        let progress = worker.map(|worker| worker.progress.clone());
        let known = self.progress.borrow().clone();
        async move {
            let Some(mut progress) = progress else {
                return std::future::pending().await;
            };
            let has_advanced =
                |now: &Progress| *now != known && !matches!(now.state, State::Failed(_));
            if progress.wait_for(has_advanced).await.is_err() {
                // It has ended, which `collect_exited` handles.
                std::future::pending::<()>().await;
            }
        }
    }

    /// Publishes the progress of the active projection and of the candidate to the handle.
    fn publish_progress(&self) {
        if let Some(mut progress) = self.active().and_then(|active| self.progress_of(active)) {
            if let State::Failed(reason) = &progress.state
                && (self.registry.candidate.is_some() || self.is_retried())
            {
                progress.state = State::Stopped(reason.clone());
            }
            metrics::progressed(&progress);
            set_if_changed(&self.progress, progress);
        }
        let candidate = self.registry.candidate.as_ref();
        let candidate = candidate.filter(|candidate| Some(&candidate.value) != self.active());
        let candidate = candidate.map(|candidate| CandidateProgress {
            projection: candidate.value.clone(),
            progress: self.progress_of(&candidate.value).unwrap_or_default(),
        });
        set_if_changed(&self.candidate, candidate);
    }

    /// Returns the active projection.
    fn active(&self) -> Option<&Projection> {
        let active = self.registry.active.as_ref();
        active.map(|active| &active.value.projection)
    }

    /// Returns true if the active projection is started again after any failure.
    fn is_retried(&self) -> bool {
        let worker = self.active().and_then(|active| self.workers.get(active));
        self.config.retries && worker.is_some_and(Worker::has_been_live)
    }

    fn progress_of(&self, projection: &Projection) -> Option<Progress> {
        let worker = self.workers.get(projection)?;
        Some(worker.progress.borrow().clone())
    }
}

/// Makes the streams that every projector needs, and opens the store.
async fn open_store(config: &SupervisorConfig) -> Result<RulebookStore, Error> {
    let (connection, replicas) = (&config.connection, config.replicas);
    topology::ensure_events(connection, replicas).await?;
    topology::ensure_bucket(connection, topology::Bucket::Control, replicas).await?;
    let store = RulebookStore::open(connection).await?;
    store.bootstrap(&config.own).await?;
    Ok(store)
}

fn set_if_changed<T: PartialEq>(sender: &watch::Sender<T>, value: T) {
    sender.send_if_modified(|current| {
        let is_changed = *current != value;
        *current = value;
        is_changed
    });
}
