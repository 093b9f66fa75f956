//! The workers of this process, one for each active webhook.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::task::{JoinHandle, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::error::Error;
use crate::metrics;
use crate::store::WebhooksById;
use crate::webhook::{Status, Webhook};
use crate::worker::{Ended, Worker, WorkerContext};

/// The delay before a webhook continues after its worker ended with an error.
const RESTART_AFTER: Duration = Duration::from_secs(1);

/// The workers of this process, by webhook.
pub(crate) struct WorkerPool {
    context: WorkerContext,
    workers: BTreeMap<String, Running>,
}

struct Running {
    webhook: Webhook,
    stop: CancellationToken,
    task: JoinHandle<()>,
    ended_at: Option<Instant>,
}

impl WorkerPool {
    pub(crate) const fn new(context: WorkerContext) -> Self {
        Self {
            context,
            workers: BTreeMap::new(),
        }
    }

    /// Starts workers of active webhooks, and stops those whose webhook has changed.
    pub(crate) fn reconcile(&mut self, webhooks: &WebhooksById) {
        self.workers.retain(|id, running| {
            if webhooks.get(id) != Some(&running.webhook) {
                running.stop.cancel();
                // Its successor starts once it has ended: two would deliver out of order.
                return !running.task.is_finished();
            }
            if running.task.is_finished() {
                let ended_at = running.ended_at.get_or_insert_with(Instant::now);
                return ended_at.elapsed() < RESTART_AFTER;
            }
            true
        });
        for (id, webhook) in webhooks {
            if webhook.status == Status::Active && !self.workers.contains_key(id) {
                let stop = CancellationToken::new();
                let run = run(self.context.clone(), webhook.clone(), stop.clone());
                let running = Running {
                    webhook: webhook.clone(),
                    stop,
                    task: tokio::spawn(run),
                    ended_at: None,
                };
                self.workers.insert(id.clone(), running);
            }
        }
        metrics::delivering(self.workers.len());
    }

    /// Aborts all workers at once: another process may deliver already.
    pub(crate) fn abort(&mut self) {
        for running in std::mem::take(&mut self.workers).into_values() {
            running.task.abort();
        }
        metrics::delivering(0);
    }

    /// Stops all workers and waits until each has saved its progress.
    pub(crate) async fn close(&mut self) {
        let mut tasks = JoinSet::new();
        for running in std::mem::take(&mut self.workers).into_values() {
            running.stop.cancel();
            tasks.spawn(running.task);
        }
        while tasks.join_next().await.is_some() {}
        metrics::delivering(0);
    }
}

impl Drop for WorkerPool {
    fn drop(&mut self) {
        self.abort();
    }
}

async fn run(context: WorkerContext, webhook: Webhook, stop: CancellationToken) {
    let id = webhook.id.clone();
    let run = async {
        let mut worker = Worker::open(context, webhook).await?;
        tokio::select! {
            ended = worker.run() => return Err(ended),
            () = stop.cancelled() => {}
        }
        worker.close().await;
        Ok(())
    };
    match run.await {
        Ok(()) => {}
        Err(Ended::Error(Error::Refused(refusal))) => {
            tracing::warn!(webhook = id, %refusal, "a stored webhook is not valid");
        }
        Err(ended) => tracing::info!(webhook = id, %ended, "a webhook is not delivered for now"),
    }
}
