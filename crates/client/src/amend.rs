//! Amendments of reported events.

use detente_api::json::{Accepted, Amend, PatchDto, ReportDto, ReportOutcome};
use detente_api::refusal::Problem;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::client::Client;
use crate::error::{Error, Failure};
use crate::report::{JSON, ensure_id};

// === impl Client ===

impl Client {
    /// Adds a further publication about an event.
    ///
    /// # Errors
    /// [`Error`] if the server refuses, fails or does not respond, as in every amendment. The event
    /// is not looked up: an amendment that arrives before its event is pending until then.
    pub async fn corroborate(&self, event: Uuid, report: &ReportDto) -> Result<Accepted, Error> {
        let body = json!({ "report": report });
        self.amend_one(Amend::Corroborate, event, body).await
    }

    /// Denies or contradicts an event; `by` names the party that denies it, if there is one.
    ///
    /// # Errors
    /// [`Error`], as every amendment.
    pub async fn dispute(
        &self,
        event: Uuid,
        by: Option<&str>,
        claim: Option<&str>,
        report: &ReportDto,
    ) -> Result<Accepted, Error> {
        let mut body = json!({ "report": report });
        for (key, value) in [("by", by), ("claim", claim)] {
            if let Some(value) = value {
                body[key] = json!(value);
            }
        }
        self.amend_one(Amend::Dispute, event, body).await
    }

    /// Gives new values to fields of an event.
    ///
    /// # Errors
    /// [`Error`], as every amendment.
    pub async fn correct(
        &self,
        event: Uuid,
        patch: &PatchDto,
        report: &ReportDto,
    ) -> Result<Accepted, Error> {
        let mut body = json!(patch);
        body["report"] = json!(report);
        self.amend_one(Amend::Correct, event, body).await
    }

    /// Retracts an event, or any other record.
    ///
    /// # Errors
    /// [`Error`], as every amendment.
    pub async fn retract(&self, record: Uuid, reason: &str) -> Result<Accepted, Error> {
        let body = json!({ "reason": reason });
        self.amend_one(Amend::Retract, record, body).await
    }

    /// Links two events as one.
    ///
    /// # Errors
    /// [`Error`], as every amendment.
    pub async fn link(&self, one: Uuid, other: Uuid) -> Result<Accepted, Error> {
        let body = json!({ "other": other });
        self.amend_one(Amend::Link, one, body).await
    }

    /// Undoes the link of two events.
    ///
    /// # Errors
    /// [`Error`], as every amendment.
    pub async fn unlink(&self, one: Uuid, other: Uuid) -> Result<Accepted, Error> {
        let body = json!({ "other": other });
        self.amend_one(Amend::Unlink, one, body).await
    }

    /// Sends the body of an amendment, with a new id if it has none. The outcome has one row,
    /// accepted or refused.
    ///
    /// # Errors
    /// [`Error`], as every amendment, if the server did not judge the row.
    pub async fn amend(
        &self,
        amend: Amend,
        target: Uuid,
        body: &Value,
    ) -> Result<ReportOutcome, Error> {
        let mut body = body.clone();
        ensure_id(&mut body, &self.inner.ids);
        let target = target.to_string();
        let path = ["v1", "events", &target, amend.path_segment()];
        self.post(&path, JSON, body.to_string()).await
    }

    async fn amend_one(&self, amend: Amend, target: Uuid, body: Value) -> Result<Accepted, Error> {
        let mut outcome = self.amend(amend, target, &body).await?;
        if let Some(accepted) = outcome.accepted.pop() {
            return Ok(accepted);
        }
        let refusals = outcome.refused.into_iter().flat_map(|row| row.refusals);
        Err(match Problem::from_refusals(refusals.collect()) {
            Some(problem) => Error::Refused(Box::new(problem)),
            None => Error::Failed(Box::new(Failure {
                status: 200,
                ..Failure::new("the response has no row".to_owned())
            })),
        })
    }
}
