//! The form that reports an event: choose its kind, fill in its fields, see what it would change, and
//! send it.

pub(crate) mod after;
pub(crate) mod fields;
pub(crate) mod kinds;
pub(crate) mod submission;

use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::{Extension, Form};
use detente_api::request::PreviewRequest;
use detente_api::submission::BodyKind;
use detente_api::view::PreviewView;
use detente_auth::Role;
use detente_domain::kind::Kind;
use detente_http::Identity;
use detente_ingest::Gateway;
use detente_read_model::preview::preview;
use maud::{Markup, html};

use crate::ask::Ask;
use crate::form::Fields;
use crate::shell::{self, Page};
use crate::write::{self, Written};

/// What is shown above the fields.
enum Above {
    /// Nothing.
    Nothing,
    /// What the event would change.
    Preview(Box<PreviewView>, String),
    /// The log does not take it now.
    Failed(Markup),
}

/// Answers with the choice of a kind, or with the form of the one that is chosen.
pub(crate) async fn page(ask: Ask) -> Response {
    if let Err(answer) = open(&ask) {
        return *answer;
    }
    let sent = ask.params.pairs();
    let sent = sent.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let fields = Fields::new(sent);
    let page = match Kind::parse(fields.get("kind")) {
        Some(kind) => form(&ask, kind, &fields, &Above::Nothing),
        None => kinds::page(&ask, &fields),
    };
    shell::response(&ask, StatusCode::OK, &page)
}

/// Previews the event that the form has, or reports it as it was previewed.
pub(crate) async fn submit(
    ask: Ask,
    Extension(identity): Extension<Identity>,
    Form(sent): Form<Vec<(String, String)>>,
) -> Response {
    let gateway = match open(&ask) {
        Ok(gateway) => gateway,
        Err(answer) => return *answer,
    };
    let mut fields = Fields::new(sent);
    let Some(kind) = Kind::parse(fields.get("kind")) else {
        return shell::response(&ask, StatusCode::OK, &kinds::page(&ask, &fields));
    };
    // The id is made before the first report, so that a second one is a repeat.
    fields.set_default("id", &gateway.new_id().to_string());
    let event = submission::event(kind, &fields);
    let rows = match write::rows(&BodyKind::Rows, &event) {
        Ok(rows) => rows,
        Err(refusals) => return refused(&ask, kind, &fields.refuse(refusals)),
    };
    let seen = write::digest(&event);
    if fields.get("step") == "report" && fields.get("seen") == seen {
        return match write::report(&ask, &identity, &gateway, rows).await {
            Written::Stored(stored) => Redirect::to(&stored.page(&ask, stored.id)).into_response(),
            Written::Refused(refusals) => refused(&ask, kind, &fields.refuse(refusals)),
            Written::Failed(failed) => {
                let page = form(&ask, kind, &fields, &Above::Failed(failed));
                shell::response(&ask, StatusCode::SERVICE_UNAVAILABLE, &page)
            }
            Written::Answered(answer) => *answer,
        };
    }
    let request = PreviewRequest {
        lang: Some(ask.lang),
        min_position: None,
    };
    match preview(&ask.model, rows, &request).await {
        Ok(view) => {
            let above = Above::Preview(Box::new(view), seen);
            shell::response(&ask, StatusCode::OK, &form(&ask, kind, &fields, &above))
        }
        Err(error) => crate::error::response(&ask, &error),
    }
}

/// Returns the gateway, if this service has one and the caller may report; else the answer.
fn open(ask: &Ask) -> Result<Gateway, Box<Response>> {
    write::open(ask, Role::Reporter, ask.texts.say("report-title"))
}

fn refused(ask: &Ask, kind: Kind, fields: &Fields) -> Response {
    let page = form(ask, kind, fields, &Above::Nothing);
    shell::response(ask, StatusCode::UNPROCESSABLE_ENTITY, &page)
}

/// Returns the page of the form, with what is known of its event above it.
fn form(ask: &Ask, kind: Kind, fields: &Fields, above: &Above) -> Page {
    let texts = ask.texts;
    let seen = match above {
        Above::Preview(_, seen) => seen.clone(),
        Above::Nothing | Above::Failed(_) => fields.get("seen").to_owned(),
    };
    let body = html! {
        (crate::form::summary(ask, fields.refusals()))
        @match above {
            Above::Nothing => {},
            Above::Preview(view, _) => (after::preview(ask, kind, view)),
            Above::Failed(failed) => (failed),
        }
        form.fields #event-form method="post" action={ "/" (ask.lang.as_str()) "/report" } {
            input type="hidden" name="kind" value=(kind.as_str());
            input type="hidden" name="id" value=(fields.get("id"));
            input type="hidden" name="seen" value=(seen);
            (fields::event(ask, kind, fields))
            p.buttons {
                button name="step" value="preview" { (texts.say("report-preview")) }
            }
        }
        (fields::lists(ask))
    };
    Page::new(texts.say("report-title"), body)
}

/// Writes the button that reports what was previewed.
fn send_button(ask: &Ask) -> Markup {
    html! {
        button.primary form="event-form" name="step" value="report" { (ask.texts.say("report-send")) }
    }
}
