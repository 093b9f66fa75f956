//! The gateway: its parts, their start and end, and their health.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use detente_http::Ids;
use detente_jetstream::Connection;
use detente_jetstream::appender::{AppendError, Appender, Options};
use detente_jetstream::commit::RECORDS_MAX;
use detente_jetstream::topology::{self, IMPORT, REPORT, Replicas, TICK};
use time::OffsetDateTime;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::dedup::RecentIds;
use crate::error::Error;
use crate::idempotency::RecentKeys;
use crate::memory::BodyMemory;
use crate::{recover, tick};

/// The longest wait of a request while NATS is unreachable.
const GIVE_UP_AFTER: Duration = Duration::from_secs(10);

/// The dependencies of the gateway.
#[derive(Clone)]
pub struct Deps {
    /// The connection to NATS.
    pub connection: Connection,
    /// The number of copies of the log.
    pub replicas: Replicas,
    /// The clock.
    pub clock: Arc<dyn Fn() -> OffsetDateTime + Send + Sync>,
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
    pub(crate) recent: RecentIds,
    pub(crate) keys: RecentKeys,
    pub(crate) bodies: BodyMemory,
    pub(crate) tasks: TaskTracker,
    pub(crate) tick_is_late: AtomicBool,
    /// The first task that ended without having been cancelled.
    pub(crate) broken: Arc<OnceLock<&'static str>>,
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
        let (recent, keys) = connection.across_reconnects(step).await?;
        let tasks = TaskTracker::new();
        let broken = Arc::new(OnceLock::new());
        let appender = |name, subject| {
            let options = Options {
                give_up_after: GIVE_UP_AFTER,
                ..Options::new(subject)
            };
            let (handle, task) = Appender::start(&deps.connection, options, cancel.clone());
            tasks.spawn(watch(name, task, cancel.clone(), Arc::clone(&broken)));
            handle
        };
        let parts = Parts {
            report: appender("report appender", REPORT),
            import: appender("import appender", IMPORT),
            tick: appender("tick appender", TICK),
            recent,
            keys,
            bodies: BodyMemory::new(),
            tick_is_late: AtomicBool::new(false),
            tasks: tasks.clone(),
            broken: Arc::clone(&broken),
            deps,
        };
        let gateway = Self {
            parts: Arc::new(parts),
        };
        let day = loop {
            match tick::today(&gateway).await {
                Err(error @ (AppendError::Unavailable { .. } | AppendError::Unknown { .. })) => {
                    tracing::warn!(%error, "the day's tick cannot be appended yet");
                }
                ticked => break ticked.map_err(Error::Tick)?,
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
    /// The name of the part that is unhealthy.
    pub fn health(&self) -> Result<(), &'static str> {
        if let Some(part) = self.parts.broken.get() {
            return Err(part);
        }
        if !self.parts.deps.connection.is_connected() {
            return Err("nats");
        }
        if self.parts.tick_is_late.load(Ordering::Relaxed) {
            return Err("tick");
        }
        Ok(())
    }

    /// Waits, after the gateway was cancelled, until every request is answered.
    pub async fn stopped(&self) {
        self.parts.tasks.close();
        self.parts.tasks.wait().await;
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        (self.parts.deps.clock)()
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
