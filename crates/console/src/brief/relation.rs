//! The brief of a relation.

use detente_api::request::WhyRequest;
use detente_domain::dimension::Dimension;
use detente_feed::Error;
use detente_read_model::ReadRequest as _;
use maud::html;

use super::{Citation, changes, last_year, point, registers, sources};
use crate::ask::Ask;
use crate::board::COLUMNS;
use crate::clocks::ClockBar;
use crate::picture::Span;
use crate::relation::registers::disputes;
use crate::relation::timelines::Timelines;
use crate::relation::{Conducts, evidence, levels, pinned};
use crate::shell::Page;

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
    let title = ask
        .texts
        .with("brief-title", [("name", name.as_str().into())]);
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
    let (path, opposite) = (conducts.path(), conducts.opposite_name(ask));
    let body = html! {
        article.brief {
            (point(ask, &citation))
            @if timelines.events.items.is_empty() { p.empty { (ask.texts.with("relation-nothing", [("date", crate::dates::words(&own.at, ask.texts).into())])) } }
            p.line { strong { (crate::dates::in_words(why.line.text(ask.lang), ask.texts)) } }
            (levels::table(ask, (&path, &name, own), None))
            h2 { (opposite) }
            (levels::table(ask, (&conducts.opposite(), &opposite, &conducts.other), None))
            @if !timelines.is_empty() {
                section {
                    h2 { (ask.texts.say("relation-timelines")) }
                    div.scroll tabindex="0" role="region" aria-label=(ask.texts.say("relation-timelines")) {
                        (timelines.draw(ask, "brief", &name, &COLUMNS))
                    }
                }
            }
            (changes(ask, &last_year(&timelines.steps.items, &own.at)))
            (registers(ask, own.registers()))
            (disputes(ask, own, &timelines.titles()))
            (evidence(ask, &conducts, &timelines.events))
            (sources(ask, published))
            (citation.render(ask))
        }
    };
    Ok(Page::new(title, body).at(clocks))
}
