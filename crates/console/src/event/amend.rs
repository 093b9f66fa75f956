//! The forms that amend an event: filled in, shown once more, and sent.

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::{Extension, Form};
use detente_api::request::{Clocks, EventRequest, PageRequest, ParamValue as _};
use detente_api::submission::{Amend, BodyKind, PatchDto, Row, Submission};
use detente_api::view::EventLookup;
use detente_auth::Role;
use detente_domain::event::EventId;
use detente_domain::record::Body;
use detente_feed::Error;
use detente_http::Identity;
use detente_ingest::Gateway;
use detente_read_model::ReadRequest as _;
use maud::{Markup, html};
use uuid::Uuid;

use super::{amendment, records};
use crate::ask::Ask;
use crate::cite::Cite;
use crate::form::{Fields, summary};
use crate::report::fields::lists;
use crate::shell::{self, Page};
use crate::write::{self, Stored, Written};

/// What is amended, and how.
pub(super) struct Target {
    /// The operation.
    pub(super) amend: Amend,
    /// The id of the path.
    pub(super) id: Uuid,
    /// What is known of it.
    pub(super) lookup: EventLookup,
}

/// What is shown above the fields.
enum Above {
    /// Nothing.
    Nothing,
    /// What would be recorded.
    Confirm(Vec<Row>, String),
    /// The log does not take it now.
    Failed(Markup),
}

/// Answers with a form.
pub(crate) async fn page(ask: Ask) -> Response {
    let (target, _) = match open(&ask).await {
        Ok(open) => open,
        Err(answer) => return *answer,
    };
    let sent = ask.params.pairs();
    let sent = sent.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut fields = Fields::new(sent);
    amendment::prefill(&ask, &target, &mut fields);
    let page = form(&ask, &target, &fields, &Above::Nothing);
    shell::response(&ask, StatusCode::OK, &page)
}

/// Shows what a form would record, or records it as it was shown.
pub(crate) async fn submit(
    ask: Ask,
    Extension(identity): Extension<Identity>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Response {
    let (target, gateway) = match open(&ask).await {
        Ok(open) => open,
        Err(answer) => return *answer,
    };
    let mut fields = Fields::new(sent);
    // The id is made before the first report, so that a second one is a repeat.
    fields.set_default("id", &gateway.new_id().to_string());
    if let Some(stored) = recorded(&target, fields.get("id")) {
        return Redirect::to(&stored.page(&ask, target.id)).into_response();
    }
    let value = amendment::value(&target, &fields);
    let record = amendment::record(&target, &fields);
    let rows = write::rows(&BodyKind::Amendment(target.amend, record), &value);
    let rows = match rows {
        Ok(rows) => rows,
        Err(refusals) => {
            let page = form(&ask, &target, &fields.refuse(refusals), &Above::Nothing);
            return shell::response(&ask, StatusCode::UNPROCESSABLE_ENTITY, &page);
        }
    };
    let seen = write::digest(&value);
    if fields.get("step") != "confirm" || fields.get("seen") != seen {
        let page = form(&ask, &target, &fields, &Above::Confirm(rows, seen));
        return shell::response(&ask, StatusCode::OK, &page);
    }
    let (status, fields, above) = match write::report(&ask, &identity, &gateway, rows).await {
        Written::Stored(stored) => {
            return Redirect::to(&stored.page(&ask, target.id)).into_response();
        }
        Written::Answered(answer) => return *answer,
        Written::Refused(refusals) => (
            StatusCode::UNPROCESSABLE_ENTITY,
            fields.refuse(refusals),
            Above::Nothing,
        ),
        Written::Failed(failed) => (
            StatusCode::SERVICE_UNAVAILABLE,
            fields,
            Above::Failed(failed),
        ),
    };
    let page = form(&ask, &target, &fields, &above);
    shell::response(&ask, status, &page)
}

/// Returns the record that a form has made already: what it has is no longer new then.
fn recorded(target: &Target, id: &str) -> Option<Stored> {
    let id = Uuid::try_parse(id).ok()?;
    let EventLookup::Event(view) = &target.lookup else {
        return None;
    };
    let record = records::all(view).find(|record| record.id == id)?;
    Some(Stored {
        id,
        position: record.position,
    })
}

/// Returns what is amended, if the caller may amend here; else the answer.
async fn open(ask: &Ask) -> Result<(Target, Gateway), Box<Response>> {
    let segment = ask.params.segment("amend");
    let amend = Amend::ALL
        .into_iter()
        .find(|amend| amend.path_segment() == segment);
    let Some(amend) = amend else {
        return Err(Box::new(crate::error::missing(ask)));
    };
    let gateway = write::open(ask, Role::Editor, ask.texts.say(amendment::key(amend)))?;
    let target = look_up(ask, amend).await;
    let target = target.map_err(|error| Box::new(crate::error::response(ask, &error)))?;
    Ok((target, gateway))
}

/// Looks up the target as it is known now, whatever the clocks of the page before were.
async fn look_up(ask: &Ask, amend: Amend) -> Result<Target, Error> {
    let id = EventId::parse_param("id", ask.params.segment("id"))?;
    let request = EventRequest {
        id,
        clocks: Clocks::default(),
        page: PageRequest::default(),
    };
    let lookup = request.answer(&ask.model).await?;
    Ok(Target {
        amend,
        id: id.0,
        lookup,
    })
}

fn form(ask: &Ask, target: &Target, fields: &Fields, above: &Above) -> Page {
    let texts = ask.texts;
    let title = texts.say(amendment::key(target.amend));
    let seen = match above {
        Above::Confirm(_, seen) => seen.as_str(),
        Above::Nothing | Above::Failed(_) => fields.get("seen"),
    };
    let address = format!("/{}/events/{}", ask.lang.as_str(), target.id);
    let body = html! {
        (subject(ask, target))
        p { (texts.say(amendment::effect_key(target.amend))) }
        (summary(ask, fields.refusals()))
        @match above {
            Above::Nothing => {},
            Above::Confirm(rows, _) => (confirm(ask, target, rows)),
            Above::Failed(failed) => (failed),
        }
        form.fields #amend-form method="post" action={ (address) "/" (target.amend.path_segment()) } {
            input type="hidden" name="id" value=(fields.get("id"));
            input type="hidden" name="seen" value=(seen);
            (amendment::fields(ask, target, fields))
            p.buttons {
                button name="step" value="check" { (texts.say("amend-check")) }
                " " a href=(address) { (texts.say("amend-cancel")) }
            }
        }
        (lists(ask))
    };
    Page::new(title, body)
}

/// Says which event it is.
fn subject(ask: &Ask, target: &Target) -> Markup {
    html! {
        @match &target.lookup {
            EventLookup::Event(view) => (Cite::from(&**view).render(ask)),
            EventLookup::Pending(_) => p.warning { (ask.texts.say("event-pending-text")) },
        }
    }
}

/// Writes what would be recorded, with the button that does.
fn confirm(ask: &Ask, target: &Target, rows: &[Row]) -> Markup {
    let texts = ask.texts;
    let bodies = rows.iter().filter_map(|(_, row)| match row {
        Ok(Submission::Amendment(amendment)) => Some(&amendment.body),
        _ => None,
    });
    let author = ask.caller.as_ref().map(|caller| caller.name());
    html! {
        section.preview aria-labelledby="preview" {
            h2 #preview { (texts.say("amend-confirm-title")) }
            p {
                strong { (texts.say(amendment::key(target.amend))) }
                " – " (texts.say("event-by")) " " bdi { (author.unwrap_or_default()) }
            }
            @for body in bodies {
                @match body {
                    Body::Corrected { patch, report, .. } => {
                        (records::patch(ask, &PatchDto::from(patch)))
                        p { bdi { (report.publisher) } (ask.texts.say("list-comma")) (report.grade) }
                    },
                    Body::Corroborated { report, .. } => p { bdi { (report.publisher) } (ask.texts.say("list-comma")) (report.grade) },
                    Body::Disputed { by, report, claim, .. } => {
                        @if let Some(by) = by { p { (texts.say("record-by")) " " bdi { (ask.name(*by)) } } }
                        @if let Some(claim) = claim { blockquote dir="auto" { (claim) } }
                        p { bdi { (report.publisher) } (ask.texts.say("list-comma")) (report.grade) }
                    },
                    Body::Retracted { record, reason } => {
                        p { (texts.say("record-of")) " " code dir="ltr" { (record.0) } }
                        blockquote dir="auto" { (reason) }
                    },
                    Body::Linked { other, .. } | Body::Unlinked { other, .. } => p { code dir="ltr" { (other.0) } },
                    Body::Reported(_) | Body::Tick { .. } => {},
                }
            }
            p.help { (texts.say("amend-no-preview")) }
            p.buttons {
                button.primary form="amend-form" name="step" value="confirm" { (texts.say("amend-confirm")) }
            }
        }
    }
}
