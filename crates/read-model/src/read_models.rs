//! The read models of several rulebooks, and the one that serves requests.
//!
//! In addition to the read model of the rulebook in force, there is one of the candidate, if any,
//! and one of the previous rulebook, as long as it is kept. When another rulebook comes into force,
//! its read model replaces the current one as soon as it has folded at least as much: one pointer
//! is replaced. So no request waits for a switch, and none is answered partly under one rulebook
//! and partly under the other.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use detente_jetstream::kv::KvError;
use detente_jetstream::topology::Projection;
use detente_rulebook::id_in_name;
use detente_rulebook_store::{CompiledRulebook, RulebookStore, StoreSnapshot};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::read_model::{ReadModel, ReadModelDeps, SwitchState};

/// The interval at which the registry is polled for changes.
const POLL_EVERY: Duration = Duration::from_millis(200);
/// The delay before a read model that has failed is started again.
const RESTART_AFTER: Duration = Duration::from_secs(5);

/// The running read models. Clones share them.
#[derive(Clone, Debug)]
pub struct ReadModels {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    deps: ReadModelDeps,
    /// The read model that serves requests.
    current: watch::Sender<ReadModel>,
    switch_state: watch::Sender<SwitchState>,
    running: Mutex<BTreeMap<Projection, ReadModel>>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl ReadModels {
    /// Starts the read model of the given rulebook, and follows every switch from then on.
    #[must_use]
    pub fn start(deps: ReadModelDeps, stop: CancellationToken) -> Self {
        let switch_state = watch::Sender::new(SwitchState::default());
        let first = ReadModel::start(deps.clone(), stop.child_token(), switch_state.subscribe());
        let running = BTreeMap::from([(deps.projection.clone(), first.clone())]);
        let shared = Shared {
            deps,
            current: watch::Sender::new(first),
            switch_state,
            running: Mutex::new(running),
            stop: stop.clone(),
            tasks: TaskTracker::new(),
        };
        let models = Self {
            shared: Arc::new(shared),
        };
        let follower = models.clone();
        models.shared.tasks.spawn(async move {
            tokio::select! {
                () = follower.follow() => {}
                () = stop.cancelled() => {}
            }
        });
        models
    }

    /// Returns the read model that serves requests now.
    #[must_use]
    pub fn current(&self) -> ReadModel {
        self.shared.current.borrow().clone()
    }

    /// Returns true if the current read model is that of the rulebook in force, as far as is known.
    /// Just after a switch it is not.
    #[must_use]
    pub fn is_in_force(&self) -> bool {
        let switch_state = self.shared.switch_state.borrow();
        let active = switch_state.registry.active.as_ref();
        active.is_none_or(|active| active.value.projection == *self.current().projection())
    }

    /// Waits until a task of the current read model has ended unexpectedly, and no other read model
    /// is to replace it. Returns which one, and why.
    pub async fn broken(&self) -> Arc<str> {
        let mut current = self.shared.current.subscribe();
        loop {
            let model = current.borrow_and_update().clone();
            let broken = async {
                let reason = model.broken().await;
                self.stays(model.projection()).await;
                reason
            };
            tokio::select! {
                reason = broken => return reason,
                changed = current.changed() => if changed.is_err() {
                    return "the query service has ended".into();
                },
            }
        }
    }

    /// Waits until a projection is in force, and no candidate is to replace it.
    async fn stays(&self, projection: &Projection) {
        let mut state = self.shared.switch_state.subscribe();
        let stays = state.wait_for(|SwitchState { registry, .. }| {
            let active = registry.active.as_ref();
            let is_in_force = active.is_none_or(|active| active.value.projection == *projection);
            is_in_force && registry.candidate.is_none()
        });
        // The sender lives as long as `self`, so this never fails.
        drop(stays.await);
    }

    /// Waits, after the stop, until all tasks have ended.
    pub async fn stopped(&self) {
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
        let running: Vec<ReadModel> = self.running().values().cloned().collect();
        for model in running {
            model.stopped().await;
        }
    }

    async fn follow(&self) {
        let mut poll = tokio::time::interval(POLL_EVERY);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut store = None;
        let mut revision = None;
        let mut failed: BTreeMap<Projection, Instant> = BTreeMap::new();
        loop {
            poll.tick().await;
            if let Err(error) = self.load_registry(&mut store, &mut revision).await {
                tracing::debug!(%error, "the rulebook store cannot be read");
            }
            self.reconcile(&mut failed);
            self.switch();
            self.publish_progress();
        }
    }

    /// Loads the registry, if it has changed since the revision that was loaded last.
    async fn load_registry(
        &self,
        store: &mut Option<RulebookStore>,
        loaded: &mut Option<u64>,
    ) -> Result<(), KvError> {
        let store = match store {
            Some(store) => store,
            None => store.insert(RulebookStore::open(&self.shared.deps.connection).await?),
        };
        let revision = store.revision().await?;
        if *loaded != Some(revision) {
            let registry = store.load().await?;
            *loaded = Some(revision);
            self.shared
                .switch_state
                .send_modify(|state| state.registry = registry.following(&state.registry));
        }
        Ok(())
    }

    /// Starts the read models that are needed, and ends the others.
    fn reconcile(&self, failed: &mut BTreeMap<Projection, Instant>) {
        let needed = needed(&self.shared.switch_state.borrow().registry);
        let current = self.current().projection().clone();
        let mut running = self.running();
        running.retain(|projection, model| {
            if *projection == current {
                return true;
            }
            let is_broken = model.broken_reason().is_some();
            if is_broken {
                failed.insert(projection.clone(), Instant::now());
            }
            let is_needed = needed.iter().any(|book| book.projection == *projection);
            let stays = is_needed && !is_broken;
            if !stays {
                tracing::info!(%projection, "ending the read model of a rulebook");
                model.end();
            }
            stays
        });
        failed.retain(|_, at| at.elapsed() < RESTART_AFTER);
        for book in needed {
            if !running.contains_key(&book.projection) && !failed.contains_key(&book.projection) {
                tracing::info!(projection = %book.projection, "starting the read model of a rulebook");
                running.insert(book.projection.clone(), self.start_model(book));
            }
        }
    }

    fn start_model(&self, book: CompiledRulebook) -> ReadModel {
        let deps = ReadModelDeps {
            rules: book.rules,
            rulebook: book.text,
            projection: book.projection,
            ..self.shared.deps.clone()
        };
        let stop = self.shared.stop.child_token();
        ReadModel::start(deps, stop, self.shared.switch_state.subscribe())
    }

    /// Replaces the current read model with that of the rulebook in force, if it is another one and
    /// is live.
    fn switch(&self) {
        let registry = self.shared.switch_state.borrow().registry.clone();
        let Some(active) = registry.active else {
            return;
        };
        let current = self.current();
        let Some(next) = self.running().get(&active.value.projection).cloned() else {
            return;
        };
        let folded = |model: &ReadModel| model.progress().borrow().position;
        if next.projection() == current.projection()
            || !next.is_live()
            || folded(&next) < folded(&current)
        {
            return;
        }
        tracing::info!(from = %current.projection(), to = %next.projection(), "switching the read model");
        // A read model that serves again must not refer to another one.
        next.replace_with(None);
        self.shared.current.send_replace(next.clone());
        current.replace_with(Some(next));
    }

    /// Publishes the progress of the candidate.
    fn publish_progress(&self) {
        let candidate = self.shared.switch_state.borrow().registry.candidate.clone();
        let model = candidate.and_then(|candidate| self.running().get(&candidate.value).cloned());
        let folded = model.map_or(0, |model| model.progress().borrow().position);
        self.shared.switch_state.send_if_modified(|state| {
            std::mem::replace(&mut state.candidate_folded, folded) != folded
        });
    }

    fn running(&self) -> std::sync::MutexGuard<'_, BTreeMap<Projection, ReadModel>> {
        let running = self.shared.running.lock();
        running.unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the rulebooks to fold under: the one in force, the candidate, the previous one, unless that
/// is the same under a feed that was rebuilt.
fn needed(registry: &StoreSnapshot) -> Vec<CompiledRulebook> {
    let active = registry.active.as_ref().map(|active| &active.value);
    let candidate = registry.candidate.as_ref();
    let id = |projection: &Projection| id_in_name(projection.as_str()).to_owned();
    let previous = active.and_then(|active| {
        let previous = active.previous.as_ref();
        previous.filter(|previous| id(previous) != id(&active.projection))
    });
    let names = [
        active.map(|active| &active.projection),
        candidate.map(|candidate| &candidate.value),
        previous,
    ];
    let mut books: Vec<CompiledRulebook> = Vec::new();
    for name in names.into_iter().flatten() {
        if !books.iter().any(|book| book.projection == *name) {
            books.extend(registry.rulebook(name));
        }
    }
    books
}
