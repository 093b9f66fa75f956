//! Administration of webhooks.

use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Client, decode};
use crate::error::Error;

/// An action on the webhooks of a server; a webhook is named by its id.
#[derive(Clone, Debug, PartialEq)]
pub enum WebhookAction<'a> {
    /// List all webhooks.
    List,
    /// Create a webhook with these fields.
    Create(Value),
    /// Show a webhook and its progress.
    Show(&'a str),
    /// Show the pending and the abandoned deliveries.
    Deliveries(&'a str),
    /// Stop delivering.
    Pause(&'a str),
    /// Continue after a pause.
    Resume(&'a str),
    /// Deliver again everything after a cursor.
    Replay(&'a str, &'a str),
    /// Replace the secret with this one, or with one that the server generates.
    Rotate(&'a str, Option<&'a str>),
    /// Delete a webhook.
    Delete(&'a str),
}

impl Client {
    /// Runs an action, which requires the role of an administrator, and returns the body of the
    /// response; null if it is empty.
    ///
    /// # Errors
    /// [`Error`] if the server refuses, fails or does not respond.
    pub async fn webhooks(&self, action: WebhookAction<'_>) -> Result<Value, Error> {
        use WebhookAction as A;
        let (method, path, body) = match action {
            A::List => (Method::GET, vec![], None),
            A::Create(fields) => (Method::POST, vec![], Some(fields)),
            A::Show(id) => (Method::GET, vec![id], None),
            A::Deliveries(id) => (Method::GET, vec![id, "deliveries"], None),
            A::Pause(id) => (Method::POST, vec![id, "pause"], None),
            A::Resume(id) => (Method::POST, vec![id, "resume"], None),
            A::Replay(id, cursor) => {
                let body = json!({"cursor": cursor});
                (Method::POST, vec![id, "replay"], Some(body))
            }
            A::Rotate(id, secret) => {
                let body = json!({"secret": secret});
                (Method::POST, vec![id, "secret"], Some(body))
            }
            A::Delete(id) => (Method::DELETE, vec![id], None),
        };
        let path = [&["v1", "webhooks"], path.as_slice()].concat();
        let mut request = self.request(method, &self.inner.server, &path);
        if let Some(body) = &body {
            request = request.json(body);
        }
        let bytes = self.body_of(request).await?;
        if bytes.is_empty() {
            return Ok(Value::Null);
        }
        decode(&bytes, self.server())
    }
}
