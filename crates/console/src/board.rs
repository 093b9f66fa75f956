//! The board: countries by dimensions, towards a chosen counterpart.

pub(crate) mod cell;
mod picture;
mod query;
mod table;

use axum::response::Response;
use detente_api::request::CountriesRequest;
use detente_api::view::labels;
use detente_domain::dimension::Dimension;
use detente_domain::party::Party;
use detente_feed::Error;
use detente_read_model::ReadRequest as _;
use detente_read_model::board::{Board, BoardRow, board, most_related};
use maud::{Markup, html};

use crate::ask::Ask;
use crate::clocks::ClockBar;
use crate::shell::Page;
use cell::Cell;
use query::{BoardQuery, Sort};

/// The dimensions, in the order of the columns: the posture, which pools the others, first.
pub(crate) const COLUMNS: [Dimension; 10] = {
    use detente_domain::dimension::Weighed as W;
    [
        Dimension::Posture,
        Dimension::Recognition,
        Dimension::Declared,
        Dimension::Representation,
        Dimension::Weighed(W::Political),
        Dimension::Weighed(W::Security),
        Dimension::Weighed(W::Economic),
        Dimension::Weighed(W::Humanitarian),
        Dimension::Weighed(W::Societal),
        Dimension::Weighed(W::Threat),
    ]
};

/// Answers with the board.
pub(crate) async fn page(ask: Ask) -> Response {
    let page = view(&ask).await;
    ask.answer(page)
}

/// Answers with the board alone, as a picture.
pub(crate) async fn svg(ask: Ask) -> Response {
    alone(&ask, |query, board, rows| {
        crate::picture::response(picture::draw(&ask, query, board, rows))
    })
    .await
}

/// Answers with the board as CSV.
pub(crate) async fn csv(ask: Ask) -> Response {
    alone(&ask, |_, board, rows| table::csv(board, rows)).await
}

/// Answers with the rows of the board in another form.
async fn alone(
    ask: &Ask,
    write: impl FnOnce(&BoardQuery, &Board, &[&BoardRow]) -> Response,
) -> Response {
    match shown(ask).await {
        Ok(Some(Shown { query, board, .. })) => write(&query, &board, &rows(ask, &query, &board)),
        Ok(None) => ask.answer(Ok(empty(ask))),
        Err(error) => ask.answer(Err(error)),
    }
}

/// What the board shows.
struct Shown {
    query: BoardQuery,
    /// The countries with a known relation, each with their number.
    countries: Vec<(Party, usize)>,
    board: Board,
}

/// Reads the board; `None` if nothing is known.
async fn shown(ask: &Ask) -> Result<Option<Shown>, Error> {
    ask.require_reader()?;
    let query = BoardQuery::parse(ask)?;
    let countries = countries(ask).await?;
    let Some(toward) = chosen(ask, query.toward, &countries).await else {
        return Ok(None);
    };
    let board = board(&ask.model, toward, query.rows(), &ask.clocks()?).await?;
    Ok(Some(Shown {
        query,
        countries,
        board,
    }))
}

/// Returns the country that is asked for; until somebody chooses, that which acts with the most
/// others. `None` if nothing is known.
pub(crate) async fn chosen(
    ask: &Ask,
    asked: Option<Party>,
    countries: &[(Party, usize)],
) -> Option<Party> {
    if asked.is_some() {
        return asked;
    }
    let (first, _) = countries.first()?;
    Some(most_related(&ask.model).await.unwrap_or(*first))
}

/// Returns the rows that are asked for, in order.
fn rows<'b>(ask: &Ask, query: &BoardQuery, board: &'b Board) -> Vec<&'b BoardRow> {
    // Those that are asked for have a row also if nothing is known of them then.
    let is_shown = |row: &&BoardRow| {
        let mut cells = COLUMNS.into_iter();
        !query.of().is_empty() || cells.any(|dimension| Cell::new(row, dimension).is_known())
    };
    let rows = board.rows.iter().filter(is_shown);
    let rows = rows.filter(|row| query.show.admits(row));
    let mut rows: Vec<&BoardRow> = rows.collect();
    query.sort(ask.lang, &mut rows);
    rows
}

async fn view(ask: &Ask) -> Result<Page, Error> {
    let Some(shown) = shown(ask).await? else {
        return Ok(empty(ask));
    };
    let Shown {
        query,
        countries,
        board,
    } = &shown;
    let toward = board.toward;
    let clocks = {
        let (at, known) = (board.point.at.to_string(), board.point.known.0);
        ClockBar::of_country(ask, toward, &at, known).await?
    };
    let title = ask
        .texts
        .with("board-title", [("toward", ask.name(toward).into())]);
    let body = html! {
        (controls(ask, query, toward, countries))
        (table(ask, query, board))
        (cell::legend(ask))
        (formats(ask, toward))
    };
    Ok(Page::new(title, body)
        .at(clocks)
        .following(format!("country={}", toward.code())))
}

/// Returns the countries that have a known relation, each with their number.
pub(crate) async fn countries(ask: &Ask) -> Result<Vec<(Party, usize)>, Error> {
    let request = CountriesRequest {
        clocks: ask.clocks()?,
        page: detente_api::request::PageRequest {
            limit: Some(detente_api::request::PageLimit::MAX),
            from: None,
        },
    };
    let page = request.answer(&ask.model).await?;
    let items = page.items.iter();
    Ok(items
        .filter_map(|item| Some((Party::find(&item.country)?, item.relations)))
        .collect())
}

pub(crate) fn empty(ask: &Ask) -> Page {
    let body = html! {
        p.empty { (ask.texts.say("board-empty")) }
        p { code { "detente up --demo" } }
        @if ask.site.gateway.is_some() {
            p { a.button href=(ask.href("report", &[])) { (ask.texts.say("relation-report")) } }
        }
    };
    Page::new(ask.texts.say("board-empty-title"), body).live()
}

/// The form that chooses the counterpart, the rows and the filter.
fn controls(ask: &Ask, query: &BoardQuery, toward: Party, countries: &[(Party, usize)]) -> Markup {
    let texts = ask.texts;
    let mut named: Vec<_> = countries
        .iter()
        .map(|(party, count)| (ask.name(*party), *party, *count))
        .collect();
    named.sort_by_cached_key(|(name, ..)| crate::order::key(name));
    html! {
        form.controls method="get" action=(ask.path) {
            @for (name, value) in ask.params.pairs().filter(|(name, _)| crate::link::CLOCKS.contains(name) || *name == "sort") {
                input type="hidden" name=(name) value=(value);
            }
            label {
                span { (texts.say("board-toward")) }
                select name="toward" {
                    @for (name, party, count) in named {
                        option value=(party.code()) selected[party == toward] { (name) " (" (count) ")" }
                    }
                }
            }
            label {
                span { (texts.say("board-of")) }
                select name="of" {
                    option value="" { (texts.say("board-of-all")) }
                    @for organisation in BoardQuery::organisations(ask.lang) {
                        option value=(organisation.code()) selected[query.is_of(organisation)] { (ask.name(organisation)) }
                    }
                    @if let Some(listed) = query.listed() {
                        option value=(listed) selected { (listed) }
                    }
                }
            }
            label {
                span { (texts.say("board-filter")) }
                select name="show" {
                    @for show in query::Show::ALL {
                        option value=(show.as_str()) selected[show == query.show] { (texts.say(show.key())) }
                    }
                }
            }
            button { (texts.say("board-apply")) }
        }
    }
}

/// Links to the board in other forms.
fn formats(ask: &Ask, toward: Party) -> Markup {
    let code = toward.code();
    // The picture has the rows and the order of the page.
    let page = ask.here(&[("toward", code)]);
    let query = page.find('?').and_then(|at| page.get(at..)).unwrap_or("");
    let events = ask.api("/v1/events", &[("country", code), ("format", "csv")]);
    html! {
        ul.formats aria-label=(ask.texts.say("map-formats")) {
            li { a href={ "board.svg" (query) } { "SVG" } }
            li { a href={ "board.csv" (query) } { "CSV" } }
            li { a href=(ask.api(&format!("/v1/countries/{code}"), &[("format", "json")])) { "JSON" } }
            li { a href=(events) { (ask.texts.say("map-events")) " CSV" } }
        }
    }
}

fn table(ask: &Ask, query: &BoardQuery, board: &Board) -> Markup {
    let texts = ask.texts;
    let rows = rows(ask, query, board);
    if rows.is_empty() {
        return html! { p.empty { (texts.say("board-no-rows")) } };
    }
    // Links are relative, and the clocks are the same in each.
    let clocks = ask.href("", &[]);
    let clocks = clocks
        .find('?')
        .and_then(|at| clocks.get(at..))
        .unwrap_or("");
    let title = texts.with("board-title", [("toward", ask.name(board.toward).into())]);
    html! {
        label.finder data-script hidden {
            span { (texts.say("board-find")) }
            input type="search" data-filter=".board tbody tr" autocomplete="off";
        }
        div.scroll tabindex="0" role="region" aria-label=(title) {
            table.board data-grid aria-label=(title) {
                thead {
                    tr {
                        (head(ask, query, Sort::Name, &texts.say("board-country"), None))
                        @for dimension in COLUMNS {
                            (head(ask, query, Sort::By(dimension), labels::heading(dimension).text(ask.lang), Some(dimension)))
                        }
                    }
                }
                tbody {
                    @for row in &rows { (line(ask, board.toward, row, clocks)) }
                }
            }
        }
        p.count { (texts.with("board-count", [("count", rows.len().into())])) }
    }
}

fn head(
    ask: &Ask,
    query: &BoardQuery,
    sort: Sort,
    text: &str,
    dimension: Option<Dimension>,
) -> Markup {
    let is_sorted = query.sort == sort;
    let title = dimension.map(|dimension| labels::dimension(dimension).text(ask.lang));
    html! {
        th scope="col" aria-sort=[is_sorted.then_some(if query.sort.descends() { "descending" } else { "ascending" })] {
            a href=(ask.here(&[("sort", sort.as_str())])) title=[title] { (text) }
        }
    }
}

fn line(ask: &Ask, toward: Party, row: &BoardRow, clocks: &str) -> Markup {
    let relation = format!("relations/{}/{}", row.from.code(), toward.code());
    html! {
        tr data-key=(row.from.code()) {
            th scope="row" {
                a href={ (relation) (clocks) } { (ask.name(row.from)) }
                " " abbr { (row.from.code()) }
            }
            @for dimension in COLUMNS {
                (Cell::new(row, dimension).render(ask, &relation, clocks))
            }
        }
    }
}
