//! Readings of the log under several rulebooks, and which one answers.
//!
//! Beside the reading of the rulebook in force there is one of the candidate, as soon as there is
//! a candidate, and one of the rulebook that was in force before, as long as it is kept: each a
//! chronicle of its own. When another rulebook comes into force, its reading is put in the place
//! of the other as soon as it has folded at least as much: one pointer is replaced. So no question
//! waits for a switch, and none is answered half by one rulebook and half by the other.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use detente_jetstream::control::ControlError;
use detente_jetstream::topology::Projection;
use detente_rulebook_store::{Book, Shelf, Standing};
use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::read_model::{Deps, Query};

/// How often the shelf is asked whether it has changed.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// How long a reading that has failed is left alone.
const AGAIN_AFTER: Duration = Duration::from_secs(5);

/// What is known of rulebooks in force and to follow.
#[derive(Clone, Debug, Default)]
pub struct Switching {
    /// What stands on the shelf; nothing before it was seen.
    pub standing: Standing,
    /// How far the candidate is folded here.
    pub folded: u64,
    /// The end of the log as it was when that reading began.
    pub replay_to: Option<u64>,
}

/// The readings, running. Clones share them.
#[derive(Clone)]
pub struct Readings {
    shared: Arc<Shared>,
}

struct Shared {
    deps: Deps,
    /// The reading that answers.
    current: watch::Sender<Query>,
    switching: watch::Sender<Switching>,
    running: Mutex<BTreeMap<Projection, Query>>,
    stop: CancellationToken,
    tasks: TaskTracker,
}

impl Readings {
    /// Begins to read under the rulebook that is given, and follows every switch from then on.
    #[must_use]
    pub fn start(deps: Deps, stop: CancellationToken) -> Self {
        let switching = watch::Sender::new(Switching::default());
        let first = Query::start(deps.clone(), stop.child_token(), switching.subscribe());
        let running = BTreeMap::from([(deps.projection.clone(), first.clone())]);
        let shared = Shared {
            deps,
            current: watch::Sender::new(first),
            switching,
            running: Mutex::new(running),
            stop: stop.clone(),
            tasks: TaskTracker::new(),
        };
        let readings = Self {
            shared: Arc::new(shared),
        };
        let follower = readings.clone();
        readings.shared.tasks.spawn(async move {
            tokio::select! {
                () = follower.follow() => {}
                () = stop.cancelled() => {}
            }
        });
        readings
    }

    /// The reading that answers now.
    #[must_use]
    pub fn current(&self) -> Query {
        self.shared.current.borrow().clone()
    }

    /// Whether the reading that answers is that of the rulebook in force, as far as is known: for
    /// a moment after a switch it is not.
    #[must_use]
    pub fn is_in_force(&self) -> bool {
        let switching = self.shared.switching.borrow();
        let active = switching.standing.active.as_ref();
        active.is_none_or(|active| active.value.projection == *self.current().projection())
    }

    /// Waits until a task that must not end has ended in the reading that answers, and names it.
    pub async fn broken(&self) -> &'static str {
        let mut current = self.shared.current.subscribe();
        loop {
            let query = current.borrow_and_update().clone();
            tokio::select! {
                part = query.broken() => return part,
                changed = current.changed() => if changed.is_err() {
                    return "the query service";
                },
            }
        }
    }

    /// Waits, after the service was told to stop, until its tasks have ended.
    pub async fn stopped(&self) {
        self.shared.tasks.close();
        self.shared.tasks.wait().await;
        let running: Vec<Query> = self.running().values().cloned().collect();
        for query in running {
            query.stopped().await;
        }
    }

    async fn follow(&self) {
        let mut every = tokio::time::interval(LOOK_EVERY);
        every.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut shelf = None;
        let mut seen = None;
        let mut failed: BTreeMap<Projection, Instant> = BTreeMap::new();
        loop {
            every.tick().await;
            if let Err(error) = self.look(&mut shelf, &mut seen).await {
                tracing::debug!(%error, "the shelf is out of reach");
            }
            self.match_running(&mut failed);
            self.switch();
            self.show_progress();
        }
    }

    /// Looks at the shelf, where anything has changed.
    async fn look(
        &self,
        shelf: &mut Option<Shelf>,
        seen: &mut Option<u64>,
    ) -> Result<(), ControlError> {
        let shelf = match shelf {
            Some(shelf) => shelf,
            None => shelf.insert(Shelf::open(&self.shared.deps.connection).await?),
        };
        let revision = shelf.revision().await?;
        if *seen != Some(revision) {
            let standing = shelf.look().await?;
            *seen = Some(revision);
            self.shared
                .switching
                .send_modify(|switching| switching.standing = standing);
        }
        Ok(())
    }

    /// Starts the readings that are wanted, and ends those that are not.
    fn match_running(&self, failed: &mut BTreeMap<Projection, Instant>) {
        let wanted = wanted(&self.shared.switching.borrow().standing);
        let current = self.current().projection().clone();
        let mut running = self.running();
        running.retain(|projection, query| {
            if *projection == current {
                return true;
            }
            let is_broken = query.broken_part().is_some();
            if is_broken {
                failed.insert(projection.clone(), Instant::now());
            }
            let is_wanted = wanted.iter().any(|book| book.projection == *projection);
            let stays = is_wanted && !is_broken;
            if !stays {
                tracing::info!(%projection, "a rulebook is not read any more");
                query.end();
            }
            stays
        });
        failed.retain(|_, at| at.elapsed() < AGAIN_AFTER);
        for book in wanted {
            if !running.contains_key(&book.projection) && !failed.contains_key(&book.projection) {
                tracing::info!(projection = %book.projection, "another rulebook is read beside");
                running.insert(book.projection.clone(), self.begin(book));
            }
        }
    }

    fn begin(&self, book: Book) -> Query {
        let deps = Deps {
            rules: book.rules,
            rulebook: book.text,
            projection: book.projection,
            ..self.shared.deps.clone()
        };
        let stop = self.shared.stop.child_token();
        Query::start(deps, stop, self.shared.switching.subscribe())
    }

    /// Puts the reading of the rulebook in force in the place of the one that answers, if that is
    /// another and it is fit.
    fn switch(&self) {
        let switching = self.shared.switching.borrow().clone();
        let Some(active) = switching.standing.active else {
            return;
        };
        let current = self.current();
        let Some(next) = self.running().get(&active.value.projection).cloned() else {
            return;
        };
        let folded = |query: &Query| query.parts().progress.borrow().position;
        if next.projection() == current.projection()
            || !next.is_fit()
            || folded(&next) < folded(&current)
        {
            return;
        }
        tracing::info!(from = %current.projection(), to = %next.projection(), "answers switch");
        // Who comes back to an earlier reading must not be sent on from it.
        next.supersede(None);
        self.shared.current.send_replace(next.clone());
        current.supersede(Some(next));
    }

    fn show_progress(&self) {
        let candidate = self.shared.switching.borrow().standing.candidate.clone();
        let query = candidate.and_then(|one| self.running().get(&one.value).cloned());
        let progress = query.map(|query| *query.parts().progress.borrow());
        let progress = progress.unwrap_or_default();
        self.shared.switching.send_if_modified(|switching| {
            let is_other =
                (switching.folded, switching.replay_to) != (progress.position, progress.replay_to);
            switching.folded = progress.position;
            switching.replay_to = progress.replay_to;
            is_other
        });
    }

    fn running(&self) -> std::sync::MutexGuard<'_, BTreeMap<Projection, Query>> {
        let running = self.shared.running.lock();
        running.unwrap_or_else(PoisonError::into_inner)
    }
}

/// The rulebooks that are to be read: the one in force, the one to follow, the one before.
fn wanted(standing: &Standing) -> Vec<Book> {
    let active = standing.active.as_ref().map(|active| &active.value);
    let names = [
        active.map(|active| &active.projection),
        standing
            .candidate
            .as_ref()
            .map(|candidate| &candidate.value),
        active.and_then(|active| active.previous.as_ref()),
    ];
    let mut books: Vec<Book> = Vec::new();
    for name in names.into_iter().flatten() {
        if !books.iter().any(|book| book.projection == *name) {
            books.extend(standing.book(name));
        }
    }
    books
}

impl fmt::Debug for Readings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Readings")
            .field("current", &self.current())
            .finish_non_exhaustive()
    }
}
