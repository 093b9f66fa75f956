//! The progress of a projector.

use detente_jetstream::progress::FeedProgress;
use tokio::sync::watch;

use crate::error::Error;

/// A projector that is at most this many commits behind the log has caught up; beyond it, commits
/// are published in groups.
pub(crate) const CAUGHT_UP_LAG: u64 = 64;

/// The progress of a projector.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The last commit whose changes are published.
    pub position: u64,
    /// The last known commit of the log.
    pub head: u64,
    /// The last published sequence of the change feed.
    pub published_sequence: u64,
    /// True while it publishes; false before, and while it stands by for another projector.
    pub leads: bool,
    /// The state of the projector.
    pub state: State,
}

/// The state of a projector.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// It has not reached the head of the log, or is far behind it again.
    #[default]
    CatchingUp,
    /// It has reached the head of the log, and follows it.
    Live,
    /// It has stopped with this error; the candidate is to replace it.
    Stopped(String),
    /// It has stopped with this error.
    Failed(String),
}

impl Progress {
    /// Returns the number of commits whose changes are not published yet.
    #[must_use]
    pub const fn lag(&self) -> u64 {
        self.head.saturating_sub(self.position)
    }

    /// Logs the error that stopped a projector, and publishes it.
    pub(crate) fn fail(progress: &watch::Sender<Self>, error: &Error) {
        tracing::error!(%error, "the projector has stopped");
        let reason = error.to_string();
        progress.send_modify(|progress| progress.state = State::Failed(reason));
    }

    /// Records what another projector says of its progress.
    pub(crate) fn follow(&mut self, said: FeedProgress) {
        self.published_sequence = self.published_sequence.max(said.sequence);
        self.advance(said.position);
    }

    /// Records that the changes up to a commit are published.
    pub(crate) fn advance(&mut self, position: u64) {
        self.position = self.position.max(position);
        self.head = self.head.max(position);
        match self.lag() {
            0 => self.state = State::Live,
            lag if lag > CAUGHT_UP_LAG => self.state = State::CatchingUp,
            _ => {}
        }
    }
}
