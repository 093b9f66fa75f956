//! Which webhooks this process delivers: all, while it holds the lease; else none.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use detente_feed::NotHere;
use detente_jetstream::Connection;
use detente_jetstream::control::{Control, ControlError};
use detente_jetstream::topology::{self, Replicas, TopologyError};
use detente_read_model::Readings;
use detente_read_model::read_model::Clock;
use tokio::sync::OnceCell;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use uuid::Uuid;

use crate::entry::Entry;
use crate::hook::{Hook, Secret, Status};
use crate::lease::{Lease, RENEW_EVERY};
use crate::line;
use crate::running::Running;
use crate::schedule;
use crate::store::{Hooks, Store, Unchanged};

/// How often it is asked whether a webhook has changed.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Bytes that nobody can guess; none where the host has none to give.
pub type Random = Arc<dyn Fn() -> Option<[u8; 32]> + Send + Sync>;

/// What webhooks work with.
#[derive(Clone)]
pub struct Deps {
    /// The connection to NATS.
    pub connection: Connection,
    /// How many NATS servers keep a copy of the bucket.
    pub replicas: Replicas,
    /// The clock.
    pub clock: Clock,
    /// New ids.
    pub ids: Arc<dyn Fn() -> Uuid + Send + Sync>,
    /// New secrets, and lots for the waits.
    pub random: Random,
    /// How deliveries are made.
    pub options: Options,
    /// Webhooks of a file, which are kept at the start.
    pub entries: Vec<Entry>,
}

/// How deliveries are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Whether they may go to addresses that are not public, and over plain HTTP.
    pub allow_private: bool,
    /// For how long one is tried.
    pub give_up_after: Duration,
    /// How long a receiver may take to answer one.
    pub timeout: Duration,
}

/// Why webhooks cannot be kept or delivered.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Closed {
    #[error(transparent)]
    Topology(#[from] TopologyError),
    #[error(transparent)]
    Control(#[from] ControlError),
}

/// The webhooks, running. Clones share them.
#[derive(Clone)]
pub struct Webhooks {
    pub(crate) deps: Arc<Deps>,
    pub(crate) readings: Readings,
    pub(crate) tls: rustls::ClientConfig,
    store: Arc<OnceCell<Store>>,
    tasks: TaskTracker,
}

impl Webhooks {
    /// Begins to deliver, as soon as the lease is won.
    ///
    /// # Errors
    /// When TLS cannot be had.
    pub fn start(
        deps: Deps,
        readings: Readings,
        stop: CancellationToken,
    ) -> Result<Self, rustls::Error> {
        let webhooks = Self {
            deps: Arc::new(deps),
            readings,
            tls: line::tls()?,
            store: Arc::default(),
            tasks: TaskTracker::new(),
        };
        let running = webhooks.clone();
        webhooks.tasks.spawn(async move { running.run(stop).await });
        Ok(webhooks)
    }

    /// Waits, after the service was told to stop, until all that was delivered is kept.
    pub async fn stopped(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// The bucket, which is made when it is first asked for.
    pub(crate) async fn store(&self) -> Result<&Store, Closed> {
        let open = async || {
            let connection = &self.deps.connection;
            topology::ensure_webhooks(connection, self.deps.replicas).await?;
            Ok(Store::new(Control::open_webhooks(connection).await?))
        };
        self.store.get_or_try_init(open).await
    }

    async fn run(&self, stop: CancellationToken) {
        let mut told = String::new();
        while !stop.is_cancelled() {
            if let Err(error) = self.serve(&stop).await {
                let error = error.to_string();
                if error != told {
                    tracing::warn!(error, "webhooks are not delivered for now");
                    told = error;
                }
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(RENEW_EVERY) => {}
            }
        }
    }

    async fn serve(&self, stop: &CancellationToken) -> Result<(), Closed> {
        let store = self.store().await?;
        self.keep_entries(store).await?;
        let holder = (self.deps.ids)().to_string();
        let mut lease = Lease::new(store.control().clone(), &holder);
        let mut running = Running::default();
        let mut every = tokio::time::interval(LOOK_EVERY);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut hooks = Hooks::new();
        let mut asked: Option<Instant> = None;
        let mut is_held = false;
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                _ = every.tick() => {}
            }
            match store.hooks().await {
                Ok(found) => hooks = found.value,
                Err(error @ ControlError::Value { .. }) => return Err(error.into()),
                Err(error) => tracing::debug!(%error, "the webhooks are out of reach"),
            }
            if hooks.is_empty() {
                // Without webhooks nothing is written.
                running.end().await;
                lease.release().await;
                (asked, is_held) = (None, false);
                continue;
            }
            if asked.is_none_or(|asked| asked.elapsed() >= RENEW_EVERY) {
                asked = Some(Instant::now());
                is_held = lease.hold().await;
            }
            if is_held {
                running.match_to(self, store, &hooks);
            } else {
                running.drop_all();
            }
        }
        running.end().await;
        lease.release().await;
        Ok(())
    }

    /// Keeps the webhooks of the file.
    async fn keep_entries(&self, store: &Store) -> Result<(), Closed> {
        for entry in &self.deps.entries {
            // A file has both; see `file::read`.
            let (Some(id), Some(secret)) = (&entry.id, &entry.secret) else {
                continue;
            };
            match self.keep_entry(store, entry, id, secret).await {
                Ok(()) => {}
                // One that cannot be kept holds up no other.
                Err(Unchanged::Refused(refusal)) => {
                    tracing::error!(hook = id, %refusal, "a webhook of the file is left out");
                }
                Err(Unchanged::Failed(error)) => return Err(error.into()),
            }
        }
        Ok(())
    }

    /// Keeps a webhook of the file: a new one begins where it says, another is given what it says
    /// now and keeps its place.
    async fn keep_entry(
        &self,
        store: &Store,
        entry: &Entry,
        id: &str,
        secret: &Secret,
    ) -> Result<(), Unchanged> {
        let begins = match store.hooks().await?.value.get(id) {
            Some(hook) => hook.begins.clone(),
            None => match self.readings.current().feed().begin(&entry.from).await {
                Ok(begins) => begins.to_string(),
                Err(NotHere::Refused(refusal)) => return Err(Unchanged::Refused(refusal)),
                Err(NotHere::Failed(failure)) => {
                    return Err(Unchanged::Failed(ControlError::Server {
                        key: id.to_owned(),
                        deed: "begun",
                        source: Box::new(failure),
                    }));
                }
            },
        };
        let generation = (self.deps.ids)();
        let keep = |hooks: &mut Hooks| {
            let hook = hooks.entry(id.to_owned()).or_insert_with(|| Hook {
                id: id.to_owned(),
                url: String::new(),
                wanted: entry.wanted.clone(),
                secret: secret.clone(),
                before: None,
                generation,
                begins: begins.clone(),
                status: Status::Active,
            });
            if hook.url != entry.url {
                // Whoever wanted nothing any more was somebody else.
                hook.url.clone_from(&entry.url);
                if hook.status == Status::Gone {
                    hook.status = Status::Active;
                }
            }
            hook.wanted.clone_from(&entry.wanted);
            hook.replace_secret(secret, (self.deps.clock)().unix_timestamp());
            Ok(())
        };
        store.change_all(keep).await
    }
}

// === impl Deps ===

impl Deps {
    /// A new secret.
    pub(crate) fn secret(&self) -> Option<Secret> {
        (self.random)().map(|key| Secret::of(&key))
    }

    /// A lot.
    pub(crate) fn draw(&self) -> u32 {
        let [a, b, c, d, ..] = (self.random)().unwrap_or_default();
        u32::from_be_bytes([a, b, c, d])
    }
}

impl fmt::Debug for Deps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deps").finish_non_exhaustive()
    }
}

// === impl Webhooks ===

impl fmt::Debug for Webhooks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Webhooks")
            .field("deps", &self.deps)
            .finish_non_exhaustive()
    }
}

// === impl Options ===

impl Default for Options {
    fn default() -> Self {
        Self {
            allow_private: false,
            give_up_after: Duration::from_millis(schedule::TRIED_FOR.unsigned_abs()),
            timeout: Duration::from_secs(15),
        }
    }
}

impl Options {
    pub(crate) fn give_up_after_millis(&self) -> i64 {
        i64::try_from(self.give_up_after.as_millis()).unwrap_or(i64::MAX)
    }
}
