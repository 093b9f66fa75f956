//! The world as tiles, coloured by a dimension of the conducts towards a country, or of that country.

mod drawing;
mod missions;
mod query;
mod tiles;

use axum::http::{HeaderName, header};
use axum::response::{IntoResponse as _, Response};
use detente_api::text;
use detente_api::view::labels;
use detente_domain::party::Party;
use detente_feed::Error;
use detente_read_model::board::{Board, BoardRow, board, board_of};
use maud::{Markup, html};

use crate::ask::Ask;
use crate::board::cell::Cell;
use crate::board::{chosen, countries, empty};
use crate::clocks::ClockBar;
use crate::link::CLOCKS;
use crate::shell::Page;
use crate::{dates, level, order};
use drawing::Drawing;
use query::{Conducts, MapQuery};

/// What the map shows.
struct Shown {
    query: MapQuery,
    /// The countries with a known relation, each with their number.
    countries: Vec<(Party, usize)>,
    board: Board,
}

/// Answers with the page.
pub(crate) async fn page(ask: Ask) -> Response {
    let page = view(&ask).await;
    ask.answer(page)
}

/// Answers with the map alone, as a picture that needs no style sheet.
pub(crate) async fn svg(ask: Ask) -> Response {
    match shown(&ask).await {
        Ok(Some(shown)) => {
            let picture = drawing(&ask, &shown).alone(&ask, &point(&ask, &shown.board));
            let headers: [(HeaderName, &str); 3] = [
                (header::CONTENT_TYPE, "image/svg+xml; charset=utf-8"),
                (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
                (header::CACHE_CONTROL, "no-cache, private"),
            ];
            let picture = picture.into_string();
            (headers, text::markup(&picture).into_owned()).into_response()
        }
        Ok(None) => ask.answer(Ok(empty(&ask))),
        Err(error) => ask.answer(Err(error)),
    }
}

async fn shown(ask: &Ask) -> Result<Option<Shown>, Error> {
    ask.require_reader()?;
    let query = MapQuery::parse(ask)?;
    let countries = countries(ask).await?;
    let Some(country) = chosen(ask, query.country, &countries).await else {
        return Ok(None);
    };
    let clocks = ask.clocks()?;
    let board = match query.conducts {
        Conducts::Towards => board(&ask.model, country, None, &clocks).await?,
        Conducts::Of => board_of(&ask.model, country, &clocks).await?,
    };
    Ok(Some(Shown {
        query,
        countries,
        board,
    }))
}

async fn view(ask: &Ask) -> Result<Page, Error> {
    let Some(shown) = shown(ask).await? else {
        return Ok(empty(ask));
    };
    let Shown { query, board, .. } = &shown;
    let clocks = ClockBar::of(ask, &board.point.at.to_string(), board.point.known.0).await?;
    let drawing = drawing(ask, &shown);
    let country = board.toward;
    let code = country.code();
    let picture = address(ask, "map.svg", query, country);
    let body = html! {
        (controls(ask, &shown))
        p.soft { (ask.texts.say("map-note")) }
        div.scroll.map tabindex="0" role="region" aria-label=(query.title(ask, country)) { (drawing.inline(ask)) }
        (drawing.legend(ask))
        (without_tile(ask, &shown))
        (missions::table(ask, board))
        ul.formats aria-label=(ask.texts.say("map-formats")) {
            li { a href=(picture) { "SVG" } }
            @if query.conducts == Conducts::Towards {
                li { a href=(ask.href("board.csv", &[("toward", code)])) { "CSV" } }
            }
            li { a href=(ask.api(&format!("/v1/countries/{code}"), &[("format", "json")])) { "JSON" } }
            li { a href=(ask.api("/v1/events", &[("country", code), ("format", "csv")])) { (ask.texts.say("map-events")) " CSV" } }
            li { a href=(ask.href(&format!("countries/{code}"), &[])) { (ask.name(country)) } }
            li { a href=(ask.href("", &[("toward", code)])) { (ask.texts.with("board-title", [("toward", ask.name(country).into())])) } }
        }
    };
    Ok(Page::new(query.title(ask, country), body)
        .at(clocks)
        .following(format!("country={code}")))
}

/// Returns the address of a page of the map with what it shows now.
fn address(ask: &Ask, page: &str, query: &MapQuery, country: Party) -> String {
    let pairs = [
        ("toward", country.code()),
        ("dimension", query.dimension.as_str()),
        ("conducts", query.conducts.as_str()),
    ];
    ask.href(page, &pairs)
}

/// Returns the point of both clocks in words.
fn point(ask: &Ask, board: &Board) -> String {
    let at = dates::words(&board.point.at.to_string(), ask.texts);
    let args = [
        ("at", at.into()),
        ("known", board.point.known.0.to_string().into()),
    ];
    ask.texts.with("map-point", args).into_owned()
}

fn drawing<'s>(ask: &Ask, shown: &'s Shown) -> Drawing<'s> {
    let clocks = ask.params.pairs().filter(|(name, _)| CLOCKS.contains(name));
    Drawing::new(
        &shown.board,
        shown.query.dimension,
        shown.query.conducts,
        &crate::link::address("", clocks),
    )
}

fn controls(
    ask: &Ask,
    Shown {
        query,
        countries,
        board,
    }: &Shown,
) -> Markup {
    let texts = ask.texts;
    let mut named: Vec<_> = countries
        .iter()
        .map(|(party, _)| (ask.name(*party), *party))
        .collect();
    if !named.iter().any(|(_, party)| *party == board.toward) {
        named.push((ask.name(board.toward), board.toward));
    }
    named.sort_by_cached_key(|(name, _)| order::key(name));
    html! {
        form.controls method="get" action=(ask.path) {
            @for (name, value) in ask.params.pairs().filter(|(name, _)| CLOCKS.contains(name)) {
                input type="hidden" name=(name) value=(value);
            }
            label {
                span { (texts.say("map-country")) }
                select name="toward" {
                    @for (name, party) in named {
                        option value=(party.code()) selected[party == board.toward] { (name) }
                    }
                }
            }
            label {
                span { (texts.say("map-conducts")) }
                select name="conducts" {
                    @for conducts in Conducts::ALL {
                        option value=(conducts.as_str()) selected[conducts == query.conducts] { (texts.say(conducts.key())) }
                    }
                }
            }
            label {
                span { (texts.say("map-dimension")) }
                select name="dimension" {
                    @for dimension in crate::board::COLUMNS {
                        option value=(dimension.as_str()) selected[dimension == query.dimension] {
                            (labels::dimension(dimension).text(ask.lang))
                        }
                    }
                }
            }
            button { (texts.say("board-apply")) }
        }
    }
}

/// Lists those with a known relation that have no tile: territories, and states that few recognise.
fn without_tile(ask: &Ask, Shown { query, board, .. }: &Shown) -> Markup {
    let tiles = tiles::on(board.point.at);
    let is_without = |row: &&BoardRow| tiles.iter().all(|(party, _)| *party != row.from);
    let mut rows: Vec<&BoardRow> = board.rows.iter().filter(is_without).collect();
    rows.sort_by_cached_key(|row| order::key(ask.name(row.from)));
    if rows.is_empty() {
        return html! {};
    }
    html! {
        h2 { (ask.texts.say("map-without")) }
        ul.without {
            @for row in rows {
                @let cell = Cell::new(row, query.dimension);
                li class=(level::classes(query.dimension, cell.facts.level)) {
                    a href=(ask.href(&query.conducts.path(row.from, board.toward), &[])) { (ask.name(row.from)) }
                    " " (level::mark(query.dimension, cell.facts.level)) " " (level::word(query.dimension, cell.facts.level, ask.lang))
                }
            }
        }
    }
}
