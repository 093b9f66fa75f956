//! A few messages, each stored by itself, sent without waiting in between.
//!
//! The sequence that each expects is not enough to keep them together: if another writer stores
//! two messages in between, our third one finds the sequence that it expects, and would be stored
//! without our first two. So each but the first also names the message before it, which must be
//! the stream's last: whatever is stored of them is a beginning of them.

use async_nats::client::traits::Publisher;
use async_nats::header::{
    HeaderMap, HeaderValue, NATS_EXPECTED_LAST_MESSAGE_ID, NATS_EXPECTED_LAST_SEQUENCE,
    NATS_MESSAGE_ID,
};
use async_nats::message::OutboundMessage;
use tokio::time::Instant;

use super::outgoing::Prepared;
use super::replies::Attempt;
use super::{ANSWER_WITHIN, RelationsWriter, Trouble};

impl RelationsWriter {
    pub(super) async fn send_singles(&mut self, messages: &[Prepared]) -> Result<(), Trouble> {
        let attempt = self.replies.begin().await;
        for (slot, message) in messages.iter().enumerate() {
            let headers = self.chained(messages, slot);
            self.send_single(attempt, slot, message, headers).await?;
        }
        // Answers come in the order in which the stream has taken the messages.
        let deadline = Instant::now() + ANSWER_WITHIN;
        for slot in 0..messages.len() {
            let answer = self.replies.next(attempt, deadline).await?;
            if answer.slot != slot || answer.sequence != Some(self.last + 1 + slot as u64) {
                return Err(Trouble::Unsure(
                    "an answer with another sequence".to_owned(),
                ));
            }
        }
        Ok(())
    }

    /// The headers that tie a message to the end of the stream, and to the one before it.
    fn chained(&self, messages: &[Prepared], slot: usize) -> HeaderMap {
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

    async fn send_single(
        &self,
        attempt: Attempt,
        slot: usize,
        message: &Prepared,
        headers: HeaderMap,
    ) -> Result<(), Trouble> {
        let outbound = OutboundMessage {
            subject: message.subject.clone(),
            reply: Some(self.replies.subject(attempt, slot)),
            payload: message.payload.clone(),
            headers: Some(headers),
        };
        let sent = self.conn.client().publish_message(outbound).await;
        sent.map_err(|error| Trouble::Unsure(error.to_string()))
    }
}
