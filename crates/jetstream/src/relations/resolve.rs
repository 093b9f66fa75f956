//! What of a try was stored? Only the stream knows.

use std::time::Duration;

use super::outgoing::Prepared;
use super::{ID, RelationsError, RelationsWriter};
use crate::backoff::Backoff;
use crate::inspect::{self, InspectError};

impl RelationsWriter {
    /// Counts how many of the messages, which were sent after `self.last`, are stored. They are
    /// stored in order, so it is enough to find the last one. A message that is not ours is the
    /// fence.
    pub(super) async fn resolve(&mut self, sent: &[Prepared]) -> Result<usize, RelationsError> {
        let mut backoff = Backoff::new(Duration::from_millis(20), Duration::from_secs(1));
        loop {
            self.conn.connected().await;
            match self.count_stored(sent).await {
                Err(RelationsError::Inspect(error @ InspectError::Server { .. })) => {
                    tracing::debug!(%error, "the stream is out of reach");
                    tokio::time::sleep(backoff.wait()).await;
                }
                outcome => return outcome,
            }
        }
    }

    async fn count_stored(&self, sent: &[Prepared]) -> Result<usize, RelationsError> {
        let head = inspect::head(&self.conn, &self.stream).await?;
        if head < self.last {
            let stream = self.stream.clone();
            return Err(RelationsError::Rewound {
                stream,
                known: self.last,
                head,
            });
        }
        let new = usize::try_from(head - self.last).unwrap_or(usize::MAX);
        // Bisect: all before `ours` are stored and ours, what is at `other` is not.
        let (mut ours, mut other) = (0, new.min(sent.len()));
        while ours < other {
            let middle = ours + (other - ours) / 2;
            if self
                .is_stored(self.last + 1 + middle as u64, &sent[middle])
                .await?
            {
                ours = middle + 1;
            } else {
                other = middle;
            }
        }
        if ours < new {
            let sequence = self.last + 1 + ours as u64;
            return Err(RelationsError::Fenced {
                stream: self.stream.clone(),
                sequence,
            });
        }
        Ok(ours)
    }

    async fn is_stored(&self, sequence: u64, sent: &Prepared) -> Result<bool, RelationsError> {
        let stored = inspect::read_one(&self.conn, &self.stream, sequence).await?;
        Ok(stored.is_some_and(|stored| stored.headers.get(ID) == Some(sent.id.as_str())))
    }
}
