//! The service: delivers all webhooks while it holds the lease.

use std::sync::Arc;
use std::time::Duration;

use detente_jetstream::kv::{KvBucket, KvError};
use detente_jetstream::topology::{self, Bucket};
use detente_read_model::ReadModels;
use tokio::sync::OnceCell;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::deps::WebhookDeps;
use crate::error::Error;
use crate::lease::{Lease, RENEW_EVERY};
use crate::pinned_client;
use crate::pool::WorkerPool;
use crate::request::WebhookRequest;
use crate::store::{WebhookStore, WebhooksById};
use crate::webhook::{SigningSecret, Status};
use crate::worker::WorkerContext;

/// The interval at which the service checks the bucket for changes.
const POLL_EVERY: Duration = Duration::from_millis(250);

/// The running service. Clones share it.
#[derive(Clone, Debug)]
pub struct Webhooks {
    pub(crate) deps: Arc<WebhookDeps>,
    pub(crate) read_models: ReadModels,
    tls: rustls::ClientConfig,
    store: Arc<OnceCell<WebhookStore>>,
    tasks: TaskTracker,
}

impl Webhooks {
    /// Starts the service; it delivers once it has the lease.
    ///
    /// # Errors
    /// If the TLS configuration cannot be made.
    pub fn start(
        deps: WebhookDeps,
        read_models: ReadModels,
        stop: CancellationToken,
    ) -> Result<Self, rustls::Error> {
        let webhooks = Self {
            deps: Arc::new(deps),
            read_models,
            tls: pinned_client::tls()?,
            store: Arc::default(),
            tasks: TaskTracker::new(),
        };
        let running = webhooks.clone();
        webhooks.tasks.spawn(async move { running.run(stop).await });
        Ok(webhooks)
    }

    /// Waits, after a stop, until all progress is saved.
    pub async fn stopped(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// Returns the bucket, which is created at the first use.
    pub(crate) async fn store(&self) -> Result<&WebhookStore, Error> {
        let open = async || {
            let connection = &self.deps.connection;
            topology::ensure_bucket(connection, Bucket::Webhooks, self.deps.replicas).await?;
            let bucket = KvBucket::open(connection, Bucket::Webhooks).await?;
            Ok(WebhookStore::new(bucket))
        };
        self.store.get_or_try_init(open).await
    }

    async fn run(&self, stop: CancellationToken) {
        let mut logged = String::new();
        while !stop.is_cancelled() {
            if let Err(error) = self.serve(&stop).await {
                let error = error.to_string();
                if error != logged {
                    tracing::warn!(error, "webhook delivery is paused and will be retried");
                    logged = error;
                }
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = tokio::time::sleep(RENEW_EVERY) => {}
            }
        }
    }

    async fn serve(&self, stop: &CancellationToken) -> Result<(), Error> {
        let store = self.store().await?;
        self.store_configured(store).await?;
        let holder = (self.deps.ids)().to_string();
        let mut lease = Lease::new(store.bucket().clone(), &holder);
        let mut pool = WorkerPool::new(WorkerContext {
            deps: Arc::clone(&self.deps),
            store: store.clone(),
            read_models: self.read_models.clone(),
            tls: self.tls.clone(),
        });
        let mut every = tokio::time::interval(POLL_EVERY);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut webhooks = WebhooksById::new();
        let mut renewed_at: Option<Instant> = None;
        let mut is_holder = false;
        loop {
            tokio::select! {
                () = stop.cancelled() => break,
                _ = every.tick() => {}
            }
            match store.webhooks().await {
                Ok(stored) => webhooks = stored,
                Err(error @ KvError::Value { .. }) => return Err(error.into()),
                Err(error) => tracing::debug!(%error, "the webhooks cannot be read"),
            }
            if webhooks.is_empty() {
                // Without webhooks nothing is written.
                pool.close().await;
                lease.release().await;
                (renewed_at, is_holder) = (None, false);
                continue;
            }
            if renewed_at.is_none_or(|at| at.elapsed() >= RENEW_EVERY) {
                renewed_at = Some(Instant::now());
                is_holder = lease.acquire().await;
            }
            if is_holder {
                pool.reconcile(&webhooks);
            } else {
                pool.abort();
            }
        }
        pool.close().await;
        lease.release().await;
        Ok(())
    }

    /// Stores the webhooks of the configuration file; one that is refused does not affect others.
    async fn store_configured(&self, store: &WebhookStore) -> Result<(), Error> {
        for request in &self.deps.configured {
            // Webhooks of a file have both.
            let (Some(id), Some(secret)) = (&request.id, &request.secret) else {
                continue;
            };
            match self.store_one(store, request, id, secret).await {
                Err(Error::Refused(refusal)) => {
                    tracing::error!(webhook = id, %refusal, "skipped a webhook of the file");
                }
                done => done?,
            }
        }
        Ok(())
    }

    /// Stores a webhook: a new one begins at its `from`; another is updated and keeps its progress.
    async fn store_one(
        &self,
        store: &WebhookStore,
        request: &WebhookRequest,
        id: &str,
        secret: &SigningSecret,
    ) -> Result<(), Error> {
        let start_cursor = match store.webhooks().await?.remove(id) {
            Some(webhook) => webhook.start_cursor,
            None => {
                let read_model = self.read_models.current();
                read_model.feed().begin(&request.from).await?.to_string()
            }
        };
        let generation = (self.deps.ids)();
        let update = |webhooks: &mut WebhooksById| {
            let new = || {
                request.webhook(
                    id.to_owned(),
                    secret.clone(),
                    generation,
                    start_cursor.clone(),
                )
            };
            let webhook = webhooks.entry(id.to_owned()).or_insert_with(new);
            if webhook.url != request.url.as_str() {
                // The 410 came from another receiver.
                webhook.url = request.url.to_string();
                if webhook.status == Status::Gone {
                    webhook.status = Status::Active;
                }
            }
            webhook.filter.clone_from(&request.filter);
            webhook.replace_secret(secret, (self.deps.clock)().unix_timestamp());
            Ok(())
        };
        store.change_all(update).await
    }
}
