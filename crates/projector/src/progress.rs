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
    /// The last commit that is folded here.
    pub(crate) folded: u64,
    /// The state of the projector.
    pub state: State,
    /// True once it has been live.
    pub(crate) was_live: bool,
}

/// The state of a projector.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// It has not reached the head of the log, or is far behind it again.
    #[default]
    CatchingUp,
    /// It has reached the head of the log, and follows it.
    Live,
    /// It has stopped with this error, and is started again, or the candidate is to replace it.
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

    /// Publishes why a projector does not go on yet.
    pub(crate) fn wait(progress: &watch::Sender<Self>, reason: String) {
        progress.send_modify(|progress| progress.state = State::Stopped(reason));
    }

    /// Logs the error that stopped a projector, and publishes it.
    pub(crate) fn fail(progress: &watch::Sender<Self>, error: &Error) {
        let reason = error.to_string();
        if error.is_transient() {
            tracing::warn!(%error, "the projector has stopped");
            return Self::wait(progress, reason);
        }
        tracing::error!(%error, "the projector has stopped");
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
        self.judge();
    }

    /// Records that a commit is folded. Returns true if that changes the state.
    pub(crate) fn fold(&mut self, position: u64) -> bool {
        self.folded = self.folded.max(position);
        let before = self.state.clone();
        self.judge();
        self.state != before
    }

    /// Sets the state. What another projector publishes counts only once it is folded here too:
    /// before, this one cannot take over.
    fn judge(&mut self) {
        let unfolded = self.head.saturating_sub(self.folded);
        match self.lag().max(unfolded) {
            lag if lag > CAUGHT_UP_LAG => self.state = State::CatchingUp,
            _ if self.lag() == 0 => {
                self.state = State::Live;
                self.was_live = true;
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_that_follows_is_live_once_it_has_folded_what_the_other_one_has_published() {
        let mut progress = Progress {
            head: 900,
            ..Progress::default()
        };
        let said = FeedProgress {
            position: 1_000,
            sequence: 70,
        };
        progress.follow(said);
        assert_eq!(
            (progress.position, progress.published_sequence),
            (1_000, 70)
        );
        assert_eq!(progress.state, State::CatchingUp);
        assert!(!progress.fold(1_000 - CAUGHT_UP_LAG - 1));
        assert_eq!(progress.state, State::CatchingUp);
        assert!(progress.fold(1_000 - CAUGHT_UP_LAG));
        assert_eq!(progress.state, State::Live);
        assert!(!progress.fold(1_000));
        progress.follow(FeedProgress {
            position: 2_000,
            sequence: 71,
        });
        assert_eq!(progress.state, State::CatchingUp);
    }
}
