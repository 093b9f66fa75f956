//! The page of reasons: the rule of a level, the evidence for and against it, and what did not count.

mod evidence;
mod picture;
mod rule;

use axum::response::Response;
use detente_api::request::{PageLimit, Part as _, WhyRequest};
use detente_api::view::localized::towards;
use detente_api::view::{RuleView, WhyView, labels, units};
use detente_domain::dimension::Dimension;
use detente_feed::Error;
use detente_read_model::ReadRequest as _;
use maud::{Markup, html};

use crate::ask::Ask;
use crate::clocks::ClockBar;
use crate::relation::levels::cell;
use crate::relation::timelines::{Timelines, chosen_span};
use crate::relation::{Conducts, spans};
use crate::shell::Page;
use crate::{dates, relation};
use evidence::Evidence;

/// Answers with the page.
pub(crate) async fn page(ask: Ask) -> Response {
    let page = Box::pin(view(&ask)).await;
    ask.answer(page)
}

/// Answers with the reasons alone, as a picture.
pub(crate) async fn svg(ask: Ask) -> Response {
    match drawn(&ask).await {
        Ok(drawn) => crate::picture::response(drawn),
        Err(error) => ask.answer(Err(error)),
    }
}

async fn drawn(ask: &Ask) -> Result<Markup, Error> {
    ask.require_reader()?;
    let request = WhyRequest::parse_part("", &ask.params)?;
    let why = request.answer(&ask.model).await?;
    Ok(picture::draw(ask, &why))
}

async fn view(ask: &Ask) -> Result<Page, Error> {
    ask.require_reader()?;
    let request = WhyRequest::parse_part("", &ask.params)?;
    let dimension = request.dimension;
    let conducts = Conducts::read(ask).await?;
    let why = WhyRequest {
        clocks: relation::pinned(&conducts.own),
        ..request
    };
    let why = why.answer(&ask.model).await?;
    let span = chosen_span(ask)?;
    let timelines = Timelines::read(ask, &conducts, Some(dimension), span).await?;
    let evidence = Evidence::read(ask, &why).await;
    let clocks = ClockBar::of(ask, &why.at, why.known_at).await?;
    let label = labels::dimension(dimension).text(ask.lang);
    let parties = towards(ask.name_of(&why.from), ask.name_of(&why.to), ask.lang);
    let title = format!("{parties}: {label}");
    let back = ask.href(&conducts.path(), &[]);
    let body = html! {
        p { a href=(back) { (parties) } }
        p.line { strong { (dates::in_words(why.line.text(ask.lang), ask.texts)) } }
        (held(ask, &why))
        @if !timelines.steps.items.is_empty() {
            section {
                h2 #timelines { (ask.texts.say("why-timeline")) }
                (spans(ask, span))
                div.scroll tabindex="0" role="region" aria-label=(ask.texts.say("why-timeline")) {
                    (timelines.draw(ask, "why", &title, &[dimension]))
                }
                (timelines.note(ask))
            }
        }
        section {
            h2 { (ask.texts.say("why-rule")) }
            (rule::section(ask, &conducts.path(), &why))
        }
        (evidence.section(ask, &why))
        (rest(ask, &why))
        (links(ask, &conducts.path(), dimension, &why))
    };
    Ok(Page::new(title, body).at(clocks).live())
}

/// The level, since when it holds, and what it was answered from.
fn held(ask: &Ask, why: &WhyView) -> Markup {
    let texts = ask.texts;
    let flags = [
        (why.stale, labels::STALE),
        (why.presumed, labels::PRESUMED),
        (why.uncertain, labels::UNCERTAIN),
        (why.disputed, labels::DISPUTED),
    ];
    let since = why.since.as_deref();
    let since = since.map(|since| dates::words(since, texts));
    html! {
        div.scroll tabindex="0" role="region" aria-label=(texts.say("levels-level")) {
            table.levels {
                tr {
                    th scope="row" { (texts.say("levels-level")) }
                    (cell(ask, why.dimension.0, &why.level, None))
                    td {
                        @for (_, flag) in flags.into_iter().filter(|(is_set, _)| *is_set) {
                            span.flag { (flag.text(ask.lang)) } " "
                        }
                    }
                }
                @if let Some(since) = since { tr { th scope="row" { (texts.say("levels-since")) } td colspan="2" { (since) } } }
                tr {
                    th scope="row" { (texts.say("why-rulebook")) }
                    td colspan="2" {
                        a href=(ask.href("methodology", &[])) { bdi { (why.rulebook) } }
                        " (" code { (why.projection) } ")"
                    }
                }
            }
        }
    }
}

/// What was counted, or not, and is not listed.
fn rest(ask: &Ask, why: &WhyView) -> Markup {
    let texts = ask.texts;
    let hidden = why.uncounted_count.saturating_sub(why.uncounted.len());
    let most = PageLimit::MAX.to_string();
    let is_whole = matches!(why.rule, RuleView::Blend(_));
    let left = why.evidence_count.saturating_sub(why.evidence.len());
    html! {
        @if let Some(rest) = why.rest {
            p.count {
                (texts.with("why-rest", [
                    ("count", rest.count.into()),
                    ("warmth", units(rest.warmth_micro).into()),
                    ("strain", units(rest.strain_micro).into()),
                ]))
            }
        } @else if left > 0 && !is_whole {
            p.count { (texts.with("why-rest-ladder", [("count", left.into())])) }
        }
        @if hidden > 0 { p.count { (texts.with("why-hidden", [("count", hidden.into())])) } }
        @if (hidden > 0 || left > 0) && ask.get("limit").ok().flatten() != Some(most.as_str()) {
            p { a href=(ask.here(&[("limit", &most)])) { (texts.with("why-more", [("count", most.clone().into())])) } }
        }
    }
}

fn links(ask: &Ask, path: &str, dimension: Dimension, why: &WhyView) -> Markup {
    let api = format!("/v1/{path}/why/{}", dimension.as_str());
    let clocks = [
        ("at", why.at.as_str()),
        ("known_at", &why.known_at.to_string()),
    ];
    let svg = ask.href(
        &format!("{path}/timeline.svg"),
        &[("dimension", dimension.as_str())],
    );
    let word = dimension.as_str();
    let picture = ask.href(&format!("{path}/why/{word}/why.svg"), &[]);
    html! {
        nav.links aria-label=(ask.texts.say("relation-links")) {
            ul {
                li { a href=(crate::link::address(&api, clocks)) { "JSON" } }
                li { a href=(picture) { (ask.texts.say("why-svg")) } }
                li { a href=(svg) { (ask.texts.say("relation-svg")) } }
            }
        }
    }
}
