//! The second stage: folds commits, derives the messages to publish, and renders views in between.

use std::sync::Arc;

use detente_chronicle::Chronicle;
use detente_jetstream::feed_writer::{Outgoing, PIPELINED_MAX};
use detente_jetstream::{Checkpoint, Message};
use tokio::runtime::Handle;
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};

use crate::apply::{apply, apply_commit};
use crate::error::Error;
use crate::group::Group;
use crate::message::messages;
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
struct Closed;

/// The stage. It runs on a thread of its own, since folding may take long.
#[derive(Debug)]
pub(crate) struct FoldStage {
    pub(crate) chronicle: Chronicle,
    /// That of the last message in the feed.
    pub(crate) checkpoint: Option<Checkpoint>,
    pub(crate) progress: watch::Receiver<Progress>,
    pub(crate) queue: Arc<Semaphore>,
    pub(crate) runtime: Handle,
    pub(crate) batches: mpsc::Sender<PublishBatch>,
    /// The relations whose views are to be written.
    pub(crate) views: Arc<ViewQueue>,
    pub(crate) renderer: Renderer,
    /// True once the published commits are applied. Before, views must not be rendered: a fold of
    /// then would be compared with one of a later commit, and the changes between them be published
    /// again.
    pub(crate) may_render: bool,
}

impl FoldStage {
    /// Folds until there are no more commits, or the publisher ends.
    pub(crate) fn run(mut self, mut commits: mpsc::Receiver<Message>) -> Result<(), Error> {
        let mut group = None;
        // The commits up to this one are applied only.
        let published = self.checkpoint.map_or(0, Checkpoint::published_through);
        self.may_render = published == 0;
        if published == 0 && self.send(0, Vec::new(), 0).is_err() {
            return Ok(());
        }
        while let Some(commit) = self.next(&mut commits)? {
            let position = commit.sequence;
            let sent = if position <= published {
                apply(&mut self.chronicle, position, &commit.payload);
                if position < published {
                    continue;
                }
                self.may_render = true;
                self.send(position, Vec::new(), 0)
            } else {
                let open = group.get_or_insert_with(|| Group::new(position));
                let touched = apply_commit(&mut self.chronicle, open, position, &commit.payload);
                self.views.add(touched);
                if !self.is_complete(open, !commits.is_empty()) {
                    continue;
                }
                match group.take() {
                    Some(group) => self.publish(group)?,
                    None => Ok(()),
                }
            };
            if let Err(Closed) = sent {
                return Ok(());
            }
        }
        self.views.close();
        self.renderer.serve(&mut self.chronicle)
    }

    /// Waits for the next commit, and renders views meanwhile: a few before each commit, so that
    /// neither waits long for the other. Returns `None` if there are no more commits.
    fn next(&mut self, commits: &mut mpsc::Receiver<Message>) -> Result<Option<Message>, Error> {
        loop {
            let is_rendering = self.may_render && self.renderer.step(&mut self.chronicle)?;
            match commits.try_recv() {
                Ok(commit) => return Ok(Some(commit)),
                Err(TryRecvError::Disconnected) => return Ok(None),
                Err(TryRecvError::Empty) if is_rendering => {}
                Err(TryRecvError::Empty) => {
                    let (renderer, may_render) = (&mut self.renderer, self.may_render);
                    let next = async {
                        tokio::select! {
                            biased;
                            commit = commits.recv() => Err(commit),
                            request = renderer.request(), if may_render => Ok(request),
                        }
                    };
                    match self.runtime.block_on(next) {
                        Ok(request) => self.renderer.begin(&self.chronicle, request),
                        Err(commit) => return Ok(commit),
                    }
                }
            }
        }
    }

    /// Returns true if a group is to be published now. A partly published one ends where it ended.
    /// Otherwise a group grows while the log is far ahead; and while more commits wait, if it has
    /// so many relations that publishing each commit by itself would cost more than folding it.
    fn is_complete(&self, group: &Group, more_wait: bool) -> bool {
        match self.checkpoint {
            Some(last) if group.position <= last.position => group.position == last.position,
            _ => {
                let head = self.progress.borrow().head;
                let is_far = head.saturating_sub(group.position) > CAUGHT_UP_LAG;
                let is_wide = group.relations() > PIPELINED_MAX;
                group.is_full() || !(is_far || is_wide && more_wait)
            }
        }
    }

    fn publish(&mut self, group: Group) -> Result<Result<(), Closed>, Error> {
        let (position, changes) = (group.position, group.changes());
        let partial = self.checkpoint.filter(|last| last.position == position);
        let messages = messages(&self.chronicle, group, partial)?;
        Ok(self.send(position, messages, changes))
    }

    /// Queues messages for the publisher, and waits until they fit.
    fn send(&self, position: u64, messages: Vec<Outgoing>, changes: usize) -> Result<(), Closed> {
        self.runtime.block_on(async {
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
