//! The workers of a supervisor, one projector each: started, ended and restarted.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use detente_jetstream::backoff::Backoff;
use detente_jetstream::topology::Projection;
use detente_rulebook_store::{CompiledRulebook, RulebookStore};
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::{RETRY_AFTER, RETRY_AFTER_MAX, Supervisor, set_if_changed};
use crate::error::Error;
use crate::progress::{Progress, State};
use crate::projector::{self, Task};
use crate::setup::ProjectorConfig;

/// The wait before a stopped projector is restarted; meanwhile one that has fenced it writes
/// undisturbed. It doubles while the projector fails each time.
const RESTART_AFTER: Duration = Duration::from_secs(10);
/// The longest such wait.
const RESTART_AFTER_MAX: Duration = Duration::from_secs(600);

/// The transient failures one after another after which that of a projection that is not in force is
/// noted too: it may be refused for ever.
const TRANSIENT_MAX: u32 = 10;

/// A worker.
#[derive(Debug)]
pub(super) struct Worker {
    pub(super) progress: watch::Receiver<Progress>,
    /// True while its projection is in force.
    in_force: watch::Sender<bool>,
    cancel: CancellationToken,
    state: WorkerState,
    /// An earlier one of its projection has been live in this process.
    was_live: bool,
    /// A failure is noted in the store.
    has_failed: bool,
    /// The failures one after another in this process: since it was live the last time.
    failures: Failures,
    /// The error of the last failure, until it is started again.
    error: Option<Error>,
}

/// Failures one after another, and the wait after the next one.
#[derive(Debug)]
struct Failures {
    /// Those that are not transient.
    count: u32,
    transient: u32,
    wait: Backoff,
    wait_if_transient: Backoff,
}

#[derive(Debug)]
enum WorkerState {
    Running(Task),
    /// It has stopped, and is restarted at this time.
    Waiting(Instant),
}

impl Supervisor {
    /// Starts the projectors of stored rulebooks, ends others, and deletes dropped streams.
    pub(super) async fn reconcile(&mut self) -> Result<(), Error> {
        self.recompile_candidate().await?;
        let stored = self.registry.stored.keys();
        let rulebooks = stored.filter_map(|projection| self.registry.rulebook(projection));
        let rulebooks: Vec<CompiledRulebook> = rulebooks.collect();
        let is_stored = |projection: &Projection| {
            let mut stored = rulebooks.iter();
            stored.any(|rulebook| rulebook.projection == *projection)
        };
        let removed = self
            .workers
            .extract_if(.., |projection, _| !is_stored(projection));
        for (projection, worker) in removed.collect::<Vec<_>>() {
            tracing::info!(%projection, "a rulebook was dropped; stopping its projector");
            worker.abort().await;
        }
        for rulebook in rulebooks {
            if !self.workers.contains_key(&rulebook.projection) {
                let worker = self.start_worker(&rulebook, State::default());
                self.workers.insert(rulebook.projection, worker);
            }
        }
        self.delete_dropped().await
    }

    /// Compiles a candidate of another program version again, and nominates the result instead.
    async fn recompile_candidate(&mut self) -> Result<(), Error> {
        let Some(candidate) = self.registry.candidate.as_ref() else {
            return Ok(());
        };
        let stored = self.registry.stored.get(&candidate.value);
        let Some(stored) = stored.filter(|stored| !stored.is_ours) else {
            return Ok(());
        };
        match CompiledRulebook::parse(stored.text.as_bytes(), stored.origin) {
            Ok(rulebook) => {
                self.store.put(&rulebook).await?;
                self.store.nominate(&rulebook.projection).await?;
            }
            Err(problems) => {
                let problems: Vec<String> = problems.iter().map(ToString::to_string).collect();
                let reason = format!("this version cannot read it: {}", problems.join("; "));
                self.store
                    .set_failure(&candidate.value, Some(&reason))
                    .await?;
            }
        }
        self.load().await?;
        Ok(())
    }

    /// Starts a worker in a state, which lasts until its streams are open.
    fn start_worker(&self, rulebook: &CompiledRulebook, state: State) -> Worker {
        let cancel = CancellationToken::new();
        let config = ProjectorConfig {
            connection: self.config.connection.clone(),
            rules: Arc::clone(&rulebook.rules),
            projection: rulebook.projection.clone(),
            replicas: self.config.replicas,
            standby: self.config.standby,
        };
        let in_force = watch::Sender::new(false);
        let (progress, task) =
            projector::start(config, state, in_force.subscribe(), cancel.clone());
        Worker {
            progress,
            in_force,
            cancel,
            state: WorkerState::Running(task),
            was_live: false,
            has_failed: self.registry.failed.contains_key(&rulebook.projection),
            failures: Failures::default(),
            error: None,
        }
    }

    /// Handles projectors that have stopped. That of the active projection ends the supervisor,
    /// unless its error is transient or retried, it starts anew on standby, or a candidate is being
    /// built, which may replace a damaged feed, and has not failed too; others are restarted later.
    pub(super) async fn collect_exited(&mut self) -> Result<(), Error> {
        let active = self.active().cloned();
        let has_candidate = self.registry.candidate.is_some();
        let mut due = Vec::new();
        for (projection, worker) in &mut self.workers {
            match &mut worker.state {
                WorkerState::Running(task) if task.is_finished() => {
                    let error = outcome(task).await.err();
                    let wait = worker.failures.wait_after(error.as_ref());
                    // A finished task must not be awaited again.
                    worker.state = WorkerState::Waiting(Instant::now() + wait);
                    let is_transient = error.as_ref().is_some_and(Error::is_transient);
                    let starts_anew = error.as_ref().is_some_and(Error::starts_anew);
                    let is_retried = self.config.retries && worker.has_been_live();
                    let starts_again = starts_anew && self.config.standby;
                    let goes_on = is_transient || is_retried || starts_again;
                    let is_active = active.as_ref() == Some(projection);
                    if is_active && !has_candidate && !goes_on {
                        return error.map_or(Ok(()), Err);
                    }
                    let restart_after = wait.as_secs_f32();
                    tracing::warn!(%projection, restart_after, "a projector has stopped and will be restarted");
                    let is_stuck = !is_active && worker.failures.transient >= TRANSIENT_MAX;
                    let is_noted = !starts_anew && (!is_transient || is_stuck);
                    if let Some(error) = error.filter(|_| is_noted) {
                        worker.has_failed = true;
                        note(&self.store, projection, &error).await;
                        // A transient one never ends the process.
                        worker.error = Some(error).filter(|_| !is_transient && !is_retried);
                    }
                }
                WorkerState::Waiting(until) if *until <= Instant::now() => {
                    due.push(projection.clone())
                }
                WorkerState::Running(_) | WorkerState::Waiting(_) => {}
            }
        }
        if let Some(error) = self.unreplaced() {
            return Err(error);
        }
        for projection in due {
            if let Some(rulebook) = self.registry.rulebook(&projection) {
                let before = self.workers.remove(&projection);
                // The reason is told until it goes on.
                let state = before.as_ref().map(Worker::told);
                let mut worker = self.start_worker(&rulebook, state.unwrap_or_default());
                if let Some(before) = before {
                    worker.was_live = before.has_been_live();
                    worker.has_failed = before.has_failed;
                    worker.failures = before.failures;
                }
                self.workers.insert(projection, worker);
            }
        }
        Ok(())
    }

    /// Returns the error of the active projection if nothing is being built that could replace it:
    /// there is no candidate (any more), this version cannot fold under it, or it fails too.
    fn unreplaced(&mut self) -> Option<Error> {
        let candidate = self.registry.candidate.as_ref();
        let worker = candidate.and_then(|candidate| self.workers.get(&candidate.value));
        if worker.is_some_and(|worker| worker.failures.count == 0) {
            return None;
        }
        let active = &self.registry.active.as_ref()?.value.projection;
        self.workers.get_mut(active)?.error.take()
    }

    /// Tells each projector whether its projection is in force; first those of which it is not, so
    /// that one stops writing views before another begins.
    pub(super) fn tell_in_force(&self) {
        let active = self.active();
        for now in [false, true] {
            for (projection, worker) in &self.workers {
                if (active == Some(projection)) == now {
                    set_if_changed(&worker.in_force, now);
                }
            }
        }
    }

    /// Removes the noted failures of projectors that are live again.
    pub(super) async fn clear_failures(&mut self) -> Result<(), Error> {
        for (projection, worker) in &mut self.workers {
            let is_live = worker.progress.borrow().state == State::Live;
            if is_live {
                worker.failures.reset();
            }
            if worker.has_failed && is_live {
                self.store.set_failure(projection, None).await?;
                worker.has_failed = false;
            }
        }
        Ok(())
    }

    /// Ends all projectors, each after its derived messages are published. Returns the outcome of
    /// the active one.
    pub(super) async fn end(self) -> Result<(), Error> {
        for worker in self.workers.values() {
            worker.cancel.cancel();
        }
        let active = self.active().cloned();
        let mut ended = Ok(());
        for (projection, worker) in self.workers {
            let WorkerState::Running(mut task) = worker.state else {
                continue;
            };
            let is_active = active.as_ref() == Some(&projection);
            if is_active || !task.is_finished() {
                let outcome = outcome(&mut task).await;
                if is_active {
                    ended = outcome;
                }
            }
        }
        ended
    }
}

impl Failures {
    /// Counts a failure, unless it is transient, or the projector starts anew after it. Returns the
    /// wait before the next attempt.
    fn wait_after(&mut self, error: Option<&Error>) -> Duration {
        match error {
            Some(Error::FeedLost { .. }) => Duration::ZERO,
            Some(error) if error.starts_anew() => RESTART_AFTER,
            Some(error) if error.is_transient() => {
                self.transient += 1;
                self.wait_if_transient.wait()
            }
            _ => {
                self.count += 1;
                self.wait.wait()
            }
        }
    }

    /// Starts again, after a success.
    const fn reset(&mut self) {
        (self.count, self.transient) = (0, 0);
        self.wait.reset();
        self.wait_if_transient.reset();
    }
}

impl Default for Failures {
    fn default() -> Self {
        Self {
            count: 0,
            transient: 0,
            wait: Backoff::new(RESTART_AFTER, RESTART_AFTER_MAX),
            wait_if_transient: Backoff::new(RETRY_AFTER, RETRY_AFTER_MAX),
        }
    }
}

impl Worker {
    /// Returns true if one of its projection has been live in this process, however shortly.
    pub(super) fn has_been_live(&self) -> bool {
        self.was_live || self.progress.borrow().was_live
    }

    /// Returns the state in which its successor starts.
    fn told(&self) -> State {
        match &self.progress.borrow().state {
            State::Stopped(reason) | State::Failed(reason) => State::Stopped(reason.clone()),
            State::CatchingUp | State::Live => State::CatchingUp,
        }
    }

    /// Ends it at once, without publishing the waiting messages.
    async fn abort(self) {
        self.cancel.cancel();
        if let WorkerState::Running(task) = self.state {
            task.abort();
            drop(task.await);
        }
    }
}

/// Notes the failure of a projection in the store.
async fn note(store: &RulebookStore, projection: &Projection, error: &Error) {
    let reason = error.to_string();
    if let Err(error) = store.set_failure(projection, Some(&reason)).await {
        tracing::warn!(%error, "the failure of a projector could not be recorded");
    }
}

async fn outcome(task: &mut Task) -> Result<(), Error> {
    task.await.map_err(Error::Panicked)?
}
