//! The projectors that a keeper runs: started, ended, and what becomes of one that has stopped.

use std::sync::Arc;
use std::time::Duration;

use detente_jetstream::topology::Projection;
use detente_rulebook_store::Book;
use tokio::task::JoinHandle;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::Keeper;
use crate::error::Error;
use crate::progress::{Handle, State};
use crate::service::{self, Projector};

/// How long a projector that has stopped is left alone: so long another one that has fenced it
/// writes undisturbed.
const STAND_BY: Duration = Duration::from_secs(10);

/// A projector.
#[derive(Debug)]
pub(super) struct Running {
    pub(super) handle: Handle,
    cancel: CancellationToken,
    stage: Stage,
    /// It has failed before, which is noted on the shelf.
    has_failed: bool,
}

#[derive(Debug)]
enum Stage {
    Runs(JoinHandle<Result<(), Error>>),
    /// It has stopped, and is started again then.
    Waits(Instant),
}

impl Keeper {
    /// Starts what is kept, ends what is not, and deletes what was dropped.
    pub(super) async fn match_running(&mut self) -> Result<(), Error> {
        self.translate().await?;
        let kept: Vec<Projection> = self.standing.kept.keys().cloned().collect();
        let books = kept.iter().filter_map(|one| self.standing.book(one));
        let books: Vec<Book> = books.collect();
        let mut gone = Vec::new();
        for projection in self.running.keys() {
            if !books.iter().any(|book| book.projection == *projection) {
                gone.push(projection.clone());
            }
        }
        for projection in gone {
            if let Some(running) = self.running.remove(&projection) {
                tracing::info!(%projection, "a rulebook is not kept any more");
                running.abort().await;
            }
        }
        for book in books {
            if !self.running.contains_key(&book.projection) {
                let running = self.begin(&book);
                self.running.insert(book.projection, running);
            }
        }
        self.delete_dropped().await
    }

    /// A candidate of another version of the program is read anew, and follows in its place.
    async fn translate(&mut self) -> Result<(), Error> {
        let Some(candidate) = self.standing.candidate.as_ref() else {
            return Ok(());
        };
        let kept = self.standing.kept.get(&candidate.value);
        let Some(kept) = kept.filter(|kept| !kept.is_ours) else {
            return Ok(());
        };
        match Book::read(kept.text.as_bytes(), kept.origin) {
            Ok(book) => {
                self.shelf.keep(&book).await?;
                self.shelf.nominate(&book.projection).await?;
            }
            Err(problems) => {
                let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
                let reason = format!("this version cannot read it: {}", told.join("; "));
                self.shelf.note(&candidate.value, Some(&reason)).await?;
            }
        }
        self.standing = self.shelf.look().await?;
        Ok(())
    }

    fn begin(&self, book: &Book) -> Running {
        let cancel = CancellationToken::new();
        let deps = service::Deps {
            connection: self.deps.connection.clone(),
            rules: Arc::clone(&book.rules),
            projection: book.projection.clone(),
            replicas: self.deps.replicas,
        };
        let (handle, task) = Projector::start_beside(deps, cancel.clone());
        Running {
            handle,
            cancel,
            stage: Stage::Runs(task),
            has_failed: self.standing.failed.contains_key(&book.projection),
        }
    }

    /// Sees to projectors that have stopped. That of the projection in force ends the keeper,
    /// unless it is to stand by.
    pub(super) async fn reap(&mut self) -> Result<(), Error> {
        let active = self.active().cloned();
        let mut again = Vec::new();
        for (projection, running) in &mut self.running {
            match &mut running.stage {
                Stage::Runs(task) if task.is_finished() => {
                    let outcome = task.await.map_err(Error::Broken).and_then(|ended| ended);
                    let is_active = active.as_ref() == Some(projection);
                    let error = outcome.err();
                    let is_fenced = matches!(error, Some(Error::Fenced { .. }));
                    if is_active && !(is_fenced && self.deps.stands_by) {
                        return error.map_or(Ok(()), Err);
                    }
                    tracing::warn!(%projection, "a projector has stopped; it is started again");
                    running.stage = Stage::Waits(Instant::now() + STAND_BY);
                    running.has_failed |= !is_fenced;
                    if let Some(error) = error.filter(|_| !is_fenced) {
                        let noted = self.shelf.note(projection, Some(&error.to_string())).await;
                        if let Err(error) = noted {
                            tracing::warn!(%error, "a failure could not be noted");
                        }
                    }
                }
                Stage::Waits(until) if *until <= Instant::now() => again.push(projection.clone()),
                Stage::Runs(_) | Stage::Waits(_) => {}
            }
        }
        for projection in again {
            if let Some(book) = self.standing.book(&projection) {
                let mut running = self.begin(&book);
                running.has_failed |= self.running.contains_key(&projection);
                self.running.insert(projection, running);
            }
        }
        Ok(())
    }

    /// Takes back the note of a failure of whatever has got on since.
    pub(super) async fn note_progress(&mut self) -> Result<(), Error> {
        for (projection, running) in &mut self.running {
            let is_live = running.handle.progress().borrow().state == State::Live;
            if running.has_failed && is_live {
                self.shelf.note(projection, None).await?;
                running.has_failed = false;
            }
        }
        Ok(())
    }

    /// Ends all, each after what it has derived is published.
    pub(super) async fn end(self) -> Result<(), Error> {
        for running in self.running.values() {
            running.cancel.cancel();
        }
        let active = self.active().cloned();
        let mut ended = Ok(());
        for (projection, running) in self.running {
            let Stage::Runs(task) = running.stage else {
                continue;
            };
            if task.is_finished() && active.as_ref() != Some(&projection) {
                continue;
            }
            let outcome = task.await.map_err(Error::Broken).and_then(|ended| ended);
            if active.as_ref() == Some(&projection) {
                ended = outcome;
            }
        }
        ended
    }
}

impl Running {
    /// Ends it at once: what it has not published nobody wants.
    async fn abort(self) {
        self.cancel.cancel();
        if let Stage::Runs(task) = self.stage {
            task.abort();
            // Whatever it ended with, it has ended.
            drop(task.await);
        }
    }
}
