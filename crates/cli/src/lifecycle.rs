//! The end of a process that serves: first softly, then hard.
//!
//! The first signal is soft: what is under way is finished. A second one, or a minute, is hard.

use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// How long a soft end may take.
const SOFT_WITHIN: Duration = Duration::from_secs(60);

/// The two tokens of a process that serves.
#[derive(Clone, Debug, Default)]
pub struct Lifecycle {
    /// Finish what is under way, and end.
    pub soft: CancellationToken,
    /// End now.
    pub hard: CancellationToken,
}

/// The process was told to end now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hard;

impl std::fmt::Display for Hard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("stopped at once, without finishing what was under way")
    }
}

impl std::error::Error for Hard {}

impl Lifecycle {
    /// Tokens that the signals of the process cancel: SIGINT and SIGTERM.
    ///
    /// # Errors
    /// When signals cannot be listened to.
    pub fn of_process() -> anyhow::Result<Self> {
        let lifecycle = Self::default();
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let tokens = lifecycle.clone();
        tokio::spawn(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                () = tokens.soft.cancelled() => {}
            }
            tokens.soft.cancel();
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                () = tokio::time::sleep(SOFT_WITHIN) => {}
            }
            tokens.hard.cancel();
        });
        Ok(lifecycle)
    }

    /// Runs something that ends by itself after a soft end; a hard one ends it at once.
    ///
    /// # Errors
    /// What it failed of, or [`Hard`].
    pub async fn run(&self, task: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
        tokio::select! {
            done = task => done,
            () = self.hard.cancelled() => Err(Hard.into()),
        }
    }
}
