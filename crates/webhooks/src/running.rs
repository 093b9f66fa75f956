//! The webhooks that are being delivered here.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::task::{JoinHandle, JoinSet};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::hook::{Hook, Status};
use crate::metrics;
use crate::service::Webhooks;
use crate::store::{Hooks, Store};
use crate::worker::{Ended, Worker};

/// How long a webhook that failed here is left alone.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// The webhooks that are being delivered, by id.
#[derive(Default)]
pub(crate) struct Running {
    workers: BTreeMap<String, One>,
}

struct One {
    hook: Hook,
    stop: CancellationToken,
    task: JoinHandle<()>,
    ended_at: Option<Instant>,
}

impl Running {
    /// Starts what is to be delivered, and ends what is not any more.
    pub(crate) fn match_to(&mut self, webhooks: &Webhooks, store: &Store, hooks: &Hooks) {
        self.workers.retain(|id, one| {
            if hooks.get(id) != Some(&one.hook) {
                one.stop.cancel();
                // It is started again once this one is gone: two would cross each other.
                return !one.task.is_finished();
            }
            if one.task.is_finished() {
                let ended_at = one.ended_at.get_or_insert_with(Instant::now);
                return ended_at.elapsed() < AGAIN_AFTER;
            }
            true
        });
        for (id, hook) in hooks {
            if hook.status == Status::Active && !self.workers.contains_key(id) {
                let one = One::start(webhooks.clone(), store.clone(), hook.clone());
                self.workers.insert(id.clone(), one);
            }
        }
        metrics::delivering(self.workers.len());
    }

    /// Ends all at once: somebody else may deliver already.
    pub(crate) fn drop_all(&mut self) {
        for one in std::mem::take(&mut self.workers).into_values() {
            one.task.abort();
        }
        metrics::delivering(0);
    }

    /// Ends all, and waits until each has kept how far it came.
    pub(crate) async fn end(&mut self) {
        let all = std::mem::take(&mut self.workers);
        let mut ends = JoinSet::new();
        for one in all.into_values() {
            one.stop.cancel();
            ends.spawn(one.task);
        }
        while ends.join_next().await.is_some() {}
        metrics::delivering(0);
    }
}

// A process that is told to stop at once, or whose lease is gone, leaves no worker behind.
impl Drop for Running {
    fn drop(&mut self) {
        self.drop_all();
    }
}

impl One {
    fn start(webhooks: Webhooks, store: Store, hook: Hook) -> Self {
        let stop = CancellationToken::new();
        let (told, kept) = (stop.clone(), hook.clone());
        let task = tokio::spawn(async move {
            let id = kept.id.clone();
            match deliver(webhooks, store, kept, told).await {
                Ok(()) => {}
                Err(Ended::Unfit(refusal)) => {
                    tracing::warn!(hook = id, %refusal, "a webhook cannot be delivered as it is");
                }
                Err(ended) => tracing::info!(hook = id, %ended, "a webhook waits"),
            }
        });
        Self {
            hook,
            stop,
            task,
            ended_at: None,
        }
    }
}

async fn deliver(
    webhooks: Webhooks,
    store: Store,
    hook: Hook,
    stop: CancellationToken,
) -> Result<(), Ended> {
    let Webhooks {
        deps,
        readings,
        tls,
        ..
    } = webhooks;
    let mut worker = Worker::open(deps, store, readings, hook, tls).await?;
    let ended = tokio::select! {
        ended = worker.run() => Some(ended),
        () = stop.cancelled() => None,
    };
    match ended {
        Some(ended) => Err(ended),
        None => {
            worker.close().await;
            Ok(())
        }
    }
}
