//! The page of an event: what is reported of it, what it changes, and the records about it.

pub(crate) mod amend;
mod amendment;
mod effects;
pub(crate) mod list;
mod records;

use axum::http::StatusCode;
use axum::response::Response;
use detente_api::request::{Clocks, EventRequest, KnownAt, Request as _};
use detente_api::submission::{Amend, EventDto, ReportDto};
use detente_api::view::{DetailView, EventLookup, EventView, KindView, PendingView, labels};
use detente_api::{Code, Refusal};
use detente_auth::Role;
use detente_domain::kind::Kind;
use detente_feed::Error;
use detente_read_model::{ReadRequest as _, ReadSource as _};
use maud::{Markup, html};

use crate::ask::Ask;
use crate::clocks::ClockBar;
use crate::report::after;
use crate::report::fields::said;
use crate::shell::{self, Page};
use crate::{cite, dates};

/// Answers with the page.
pub(crate) async fn page(ask: Ask) -> Response {
    match view(&ask).await {
        Err(Error::Refused(refusal)) if refusal.code == Code::UnknownEvent => {
            shell::response(&ask, StatusCode::NOT_FOUND, &unknown(&ask, &refusal))
        }
        page => ask.answer(page),
    }
}

async fn view(ask: &Ask) -> Result<Page, Error> {
    ask.require_reader()?;
    let clocks = ask.clocks()?;
    let request = EventRequest::parse(&ask.params)?;
    let lookup = request.answer(&ask.model).await?;
    let known = known(ask, &clocks).await?;
    let at = clocks.at.unwrap_or_else(|| ask.model.today());
    let bar = ClockBar::of(ask, &at.to_string(), known).await?;
    let page = match lookup {
        EventLookup::Event(event) => {
            let effects = effects::of(ask, &event, known, clocks.at).await;
            let title = cite::Cite::from(&*event).text(ask).to_owned();
            Page::new(title, whole(ask, &event, &effects)).with_own_heading()
        }
        EventLookup::Pending(pending) => {
            Page::new(ask.texts.say("event-pending"), self::pending(ask, &pending))
        }
    };
    Ok(page.at(bar))
}

/// Returns the position of the known clock.
async fn known(ask: &Ask, clocks: &Clocks) -> Result<u64, Error> {
    let head = ask.model.head(clocks.min_position.unwrap_or(0)).await?;
    match clocks.known_at {
        None => Ok(head),
        Some(KnownAt::Position(position)) => Ok(position),
        Some(time) => ask.model.position("known_at", time, head).await,
    }
}

fn unknown(ask: &Ask, refusal: &Refusal) -> Page {
    let texts = ask.texts;
    let body = html! {
        p { (texts.say("event-unknown-text")) }
        p { code dir="ltr" { (refusal.value.as_deref().unwrap_or_default()) } }
        p { a href=(ask.href("events", &[])) { (texts.say("events-title")) } }
    };
    Page::new(texts.say("event-unknown"), body)
}

fn pending(ask: &Ask, view: &PendingView) -> Markup {
    html! {
        p { (ask.texts.say("event-pending-text")) }
        p { code dir="ltr" { (view.id) } }
        (records::table(ask, view.id, view.records.iter()))
        (records::older(ask, view.records_total, view.next.as_deref()))
    }
}

fn whole(ask: &Ask, view: &EventView, effects: &effects::Effects) -> Markup {
    let event = &view.event;
    let id = event.id.unwrap_or_default();
    let texts = ask.texts;
    html! {
        article.event {
            (head(ask, view))
            (standing(ask, view))
            (actions(ask, view))
            (facts(ask, view))
            section aria-labelledby="sources" {
                h2 #sources { (texts.say("event-sources")) }
                ol.publications {
                    li { (publication(ask, &event.report, &view.author)) }
                    @for record in &view.reports {
                        @if let Some(report) = &record.report {
                            li.struck[record.retracted] { (publication(ask, report, &record.author)) }
                        }
                    }
                }
            }
            (effects.render(ask))
            section aria-labelledby="records" {
                h2 #records { (texts.say("event-records")) }
                (records::table(ask, id, records::all(view)))
                (records::older(ask, view.records_total, view.next.as_deref()))
            }
        }
    }
}

fn head(ask: &Ask, view: &EventView) -> Markup {
    let event = &view.event;
    let shown = cite::title(
        &event.title,
        event.report.language.as_deref(),
        ask.lang.as_str(),
    );
    let others = event.title.iter();
    let others = others.filter(|(lang, _)| shown.is_none_or(|(shown, _)| shown != lang.as_str()));
    html! {
        p.kicker {
            a href=(ask.href("events", &[("kind", &event.kind)])) { (cite::kind_label(ask, &event.kind)) }
            " · " (dates::words(&event.occurred, ask.texts))
        }
        h1 {
            @match shown {
                Some((lang, title)) => bdi lang=(lang) dir="auto" { (title) },
                None => (cite::kind_label(ask, &event.kind)),
            }
        }
        @for (lang, title) in others { p.other-title { bdi lang=(lang) { (title) } } }
    }
}

/// Says whether the event stands: retracted, disputed, corrected, or told by another one.
fn standing(ask: &Ask, view: &EventView) -> Markup {
    let texts = ask.texts;
    let corrected = view
        .corrections
        .iter()
        .filter(|record| record.counts)
        .count();
    html! {
        @if let Some(retraction) = &view.retracted {
            p.warning {
                strong { (texts.say("event-retracted")) } " "
                (records::when(retraction)) (ask.texts.say("list-comma")) bdi { (retraction.author) }
                @if let Some(reason) = &retraction.reason { ": " bdi { (reason) } }
            }
        }
        @if view.disputed { p.warning { strong { (labels::DISPUTED.text(ask.lang)) } " " a href="#records" { (texts.say("event-see-records")) } } }
        @if corrected > 0 { p.count { (texts.with("event-corrected", [("count", corrected.into())])) } }
    }
}

/// Links to the forms that amend the event, for those who may.
fn actions(ask: &Ask, view: &EventView) -> Markup {
    let may_amend = ask.site.gateway.is_some()
        && ask
            .caller
            .as_ref()
            .is_ok_and(|caller| caller.require(Role::Editor).is_ok());
    let id = view.event.id.unwrap_or_default();
    html! {
        @if may_amend {
            ul.actions {
                @for amend in [Amend::Corroborate, Amend::Correct, Amend::Dispute, Amend::Link, Amend::Retract] {
                    @if amend != Amend::Retract || view.retracted.is_none() {
                        li {
                            a.button href=(format!("/{}/events/{id}/{}", ask.lang.as_str(), amend.path_segment())) {
                                (ask.texts.say(amendment::key(amend)))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn facts(ask: &Ask, view: &EventView) -> Markup {
    let (texts, event, standing) = (ask.texts, &view.event, &view.standing);
    let id = event.id.unwrap_or_default();
    html! {
        dl.facts {
            dt { (texts.say("event-when")) }
            dd {
                (dates::words(&event.occurred, texts))
                " " code dir="ltr" { (event.occurred) }
                @if let Some((from, to)) = after::bounds(&event.occurred) {
                    " (" (texts.with("date-between", [("from", dates::words(&from, texts).into()), ("to", dates::words(&to, texts).into())])) ")"
                }
            }
            dt { (texts.say("report-actors")) } dd { (parties(ask, &event.actors)) }
            @if !event.recipients.is_empty() {
                dt { (texts.say("report-recipients")) } dd { (parties(ask, &event.recipients)) }
            }
            (details(ask, event))
            dt { (texts.say("event-grade")) }
            dd {
                (cite::grade(ask, &standing.grade))
                @if let Some(meaning) = cite::meaning(ask, &standing.grade) { " – " (meaning) }
                " " (texts.with("event-publishers", [("count", standing.publishers.into())]))
            }
            @if !standing.same_as.is_empty() {
                dt { (texts.say("event-same")) }
                dd { ul.ids { @for other in &standing.same_as { li { a href=(ask.href(&format!("events/{other}"), &[])) { code dir="ltr" { (other) } } } } } }
            }
            dt { (texts.say("event-recorded")) }
            dd {
                (records::moment(view.recorded.as_deref())) (ask.texts.say("list-comma")) bdi { (view.author) } (ask.texts.say("list-comma"))
                (texts.with("event-position", [("position", view.position.to_string().into())]))
            }
            dt { (texts.say("event-id")) }
            dd {
                code dir="ltr" { (id) } " "
                a href=(ask.api(&format!("/v1/events/{id}"), &[])) { "JSON" }
            }
        }
    }
}

fn parties(ask: &Ask, codes: &[String]) -> Markup {
    html! {
        @for (place, code) in codes.iter().enumerate() {
            @if place > 0 { (ask.texts.say("list-comma")) }
            (after::party(ask, code))
        }
    }
}

fn details(ask: &Ask, event: &EventDto) -> Markup {
    let kind = Kind::parse(&event.kind);
    let view = kind.map(|kind| KindView::new(kind, ask.model.rules(), ask.lang));
    let all = view
        .iter()
        .flat_map(|view| view.needs.iter().chain(&view.takes));
    let all: Vec<&DetailView> = all.collect();
    html! {
        @for (field, value) in &event.details {
            @let described = all.iter().find(|detail| detail.detail == field.as_str());
            dt { (described.map_or(field.as_str(), |detail| &*detail.description)) }
            dd { bdi { (said(field, value, ask.lang)) } }
        }
    }
}

/// Writes a publication: who, where, when, in which language, the passage, and its grade.
fn publication(ask: &Ask, report: &ReportDto, author: &str) -> Markup {
    html! {
        p {
            (cite::publisher(&report.publisher, report.url.as_deref()))
            @if let Some(published) = &report.published { (ask.texts.say("list-comma")) (dates::words(published, ask.texts)) }
            @if let Some(language) = &report.language { " " code dir="ltr" { (language) } }
            (ask.texts.say("list-comma")) (cite::grade(ask, &report.grade))
            " · " (ask.texts.say("event-by")) " " bdi { (author) }
        }
        @if let Some(quote) = &report.quote {
            blockquote lang=[report.language.as_deref()] dir="auto" { (quote) }
        }
    }
}
