//! Steps that outlast the connection on which they began.

use crate::Connection;

impl Connection {
    /// Takes a step, and takes it again when the connection was lost meanwhile: its answers may have
    /// gone with it. The step may be dropped at any moment.
    ///
    /// # Errors
    /// That of the step, if the connection lasted.
    pub async fn across_reconnects<T, E, Step>(&self, step: impl Fn() -> Step) -> Result<T, E>
    where
        Step: Future<Output = Result<T, E>>,
    {
        loop {
            let generation = self.connected().await;
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
}
