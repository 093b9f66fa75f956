//! One webhook's deliveries: reads the feed, sends what is due, keeps how far it came.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use detente_api::Refusal;
use detente_feed::Failure;
use detente_feed::cursor::{Cursor, From};
use detente_feed::{NotHere, Subscription};
use detente_jetstream::control::ControlError;
use detente_jetstream::reader::ReadError;
use detente_read_model::{Query, Readings};
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::attempt::{Attempts, Sent, millis};
use crate::hook::{self, Hook, Status};
use crate::lanes::{Lanes, Next, Plan};
use crate::line::Line;
use crate::metrics;
use crate::service::Deps;
use crate::store::{Store, Unchanged};

/// The most deliveries of one webhook that are under way: one for a relation at most.
const UNDER_WAY_MAX: usize = 8;
/// How often it is kept how far the deliveries came. What was delivered since is delivered again
/// after a crash, under the same ids.
const KEEP_EVERY: Duration = Duration::from_millis(500);
/// How long an end that is not sudden waits for the answers of receivers.
const CLOSE_WITHIN: Duration = Duration::from_secs(2);
/// How often it is asked whether the rulebook in force is read here.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// Why a worker ended.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Ended {
    /// Somebody else delivers.
    #[error("somebody else keeps how far the webhook came")]
    Fenced,
    /// Nothing more is to be delivered for now.
    #[error("it is not delivered any more: {0}")]
    Over(&'static str),
    /// The webhook cannot be used as it stands.
    #[error("{0}")]
    Unfit(Refusal),
    /// The bucket cannot be read or written.
    #[error(transparent)]
    Control(#[from] ControlError),
    /// A feed cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// A feed cannot be looked at.
    #[error(transparent)]
    Failure(#[from] Failure),
}

/// One webhook, being delivered.
pub(crate) struct Worker {
    deps: Arc<Deps>,
    store: Store,
    readings: Readings,
    attempts: Attempts,
    lanes: Lanes,
    revision: Option<u64>,
    busy: BTreeSet<String>,
    under_way: JoinSet<(String, Sent)>,
    kept_at: Instant,
    is_dirty: bool,
}

impl Worker {
    pub(crate) async fn open(
        deps: Arc<Deps>,
        store: Store,
        readings: Readings,
        hook: Hook,
        tls: rustls::ClientConfig,
    ) -> Result<Self, Ended> {
        let filter = hook.filter().map_err(Ended::Unfit)?;
        let url = hook::url(&hook.url, deps.options.allow_private).map_err(Ended::Unfit)?;
        let kept = store.lanes(&hook.id).await?;
        let revision = kept.as_ref().map(|kept| kept.revision);
        let kept = kept.map(|kept| kept.value);
        let lanes = kept.filter(|lanes| lanes.generation == hook.generation);
        let lanes = lanes.unwrap_or_else(|| Lanes {
            generation: hook.generation,
            cursor: hook.begins.clone(),
            ..Lanes::default()
        });
        let line = Line::new(url, tls, deps.options.allow_private);
        let attempts = Attempts {
            connection: deps.connection.clone(),
            clock: Arc::clone(&deps.clock),
            hook: Arc::new(hook),
            filter: Arc::new(filter),
            line: Arc::new(line),
            timeout: deps.options.timeout,
        };
        Ok(Self {
            deps,
            store,
            readings,
            attempts,
            lanes,
            revision,
            busy: BTreeSet::new(),
            under_way: JoinSet::new(),
            kept_at: Instant::now(),
            is_dirty: false,
        })
    }

    /// Delivers until something ends it. Dropping it loses nothing that is kept.
    pub(crate) async fn run(&mut self) -> Ended {
        loop {
            // Else it would go back to a rulebook that is not in force any more.
            while !self.readings.is_in_force() {
                tokio::time::sleep(LOOK_EVERY).await;
            }
            let query = self.readings.current();
            if let Err(ended) = self.reading(&query).await {
                return ended;
            }
        }
    }

    /// Hears what is under way, and keeps how far it came: an end that is not sudden.
    pub(crate) async fn close(mut self) {
        let heard = tokio::time::timeout(CLOSE_WITHIN, async {
            while let Some(done) = self.under_way.join_next().await {
                if let Ok((relation, sent)) = done {
                    self.done(&relation, sent).await?;
                }
            }
            Ok::<(), Ended>(())
        });
        // Whoever is not heard in time is told again.
        let _ = heard.await;
        if let Err(error) = self.keep().await {
            let hook = &self.attempts.hook.id;
            tracing::info!(hook, %error, "how far a webhook came is not kept");
        }
    }

    /// Delivers under one reading, until another takes its place.
    async fn reading(&mut self, query: &Query) -> Result<(), Ended> {
        let mut subscription = self.enter(query).await?;
        loop {
            self.start();
            let now = self.now();
            let retry = self.lanes.next_at(now, &self.busy);
            let retry = retry.map(|at| u64::try_from(at.saturating_sub(now)).unwrap_or(0));
            let has_room = self.lanes.has_room();
            tokio::select! {
                frame = subscription.next(), if has_room => {
                    let frame = frame?;
                    if let Some(cursor) = Cursor::parse(&frame.cursor) {
                        self.lanes.take(&frame.relation, &cursor);
                    }
                    self.pass(&subscription);
                }
                Some(done) = self.under_way.join_next() => if let Ok((relation, sent)) = done {
                    self.done(&relation, sent).await?;
                },
                () = sleep(retry), if retry.is_some() => {}
                () = tokio::time::sleep_until(self.kept_at + KEEP_EVERY) => {
                    self.pass(&subscription);
                    self.keep().await?;
                }
                _ = query.superseded() => {
                    // The place in the other feed is found from the one in this.
                    self.pass(&subscription);
                    return Ok(());
                }
            }
        }
    }

    /// Finds the place in the feed of a reading.
    async fn enter(&mut self, query: &Query) -> Result<Subscription, Ended> {
        let feed = query.feed();
        let Some(mut from) = Cursor::parse(&self.lanes.cursor) else {
            return Err(self.lost("its place is no cursor").await?);
        };
        if from.projection != *query.projection() {
            let Some(crossing) = feed.crossing(&from).await? else {
                return Err(self
                    .lost("the feed of its place is not there any more")
                    .await?);
            };
            from = crossing.cursor;
            self.lanes.cursor = from.to_string();
            self.is_dirty = true;
        }
        let filter = (*self.attempts.filter).clone();
        let subscribed = feed.subscribe(&From::After(from), filter).await;
        subscribed.map_err(|not_here| match not_here {
            // A feed that is being told again comes to the place in time.
            NotHere::Refused(refusal) => Ended::Unfit(refusal),
            NotHere::Failed(failure) => failure.into(),
        })
    }

    /// All that was looked at is delivered, or stands in a lane.
    fn pass(&mut self, subscription: &Subscription) {
        let cursor = subscription.cursor().to_string();
        if self.lanes.cursor != cursor {
            self.lanes.cursor = cursor;
            self.is_dirty = true;
        }
    }

    async fn keep(&mut self) -> Result<(), Ended> {
        self.kept_at = Instant::now();
        if !self.is_dirty {
            return Ok(());
        }
        let hook = &self.attempts.hook.id;
        match self.store.keep(hook, &self.lanes, self.revision).await {
            Ok(revision) => {
                self.revision = Some(revision);
                self.is_dirty = false;
                Ok(())
            }
            Err(ControlError::Conflict { .. }) => Err(Ended::Fenced),
            Err(error @ (ControlError::Server { .. } | ControlError::Value { .. })) => {
                // It is tried again; meanwhile deliveries go on.
                tracing::debug!(hook, %error, "how far a webhook came is not kept yet");
                Ok(())
            }
        }
    }

    /// Starts what may be delivered now.
    fn start(&mut self) {
        for relation in self.lanes.ready(self.now(), &self.busy, UNDER_WAY_MAX) {
            let Some(span) = self.lanes.first(&relation).cloned() else {
                continue;
            };
            self.busy.insert(relation.clone());
            let attempts = self.attempts.clone();
            self.under_way.spawn(async move {
                let sent = attempts.next(&relation, &span).await;
                (relation, sent)
            });
        }
    }

    async fn done(&mut self, relation: &str, sent: Sent) -> Result<(), Ended> {
        self.busy.remove(relation);
        self.is_dirty = true;
        let now = self.now();
        match sent {
            Sent::Delivered(sequence) => self.lanes.deliver(relation, sequence),
            Sent::Nothing(sequence) => self.lanes.pass(relation, sequence),
            Sent::Gone => return Err(self.end(Status::Gone, "the receiver answers 410").await?),
            Sent::Lost => return Err(self.lost("a feed with changes due is not there").await?),
            Sent::Failed(failed) => {
                let plan = Plan {
                    tried_for: self.deps.options.give_up_after_millis(),
                    draw: self.deps.draw(),
                };
                if self.lanes.fail(relation, &failed, now, plan) == Next::Parked {
                    metrics::parked();
                    let (hook, id) = (&self.attempts.hook.id, &failed.id);
                    tracing::warn!(
                        hook,
                        id,
                        relation,
                        error = failed.error,
                        "a delivery is given up"
                    );
                }
            }
            Sent::Unread(error) => {
                let hook = &self.attempts.hook.id;
                tracing::debug!(hook, relation, %error, "a frame cannot be read yet");
                self.lanes.postpone(relation, now);
            }
        }
        Ok(())
    }

    /// Its place is nowhere any more: nobody is told on from elsewhere without saying so.
    async fn lost(&self, why: &'static str) -> Result<Ended, Ended> {
        self.end(Status::Lost, why).await
    }

    /// Nothing is delivered any more until somebody says so.
    async fn end(&self, status: Status, why: &'static str) -> Result<Ended, Ended> {
        let hook = &self.attempts.hook;
        tracing::warn!(hook = hook.id, why, "a webhook is not delivered any more");
        let end = |kept: &mut Hook| {
            // Somebody may have changed it meanwhile.
            if kept == &**hook {
                kept.status = status;
            }
            Ok(())
        };
        match self.store.change(&hook.id, end).await {
            Ok(_) | Err(Unchanged::Refused(_)) => Ok(Ended::Over(why)),
            Err(Unchanged::Failed(error)) => Err(error.into()),
        }
    }

    fn now(&self) -> i64 {
        millis((self.deps.clock)())
    }
}

async fn sleep(millis: Option<u64>) {
    tokio::time::sleep(Duration::from_millis(millis.unwrap_or_default())).await;
}
