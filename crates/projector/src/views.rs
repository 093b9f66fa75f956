//! The latest views: what the fold stage touches is rendered there, between commits, and written
//! to the `relations` bucket by a task of its own.
//!
//! The fold stage notes each relation that a commit touches in the [`ViewQueue`]. While the
//! projection is in force, the [`writer`] takes relations out of it, asks the fold stage for their
//! views and writes them. A relation that is touched again before that is written once. The feed
//! does not wait for views, and nothing is lost when the writer dies: another one compares all
//! entries with the fold.

pub(crate) mod entry;
pub(crate) mod render;
pub(crate) mod writer;

use std::collections::BTreeSet;
use std::ops::Bound::{Excluded, Unbounded};
use std::sync::{Mutex, MutexGuard, PoisonError};

use detente_domain::relations::Pair;
use tokio::sync::Notify;

/// The relations whose views are to be written.
#[derive(Debug, Default)]
pub(crate) struct ViewQueue {
    state: Mutex<State>,
    changed: Notify,
}

#[derive(Debug, Default)]
struct State {
    pairs: BTreeSet<Pair>,
    /// The last one taken; the next ones are those after it, so that each has its turn.
    last: Option<Pair>,
    /// No more will be added.
    is_closed: bool,
}

impl ViewQueue {
    /// Adds relations; those that are in it already stay as they are.
    pub(crate) fn add(&self, pairs: impl IntoIterator<Item = Pair>) {
        let mut state = self.lock();
        let before = state.pairs.len();
        state.pairs.extend(pairs);
        if state.pairs.len() > before {
            self.changed.notify_one();
        }
    }

    /// Notes that no more will be added.
    pub(crate) fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_one();
    }

    /// Returns true if no more will be added.
    pub(crate) fn is_closed(&self) -> bool {
        self.lock().is_closed
    }

    /// Returns true if there is none.
    pub(crate) fn is_empty(&self) -> bool {
        self.lock().pairs.is_empty()
    }

    /// Takes out at most `most` relations that may be written now.
    pub(crate) fn take(&self, most: usize, may_be_written: impl Fn(Pair) -> bool) -> Vec<Pair> {
        let mut state = self.lock();
        let State { pairs, last, .. } = &*state;
        let after = pairs.range((last.map_or(Unbounded, Excluded), Unbounded));
        let before = last.map(|last| pairs.range(..=last));
        let turns = after.chain(before.into_iter().flatten()).copied();
        let taken: Vec<Pair> = turns
            .filter(|pair| may_be_written(*pair))
            .take(most)
            .collect();
        for pair in &taken {
            state.pairs.remove(pair);
        }
        state.last = taken.last().copied().or(state.last);
        taken
    }

    /// Waits until relations were added, or it was closed, since the last wait.
    pub(crate) async fn changed(&self) {
        self.changed.notified().await;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
