//! Sends a few messages one by one, without waiting in between.
//!
//! The expected sequence is not enough to keep them together: if another writer stores two messages
//! in between, the third one of this writer finds the sequence that it expects and would be stored
//! without the first two. So each but the first also expects the one before it as the stream's last
//! message: the messages that are stored are always a prefix.

use async_nats::header::{
    HeaderMap, HeaderValue, NATS_EXPECTED_LAST_MESSAGE_ID, NATS_EXPECTED_LAST_SEQUENCE,
    NATS_MESSAGE_ID,
};
use tokio::time::Instant;

use super::outgoing::Prepared;
use super::{ANSWER_TIMEOUT, AttemptError, FeedWriter};

impl FeedWriter {
    pub(super) async fn send_pipelined(
        &mut self,
        messages: &[Prepared],
    ) -> Result<(), AttemptError> {
        let attempt = self.replies.begin().await;
        for (slot, message) in messages.iter().enumerate() {
            let headers = self.chained_headers(messages, slot);
            let reply = Some(self.replies.subject(attempt, slot));
            self.send(message, headers, reply).await?;
        }
        // Answers arrive in the order in which the messages were stored.
        let deadline = Instant::now() + ANSWER_TIMEOUT;
        for slot in 0..messages.len() {
            let answer = self.replies.next(attempt, deadline).await?;
            if answer.slot != slot {
                return Err(AttemptError::unsure("an answer is missing"));
            }
            answer.expect_sequence(self.last + 1 + slot as u64)?;
        }
        Ok(())
    }

    /// Returns the headers that tie a message to the end of the stream and to the one before it.
    fn chained_headers(&self, messages: &[Prepared], slot: usize) -> HeaderMap {
        let mut headers = messages[slot].headers.clone();
        let expected = self.last + slot as u64;
        headers.insert(NATS_EXPECTED_LAST_SEQUENCE, HeaderValue::from(expected));
        if messages.len() > 1 {
            headers.insert(NATS_MESSAGE_ID, messages[slot].id.as_str());
        }
        if let Some(before) = slot.checked_sub(1) {
            let before = messages[before].id.as_str();
            headers.insert(NATS_EXPECTED_LAST_MESSAGE_ID, before);
        }
        headers
    }
}
