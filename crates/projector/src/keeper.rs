//! The keeper: projects every rulebook that is kept, side by side, and switches to the candidate
//! when it has caught up.
//!
//! What is to be done is read from the shelf, and what is done is left there; the keeper itself
//! remembers nothing, so it may be killed between any two of its steps. A switch goes so: the
//! candidate's changes are told into a stream of their own, and nobody is told of them; when it
//! has reached the log's head, the active key is set by compare-and-set, which is the switch; then
//! the `relations` bucket is cut off, given the new views and fed with them; then the candidacy
//! ends. The projection that was in force goes on being projected until it is dropped, so that
//! going back is the same switch with nothing to build.

mod running;
mod steps;

use std::collections::BTreeMap;
use std::time::Duration;

use detente_jetstream::Connection;
use detente_jetstream::control::ControlError;
use detente_jetstream::topology::{self, Projection, Replicas};
use detente_rulebook_store::{Book, Shelf, Standing};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::error::Error;
use crate::metrics;
use crate::progress::{Handle, Progress, State};
use running::Running;

/// How often the shelf is asked whether it has changed. A watch of the bucket would tell sooner,
/// and may fall silent after a reconnect; a question cannot.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// How often everything is looked at although nothing has changed: who feeds the bucket is set
/// elsewhere.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// What a keeper works with.
#[derive(Clone, Debug)]
pub struct Deps {
    /// The connection to NATS.
    pub connection: Connection,
    /// The rulebook to begin with on a server that has none in force.
    pub own: Book,
    /// How many servers keep a copy of its streams.
    pub replicas: Replicas,
    /// Whether to stand by while another projector writes, and not to end.
    pub stands_by: bool,
}

/// What it does beside projecting what is in force.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidacy {
    /// The projection that is to follow.
    pub projection: Projection,
    /// How far it is.
    pub progress: Progress,
}

/// Looks at a running keeper. Clones look at the same one.
#[derive(Clone, Debug)]
pub struct KeeperHandle {
    active: Handle,
    candidate: watch::Receiver<Option<Candidacy>>,
}

/// A keeper.
#[derive(Debug)]
pub struct Keeper {
    deps: Deps,
    shelf: Shelf,
    running: BTreeMap<Projection, Running>,
    /// What was seen on the shelf, and at which revision.
    standing: Standing,
    revision: u64,
    looked: Option<Instant>,
    /// The bucket is fed by what is in force.
    is_fed: bool,
    /// The bucket was seen to lack nothing when the keeper began.
    has_mended: bool,
    progress: watch::Sender<Progress>,
    candidate: watch::Sender<Option<Candidacy>>,
}

impl KeeperHandle {
    /// How far the projection in force is, whichever that is, now and later.
    #[must_use]
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.active.progress()
    }

    /// The candidate, now and later.
    #[must_use]
    pub fn candidate(&self) -> watch::Receiver<Option<Candidacy>> {
        self.candidate.clone()
    }
}

impl Keeper {
    /// Starts a keeper. It ends when it is cancelled, after what was derived is published; or
    /// with the [`Error`] that stopped the projection in force. What stops another one is noted
    /// on the shelf, and tried again.
    #[must_use]
    pub fn start(
        deps: Deps,
        cancel: CancellationToken,
    ) -> (KeeperHandle, JoinHandle<Result<(), Error>>) {
        let (progress, seen) = watch::channel(Progress::default());
        let (candidate, candidates) = watch::channel(None);
        let failing = progress.clone();
        let task = tokio::spawn(async move {
            let opened = tokio::select! {
                opened = Self::open(deps, progress, candidate) => opened,
                () = cancel.cancelled() => return Ok(()),
            };
            let outcome = match opened {
                Ok(keeper) => Box::pin(keeper.run(cancel)).await,
                Err(error) => Err(error),
            };
            if let Err(error) = &outcome {
                tracing::error!(%error, "the projector has stopped");
                let reason = error.to_string();
                failing.send_modify(|progress| progress.state = State::Failed(reason));
            }
            outcome
        });
        let active = Handle::new(seen);
        let candidate = candidates;
        (KeeperHandle { active, candidate }, task)
    }

    async fn open(
        deps: Deps,
        progress: watch::Sender<Progress>,
        candidate: watch::Sender<Option<Candidacy>>,
    ) -> Result<Self, Error> {
        topology::ensure_events(&deps.connection, deps.replicas).await?;
        topology::ensure_control(&deps.connection, deps.replicas).await?;
        let shelf = Shelf::open(&deps.connection).await?;
        shelf.begin(&deps.own).await?;
        Ok(Self {
            deps,
            shelf,
            running: BTreeMap::new(),
            standing: Standing::default(),
            revision: 0,
            looked: None,
            is_fed: false,
            has_mended: false,
            progress,
            candidate,
        })
    }

    async fn run(mut self, cancel: CancellationToken) -> Result<(), Error> {
        let mut every = tokio::time::interval(LOOK_EVERY);
        every.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let outcome = loop {
            let moved = self.active_moves();
            let is_due = tokio::select! {
                () = cancel.cancelled() => break Ok(()),
                () = moved => false,
                _ = every.tick() => true,
            };
            self.mirror();
            if !is_due {
                continue;
            }
            if let Err(error) = self.reap().await {
                break Err(error);
            }
            match self.step().await {
                Ok(()) => {}
                Err(Error::Control(error)) if is_passing(&error) => {
                    tracing::warn!(%error, "the shelf is out of reach");
                }
                Err(error @ Error::Topology(topology::TopologyError::Server { .. })) => {
                    tracing::warn!(%error, "a step of a switch is tried again");
                }
                Err(error) => break Err(error),
            }
        };
        let ended = self.end().await;
        outcome.and(ended)
    }

    /// Looks, where there is something to see, and does what is to be done next.
    async fn step(&mut self) -> Result<(), Error> {
        let revision = self.shelf.revision().await?;
        let is_old = self.looked.is_none_or(|at| at.elapsed() >= LOOK_AGAIN);
        if revision != self.revision || is_old {
            self.standing = self.shelf.look().await?;
            self.revision = revision;
            self.looked = Some(Instant::now());
            self.is_fed = false;
            self.match_running().await?;
        }
        self.note_progress().await?;
        self.advance().await?;
        self.feed().await
    }

    /// Waits until the projection in force has moved.
    fn active_moves(&self) -> impl Future<Output = ()> + use<> {
        let active = self.active().and_then(|active| self.running.get(active));
        let progress = active.map(|running| running.handle.progress());
        let known = self.progress.borrow().clone();
        async move {
            let Some(mut progress) = progress else {
                return std::future::pending().await;
            };
            let has_moved = |now: &Progress| *now != known && !is_failed(now);
            if progress.wait_for(has_moved).await.is_err() {
                // It has ended, which the next look sees.
                std::future::pending::<()>().await;
            }
        }
    }

    /// Shows the progress of the projection in force, and the candidate's, as the keeper's own.
    fn mirror(&self) {
        let of = |projection: &Projection| {
            let running = self.running.get(projection)?;
            Some(running.handle.progress().borrow().clone())
        };
        if let Some(progress) = self.active().and_then(of) {
            metrics::progressed(&progress);
            self.progress.send_if_modified(|held| {
                let is_other = *held != progress;
                *held = progress;
                is_other
            });
        }
        let candidate = self.standing.candidate.as_ref();
        let candidate = candidate.filter(|candidate| Some(&candidate.value) != self.active());
        let candidacy = candidate.map(|candidate| Candidacy {
            projection: candidate.value.clone(),
            progress: of(&candidate.value).unwrap_or_default(),
        });
        self.candidate.send_if_modified(|held| {
            let is_other = *held != candidacy;
            *held = candidacy;
            is_other
        });
    }

    /// The projection in force.
    fn active(&self) -> Option<&Projection> {
        let active = self.standing.active.as_ref();
        active.map(|active| &active.value.projection)
    }
}

fn is_failed(progress: &Progress) -> bool {
    matches!(progress.state, State::Failed(_))
}

/// Whether a fault of the control bucket may pass by itself.
const fn is_passing(error: &ControlError) -> bool {
    match error {
        ControlError::Server { .. } | ControlError::Conflict { .. } => true,
        ControlError::Value { .. } => false,
    }
}
