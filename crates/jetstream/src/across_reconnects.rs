//! Steps that outlast the connection on which they began, and a server that is not ready.

use std::fmt;
use std::time::Duration;

use tokio::time::Instant;

use crate::Connection;
use crate::backoff::Backoff;
use crate::reminder::Reminder;

impl Connection {
    /// Takes a step, and takes it again when the connection was lost meanwhile: its answers may have
    /// gone with it. It waits for a connection for ever, and says so again and again. The step may be
    /// dropped at any moment.
    ///
    /// # Errors
    /// That of the step, if the connection lasted.
    pub async fn across_reconnects<T, E, Step>(&self, step: impl Fn() -> Step) -> Result<T, E>
    where
        Step: Future<Output = Result<T, E>>,
    {
        loop {
            let generation = self.awaited().await;
            tokio::select! {
                biased;
                () = self.lost(generation) => {}
                outcome = step() => if outcome.is_ok() || self.is_connected() {
                    return outcome;
                }
            }
            tracing::warn!("the connection to NATS was lost meanwhile; trying again");
        }
    }

    /// Does the same, and takes the step again after an error that may pass, such as one of a
    /// cluster that has just started and has no leader yet. The first error is logged, and later
    /// ones again and again.
    ///
    /// # Errors
    /// The first error that lasts; one after which the server denied a permission does.
    pub async fn until_settled<T, E, Step>(
        &self,
        step: impl Fn() -> Step,
        may_pass: impl Fn(&E) -> bool,
    ) -> Result<T, E>
    where
        Step: Future<Output = Result<T, E>>,
        E: fmt::Display,
    {
        let mut backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(2));
        let mut reminder: Option<Reminder> = None;
        loop {
            let since = Instant::now();
            let error = match self.across_reconnects(&step).await {
                Err(error) if may_pass(&error) && self.denied().any(since).is_none() => error,
                settled => return settled,
            };
            let wait = tokio::time::sleep(backoff.wait());
            match &mut reminder {
                None => {
                    tracing::warn!(%error, "NATS is not ready yet; trying again");
                    reminder = Some(Reminder::new());
                    wait.await;
                }
                Some(reminder) => tokio::select! {
                    biased;
                    waited_s = reminder.due() => tracing::warn!(waited_s, %error, "NATS is not ready yet"),
                    () = wait => {}
                },
            }
        }
    }

    /// Waits until the client is connected, and says that it does.
    async fn awaited(&self) -> u64 {
        let mut reminder = Reminder::new();
        loop {
            tokio::select! {
                generation = self.connected() => return generation,
                waited_s = reminder.due() => tracing::warn!(waited_s, "waiting for NATS"),
            }
        }
    }
}
