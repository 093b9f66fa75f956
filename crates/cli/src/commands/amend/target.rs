//! Looks up the target of an amendment before it is sent.

use std::time::Duration;

use detente_api::request::Clocks;
use detente_api::submission::event;
use detente_api::view::{EventLookup, EventView};
use detente_api::{Code, Refusal};
use detente_client::{Client, IdLookup};
use detente_domain::event::ActError;
use detente_domain::record::{Body, Patch};
use uuid::Uuid;

use crate::args::Global;
use crate::source::{client, with_exit_code};

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
    let client = client(global, None)?;
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
        match retry_look_up(&client, id).await? {
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

async fn retry_look_up(client: &Client, id: Uuid) -> anyhow::Result<IdLookup> {
    let look_up = async || client.look_up(id, &Clocks::default()).await;
    for _ in 1..TRIES {
        match look_up().await.map_err(with_exit_code)? {
            IdLookup::Unknown => tokio::time::sleep(TRY_INTERVAL).await,
            known => return Ok(known),
        }
    }
    look_up().await.map_err(with_exit_code)
}

/// Returns the refusals of a correction that would make a valid event invalid.
fn invalid(view: &EventView, patch: &Patch) -> Option<Vec<Refusal>> {
    let json = serde_json::to_value(&view.event).ok()?;
    let draft = event(&json).ok()?;
    let problem = patch.applied(&draft.act).check().err()?;
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
