//! The brief of a relation.

use detente_api::request::{Topic, WhyRequest};
use detente_api::view::{RelationView, labels};
use detente_domain::dimension::Dimension;
use detente_feed::Error;
use detente_read_model::ReadRequest as _;
use maud::{Markup, html};

use super::{Citation, changes, last_year, point, sources};
use crate::ask::Ask;
use crate::board::COLUMNS;
use crate::clocks::ClockBar;
use crate::picture::Span;
use crate::relation::registers::{describe, disputes};
use crate::relation::timelines::Timelines;
use crate::relation::{Conducts, levels, pinned};
use crate::shell::Page;

/// The most entries of a register that a brief lists.
const ENTRIES_MAX: usize = 6;

pub(super) async fn view(ask: &Ask) -> Result<Page, Error> {
    let conducts = Conducts::read(ask).await?;
    let own = &conducts.own;
    let timelines = Timelines::read(ask, &conducts, None, Span::Five).await?;
    let why = WhyRequest {
        relation: conducts.relation,
        dimension: Dimension::Posture,
        clocks: pinned(own),
        limit: None,
    };
    let why = why.answer(&ask.model).await?;
    let name = conducts.name(ask);
    let title = ask.texts.with("brief-title", [("name", name.as_str().into())]);
    let key = format!("{}-{}", own.from, own.to);
    let citation = Citation {
        title: &name,
        key: &key,
        at: &own.at,
        known_at: own.known_at,
        projection: &own.projection,
    };
    let clocks = ClockBar::of(ask, &own.at, own.known_at).await?;
    let published = timelines.events.items.iter();
    let published = published.map(|event| event.event.report.publisher.as_str());
    let path = conducts.path();
    let body = html! {
        article.brief {
            (point(ask, &citation))
            @if timelines.is_empty() { p.empty { (ask.texts.with("relation-nothing", [("date", crate::dates::words(&own.at, ask.texts).into())])) } }
            p.line { strong { (why.line.text(ask.lang)) } }
            (levels::table(ask, &path, own))
            @if !timelines.is_empty() {
                section {
                    h2 { (ask.texts.say("relation-timelines")) }
                    div.scroll tabindex="0" role="region" aria-label=(ask.texts.say("relation-timelines")) {
                        (timelines.draw(ask, "brief", &name, &COLUMNS))
                    }
                }
            }
            (changes(ask, &last_year(&timelines.steps.items, &own.at)))
            (registers(ask, own))
            (disputes(ask, own, &timelines.titles()))
            (sources(ask, published))
            (citation.render(ask))
        }
    };
    Ok(Page::new(title, body).at(clocks))
}

/// The open entries of registers, in short.
fn registers(ask: &Ask, view: &RelationView) -> Markup {
    let open = view.registers().filter_map(|(register, entries)| {
        let open: Vec<_> = entries.iter().filter(|entry| entry.open).collect();
        (!open.is_empty()).then_some((register, open))
    });
    let open: Vec<_> = open.collect();
    html! {
        @if !open.is_empty() {
            section {
                h2 { (ask.texts.say("brief-registers")) }
                dl.facts {
                    @for (register, entries) in open {
                        dt { (labels::register(register).text(ask.lang)) }
                        dd {
                            @for entry in entries.iter().take(ENTRIES_MAX) {
                                div {
                                    bdi { (describe(ask, entry)) } ": "
                                    (labels::word(Topic::Register(register), &entry.status, ask.lang))
                                    @if let Some(holder) = &entry.controlled_by {
                                        " (" (labels::HELD_BY.text(ask.lang)) " "
                                        (if holder == detente_api::view::UNKNOWN { labels::UNKNOWN.text(ask.lang) } else { ask.name_of(holder) }) ")"
                                    }
                                }
                            }
                            (labels::more(entries.len().saturating_sub(ENTRIES_MAX), ask.lang))
                        }
                    }
                }
            }
        }
    }
}
