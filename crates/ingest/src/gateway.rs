//! The gateway: its parts, their start and end, and their health.

use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use detente_http::Ids;
use detente_jetstream::Connection;
use detente_jetstream::appender::{AppendError, Appender, Fence, Options};
use detente_jetstream::commit::RECORDS_MAX;
use detente_jetstream::topology::{self, IMPORT, REPORT, Replicas, TICK};
use time::OffsetDateTime;
use tokio::task::JoinHandle;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::dedup::Outcome;
use crate::error::Error;
use crate::follower::{Follower, Known, Tables};
use crate::memory::BodyMemory;
use crate::place::{self, Pending};
use crate::probe::{Failing, LogState, Part, ReadDisk};
use crate::tick::{TickError, TickState};
use crate::{recover, tick};

/// The longest wait of a request while NATS is unreachable.
const GIVE_UP_AFTER: Duration = Duration::from_secs(10);

/// The most relations that the records of a commit affect, by the parties that they name, so that
/// the readers of the log answer between commits.
const COMMIT_RELATIONS_MAX: usize = 50_000;

/// The dependencies of the gateway.
#[derive(Clone)]
pub struct Deps {
    /// The connection to NATS.
    pub connection: Connection,
    /// The number of copies of the log.
    pub replicas: Replicas,
    /// The clock.
    pub clock: Arc<dyn Fn() -> OffsetDateTime + Send + Sync>,
    /// The most by which the clock may differ from the server's when a day begins; `None` does not
    /// compare them.
    pub clock_difference_max: Option<Duration>,
    /// Reads the disk of the log, if it is one of this machine.
    pub disk: Option<ReadDisk>,
    /// Makes an id, of version 7, for a record without one.
    pub ids: Ids,
}

/// A running gateway. Clones share it.
#[derive(Clone, Debug)]
pub struct Gateway {
    pub(crate) parts: Arc<Parts>,
}

#[derive(Debug)]
pub(crate) struct Parts {
    pub(crate) deps: Deps,
    pub(crate) report: Appender,
    pub(crate) import: Appender,
    pub(crate) tick: Appender,
    pub(crate) tables: Tables,
    pub(crate) follower: Follower,
    pub(crate) log: LogState,
    pub(crate) bodies: BodyMemory,
    pub(crate) tasks: TaskTracker,
    pub(crate) ticking: TickState,
    /// The first task that ended without having been cancelled.
    pub(crate) broken: Arc<OnceLock<&'static str>>,
    /// Ends the tasks that requests in flight need.
    _following: DropGuard,
}

impl Gateway {
    /// Creates the log's stream if it is missing, recovers the recent ids, appends the day's tick,
    /// and accepts reports from then on. When it is cancelled, it finishes what is in flight; see
    /// [`Gateway::stopped`].
    ///
    /// # Errors
    /// [`Error`] if the stream has other settings, or cannot be read or written.
    pub async fn start(deps: Deps, cancel: CancellationToken) -> Result<Self, Error> {
        let connection = &deps.connection;
        let step = async || -> Result<_, Error> {
            topology::ensure_events(connection, deps.replicas).await?;
            recover::recent(connection).await
        };
        let (tables, end) = connection.until_settled(step, Error::is_transient).await?;
        let tasks = TaskTracker::new();
        let broken = Arc::new(OnceLock::new());
        let following = CancellationToken::new();
        let follower = Follower::new(end);
        let fence = Fence::new(Known {
            follower: follower.clone(),
            recent: tables.recent.clone(),
        });
        let appender = |name, subject| {
            let options = Options {
                give_up_after: GIVE_UP_AFTER,
                weight_max: COMMIT_RELATIONS_MAX,
                fence: Some(fence.clone()),
                ..Options::new(subject)
            };
            let (handle, task) = Appender::start(&deps.connection, options, cancel.clone());
            tasks.spawn(watch(name, task, cancel.clone(), Arc::clone(&broken)));
            handle
        };
        let log = LogState::new();
        log.probe(connection, deps.disk.as_ref(), GIVE_UP_AFTER)
            .await;
        let follow = follower.clone();
        let follow = follow.run(connection.clone(), tables.clone(), fence.clone());
        tokio::spawn(following.clone().run_until_cancelled_owned(follow));
        let probe = log.clone();
        let probe = probe.run(connection.clone(), follower.clone(), deps.disk.clone());
        tokio::spawn(following.clone().run_until_cancelled_owned(probe));
        let parts = Parts {
            report: appender("report appender", REPORT),
            import: appender("import appender", IMPORT),
            tick: appender("tick appender", TICK),
            tables,
            follower,
            log,
            bodies: BodyMemory::new(),
            ticking: TickState::default(),
            tasks: tasks.clone(),
            broken: Arc::clone(&broken),
            _following: following.drop_guard(),
            deps,
        };
        let gateway = Self {
            parts: Arc::new(parts),
        };
        let day = loop {
            match tick::today(&gateway).await {
                Ok(day) => break Some(day),
                Err(TickError::Append(
                    error @ (AppendError::Unavailable { .. } | AppendError::Unknown { .. }),
                )) => tracing::warn!(%error, "the day's tick cannot be appended yet"),
                // They may last; amendments and repeats are answered meanwhile.
                Err(
                    error @ (TickError::Clock { .. } | TickError::Append(AppendError::Full { .. })),
                ) => {
                    gateway.parts.ticking.failed(&error);
                    break None;
                }
                Err(error @ TickError::Append(_)) => return Err(Error::Tick(error)),
            }
        };
        let daily = tokio::spawn(tick::daily(gateway.clone(), day, cancel.clone()));
        tasks.spawn(watch("tick", daily, cancel.clone(), Arc::clone(&broken)));
        let end = recover::watch_end(gateway.parts.deps.connection.clone(), cancel.clone());
        tasks.spawn(watch("log", tokio::spawn(end), cancel, broken));
        Ok(gateway)
    }

    /// Checks that reports can be accepted.
    ///
    /// # Errors
    /// The first part that fails.
    pub fn health(&self) -> Result<(), Failing> {
        Part::ALL.into_iter().try_for_each(|part| self.check(part))
    }

    /// Checks a part.
    ///
    /// # Errors
    /// The reason why it fails. While NATS cannot be reached, the gateway fails alone.
    pub fn check(&self, part: Part) -> Result<(), Failing> {
        let parts = &self.parts;
        let is_connected = parts.deps.connection.is_connected();
        let checked = match part {
            Part::Gateway => match self.broken() {
                Some(broken) => Err(format!("its {broken} has ended")),
                None if !is_connected => Err("the NATS server cannot be reached".to_owned()),
                None => parts.ticking.check(Part::Gateway),
            },
            Part::Log | Part::Disk if !is_connected => Ok(()),
            Part::Log => {
                let appenders = [&parts.report, &parts.import, &parts.tick];
                let unanswered = appenders.map(Appender::unanswered).into_iter().max();
                let checked = parts.log.check(unanswered.unwrap_or_default());
                checked.and_then(|()| parts.follower.check())
            }
            Part::Disk => parts.log.disk(),
            Part::Clock => parts.ticking.check(Part::Clock),
        };
        checked.map_err(|reason| Failing { part, reason })
    }

    /// Returns the task that has ended unexpectedly, if one has.
    #[must_use]
    pub fn broken(&self) -> Option<&'static str> {
        self.parts.broken.get().copied()
    }

    /// Waits, after the gateway was cancelled, until every request is answered.
    pub async fn stopped(&self) {
        self.parts.tasks.close();
        self.parts.tasks.wait().await;
    }

    /// Returns a new id for a record, for a caller that may send it twice.
    #[must_use]
    pub fn new_id(&self) -> Uuid {
        (self.parts.deps.ids)()
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        (self.parts.deps.clock)()
    }

    /// Appends records, and returns what became of each.
    pub(crate) async fn place(
        &self,
        appender: &Appender,
        records: Vec<Pending>,
        traceparent: Option<&str>,
    ) -> Vec<Outcome> {
        let outcomes = place::append(appender, records, traceparent).await;
        let full = outcomes.iter().find_map(|outcome| match outcome {
            Outcome::Failed(AppendError::Full { reason }) => Some(reason.to_string()),
            Outcome::Stored(_) | Outcome::Repeat(_) | Outcome::Conflict | Outcome::Failed(_) => {
                None
            }
        });
        let has_stored = |outcome: &Outcome| matches!(outcome, Outcome::Stored(_));
        if full.is_some() || outcomes.iter().any(has_stored) {
            self.parts.log.answered(full);
        }
        outcomes
    }

    /// Returns the appender for this number of records: imports that fill whole commits do not
    /// delay smaller reports.
    pub(crate) fn appender(&self, records: usize) -> &Appender {
        if records >= RECORDS_MAX {
            &self.parts.import
        } else {
            &self.parts.report
        }
    }
}

/// Waits for a part to end, and records its name if it was not cancelled.
pub(crate) async fn watch(
    name: &'static str,
    task: JoinHandle<()>,
    cancel: CancellationToken,
    broken: Arc<OnceLock<&'static str>>,
) {
    let ended = task.await;
    if ended.is_err() || !cancel.is_cancelled() {
        tracing::error!(
            part = name,
            "a part of the gateway has stopped unexpectedly"
        );
        // The first name is kept.
        let _ = broken.set(name);
    }
}

impl fmt::Debug for Deps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deps")
            .field("replicas", &self.replicas)
            .finish_non_exhaustive()
    }
}
