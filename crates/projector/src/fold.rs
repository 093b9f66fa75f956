//! The second stage: folds commits, derives the messages to publish, and renders views in between.
//!
//! It leads, deriving messages for the publisher, or follows: then it keeps what it has folded until
//! another projector has published it, and is ready to lead at any moment.

use std::pin::pin;
use std::sync::Arc;

use detente_chronicle::Chronicle;
use detente_domain::relations::Pair;
use detente_jetstream::feed_writer::{Outgoing, PIPELINED_MAX};
use detente_jetstream::{Checkpoint, Message};
use tokio::runtime::Handle;
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio_util::sync::CancellationToken;

use crate::apply::{apply, fold_commit};
use crate::error::Error;
use crate::group::Group;
use crate::message::{messages, omitted};
use crate::metrics;
use crate::pending::{FoldedCommit, Pending};
use crate::progress::{CAUGHT_UP_LAG, Progress};
use crate::views::ViewQueue;
use crate::views::render::Renderer;

/// The most messages that wait for the publisher: two full batches.
pub(crate) const MESSAGES_QUEUED: usize = 2_000;

/// The messages of a group.
#[derive(Debug)]
pub(crate) struct PublishBatch {
    /// The last commit of the group.
    pub(crate) position: u64,
    pub(crate) messages: Vec<Outgoing>,
    pub(crate) changes: usize,
    /// Its share of the queue.
    pub(crate) permit: OwnedSemaphorePermit,
}

/// The publisher has ended.
pub(crate) struct Closed;

/// The stage. It runs on a thread of its own, since folding may take long.
#[derive(Debug)]
pub(crate) struct FoldStage {
    pub(crate) chronicle: Chronicle,
    pub(crate) commits: mpsc::Receiver<Message>,
    pub(crate) progress: watch::Sender<Progress>,
    pub(crate) runtime: Handle,
    /// The relations whose views are to be written.
    pub(crate) views: Arc<ViewQueue>,
    pub(crate) renderer: Renderer,
    /// True once the published commits are applied. Before, views must not be rendered: a fold of
    /// then would be compared with one of a later commit, and the changes between them be published
    /// again. Nor is it known which relations there are.
    pub(crate) may_render: bool,
    /// The commits that are not known to be published; `None` if it never follows.
    pub(crate) pending: Option<Pending>,
}

/// Messages on their way to the publisher.
#[derive(Debug)]
pub(crate) struct Publishing {
    /// That of the last message in the feed.
    pub(crate) checkpoint: Option<Checkpoint>,
    pub(crate) queue: Arc<Semaphore>,
    pub(crate) batches: mpsc::Sender<PublishBatch>,
}

/// What the stage does next.
enum Next {
    Commit(Message),
    /// There are no more commits.
    End,
    /// What it waited for beside them has come.
    Woken,
}

impl FoldStage {
    /// Applies the commits up to a published one. Returns false if there are no more commits.
    pub(crate) fn catch_up(&mut self, published: u64) -> bool {
        let mut position = 0;
        while position < published {
            let Some(commit) = self.commits.blocking_recv() else {
                return false;
            };
            position = commit.sequence;
            apply(&mut self.chronicle, position, &commit.payload);
            self.progress.send_if_modified(|progress| {
                progress.folded = position;
                false
            });
        }
        self.may_render = true;
        true
    }

    /// Folds and derives messages until there are no more commits, or the publisher ends.
    pub(crate) fn lead(&mut self, to: &Publishing) -> Result<(), Error> {
        let published = to.checkpoint.map_or(0, Checkpoint::published_through);
        if to.send(&self.runtime, published, Vec::new(), 0).is_err() {
            return Ok(());
        }
        self.may_render = self.progress.borrow().folded >= published;
        let mut group = None;
        // What was folded while another projector published, and it has not published.
        let waiting = self.pending.as_mut().map(|pending| {
            pending.remove_to(published);
            pending.commits()
        });
        let mut waiting = waiting.unwrap_or_default().into_iter();
        while let Some(folded) = waiting.next() {
            let more_wait = waiting.len() > 0 || !self.commits.is_empty();
            if self.add(&mut group, folded, more_wait, to)?.is_err() {
                return Ok(());
            }
        }
        loop {
            let commit = match self.next(true, to.batches.closed())? {
                Next::Commit(commit) => commit,
                Next::End => return self.end(),
                Next::Woken => return Ok(()),
            };
            if commit.sequence <= published {
                // Another projector published it while this one was behind.
                self.fold_and_note(&commit);
                self.may_render = commit.sequence == published;
                continue;
            }
            let folded = self.fold(&commit);
            let more_wait = !self.commits.is_empty();
            if self.add(&mut group, folded, more_wait, to)?.is_err() {
                return Ok(());
            }
        }
    }

    /// Folds while another projector publishes, until it is to stop. Returns false if there are no
    /// more commits.
    pub(crate) fn follow(&mut self, stop: &CancellationToken) -> Result<bool, Error> {
        let mut progress = self.progress.subscribe();
        while !stop.is_cancelled() {
            let published = progress.borrow_and_update().position;
            let may_read = self.pending.as_mut().is_some_and(|pending| {
                pending.remove_to(published);
                !pending.is_full()
            });
            let woken = async {
                tokio::select! {
                    () = stop.cancelled() => {}
                    _ = progress.changed() => {}
                }
            };
            match self.next(may_read, woken)? {
                Next::Commit(commit) => drop(self.fold(&commit)),
                Next::End => {
                    self.end()?;
                    return Ok(false);
                }
                Next::Woken => {}
            }
        }
        Ok(true)
    }

    /// Folds a commit, and keeps it if this projector may follow.
    fn fold(&mut self, commit: &Message) -> FoldedCommit {
        let folded = self.fold_and_note(commit);
        if let Some(pending) = &mut self.pending {
            pending.remove_to(self.progress.borrow().position);
            pending.push(folded.clone());
        }
        folded
    }

    /// Folds a commit, and notes the relations whose views it may change.
    fn fold_and_note(&mut self, commit: &Message) -> FoldedCommit {
        let folded = fold_commit(&mut self.chronicle, commit.sequence, &commit.payload);
        let touched = folded.relations.iter().map(|relation| relation.pair);
        self.views.add(touched.collect::<Vec<Pair>>());
        self.progress
            .send_if_modified(|progress| progress.fold(commit.sequence));
        folded
    }

    /// Adds a commit to the open group, and publishes that if it is complete.
    fn add(
        &mut self,
        group: &mut Option<Group>,
        folded: FoldedCommit,
        more_wait: bool,
        to: &Publishing,
    ) -> Result<Result<(), Closed>, Error> {
        let position = folded.stamp.position;
        let begin = || Group::after(to.checkpoint, position);
        let mut open = group.take().unwrap_or_else(begin);
        open.add(folded.stamp, folded.digest, folded.relations);
        if !self.is_complete(&open, more_wait, to.checkpoint) {
            *group = Some(open);
            return Ok(Ok(()));
        }
        let changes = open.changes();
        let partial = to.checkpoint.filter(|last| last.position == position);
        let messages = messages(&self.chronicle, open, partial)?;
        let omitted = messages.iter().filter_map(|sent| omitted(&sent.payload));
        omitted.for_each(metrics::omitted);
        Ok(to.send(&self.runtime, position, messages, changes))
    }

    /// Answers the last requests for views.
    fn end(&mut self) -> Result<(), Error> {
        self.views.close();
        if !self.may_render {
            return Ok(());
        }
        self.renderer.serve(&mut self.chronicle)
    }

    /// Waits for the next commit, if it may be read, or for something else, and renders views
    /// meanwhile: a few before each commit, so that neither waits long for the other.
    fn next(&mut self, may_read: bool, woken: impl Future<Output = ()>) -> Result<Next, Error> {
        let mut woken = pin!(woken);
        loop {
            let is_rendering = self.may_render && self.renderer.step(&mut self.chronicle)?;
            if may_read {
                match self.commits.try_recv() {
                    Ok(commit) => return Ok(Next::Commit(commit)),
                    Err(TryRecvError::Disconnected) => return Ok(Next::End),
                    Err(TryRecvError::Empty) => {}
                }
            }
            if is_rendering {
                continue;
            }
            let (commits, renderer) = (&mut self.commits, &mut self.renderer);
            let next = async {
                tokio::select! {
                    biased;
                    commit = commits.recv(), if may_read => {
                        Ok(commit.map_or(Next::End, Next::Commit))
                    }
                    request = renderer.request(), if self.may_render => Err(request),
                    () = &mut woken => Ok(Next::Woken),
                }
            };
            match self.runtime.block_on(next) {
                Ok(next) => return Ok(next),
                Err(request) => self.renderer.begin(&self.chronicle, request),
            }
        }
    }

    /// Returns true if a group is to be published now. A partly published one ends where it ended.
    /// Otherwise a group grows while the log is far ahead; and while more commits wait, if it has
    /// so many relations that publishing each commit by itself would cost more than folding it.
    fn is_complete(&self, group: &Group, more_wait: bool, checkpoint: Option<Checkpoint>) -> bool {
        match checkpoint {
            Some(last) if group.position <= last.position => group.position == last.position,
            _ => {
                let head = self.progress.borrow().head;
                let is_far = head.saturating_sub(group.position) > CAUGHT_UP_LAG;
                let is_wide = group.relations() > PIPELINED_MAX;
                group.is_full() || !(is_far || is_wide && more_wait)
            }
        }
    }
}

impl Publishing {
    /// Queues messages for the publisher, and waits until they fit.
    fn send(
        &self,
        runtime: &Handle,
        position: u64,
        messages: Vec<Outgoing>,
        changes: usize,
    ) -> Result<(), Closed> {
        runtime.block_on(async {
            let wanted = u32::try_from(messages.len().min(MESSAGES_QUEUED)).unwrap_or(u32::MAX);
            let permit = tokio::select! {
                permit = Arc::clone(&self.queue).acquire_many_owned(wanted) => permit,
                () = self.batches.closed() => return Err(Closed),
            };
            let batch = PublishBatch {
                position,
                messages,
                changes,
                permit: permit.map_err(|_| Closed)?,
            };
            self.batches.send(batch).await.map_err(|_| Closed)
        })
    }
}

#[cfg(test)]
mod tests;
