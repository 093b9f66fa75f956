//! Looks up the target of an amendment before it is sent.

use std::time::Duration;

use detente_api::json::event;
use detente_api::view::{EventLookup, EventView};
use detente_api::{Code, Refusal};
use detente_client::IdLookup;
use detente_domain::event::ActError;
use detente_domain::record::{Body, Patch};
use uuid::Uuid;

use crate::args::{Global, Read};
use crate::source::ServerSource;

/// Look-ups of an unknown id, since readers lag a moment behind a new report.
const TRIES: u32 = 6;
const TRY_INTERVAL: Duration = Duration::from_millis(150);

/// The expected effect of an amendment.
pub(super) enum Outlook {
    /// Its target exists.
    TakesEffect,
    /// These targets have not been reported.
    Pending(Vec<Uuid>),
    /// It would make the event invalid, and so have no effect.
    Refused(Vec<Refusal>),
}

/// Looks up the targets of an amendment.
pub(super) async fn look_up(global: &Global, body: &Body) -> anyhow::Result<Outlook> {
    let server = ServerSource::new(global, &Read::default())?;
    let (targets, of_records): (Vec<Uuid>, bool) = match body {
        Body::Corroborated { event, .. }
        | Body::Disputed { event, .. }
        | Body::Corrected { event, .. } => (vec![event.0], false),
        Body::Linked { one, other } | Body::Unlinked { one, other } => {
            (vec![one.0, other.0], false)
        }
        Body::Retracted { record, .. } => (vec![record.0], true),
        Body::Reported(_) | Body::Tick { .. } => (Vec::new(), false),
    };
    let mut missing = Vec::new();
    for id in targets {
        match retry_look_up(&server, id).await? {
            IdLookup::Event(event) => match (&*event, body) {
                (EventLookup::Event(view), Body::Corrected { patch, .. }) => {
                    if let Some(refusals) = invalid(view, patch) {
                        return Ok(Outlook::Refused(refusals));
                    }
                }
                (EventLookup::Event(_), _) => {}
                (EventLookup::Pending(_), _) => missing.push(id),
            },
            IdLookup::RecordAbout(_) if of_records => {}
            IdLookup::RecordAbout(_) | IdLookup::Unknown => missing.push(id),
        }
    }
    Ok(if missing.is_empty() {
        Outlook::TakesEffect
    } else {
        Outlook::Pending(missing)
    })
}

async fn retry_look_up(server: &ServerSource, id: Uuid) -> anyhow::Result<IdLookup> {
    for _ in 1..TRIES {
        match server.look_up(id).await? {
            IdLookup::Unknown => tokio::time::sleep(TRY_INTERVAL).await,
            found => return Ok(found),
        }
    }
    server.look_up(id).await
}

/// Returns the refusals of a correction that would make a valid event invalid.
fn invalid(view: &EventView, patch: &Patch) -> Option<Vec<Refusal>> {
    let held = serde_json::to_value(&view.event).ok()?;
    let held = event(&held).ok()?;
    let problem = patch.applied(&held.act).check().err()?;
    let (code, field) = match &problem {
        ActError::NoActor => (Code::MissingActor, "actors".to_owned()),
        ActError::TooMany => (Code::TooManyParties, "actors".to_owned()),
        ActError::SelfRelation(_) => (Code::SelfRelation, "recipients".to_owned()),
        ActError::HostIsSender(_) => (Code::SelfRelation, "details.sender".to_owned()),
        ActError::Details(fault) => of_details(fault),
    };
    let message = format!("it would make the event invalid: {problem}");
    Some(vec![Refusal::new(code, message).field(field)])
}

fn of_details(fault: &detente_domain::details::DetailError) -> (Code, String) {
    use detente_domain::details::DetailError;
    let (code, word) = match fault {
        DetailError::Unknown { field, .. } => (Code::UnknownDetail, &**field),
        DetailError::Missing { field, .. } => (Code::MissingDetail, field.as_str()),
        DetailError::Value { field, .. } => (Code::BadDetail, field.as_str()),
    };
    (code, format!("details.{word}"))
}
