//! The second stage: folds commits, and packs what they moved into parcels.

use std::sync::Arc;

use detente_chronicle::Chronicle;
use detente_jetstream::Message;
use detente_jetstream::relations::{Outgoing, SINGLES_MAX};
use detente_jetstream::topology::Projection;
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};

use crate::error::Error;
use crate::group::Group;
use crate::message::messages;
use crate::progress::{FAR, Progress};
use crate::setup::Plan;
use crate::take::{fold, take};

/// The messages that may wait for the publisher; two full batches.
pub(crate) const MESSAGES_QUEUED: usize = 2_000;

/// The messages of a group, on their way to the publisher.
#[derive(Debug)]
pub(crate) struct Parcel {
    /// The last commit of the group.
    pub(crate) position: u64,
    pub(crate) messages: Vec<Outgoing>,
    pub(crate) changes: usize,
    /// Its share of the queue.
    pub(crate) share: Option<OwnedSemaphorePermit>,
}

/// The stage. It runs on a thread of its own, since folding may take long.
#[derive(Debug)]
pub(crate) struct Folder {
    pub(crate) chronicle: Chronicle,
    pub(crate) projection: Projection,
    pub(crate) plan: Plan,
    pub(crate) progress: watch::Receiver<Progress>,
    pub(crate) queue: Arc<Semaphore>,
    pub(crate) runtime: Handle,
}

impl Folder {
    /// Folds until there are no more commits, or nobody wants the parcels.
    pub(crate) fn run(
        mut self,
        mut commits: mpsc::Receiver<Message>,
        parcels: &mpsc::Sender<Parcel>,
    ) -> Result<(), Error> {
        let mut group = None;
        if self.plan.told == 0 && !self.send(parcels, 0, Vec::new(), 0) {
            return Ok(());
        }
        while let Some(commit) = commits.blocking_recv() {
            let position = commit.sequence;
            if position <= self.plan.told {
                take(&mut self.chronicle, position, &commit.payload);
                if position == self.plan.told && !self.send(parcels, position, Vec::new(), 0) {
                    return Ok(());
                }
                continue;
            }
            let open = group.get_or_insert_with(|| Group::new(position));
            self.fold(open, &commit);
            if self.is_done(open, !commits.is_empty())
                && let Some(group) = group.take()
                && !self.tell(parcels, group)?
            {
                return Ok(());
            }
        }
        Ok(())
    }

    fn fold(&mut self, group: &mut Group, commit: &Message) {
        fold(&mut self.chronicle, group, commit.sequence, &commit.payload);
    }

    /// Whether a group is to be told now. One that was told in part before ends where it ended.
    /// Otherwise a group grows while the log is far ahead; and while more commits wait, if it
    /// touches so many relations that telling each commit alone would cost more than folding it.
    fn is_done(&self, group: &Group, more_wait: bool) -> bool {
        match self.plan.half {
            Some(half) if group.position <= half.position => group.position == half.position,
            _ => {
                let head = self.progress.borrow().head;
                let is_far = head.saturating_sub(group.position) > FAR;
                let is_wide = group.relations() > SINGLES_MAX;
                group.is_full() || !(is_far || is_wide && more_wait)
            }
        }
    }

    fn tell(&mut self, parcels: &mpsc::Sender<Parcel>, group: Group) -> Result<bool, Error> {
        let (position, changes) = (group.position, group.changes());
        let half = self.plan.half.filter(|half| half.position == position);
        let messages = messages(&mut self.chronicle, &self.projection, group, half)?;
        Ok(self.send(parcels, position, messages, changes))
    }

    /// Hands a parcel over, when there is room. Says whether there is anybody to take it.
    fn send(
        &self,
        parcels: &mpsc::Sender<Parcel>,
        position: u64,
        messages: Vec<Outgoing>,
        changes: usize,
    ) -> bool {
        self.runtime.block_on(async {
            let wanted = u32::try_from(messages.len().min(MESSAGES_QUEUED)).unwrap_or(u32::MAX);
            let share = tokio::select! {
                share = Arc::clone(&self.queue).acquire_many_owned(wanted) => share.ok(),
                () = parcels.closed() => return false,
            };
            let parcel = Parcel {
                position,
                messages,
                changes,
                share,
            };
            parcels.send(parcel).await.is_ok()
        })
    }
}
