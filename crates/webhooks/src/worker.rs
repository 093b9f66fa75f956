//! The worker of one webhook: reads the feed, delivers what is due and saves the progress.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use detente_feed::cursor::{Cursor, StartAt};
use detente_feed::{Filter, Next, Subscription};
use detente_jetstream::kv::KvError;
use detente_read_model::{ReadModel, ReadModels};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::attempt::{Attempt, Sender, unix_millis};
use crate::deps::WebhookDeps;
use crate::error::Error;
use crate::metrics;
use crate::pinned_client::PinnedClient;
use crate::queues::{Queues, RetryPolicy};
use crate::store::WebhookStore;
use crate::webhook::{self, Status, Webhook};

/// The most deliveries of one webhook in flight, at most one for a relation.
const IN_FLIGHT_MAX: usize = 8;
/// The interval at which progress is saved. Deliveries after the last save repeat after a crash,
/// under the same ids.
const SAVE_EVERY: Duration = Duration::from_millis(500);
/// The time for which a graceful stop waits for the answers of receivers.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);
/// The interval at which a worker checks for the read model in force.
const POLL_EVERY: Duration = Duration::from_millis(100);

/// The reason why a worker ended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Ended {
    /// Another process has saved the progress.
    #[error("another process delivers this webhook")]
    Fenced,
    /// Delivery stopped until an administrator acts.
    #[error("stopped: {0}")]
    Stopped(&'static str),
    /// The stored webhook is not valid, or the bucket or the feed cannot be read.
    #[error(transparent)]
    Error(Error),
}

impl<E: Into<Error>> From<E> for Ended {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}

/// The context that all workers share.
#[derive(Clone, Debug)]
pub(crate) struct WorkerContext {
    pub(crate) deps: Arc<WebhookDeps>,
    pub(crate) store: WebhookStore,
    pub(crate) read_models: ReadModels,
    pub(crate) tls: rustls::ClientConfig,
}

/// The worker of one webhook.
pub(crate) struct Worker {
    context: WorkerContext,
    sender: Arc<Sender>,
    queues: Queues,
    revision: Option<u64>,
    /// The relations with a delivery in flight.
    busy: BTreeSet<String>,
    in_flight: JoinSet<(String, Attempt)>,
    saved_at: Instant,
    is_dirty: bool,
}

impl Worker {
    pub(crate) async fn open(context: WorkerContext, webhook: Webhook) -> Result<Self, Ended> {
        let filter = Filter::parse(&webhook.filter)?;
        let (deps, tls) = (&context.deps, context.tls.clone());
        let allow_private = deps.options.allow_private;
        let url = webhook::parse_url(&webhook.url, allow_private)?;
        let (queues, revision) = context.store.queues(&webhook).await?;
        let sender = Sender {
            deps: Arc::clone(deps),
            webhook,
            filter,
            client: PinnedClient::new(url, tls, allow_private),
        };
        Ok(Self {
            context,
            sender: Arc::new(sender),
            queues,
            revision,
            busy: BTreeSet::new(),
            in_flight: JoinSet::new(),
            saved_at: Instant::now(),
            is_dirty: false,
        })
    }

    /// Delivers until an error. It may be dropped at any time.
    pub(crate) async fn run(&mut self) -> Ended {
        let read_models = self.context.read_models.clone();
        loop {
            // Changes of a rulebook that is not in force are not sent.
            while !read_models.is_in_force() || read_models.current().stop_token().is_cancelled() {
                tokio::time::sleep(POLL_EVERY).await;
            }
            if let Err(ended) = self.deliver(&read_models.current()).await {
                return ended;
            }
        }
    }

    /// Waits for the deliveries in flight and saves the progress.
    pub(crate) async fn close(mut self) {
        let answers = tokio::time::timeout(CLOSE_WITHIN, async {
            while let Some(done) = self.in_flight.join_next().await {
                if let Ok((relation, attempt)) = done {
                    self.record(&relation, attempt).await?;
                }
            }
            Ok::<(), Ended>(())
        });
        // Deliveries that are not answered in time are repeated later.
        let _ = answers.await;
        if let Err(error) = self.save().await {
            let webhook = &self.sender.webhook.id;
            tracing::info!(webhook, %error, "the progress of a webhook was not saved");
        }
    }

    /// Delivers the changes of one read model, until another replaces it or it is stopped.
    async fn deliver(&mut self, read_model: &ReadModel) -> Result<(), Ended> {
        let mut subscription = self.subscribe(read_model).await?;
        loop {
            self.start_due();
            let now = self.now();
            let retry = self.queues.next_at(now, &self.busy);
            let retry = retry.map(|at| Duration::from_millis(at.abs_diff(now)));
            let has_room = self.queues.has_room();
            tokio::select! {
                next = subscription.next(), if has_room => {
                    match next? {
                        Next::Frame(frame) => if let Some(cursor) = Cursor::parse(&frame.cursor) {
                            self.queues.push(&frame.relation, &cursor);
                        },
                        Next::Hole(hole) => {
                            let (webhook, first, last) =
                                (&self.sender.webhook.id, hole.first, hole.last);
                            tracing::error!(webhook, first, last, "changes that the feed lacks are not delivered");
                        }
                    }
                    self.advance(&subscription);
                }
                Some(done) = self.in_flight.join_next() => if let Ok((relation, attempt)) = done {
                    self.record(&relation, attempt).await?;
                },
                () = tokio::time::sleep(retry.unwrap_or_default()), if retry.is_some() => {}
                () = tokio::time::sleep_until(self.saved_at + SAVE_EVERY) => {
                    self.advance(&subscription);
                    self.save().await?;
                }
                _ = read_model.replacement() => {
                    // The cursor is then mapped to the feed of the replacement.
                    self.advance(&subscription);
                    return Ok(());
                }
                () = read_model.stop_token().cancelled() => {
                    self.advance(&subscription);
                    return Ok(());
                }
            }
        }
    }

    async fn subscribe(&mut self, read_model: &ReadModel) -> Result<Subscription, Ended> {
        let feed = read_model.feed();
        let Some(mut from) = Cursor::parse(&self.queues.cursor) else {
            return Err(self.stop(Status::Lost, "its cursor is malformed").await);
        };
        let head = feed.end().await?;
        if (&from.projection, from.incarnation) != (&head.projection, head.incarnation) {
            let Some(mapped) = feed.map_cursor(&from).await? else {
                let reason = "the feed of its cursor does not exist any more, or was made anew";
                return Err(self.stop(Status::Lost, reason).await);
            };
            from = mapped.cursor;
            self.queues.cursor = from.to_string();
            self.is_dirty = true;
        }
        let filter = self.sender.filter.clone();
        // A refused cursor becomes valid once a feed that is being rebuilt gets there.
        Ok(feed.subscribe(&StartAt::After(from), filter).await?)
    }

    /// Moves the cursor to that of the subscription: everything before is delivered or queued.
    fn advance(&mut self, subscription: &Subscription) {
        let cursor = subscription.cursor().to_string();
        if self.queues.cursor != cursor {
            self.queues.cursor = cursor;
            self.is_dirty = true;
        }
    }

    async fn save(&mut self) -> Result<(), Ended> {
        self.saved_at = Instant::now();
        if !self.is_dirty {
            return Ok(());
        }
        let (store, webhook) = (&self.context.store, &self.sender.webhook.id);
        match store.save(webhook, &self.queues, self.revision).await {
            Ok(revision) => {
                self.revision = Some(revision);
                self.is_dirty = false;
                Ok(())
            }
            Err(KvError::Conflict { .. }) => Err(Ended::Fenced),
            Err(error @ (KvError::Server { .. } | KvError::Value { .. })) => {
                tracing::debug!(webhook, %error, "the progress of a webhook is not saved yet");
                Ok(())
            }
        }
    }

    fn start_due(&mut self) {
        for relation in self.queues.ready(self.now(), &self.busy, IN_FLIGHT_MAX) {
            let Some(span) = self.queues.first(&relation).cloned() else {
                continue;
            };
            self.busy.insert(relation.clone());
            let sender = Arc::clone(&self.sender);
            self.in_flight.spawn(async move {
                let attempt = sender.send_next(&relation, &span).await;
                (relation, attempt)
            });
        }
    }

    async fn record(&mut self, relation: &str, attempt: Attempt) -> Result<(), Ended> {
        self.busy.remove(relation);
        self.is_dirty = true;
        let now = self.now();
        let webhook = &self.sender.webhook.id;
        match attempt {
            Attempt::Delivered(sequence) => self.queues.complete(relation, sequence),
            Attempt::NoMatch(sequence) => self.queues.skip(relation, sequence),
            Attempt::Gone => {
                return Err(self.stop(Status::Gone, "the receiver answered 410").await);
            }
            Attempt::NoFeed if self.may_have_feed(relation).await => {
                tracing::debug!(webhook, relation, "the feed of a change is not found yet");
                self.queues.postpone(relation, now);
            }
            Attempt::NoFeed => {
                let reason =
                    "a feed with changes to deliver does not exist any more, or was made anew";
                return Err(self.stop(Status::Lost, reason).await);
            }
            Attempt::Failed(failed) => {
                let deps = &self.context.deps;
                let policy = RetryPolicy {
                    give_up_after: i64::try_from(deps.options.give_up_after.as_millis())
                        .unwrap_or(i64::MAX),
                    jitter: deps.jitter(),
                };
                if self.queues.fail(relation, &failed, now, policy) {
                    metrics::abandoned();
                    let (id, error) = (&failed.id, failed.error);
                    tracing::warn!(webhook, id, relation, error, "giving up a delivery");
                }
            }
            Attempt::Unreadable(error) => {
                tracing::debug!(webhook, relation, %error, "a change cannot be read yet");
                self.queues.postpone(relation, now);
            }
        }
        Ok(())
    }

    /// Returns true unless the feed of the first change of a relation is known to be gone. A cluster
    /// that has just started may not know its streams yet.
    async fn may_have_feed(&self, relation: &str) -> bool {
        let first = self.queues.first(relation);
        let Some(cursor) = first.and_then(|span| span.cursor(span.first)) else {
            return true;
        };
        let read_model = self.context.read_models.current();
        !matches!(read_model.feed().map_cursor(&cursor).await, Ok(None))
    }

    /// Stores the status of a webhook that is not delivered until an administrator acts.
    async fn stop(&self, status: Status, reason: &'static str) -> Ended {
        let webhook = &self.sender.webhook;
        tracing::warn!(webhook = webhook.id, reason, "stopped delivering a webhook");
        let set_status = |stored: &mut Webhook| {
            // It may have been changed meanwhile.
            if stored == webhook {
                stored.status = status;
            }
        };
        match self.context.store.change(&webhook.id, set_status).await {
            Ok(_) | Err(Error::Refused(_)) => Ended::Stopped(reason),
            Err(error @ Error::Failed(_)) => error.into(),
        }
    }

    fn now(&self) -> i64 {
        unix_millis((self.context.deps.clock)())
    }
}
