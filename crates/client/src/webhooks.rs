//! Webhooks: made, looked at, stopped, played again and deleted.

use reqwest::Method;
use serde_json::{Value, json};

use crate::client::{Client, send, whole};
use crate::error::Error;

/// Something that is asked of the webhooks of a server.
#[derive(Clone, Debug, PartialEq)]
pub enum Webhooks<'a> {
    /// All of them.
    List,
    /// A new one, with these fields.
    Create(Value),
    /// One, and how far it came.
    Show(&'a str),
    /// What waits of one, and what was given up.
    Deliveries(&'a str),
    /// It is to stop.
    Pause(&'a str),
    /// It is to go on where it stopped.
    Resume(&'a str),
    /// It is to deliver again what comes after a cursor.
    Replay(&'a str, &'a str),
    /// It is to sign with another secret: this one, or one that the server makes.
    Rotate(&'a str, Option<&'a str>),
    /// It is to be forgotten.
    Delete(&'a str),
}

impl Client {
    /// Asks something of the webhooks, which an administrator may, and gives the answer; null
    /// where it has no body.
    ///
    /// # Errors
    /// [`Error`] where the server refuses, fails or is not there.
    pub async fn webhooks(&self, asked: Webhooks<'_>) -> Result<Value, Error> {
        let one = |method, id, rest: Option<&'static str>, body| (method, Some(id), rest, body);
        let (method, id, rest, body) = match asked {
            Webhooks::List => (Method::GET, None, None, None),
            Webhooks::Create(fields) => (Method::POST, None, None, Some(fields)),
            Webhooks::Show(id) => one(Method::GET, id, None, None),
            Webhooks::Deliveries(id) => one(Method::GET, id, Some("deliveries"), None),
            Webhooks::Pause(id) => one(Method::POST, id, Some("pause"), None),
            Webhooks::Resume(id) => one(Method::POST, id, Some("resume"), None),
            Webhooks::Replay(id, cursor) => {
                let from = Some(json!({"cursor": cursor}));
                one(Method::POST, id, Some("replay"), from)
            }
            Webhooks::Rotate(id, secret) => {
                let secret = Some(json!({"secret": secret}));
                one(Method::POST, id, Some("secret"), secret)
            }
            Webhooks::Delete(id) => one(Method::DELETE, id, None, None),
        };
        let path: Vec<&str> = ["v1", "webhooks"]
            .into_iter()
            .chain(id)
            .chain(rest)
            .collect();
        let parts = self.parts();
        let request = self.request(method, &parts.server, &path);
        let request = request.timeout(parts.answer_within);
        let request = match &body {
            Some(body) => request.json(body),
            None => request,
        };
        let answer = send(request, self.server()).await;
        let response = answer.map_err(|lost| lost.error)?;
        let bytes = whole(response, self.server()).await?;
        if bytes.is_empty() {
            return Ok(Value::Null);
        }
        serde_json::from_slice(&bytes).map_err(|error| Error::NotUnderstood {
            server: self.server().to_owned(),
            cause: error.into(),
        })
    }
}
