//! A few messages: one by one, each expecting the one before.
//!
//! Each waits for the one before to be answered. Sending them all at once would be a little
//! faster and wrong: if another writer stores two messages in between, our third one finds the
//! sequence that it expects, and is stored without our first two.

use async_nats::client::traits::Publisher;
use async_nats::header::{HeaderValue, NATS_EXPECTED_LAST_SEQUENCE};
use async_nats::message::OutboundMessage;
use tokio::time::Instant;

use super::outgoing::Prepared;
use super::{ANSWER_WITHIN, RelationsWriter, Trouble};

impl RelationsWriter {
    pub(super) async fn send_singles(&mut self, messages: &[Prepared]) -> Result<(), Trouble> {
        let attempt = self.replies.begin().await;
        for (slot, message) in messages.iter().enumerate() {
            let expected = self.last + slot as u64;
            let mut headers = message.headers.clone();
            headers.insert(NATS_EXPECTED_LAST_SEQUENCE, HeaderValue::from(expected));
            let outbound = OutboundMessage {
                subject: message.subject.clone(),
                reply: Some(self.replies.subject(attempt, slot)),
                payload: message.payload.clone(),
                headers: Some(headers),
            };
            let sent = self.conn.client().publish_message(outbound).await;
            sent.map_err(|error| Trouble::Unsure(error.to_string()))?;
            let answer = self
                .replies
                .next(attempt, Instant::now() + ANSWER_WITHIN)
                .await?;
            if answer.slot != slot || answer.sequence != Some(expected + 1) {
                return Err(Trouble::Unsure(
                    "an answer with another sequence".to_owned(),
                ));
            }
        }
        Ok(())
    }
}
