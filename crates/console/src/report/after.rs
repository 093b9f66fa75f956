//! What an event would change if it were reported, and what it may repeat.

use detente_api::submission::EventDto;
use detente_api::view::{ChangeView, PreviewView, SimilarView};
use detente_auth::Role;
use detente_domain::edtf::Edtf;
use detente_domain::kind::Kind;
use detente_domain::party::Party;
use maud::{Markup, html};

use crate::ask::Ask;
use crate::{cite, dates};

/// The most changes that are shown.
const CHANGES_MAX: usize = 40;

/// Writes the preview of one event, with the button that reports it.
pub(super) fn preview(ask: &Ask, kind: Kind, view: &PreviewView) -> Markup {
    let texts = ask.texts;
    let event = view.rows.iter().find_map(|row| row.event.as_ref());
    html! {
        section.preview aria-labelledby="preview" {
            h2 #preview { (texts.say("preview-title")) }
            @if let Some(event) = event { p.said { (sentence(ask, kind, event)) } }
            @for warning in &view.warnings {
                p.warning { strong { "⚠ " } (warning.message) }
            }
            @if !view.similar.is_empty() {
                h3 { (texts.say("preview-similar")) }
                ul.cites { @for similar in &view.similar { li { (self::similar(ask, similar, event)) } } }
            }
            h3 { (texts.say("preview-changes")) }
            (changes(ask, &view.changes, view.changes_left_out))
            @if view.relations_left_out > 0 {
                p.count { (texts.with("preview-relations-left-out", [("count", view.relations_left_out.into())])) }
            }
            p.buttons { (super::send_button(ask)) }
            p.help { (texts.say("preview-edit")) }
        }
    }
}

/// Writes changes as sentences, each with a link to its relation.
pub(crate) fn changes(ask: &Ask, changes: &[ChangeView], left_out: usize) -> Markup {
    let left_out = left_out + changes.len().saturating_sub(CHANGES_MAX);
    html! {
        @if changes.is_empty() { p.empty { (ask.texts.say("preview-unchanged")) } }
        @else {
            ul.changes {
                @for change in changes.iter().take(CHANGES_MAX) {
                    li { a href=(relation(ask, change)) { (dates::in_words(change.sentence().text(ask.lang), ask.texts)) } }
                }
            }
        }
        @if left_out > 0 {
            p.count { (ask.texts.with("preview-changes-left-out", [("count", left_out.into())])) }
        }
    }
}

fn relation(ask: &Ask, change: &ChangeView) -> String {
    let (a, b) = change.relation.split_once('-').unwrap_or_default();
    let ends = change.direction.as_ref();
    let (from, to) = ends.map_or((a, b), |ends| (&*ends.from, &*ends.to));
    ask.href(&format!("relations/{from}/{to}"), &[])
}

/// Says what the event is: kind, parties and date, as they were understood.
pub(crate) fn sentence(ask: &Ask, kind: Kind, event: &EventDto) -> Markup {
    html! {
        b { (kind.label(ask.lang)) } ": "
        (names(ask, &event.actors))
        @if !event.recipients.is_empty() { " – " (names(ask, &event.recipients)) }
        (ask.texts.say("list-comma")) (dates::words(&event.occurred, ask.texts))
        @if let Some((from, to)) = bounds(&event.occurred) {
            " (" (ask.texts.with("date-between", [("from", dates::words(&from, ask.texts).into()), ("to", dates::words(&to, ask.texts).into())])) ")"
        }
    }
}

fn names(ask: &Ask, codes: &[String]) -> Markup {
    html! {
        @for (place, code) in codes.iter().enumerate() {
            @if place > 0 { (ask.texts.say("list-comma")) }
            bdi { (ask.name_of(code)) }
        }
    }
}

/// Returns the first and the last day of a date that is not one day, if it has both.
pub(crate) fn bounds(date: &str) -> Option<(String, String)> {
    let date = Edtf::parse(date).ok()?;
    let (from, to) = (date.earliest(), date.latest());
    let is_open = from.is_open() || to.is_open() || from == to;
    (!is_open).then(|| (from.to_string(), to.to_string()))
}

fn similar(ask: &Ask, similar: &SimilarView, event: Option<&EventDto>) -> Markup {
    let texts = ask.texts;
    let page = format!("events/{}", similar.id);
    let title = cite::title(&similar.title, None, ask.lang.as_str());
    let may_amend = ask
        .caller
        .as_ref()
        .is_ok_and(|caller| caller.require(Role::Editor).is_ok());
    html! {
        div.cite {
            a href=(ask.href(&page, &[])) {
                @match title {
                    Some((lang, title)) => bdi lang=(lang) { (title) },
                    None => (cite::kind_label(ask, &similar.kind)),
                }
            }
            p {
                span { (cite::kind_label(ask, &similar.kind)) }
                span { (dates::words(&similar.occurred, texts)) }
                (cite::grade(ask, &similar.grade))
                span { bdi { (similar.publisher) } }
                span { (texts.with("preview-apart", [("days", similar.days_apart.into())])) }
                @if let Some(event) = event.filter(|_| may_amend) {
                    a href=(corroborate(ask, &page, event)) { (texts.say("preview-corroborate")) }
                }
            }
        }
    }
}

/// Returns the address of the form that adds the publication to an event that is known.
fn corroborate(ask: &Ask, page: &str, event: &EventDto) -> String {
    let report = &event.report;
    let (reliability, credibility) = report.grade.split_at_checked(1).unwrap_or_default();
    let pairs = [
        ("report.publisher", report.publisher.as_str()),
        ("report.url", report.url.as_deref().unwrap_or_default()),
        (
            "report.published",
            report.published.as_deref().unwrap_or_default(),
        ),
        (
            "report.language",
            report.language.as_deref().unwrap_or_default(),
        ),
        ("report.quote", report.quote.as_deref().unwrap_or_default()),
        ("reliability", reliability),
        ("credibility", credibility),
    ];
    let pairs = pairs.into_iter().filter(|(_, value)| !value.is_empty());
    ask.href(&format!("{page}/reports"), &pairs.collect::<Vec<_>>())
}

/// Writes the name of a party with a link to its page, if it is a state.
pub(crate) fn party(ask: &Ask, code: &str) -> Markup {
    let state = Party::find(code).filter(|party| party.state() == Some(*party));
    html! {
        @match state {
            Some(_) => a href=(ask.href(&format!("countries/{code}"), &[])) { (ask.name_of(code)) },
            None => bdi { (ask.name_of(code)) },
        }
    }
}
