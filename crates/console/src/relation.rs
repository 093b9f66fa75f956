//! The page of a relation: both conducts, their timelines, registers and evidence.

pub(crate) mod levels;
pub(crate) mod registers;
mod samples;
pub(crate) mod timelines;

use axum::response::{IntoResponse as _, Response};
use detente_api::request::{Clocks, DirectedPair, KnownAt, Part as _, RelationRequest};
use detente_api::view::localized::towards;
use detente_api::view::{EventView, RelationView, labels};
use detente_domain::day::Day;
use detente_domain::dimension::Dimension;
use detente_feed::Error;
use detente_read_model::ReadRequest as _;
use detente_read_model::course::Tail;
use maud::{Markup, html};

use crate::ask::Ask;
use crate::board::COLUMNS;
use crate::cite::Cite;
use crate::clocks::ClockBar;
use crate::dates;
use crate::picture::{self, Span};
use crate::shell::Page;
use timelines::{Timelines, chosen_dimension, chosen_span};

/// The most events that the page lists.
const EVENTS_SHOWN: usize = 30;

/// Answers with the page.
pub(crate) async fn page(ask: Ask) -> Response {
    let page = Box::pin(view(&ask)).await;
    ask.answer(page)
}

/// Answers with the timeline alone, as a picture.
pub(crate) async fn timeline(ask: Ask) -> Response {
    match picture_alone(&ask).await {
        Ok(response) => response,
        Err(error) => crate::error::response(&ask, &error).into_response(),
    }
}

/// Answers with the course of an index alone, as a picture.
pub(crate) async fn course(ask: Ask) -> Response {
    match course_alone(&ask).await {
        Ok(response) => response,
        Err(error) => crate::error::response(&ask, &error).into_response(),
    }
}

/// Both conducts of a relation at one point.
pub(crate) struct Conducts {
    /// The one of the path.
    pub(crate) relation: DirectedPair,
    /// Its state.
    pub(crate) own: RelationView,
    /// The state of the other one.
    pub(crate) other: RelationView,
}

impl Conducts {
    /// Reads both at the point of the page.
    pub(crate) async fn read(ask: &Ask) -> Result<Self, Error> {
        ask.require_reader()?;
        let relation = DirectedPair::parse_part("", &ask.params)?;
        let request = |relation, clocks| RelationRequest { relation, clocks };
        let own = request(relation, ask.clocks()?).answer(&ask.model).await?;
        let reverse = DirectedPair {
            direction: relation.direction.reverse(),
            ..relation
        };
        let other = request(reverse, pinned(&own)).answer(&ask.model).await?;
        Ok(Self {
            relation,
            own,
            other,
        })
    }

    /// Returns the path of the conduct, as pages and the API have it.
    pub(crate) fn path(&self) -> String {
        path(self.relation)
    }

    /// Returns the conduct in words.
    pub(crate) fn name(&self, ask: &Ask) -> String {
        name_of(ask, &self.own)
    }

    /// Returns the path of the other one.
    pub(crate) fn opposite(&self) -> String {
        path(DirectedPair {
            direction: self.relation.direction.reverse(),
            ..self.relation
        })
    }

    /// Returns the other one in words.
    pub(crate) fn opposite_name(&self, ask: &Ask) -> String {
        name_of(ask, &self.other)
    }
}

/// Returns the clocks of a view, so that another one is read at the same point.
pub(crate) fn pinned(view: &RelationView) -> Clocks {
    Clocks {
        at: Day::parse(&view.at),
        known_at: Some(KnownAt::Position(view.known_at)),
        min_position: None,
    }
}

/// Returns the path of a conduct.
pub(crate) fn path(relation: DirectedPair) -> String {
    let (from, to) = relation.states();
    format!("relations/{}/{}", from.code(), to.code())
}

/// Returns a conduct in words.
fn name_of(ask: &Ask, view: &RelationView) -> String {
    towards(ask.name_of(&view.from), ask.name_of(&view.to), ask.lang)
}

async fn view(ask: &Ask) -> Result<Page, Error> {
    let conducts = Conducts::read(ask).await?;
    let span = chosen_span(ask)?;
    let chosen = chosen_dimension(ask)?;
    let timelines = Timelines::read(ask, &conducts, None, span).await?;
    let clocks = ClockBar::of(ask, &conducts.own.at, conducts.own.known_at).await?;
    let name = conducts.name(ask);
    let opposite = conducts.opposite();
    let body = html! {
        (links(ask, &conducts))
        @if timelines.events.items.is_empty() { (nothing(ask, &conducts)) }
        section {
            h2 { (ask.texts.say("relation-levels")) }
            (levels::table(ask, (&conducts.path(), &name, &conducts.own), Some((&opposite, &conducts.opposite_name(ask), &conducts.other))))
        }
        @if !timelines.is_empty() { (pictures(ask, &conducts, &timelines, chosen, span)) }
        (registers::section(ask, &conducts.own, &timelines.titles()))
        (registers::disputes(ask, &conducts.own, &timelines.titles()))
        (evidence(ask, &conducts, &timelines.events))
    };
    Ok(Page::new(name, body).at(clocks).live())
}

async fn picture_alone(ask: &Ask) -> Result<Response, Error> {
    let conducts = Conducts::read(ask).await?;
    let span = chosen_span(ask)?;
    let chosen = ask.get("dimension")?.map(timelines::parse_dimension);
    let chosen = chosen.transpose()?;
    let timelines = Timelines::read(ask, &conducts, chosen, span).await?;
    let name = conducts.name(ask);
    let dimensions: &[Dimension] = chosen.as_ref().map_or(&COLUMNS, std::slice::from_ref);
    let drawn = timelines.draw(ask, "file", &name, dimensions);
    Ok(picture::response(drawn))
}

async fn course_alone(ask: &Ask) -> Result<Response, Error> {
    let conducts = Conducts::read(ask).await?;
    let (span, chosen) = (chosen_span(ask)?, chosen_dimension(ask)?);
    let timelines = Timelines::read(ask, &conducts, None, span).await?;
    let name = format!("{}: {}", course_name(ask, chosen), conducts.name(ask));
    let samples = timelines.samples(chosen);
    let drawn = picture::course(ask.texts, &name, timelines.axis, &samples);
    Ok(picture::response(drawn))
}

/// Returns what the course of an index is called.
fn course_name(ask: &Ask, dimension: Dimension) -> String {
    let label = labels::dimension(dimension).text(ask.lang);
    let course = ask
        .texts
        .with("relation-course", [("dimension", label.into())]);
    course.into_owned()
}

/// The other pages of the relation, and the answers of the API that the page is made from.
fn links(ask: &Ask, conducts: &Conducts) -> Markup {
    let texts = ask.texts;
    let path = conducts.path();
    let api = format!("/v1/{path}");
    let page = |part: &str| ask.href(&format!("{path}/{part}"), &[]);
    html! {
        nav.links aria-label=(texts.say("relation-links")) {
            ul {
                li { a href=(page("brief")) { (texts.say("relation-brief")) } }
                li { a href=(page("diff")) { (texts.say("relation-diff")) } }
                li { a href=(page("timeline.svg")) { (texts.say("relation-svg")) } }
                li { a href=(ask.api(&api, &[])) { "JSON" } }
                li { a href=(ask.api(&api, &[("format", "markdown"), ("lang", ask.lang.as_str())])) { "Markdown" } }
                li { a href=(ask.api(&format!("{api}/history"), &[("format", "csv")])) { (texts.say("relation-csv")) } }
                li { a href=(format!("{api}/changes.atom?lang={}", ask.lang.as_str())) { "Atom" } }
            }
        }
    }
}

/// What is said of a relation without events.
fn nothing(ask: &Ask, conducts: &Conducts) -> Markup {
    let texts = ask.texts;
    let is_moved = crate::link::CLOCKS
        .iter()
        .any(|name| ask.get(name).ok().flatten().is_some());
    html! {
        div.empty {
            p { (texts.with("relation-nothing", [("date", dates::words(&conducts.own.at, texts).into())])) }
            ul {
                @if is_moved {
                    li { a href=(ask.here(&[("at", ""), ("known_at", "")])) { (texts.say("relation-now")) } }
                }
                li { a href=(ask.href("report", &[])) { (texts.say("relation-report")) } }
                @for code in [&conducts.own.from, &conducts.own.to] {
                    li { a href=(ask.href(&format!("countries/{code}"), &[])) { (ask.name_of(code)) } }
                }
            }
        }
    }
}

/// The pictures, with the choice of the time that they show and of the index.
fn pictures(
    ask: &Ask,
    conducts: &Conducts,
    timelines: &Timelines,
    chosen: Dimension,
    span: Span,
) -> Markup {
    let texts = ask.texts;
    let name = conducts.name(ask);
    let course = course_name(ask, chosen);
    let alone = format!("{}/course.svg", conducts.path());
    let alone = ask.href(
        &alone,
        &[("index", chosen.as_str()), ("span", span.as_str())],
    );
    let title = texts.say("relation-timelines");
    let samples = timelines.samples(chosen);
    html! {
        section {
            h2 #timelines { (title) }
            (spans(ask, span))
            div.scroll tabindex="0" role="region" aria-label=(title) {
                (timelines.draw(ask, "all", &format!("{title}: {name}"), &COLUMNS))
            }
            (timelines.note(ask))
            (timelines::legend(ask))
        }
        section {
            h2 #course { (course) }
            nav.choice aria-label=(texts.say("relation-index-of")) {
                ul {
                    @for dimension in timelines::WITH_NUMBERS {
                        li {
                            a href={ (ask.here(&[("index", dimension.as_str())])) "#course" }
                                aria-current=[(dimension == chosen).then_some("true")] {
                                (labels::heading(dimension).text(ask.lang))
                            }
                        }
                    }
                }
            }
            @if samples.iter().any(|sample| sample.masses.is_some()) {
                div.scroll tabindex="0" role="region" aria-label=(course) {
                    (picture::course(texts, &format!("{course}: {name}"), timelines.axis, &samples))
                }
                p { a href=(alone) { "SVG" } }
            } @else {
                p.empty { (texts.say("relation-no-course")) }
            }
        }
    }
}

/// The choice of the time that pictures show.
pub(crate) fn spans(ask: &Ask, span: Span) -> Markup {
    html! {
        nav.choice aria-label=(ask.texts.say("picture-span")) {
            ul {
                @for other in Span::ALL {
                    li {
                        a href={ (ask.here(&[("span", other.as_str())])) "#timelines" }
                            aria-current=[(other == span).then_some("true")] {
                            (ask.texts.say(&format!("span-{other}")))
                        }
                    }
                }
            }
        }
    }
}

/// The newest events of the relation.
pub(crate) fn evidence(ask: &Ask, conducts: &Conducts, events: &Tail<EventView>) -> Markup {
    let texts = ask.texts;
    let all = ask.api(&format!("/v1/{}/events", conducts.path()), &[]);
    html! {
        @if !events.items.is_empty() {
            section {
                h2 { (texts.say("relation-events")) }
                ul.cites {
                    @for event in events.items.iter().rev().take(EVENTS_SHOWN) {
                        li { (Cite::from(event).render(ask)) }
                    }
                }
                p.count {
                    (texts.with("relation-events-of", [
                        ("shown", events.items.len().min(EVENTS_SHOWN).into()),
                        ("total", events.total.into()),
                    ]))
                    " "
                    a href=(all) { (texts.say("relation-all-events")) }
                }
            }
        }
    }
}
