//! How far the projector is.

use tokio::sync::watch;

/// So many commits behind the log's head is far: they are told in groups.
pub(crate) const FAR: u64 = 64;

/// How far the projector is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The last commit of which everything is told.
    pub position: u64,
    /// The last commit of the log, as far as is known.
    pub head: u64,
    /// The last sequence of the change feed that was published.
    pub published_sequence: u64,
    /// What it is doing.
    pub state: State,
}

/// What the projector is doing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// It reads what was there before.
    #[default]
    CatchingUp,
    /// It has reached the head of the log, and follows it.
    Live,
    /// It has stopped, and this is why.
    Failed(String),
}

/// Looks at a running projector. Clones look at the same one.
#[derive(Clone, Debug)]
pub struct Handle {
    progress: watch::Receiver<Progress>,
}

impl Handle {
    pub(crate) const fn new(progress: watch::Receiver<Progress>) -> Self {
        Self { progress }
    }

    /// How far it is, now and later.
    #[must_use]
    pub fn progress(&self) -> watch::Receiver<Progress> {
        self.progress.clone()
    }
}

impl Progress {
    /// How many commits are not told yet.
    #[must_use]
    pub const fn lag(&self) -> u64 {
        self.head.saturating_sub(self.position)
    }

    /// Notes that everything up to a commit is told.
    pub(crate) fn reach(&mut self, position: u64) {
        self.position = position;
        self.head = self.head.max(position);
        match self.lag() {
            0 => self.state = State::Live,
            lag if lag > FAR => self.state = State::CatchingUp,
            _ => {}
        }
    }
}
