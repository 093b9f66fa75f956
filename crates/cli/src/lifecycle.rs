//! Shutdown of a service: the first signal starts a graceful shutdown, which finishes the work in
//! progress. A second signal, or a minute, forces it.

use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// The time limit of a graceful shutdown.
const GRACE: Duration = Duration::from_secs(60);

/// The shutdown tokens of a service.
#[derive(Clone, Debug, Default)]
pub(crate) struct Lifecycle {
    /// Cancelled to finish the work in progress, then stop.
    pub(crate) shutdown: CancellationToken,
    /// Cancelled to stop at once.
    abort: CancellationToken,
}

/// The shutdown was forced.
#[derive(Debug, thiserror::Error)]
#[error("stopped at once, without finishing the work in progress")]
struct ForcedShutdown;

/// The shutdown began before the start was complete.
#[derive(Debug, thiserror::Error)]
#[error("stopped before it has started")]
struct StoppedAtStart;

/// Takes a step of a start, which may wait for NATS. The shutdown ends it at once.
pub(crate) async fn step<T>(
    shutdown: &CancellationToken,
    step: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    tokio::select! {
        done = step => done,
        () = shutdown.cancelled() => Err(StoppedAtStart.into()),
    }
}

impl Lifecycle {
    /// Returns tokens that SIGINT and SIGTERM cancel.
    pub(crate) fn of_process() -> anyhow::Result<Self> {
        let lifecycle = Self::default();
        let mut interrupt = signal(SignalKind::interrupt())?;
        let mut terminate = signal(SignalKind::terminate())?;
        let tokens = lifecycle.clone();
        tokio::spawn(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                () = tokens.shutdown.cancelled() => {}
            }
            tokens.shutdown.cancel();
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
                () = tokio::time::sleep(GRACE) => {}
            }
            tokens.abort.cancel();
        });
        Ok(lifecycle)
    }

    /// Runs a task that stops by itself after a graceful shutdown. A forced one drops it, and is an
    /// error; one during the start is none.
    pub(crate) async fn run(
        &self,
        task: impl Future<Output = anyhow::Result<()>>,
    ) -> anyhow::Result<()> {
        tokio::select! {
            done = task => match done {
                Err(error) if error.is::<StoppedAtStart>() => {
                    tracing::warn!("{error}");
                    Ok(())
                }
                done => done,
            },
            () = self.abort.cancelled() => Err(ForcedShutdown.into()),
        }
    }
}
