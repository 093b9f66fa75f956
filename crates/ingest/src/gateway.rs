//! The gateway: its parts, their start and end, and how they are.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use detente_jetstream::Connection;
use detente_jetstream::appender::{Appender, AppenderHandle, Options};
use detente_jetstream::commit::RECORDS_MAX;
use detente_jetstream::topology::{self, IMPORT, REPORT, Replicas, TICK};
use time::OffsetDateTime;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::error::Error;
use crate::keys::Keys;
use crate::recent::Recent;
use crate::{rebuild, tick};

/// How long a reporter waits at most while NATS cannot be reached.
const GIVE_UP_AFTER: Duration = Duration::from_secs(10);
/// The bodies that may be in memory at once, in KiB; more are asked to come again.
const BODIES_KIB: usize = 256 << 10;

/// Says the present moment.
pub type Clock = Arc<dyn Fn() -> OffsetDateTime + Send + Sync>;
/// Makes an id, of version 7, for a record that came without one.
pub type Ids = Arc<dyn Fn() -> Uuid + Send + Sync>;

/// What the gateway works with.
#[derive(Clone)]
pub struct Deps {
    /// The connection to NATS.
    pub connection: Connection,
    /// How many servers keep a copy of the log.
    pub replicas: Replicas,
    /// The clock.
    pub clock: Clock,
    /// The maker of ids.
    pub ids: Ids,
}

/// The gateway, running. Clones share it.
#[derive(Clone)]
pub struct Gateway {
    parts: Arc<Parts>,
}

/// The name of the part that fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Failing(pub &'static str);

struct Parts {
    deps: Deps,
    report: AppenderHandle,
    import: AppenderHandle,
    tick: AppenderHandle,
    recent: Recent,
    keys: Keys,
    bodies: Arc<Semaphore>,
    tasks: TaskTracker,
    tick_is_late: AtomicBool,
    /// The first task that ended though nobody asked it to.
    broken: Arc<OnceLock<&'static str>>,
}

impl Gateway {
    /// Makes sure of the log, learns its recent ids, appends the day's tick, and takes reports
    /// from then on. When it is cancelled it finishes what it was given; see
    /// [`Gateway::stopped`].
    ///
    /// # Errors
    /// [`Error`] if the log is not as it must be, or cannot be read or written.
    pub async fn start(deps: Deps, cancel: CancellationToken) -> Result<Self, Error> {
        topology::ensure_events(&deps.connection, deps.replicas).await?;
        let (recent, keys) = rebuild::recent(&deps.connection).await?;
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
            bodies: Arc::new(Semaphore::new(BODIES_KIB)),
            tick_is_late: AtomicBool::new(false),
            tasks: tasks.clone(),
            broken: Arc::clone(&broken),
            deps,
        };
        let gateway = Self {
            parts: Arc::new(parts),
        };
        let day = tick::today(&gateway).await.map_err(Error::Tick)?;
        let daily = tokio::spawn(tick::daily(gateway.clone(), day, cancel.clone()));
        tasks.spawn(watch("tick", daily, cancel, broken));
        Ok(gateway)
    }

    /// Whether reports can be taken.
    ///
    /// # Errors
    /// The name of the part that fails.
    pub fn health(&self) -> Result<(), Failing> {
        if let Some(part) = self.parts.broken.get() {
            return Err(Failing(part));
        }
        if !self.parts.deps.connection.is_connected() {
            return Err(Failing("nats"));
        }
        if self.parts.tick_is_late.load(Ordering::Relaxed) {
            return Err(Failing("tick"));
        }
        Ok(())
    }

    /// Waits, after the gateway was cancelled, until everything that it was given is answered.
    pub async fn stopped(&self) {
        self.parts.tasks.close();
        self.parts.tasks.wait().await;
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        (self.parts.deps.clock)()
    }

    pub(crate) fn make_id(&self) -> Uuid {
        (self.parts.deps.ids)()
    }

    pub(crate) fn recent(&self) -> &Recent {
        &self.parts.recent
    }

    pub(crate) fn keys(&self) -> &Keys {
        &self.parts.keys
    }

    pub(crate) fn tasks(&self) -> &TaskTracker {
        &self.parts.tasks
    }

    pub(crate) fn bodies(&self) -> &Arc<Semaphore> {
        &self.parts.bodies
    }

    pub(crate) fn connection(&self) -> &Connection {
        &self.parts.deps.connection
    }

    /// Where the first part is named that has ended though nobody asked it to.
    pub(crate) fn broken(&self) -> Arc<OnceLock<&'static str>> {
        Arc::clone(&self.parts.broken)
    }

    pub(crate) fn tick_is_late(&self) -> &AtomicBool {
        &self.parts.tick_is_late
    }

    pub(crate) fn tick_appender(&self) -> &AppenderHandle {
        &self.parts.tick
    }

    /// The appender for so many records: what fills whole commits does not go before the reports
    /// of people.
    pub(crate) fn appender(&self, records: usize) -> &AppenderHandle {
        if records >= RECORDS_MAX {
            &self.parts.import
        } else {
            &self.parts.report
        }
    }
}

/// Waits for a part to end, and names it if nobody asked it to.
pub(crate) async fn watch(
    name: &'static str,
    task: JoinHandle<()>,
    cancel: CancellationToken,
    broken: Arc<OnceLock<&'static str>>,
) {
    let ended = task.await;
    if ended.is_err() || !cancel.is_cancelled() {
        tracing::error!(part = name, "a part of the gateway has ended");
        // The first one is told.
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

impl fmt::Debug for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gateway")
            .field("health", &self.health())
            .finish_non_exhaustive()
    }
}
