//! Amendments of reported events: one method for each operation, which returns the accepted row, or
//! an [`Error`] if the server refuses, fails or does not respond. The event is not looked up: an
//! amendment that arrives before its event is pending until then.

use detente_api::refusal::Problem;
use detente_api::submission::{Accepted, Amend, PatchDto, ReportDto};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::client::Client;
use crate::error::{Error, Failure};

// === impl Client ===

impl Client {
    /// Adds a further publication about an event.
    pub async fn corroborate(&self, event: Uuid, report: &ReportDto) -> Result<Accepted, Error> {
        let body = json!({ "report": report });
        self.amend_one(Amend::Corroborate, event, body).await
    }

    /// Denies or contradicts an event; `by` names the party that denies it, if there is one.
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
    pub async fn retract(&self, record: Uuid, reason: &str) -> Result<Accepted, Error> {
        let body = json!({ "reason": reason });
        self.amend_one(Amend::Retract, record, body).await
    }

    /// Links two events as one.
    pub async fn link(&self, event: Uuid, other: Uuid) -> Result<Accepted, Error> {
        let body = json!({ "other": other });
        self.amend_one(Amend::Link, event, body).await
    }

    /// Undoes the link of two events.
    pub async fn unlink(&self, event: Uuid, other: Uuid) -> Result<Accepted, Error> {
        let body = json!({ "other": other });
        self.amend_one(Amend::Unlink, event, body).await
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
                detail: "the response has no row".to_owned(),
                ..Failure::default()
            })),
        })
    }
}
