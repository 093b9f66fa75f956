//! Amendments: what is said about an event that was reported before.

use detente_api::json::{Accepted, Amend, Answer, PatchForm, ReportForm};
use detente_api::refusal::Problem;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::client::Client;
use crate::error::{Error, Failed};
use crate::report::JSON;

// === impl Client ===

impl Client {
    /// Adds a further publication about an event.
    ///
    /// # Errors
    /// [`Error`] where the server refuses, fails or does not answer; so for every amendment. The
    /// event is not looked up: what comes before it is pending until it comes.
    pub async fn corroborate(&self, event: Uuid, report: &ReportForm) -> Result<Accepted, Error> {
        let body = json!({ "report": report });
        self.one(Amend::Corroborate, event, body).await
    }

    /// Denies or contradicts an event; `by` names the party that denies it, where one does.
    ///
    /// # Errors
    /// [`Error`], as every amendment.
    pub async fn dispute(
        &self,
        event: Uuid,
        by: Option<&str>,
        claim: Option<&str>,
        report: &ReportForm,
    ) -> Result<Accepted, Error> {
        let mut body = json!({ "report": report });
        for (key, words) in [("by", by), ("claim", claim)] {
            if let Some(words) = words {
                body[key] = json!(words);
            }
        }
        self.one(Amend::Dispute, event, body).await
    }

    /// Gives fields of an event new values.
    ///
    /// # Errors
    /// [`Error`], as every amendment.
    pub async fn correct(
        &self,
        event: Uuid,
        patch: &PatchForm,
        report: &ReportForm,
    ) -> Result<Accepted, Error> {
        let mut body = json!(patch);
        body["report"] = json!(report);
        self.one(Amend::Correct, event, body).await
    }

    /// Takes back an event, or any other record.
    ///
    /// # Errors
    /// [`Error`], as every amendment.
    pub async fn retract(&self, record: Uuid, reason: &str) -> Result<Accepted, Error> {
        let body = json!({ "reason": reason });
        self.one(Amend::Retract, record, body).await
    }

    /// Says that two events are one.
    ///
    /// # Errors
    /// [`Error`], as every amendment.
    pub async fn link(&self, one: Uuid, other: Uuid) -> Result<Accepted, Error> {
        self.one(Amend::Link, one, json!({ "other": other })).await
    }

    /// Says that two events are not one after all.
    ///
    /// # Errors
    /// [`Error`], as every amendment.
    pub async fn unlink(&self, one: Uuid, other: Uuid) -> Result<Accepted, Error> {
        let body = json!({ "other": other });
        self.one(Amend::Unlink, one, body).await
    }

    /// Sends an amendment as it is given, with an id where it has none. The answer has one row,
    /// accepted or refused.
    ///
    /// # Errors
    /// [`Error`], as every amendment, where the server does not come to judge it.
    pub async fn amend(&self, way: Amend, target: Uuid, body: &Value) -> Result<Answer, Error> {
        let mut body = body.clone();
        if let Some(object) = body.as_object_mut()
            && object.get("id").is_none_or(Value::is_null)
        {
            let id = (self.parts().ids)();
            object.insert("id".to_owned(), Value::String(id.to_string()));
        }
        let target = target.to_string();
        let path = ["v1", "events", &target, way.door()];
        self.post(&path, JSON, body.to_string()).await
    }

    async fn one(&self, way: Amend, target: Uuid, body: Value) -> Result<Accepted, Error> {
        let mut answer = self.amend(way, target, &body).await?;
        if let Some(accepted) = answer.accepted.pop() {
            return Ok(accepted);
        }
        let refusals = answer.refused.into_iter();
        let refusals = refusals.flat_map(|row| row.refusals).collect();
        let refused = Problem::of(refusals).map(|problem| Error::Refused(Box::new(problem)));
        Err(refused.unwrap_or_else(|| {
            Error::Failed(Box::new(Failed {
                status: 200,
                code: String::new(),
                detail: "the answer has no row".to_owned(),
                advice: String::new(),
                accepted: Vec::new(),
            }))
        }))
    }
}
