//! The method: the rulebook as it is in force, in words. Every number is read from it.

mod grades;
mod kinds;
mod levels;
mod number;
mod sums;

use axum::response::Response;
use detente_api::view::RulebooksView;
use detente_domain::rulebook::Rulebook;
use detente_feed::Error;
use detente_read_model::{ReadSource as _, queries};
use detente_rulebook::Origin;
use maud::{Markup, html};

use crate::ask::Ask;
use crate::shell::Page;
use kinds::KindsQuery;

/// The sections, in order: the id of each, which is the end of the key of its heading.
const SECTIONS: [&str; 9] = [
    "dimensions",
    "levels",
    "ladders",
    "grades",
    "memory",
    "posture",
    "organisations",
    "kinds",
    "rulebooks",
];

/// Answers with the page.
pub(crate) async fn page(ask: Ask) -> Response {
    let page = view(&ask).await;
    ask.answer(page)
}

async fn view(ask: &Ask) -> Result<Page, Error> {
    ask.require_reader()?;
    let query = KindsQuery::parse(ask)?;
    let texts = ask.texts;
    let rules: &Rulebook = ask.model.rules();
    let kinds = query.kinds(ask).await?;
    let section = |id: &str| match id {
        "dimensions" => sums::dimensions(ask, rules),
        "levels" => levels::levels(ask, rules),
        "ladders" => levels::ladders(ask, rules),
        "grades" => grades::grades(ask, rules),
        "memory" => sums::memory(ask, rules),
        "posture" => sums::posture(ask, rules),
        "organisations" => sums::organisations(ask, rules),
        "kinds" => kinds::table(ask, &query, &kinds),
        _ => rulebooks(ask),
    };
    let body = html! {
        p { (texts.with("method-intro", [
            ("version", rules.version.clone().into()),
            ("projection", ask.model.projection_name().to_owned().into()),
        ])) }
        p { (texts.say("method-fold")) }
        nav.contents aria-label=(texts.say("method-contents")) {
            ul { @for id in SECTIONS { li { a href={ "#" (id) } { (texts.say(&format!("method-{id}"))) } } } }
        }
        @for id in SECTIONS {
            section #(id) {
                h2 { (texts.say(&format!("method-{id}"))) }
                (section(id))
            }
        }
    };
    Ok(Page::new(texts.say("foot-methodology"), body))
}

/// Writes the rulebook's file and the other stored rulebooks.
fn rulebooks(ask: &Ask) -> Markup {
    let texts = ask.texts;
    let state = ask.model.switch_state().clone();
    let stored: RulebooksView = queries::rulebooks(&state.registry, Default::default(), None);
    let here = ask.model.projection_name();
    html! {
        p { (texts.say("method-file")) }
        ul.formats {
            li { a href="/v1/rulebook?format=toml" { "TOML" } }
            li { a href="/v1/rulebook?format=json" { "JSON" } }
            li { a href={ "/v1/kinds?format=csv&lang=" (ask.lang.as_str()) } { (texts.say("method-kinds")) " CSV" } }
        }
        @if !stored.kept.is_empty() {
            div.scroll tabindex="0" role="region" aria-label=(texts.say("method-rulebooks")) {
                table.list {
                    thead { tr {
                        @for key in ["method-projection", "method-version", "method-origin", "method-state"] { th scope="col" { (texts.say(key)) } }
                    } }
                    tbody {
                        @for kept in &stored.kept {
                            tr {
                                th scope="row" { code { (kept.projection) } }
                                td { bdi { (kept.version.as_deref().unwrap_or("?")) } }
                                td { (texts.say(match kept.origin { Some(Origin::Adopted) => "method-adopted", Some(_) => "method-shipped", None => "method-unreadable" })) }
                                td {
                                    @let is_candidate = stored.candidate.as_ref().is_some_and(|candidate| candidate.projection == kept.projection);
                                    (texts.say(if kept.projection == here { "method-in-force" }
                                        else if is_candidate { "method-candidate" }
                                        else if kept.is_followed { "method-followed" }
                                        else { "method-kept" }))
                                }
                            }
                        }
                    }
                }
            }
        }
        p { (texts.say("method-earlier")) }
    }
}
