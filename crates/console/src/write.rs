//! Writing what a form has: the same rows, checks and gateway as those of the API.

use std::borrow::Cow;

use axum::http::StatusCode;
use axum::response::Response;
use detente_api::submission::{BodyFormat, BodyKind, Row};
use detente_api::{Code, Refusal};
use detente_auth::Role;
use detente_http::Identity;
use detente_ingest::{Content, Gateway, ReportBatch, ReportError};
use maud::{Markup, html};
use serde_json::Value;
use uuid::Uuid;
use xxhash_rust::xxh3::xxh3_64;

use crate::ask::Ask;
use crate::error;
use crate::link::address;
use crate::shell::{self, Page};

/// A record that is in the log.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stored {
    /// Its id.
    pub(crate) id: Uuid,
    /// Its position.
    pub(crate) position: u64,
}

/// What became of a row.
pub(crate) enum Written {
    /// It is in the log.
    Stored(Stored),
    /// It was refused.
    Refused(Vec<Refusal>),
    /// The log did not take it; it may be sent again.
    Failed(Markup),
    /// The caller may no longer write.
    Answered(Box<Response>),
}

impl Stored {
    /// Returns the address of the page of an event, as soon as it has the record.
    pub(crate) fn page(self, ask: &Ask, event: Uuid) -> String {
        let page = format!("/{}/events/{event}", ask.lang.as_str());
        let position = self.position.to_string();
        address(&page, [("min_position", position.as_str())])
    }
}

/// Returns the gateway, if this service has one and the caller has a role; else the answer, which
/// says where one may write.
pub(crate) fn open(
    ask: &Ask,
    role: Role,
    title: Cow<'static, str>,
) -> Result<Gateway, Box<Response>> {
    let allowed = ask.caller.clone();
    let allowed = allowed.and_then(|caller| caller.require(role));
    if let Err(refusal) = allowed {
        return Err(Box::new(error::response(ask, &refusal.into())));
    }
    ask.site.gateway.clone().ok_or_else(|| {
        let body = html! {
            p { (ask.texts.say("report-elsewhere")) }
            ul {
                li { code dir="ltr" { "POST /v1/events" } }
                li { code dir="ltr" { "detente report FILE" } }
            }
        };
        let page = Page::new(title, body);
        Box::new(shell::response(ask, StatusCode::OK, &page))
    })
}

/// Parses what a form has by the rules of the API.
///
/// # Errors
/// All refusals.
pub(crate) fn rows(kind: &BodyKind, value: &Value) -> Result<Vec<Row>, Vec<Refusal>> {
    let body = value.to_string();
    let rows = kind.rows(body.as_bytes(), Some(BodyFormat::Json), 1);
    let mut rows = rows.map_err(|refusal| vec![refusal])?;
    let refused = rows.iter_mut().find_map(|(_, row)| row.as_mut().err());
    match refused {
        Some(refusals) => Err(std::mem::take(refusals)),
        None => Ok(rows),
    }
}

/// Returns a digest of what a form has, which tells whether it is what its sender has seen.
pub(crate) fn digest(value: &Value) -> String {
    format!("{:016x}", xxh3_64(value.to_string().as_bytes()))
}

/// Appends a row in the name of the caller.
pub(crate) async fn report(
    ask: &Ask,
    identity: &Identity,
    gateway: &Gateway,
    rows: Vec<Row>,
) -> Written {
    let caller = match identity.require(Role::Reporter) {
        Ok(caller) => caller,
        Err(refusal) => return refused(ask, vec![refusal]),
    };
    let batch = ReportBatch {
        caller,
        guard: identity.guard().clone(),
        content: Content::Rows(rows),
        traceparent: None,
        rows_max: 1,
    };
    let outcome = match gateway.report(batch).await {
        Ok(outcome) => outcome,
        Err(ReportError::Refused(refusal)) => return refused(ask, vec![refusal]),
        Err(ReportError::Failed(failure)) => {
            tracing::warn!(
                code = failure.code.as_str(),
                "a form was not stored: {failure}"
            );
            return Written::Failed(failed(ask, failure.code.as_str()));
        }
    };
    let refusals = outcome.refused.into_iter().flat_map(|row| row.refusals);
    match outcome.accepted.first() {
        Some(accepted) => Written::Stored(Stored {
            id: accepted.id,
            position: accepted.position,
        }),
        None => refused(ask, refusals.collect()),
    }
}

fn refused(ask: &Ask, refusals: Vec<Refusal>) -> Written {
    let mut all = refusals.iter();
    match all.find(|refusal| refusal.code == Code::Unauthenticated) {
        Some(refusal) => {
            let answer = error::response(ask, &refusal.clone().into());
            Written::Answered(Box::new(answer))
        }
        None => Written::Refused(refusals),
    }
}

fn failed(ask: &Ask, code: &str) -> Markup {
    html! {
        div.refusals role="alert" {
            p { (ask.texts.say("form-failed")) " " code { (code) } }
        }
    }
}
