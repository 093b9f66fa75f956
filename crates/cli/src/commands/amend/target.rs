//! What an amendment is about, looked up before it is sent.

use std::time::Duration;

use detente_api::json::event;
use detente_api::view::{EventView, Shown};
use detente_api::{Code, Refusal};
use detente_client::Known;
use detente_domain::event::Unfit;
use detente_domain::record::{Body, Patch};
use uuid::Uuid;

use crate::args::{Global, Read};
use crate::source::Server;

/// How often an id that nobody knows is asked for: who has just reported it is ahead of the
/// readers by a moment.
const LOOKS: u32 = 6;
const BETWEEN: Duration = Duration::from_millis(150);

/// What would come of an amendment.
#[derive(Debug)]
pub(super) enum Ahead {
    /// What it is about is there.
    Takes,
    /// Nobody has reported what it is about.
    Pending(Vec<Uuid>),
    /// It would leave the event unfit, and so change nothing.
    Refused(Vec<Refusal>),
}

/// Looks up what an amendment is about.
pub(super) async fn ahead(global: &Global, body: &Body) -> anyhow::Result<Ahead> {
    let server = Server::new(global, &Read::default())?;
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
        match look(&server, id).await? {
            Known::Shown(shown) => match (&*shown, body) {
                (Shown::Event(view), Body::Corrected { patch, .. }) => {
                    if let Some(refusals) = unfit(view, patch) {
                        return Ok(Ahead::Refused(refusals));
                    }
                }
                (Shown::Event(_), _) => {}
                (Shown::Pending(_), _) => missing.push(id),
            },
            Known::About(_) if of_records => {}
            Known::About(_) | Known::Nothing => missing.push(id),
        }
    }
    Ok(if missing.is_empty() {
        Ahead::Takes
    } else {
        Ahead::Pending(missing)
    })
}

async fn look(server: &Server, id: Uuid) -> anyhow::Result<Known> {
    for _ in 1..LOOKS {
        match server.look(id).await? {
            Known::Nothing => tokio::time::sleep(BETWEEN).await,
            looked => return Ok(looked),
        }
    }
    server.look(id).await
}

/// Why the event could not stand with the correction; nothing where it could, or where it cannot
/// as it is.
fn unfit(view: &EventView, patch: &Patch) -> Option<Vec<Refusal>> {
    let held = serde_json::to_value(&view.event).ok()?;
    let held = event(&held).ok()?;
    let problem = patch.applied(&held.act).check().err()?;
    let (code, field) = match &problem {
        Unfit::NoActor => (Code::MissingActor, "actors".to_owned()),
        Unfit::TooMany => (Code::TooManyParties, "actors".to_owned()),
        Unfit::SelfRelation(_) => (Code::SelfRelation, "recipients".to_owned()),
        Unfit::HostIsSender(_) => (Code::SelfRelation, "details.sender".to_owned()),
        Unfit::Details(fault) => of_details(fault),
    };
    let message = format!("the event would not stand with it: {problem}");
    Some(vec![Refusal::new(code, message).field(field)])
}

fn of_details(fault: &detente_domain::details::Fault) -> (Code, String) {
    use detente_domain::details::Fault;
    let (code, word) = match fault {
        Fault::Unknown { field, .. } => (Code::UnknownDetail, &**field),
        Fault::Missing { field, .. } => (Code::MissingDetail, field.as_str()),
        Fault::Value { field, .. } => (Code::BadDetail, field.as_str()),
    };
    (code, format!("details.{word}"))
}
