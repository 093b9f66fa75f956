//! Pages of errors: what was refused and what would be allowed, or that the service has failed.

use axum::http::StatusCode;
use axum::response::Response;
use detente_api::{Code, Refusal};
use detente_feed::Error;
use maud::html;

use crate::ask::Ask;
use crate::shell::{self, Page};

/// Answers for an address without a page.
pub(crate) async fn not_found(ask: Ask) -> Response {
    missing(&ask)
}

/// Answers that there is no such page.
pub(crate) fn missing(ask: &Ask) -> Response {
    let page = Page::new(
        ask.texts.say("error-not-found"),
        html! {
            p { (ask.texts.say("error-not-found-text")) }
            p { a href=(ask.href("", &[])) { (ask.texts.say("error-to-board")) } }
        },
    );
    shell::response(ask, StatusCode::NOT_FOUND, &page)
}

/// Answers with the page of an error.
pub(crate) fn response(ask: &Ask, error: &Error) -> Response {
    match error {
        Error::Refused(refusal) if refusal.code == Code::Unauthenticated => {
            crate::session::lead(ask)
        }
        Error::Refused(refusal) => refused(ask, refusal),
        Error::Failed(failure) => {
            tracing::error!(code = failure.code.as_str(), "a page has failed: {failure}");
            let page = Page::new(
                ask.texts.say("error-failed"),
                html! {
                    p { (ask.texts.say("error-failed-text")) }
                    p { a href=(ask.here(&[])) { (ask.texts.say("error-again")) } }
                },
            );
            shell::response(ask, StatusCode::SERVICE_UNAVAILABLE, &page)
        }
    }
}

fn refused(ask: &Ask, refusal: &Refusal) -> Response {
    let texts = ask.texts;
    let mut message = refusal.message.to_string();
    if let Some(first) = message.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    let page = Page::new(
        texts.say("error-refused"),
        html! {
            p lang="en" dir="ltr" { (message) }
            dl.facts {
                @if let Some(field) = &refusal.field {
                    dt { (texts.say("error-field")) } dd { code { (field) } }
                }
                @if let Some(value) = &refusal.value {
                    dt { (texts.say("error-given")) } dd { bdi { (value) } }
                }
                @if !refusal.allowed.is_empty() {
                    dt { (texts.say("error-allowed")) }
                    dd { @for allowed in &refusal.allowed { code { (allowed) } " " } }
                }
                dt { (texts.say("error-code")) } dd { code { (refusal.code.as_str()) } }
            }
            p { a href=(ask.href("", &[])) { (texts.say("error-to-board")) } }
        },
    );
    let status = StatusCode::from_u16(refusal.code.status()).unwrap_or(StatusCode::BAD_REQUEST);
    shell::response(ask, status, &page)
}
