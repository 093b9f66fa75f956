//! Sends many messages as one atomic batch, with one fsync.

use async_nats::header::{
    HeaderValue, NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL, NATS_BATCH_ID, NATS_BATCH_SEQUENCE,
    NATS_EXPECTED_LAST_SEQUENCE,
};
use tokio::time::Instant;

use super::outgoing::Prepared;
use super::{ANSWER_TIMEOUT, AttemptError, FeedWriter};

impl FeedWriter {
    /// Sends a batch without waiting in between. The server answers the first message, and the
    /// last one with the acknowledgement of the batch.
    pub(super) async fn send_batch(&mut self, messages: &[Prepared]) -> Result<(), AttemptError> {
        let attempt = self.replies.begin().await;
        let batch_id = self.replies.batch_id(attempt);
        let last_slot = messages.len() - 1;
        for (slot, message) in messages.iter().enumerate() {
            let mut headers = message.headers.clone();
            headers.insert(NATS_BATCH_ID, batch_id.as_str());
            headers.insert(NATS_BATCH_SEQUENCE, HeaderValue::from(slot + 1));
            if slot == 0 {
                headers.insert(NATS_EXPECTED_LAST_SEQUENCE, HeaderValue::from(self.last));
            }
            if slot == last_slot {
                headers.insert(NATS_BATCH_COMMIT, NATS_BATCH_COMMIT_FINAL);
            }
            let is_answered = slot == 0 || slot == last_slot;
            let reply = is_answered.then(|| self.replies.subject(attempt, slot));
            self.send(message, headers, reply).await?;
        }
        let deadline = Instant::now() + ANSWER_TIMEOUT;
        loop {
            let answer = self.replies.next(attempt, deadline).await?;
            if answer.slot == last_slot {
                return answer.expect_sequence(self.last + messages.len() as u64);
            }
        }
    }
}
