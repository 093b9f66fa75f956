//! The differences between two points of the two clocks.

mod difference;
mod form;

use axum::http::StatusCode;
use axum::response::Response;
use detente_api::Refusal;
use detente_api::request::{DiffPoints, DiffRequest, DirectedPair, Part as _};
use detente_api::view::localized::{figure, towards};
use detente_api::view::{DiffView, DifferenceView, PointView};
use detente_domain::state::Occasion;
use detente_feed::Error;
use detente_read_model::{ReadRequest as _, ReadSource as _};
use maud::{Markup, html};

use crate::ask::Ask;
use crate::dates;
use crate::shell::{self, Page};

/// The days before the second point at which the first one is, if none is given.
const DAYS: i32 = 30;

/// Answers with the page.
pub(crate) async fn page(ask: Ask) -> Response {
    let relation = match relation(&ask) {
        Ok(relation) => relation,
        Err(error) => return ask.answer(Err(error)),
    };
    match differences(&ask, relation).await {
        Ok(view) => ask.answer(Ok(shown(&ask, relation, &view))),
        Err(Error::Refused(refusal)) if form::has(&refusal) => {
            let page = Page::new(
                title(&ask, relation),
                form::form(&ask, None, Some(&refusal)),
            );
            shell::response(&ask, StatusCode::BAD_REQUEST, &page)
        }
        Err(error) => ask.answer(Err(error)),
    }
}

fn relation(ask: &Ask) -> Result<DirectedPair, Error> {
    ask.require_reader()?;
    Ok(DirectedPair::parse_part("relation", &ask.params)?)
}

async fn differences(ask: &Ask, relation: DirectedPair) -> Result<DiffView, Error> {
    let points = points(ask)?;
    DiffRequest { relation, points }.answer(&ask.model).await
}

/// Returns the two points. The clocks of the page from which a link led here are the second one.
fn points(ask: &Ask) -> Result<DiffPoints, Refusal> {
    let given = DiffPoints::parse_part("", &ask.params)?;
    let clocks = ask.clocks()?;
    let mut points = DiffPoints {
        to: given.to.or(clocks.at),
        known_to: given.known_to.or(clocks.known_at),
        ..given
    };
    if points.from.is_none() && points.known_from.is_none() {
        points.from = Some(points.to.unwrap_or_else(|| ask.model.today()).plus(-DAYS));
    }
    Ok(points)
}

fn title(ask: &Ask, relation: DirectedPair) -> String {
    let (from, to) = relation.states();
    let conduct = towards(ask.name(from), ask.name(to), ask.lang);
    let title = ask.texts.with("diff-title", [("conduct", conduct.into())]);
    title.into_owned()
}

fn shown(ask: &Ask, relation: DirectedPair, view: &DiffView) -> Page {
    let texts = ask.texts;
    let (from, to) = relation.states();
    let path = format!("relations/{}/{}", from.code(), to.code());
    let of = |occasion| {
        view.happened
            .iter()
            .filter(move |item| item.occasion.0 == occasion)
    };
    let happened: Vec<_> = of(Occasion::Happened).collect();
    let lapsed: Vec<_> = of(Occasion::Lapsed).collect();
    let learned: Vec<_> = view.learned.iter().collect();
    let nothing = happened.is_empty() && lapsed.is_empty() && learned.is_empty();
    // By way of the first day, as it is known now.
    let between = PointView {
        at: view.before.at.clone(),
        known_at: view.after.known_at,
    };
    let body = html! {
        p.parts {
            a href=(ask.href(&path, &[])) { (texts.say("diff-to-relation")) }
            a href=(ask.href(&format!("relations/{}/{}/diff", to.code(), from.code()), &[])) { (texts.say("diff-other-way")) }
        }
        (form::form(ask, Some(view), None))
        p.between { (between_points(ask, view)) }
        @if nothing { p.empty { (texts.say("diff-nothing")) } }
        (section(ask, &path, "happened", &happened, view.happened_total, [&between, &view.after]))
        (section(ask, &path, "learned", &learned, view.learned_total, [&view.before, &between]))
        (section(ask, &path, "lapsed", &lapsed, None, [&between, &view.after]))
    };
    Page::new(title(ask, relation), body)
}

fn between_points(ask: &Ask, view: &DiffView) -> String {
    let texts = ask.texts;
    let [before, after] = [&view.before, &view.after].map(|point| {
        let known = figure(&point.known_at.to_string(), ask.lang);
        let day = dates::words(&point.at, texts);
        let args = [("at", day.into()), ("known", known.into())];
        texts.with("diff-point", args).into_owned()
    });
    let args = [("before", before.into()), ("after", after.into())];
    texts.with("diff-between", args).into_owned()
}

/// Writes the differences of an occasion: levels and entries first, then those of numbers alone.
fn section(
    ask: &Ask,
    path: &str,
    occasion: &str,
    items: &[&DifferenceView],
    total: Option<usize>,
    points: [&PointView; 2],
) -> Markup {
    let texts = ask.texts;
    let (levels, numbers): (Vec<&DifferenceView>, Vec<_>) =
        items.iter().partition(|item| item.changes_level());
    html! {
        @if !items.is_empty() {
            section.differences {
                h2 { (texts.say(&format!("diff-{occasion}"))) }
                p.hint { (texts.say(&format!("diff-{occasion}-hint"))) }
                @for item in levels { (difference::render(ask, path, item, points)) }
                @if !numbers.is_empty() {
                    details {
                        summary { (texts.with("diff-numbers", [("count", numbers.len().into())])) }
                        @for item in numbers { (difference::render(ask, path, item, points)) }
                    }
                }
                @if let Some(total) = total { p.count { (texts.with("diff-total", [("count", total.into())])) } }
            }
        }
    }
}
