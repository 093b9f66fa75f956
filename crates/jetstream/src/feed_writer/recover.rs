//! Finds out which messages of an attempt were stored.

use std::time::Duration;

use super::outgoing::Prepared;
use super::{FeedWriter, FeedWriterError, ID};
use crate::backoff::Backoff;
use crate::stream_info;

impl FeedWriter {
    /// Counts how many of the messages, which were sent after `self.last`, are stored. They are
    /// stored in order, so it is enough to find the last one. A foreign message means that this
    /// writer is fenced.
    pub(super) async fn recover(&mut self, sent: &[Prepared]) -> Result<usize, FeedWriterError> {
        let mut backoff = Backoff::new(Duration::from_millis(20), Duration::from_secs(1));
        loop {
            self.conn.connected().await;
            match self.count_stored(sent).await {
                Err(FeedWriterError::StreamInfo(error)) if error.is_transient() => {
                    tracing::debug!(%error, "the stream cannot be read");
                    tokio::time::sleep(backoff.wait()).await;
                }
                outcome => return outcome,
            }
        }
    }

    async fn count_stored(&self, sent: &[Prepared]) -> Result<usize, FeedWriterError> {
        let end = stream_info::end_from(&self.conn, &self.stream, self.last).await?;
        let head = end.sequence;
        if head < self.last {
            let stream = self.stream.clone();
            return Err(FeedWriterError::Rewound {
                stream,
                known: self.last,
                head,
            });
        }
        let new = usize::try_from(head - self.last).unwrap_or(usize::MAX);
        // Binary search: all messages before `ours` are this writer's, the one at `other` is not.
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
            return Err(FeedWriterError::Fenced {
                stream: self.stream.clone(),
                sequence,
            });
        }
        Ok(ours)
    }

    async fn is_stored(&self, sequence: u64, sent: &Prepared) -> Result<bool, FeedWriterError> {
        let stored = stream_info::read_one(&self.conn, &self.stream, sequence).await?;
        Ok(stored.is_some_and(|stored| stored.headers.get(ID) == Some(sent.id.as_str())))
    }
}
