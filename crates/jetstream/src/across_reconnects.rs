//! Steps that outlast the connection on which they began.

use crate::Connection;
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
