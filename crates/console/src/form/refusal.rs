//! What was refused, in the language of the page.

use detente_api::{Code, Refusal};
use detente_domain::party::{Lang, Party};
use maud::{Markup, html};

use super::id_of;
use crate::ask::Ask;

/// The text of what is missing, which the place of the refusal explains.
const MISSING: &str = "refusal-missing";

/// Writes all that was refused of a form, with links to the fields.
pub(crate) fn summary(ask: &Ask, refusals: &[Refusal]) -> Markup {
    html! {
        @if !refusals.is_empty() {
            div.refusals role="alert" {
                h2 { (ask.texts.with("form-refused", [("count", refusals.len().into())])) }
                ul {
                    @for refusal in refusals {
                        li {
                            @if let Some(field) = &refusal.field {
                                a href={ "#" (anchor(field)) } { code dir="ltr" { (field) } } " "
                            }
                            (reason(ask, refusal))
                        }
                    }
                }
            }
        }
    }
}

/// Returns the id of the field that a path names: `report.grade` is made of two.
fn anchor(field: &str) -> String {
    match field.split('[').next().unwrap_or_default() {
        "report.grade" => id_of("reliability"),
        name => id_of(name),
    }
}

/// Writes one refusal: what is wrong, what was given, and what is allowed.
pub(super) fn one(ask: &Ask, refusal: &Refusal) -> Markup {
    html! {
        div.refusal {
            p { (reason(ask, refusal)) }
            @if !refusal.allowed.is_empty() {
                p.allowed {
                    (ask.texts.say("error-allowed")) ": "
                    @for allowed in &refusal.allowed {
                        code dir="ltr" { (allowed) }
                        @if let Some(party) = Party::find(allowed) { " (" (ask.name(party)) ")" }
                        " "
                    }
                }
            }
        }
    }
}

fn reason(ask: &Ask, refusal: &Refusal) -> Markup {
    let own = text_of(refusal.code).filter(|key| ask.lang != Lang::En || *key == MISSING);
    html! {
        @match own {
            Some(key) => {
                (ask.texts.say(key))
                @if let Some(value) = &refusal.value { " " bdi { "«" (value) "»" } }
            },
            None => bdi lang="en" { (refusal.message) },
        }
    }
}

/// Returns the text of a code that forms often meet; others are told in English.
const fn text_of(code: Code) -> Option<&'static str> {
    Some(match code {
        Code::MissingField | Code::MissingDetail | Code::MissingActor => MISSING,
        Code::BadDate => "refusal-date",
        Code::UnknownParty => "refusal-party",
        Code::PartyDidNotExist => "refusal-party-existed",
        Code::SelfRelation => "refusal-both-sides",
        Code::BadDetail | Code::WrongType => "refusal-value",
        Code::BadUrl => "refusal-url",
        Code::BadLanguage => "refusal-language",
        Code::BadGrade => "refusal-grade",
        Code::TextTooLong => "refusal-long",
        Code::BadText => "refusal-text",
        Code::BadId => "refusal-id",
        Code::IdConflict => "refusal-conflict",
        Code::EmptyCorrection => "refusal-nothing-new",
        Code::Forbidden => "refusal-role",
        _ => return None,
    })
}
