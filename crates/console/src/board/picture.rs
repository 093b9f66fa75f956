//! The board as a picture, which needs no page.

use detente_api::view::labels;
use detente_domain::dimension::Dimension;
use detente_read_model::ReadSource as _;
use detente_read_model::board::{Board, BoardRow};
use maud::Markup;

use super::COLUMNS;
use super::cell::Cell;
use super::query::{BoardQuery, Show};
use crate::ask::Ask;
use crate::picture::{BOLD, LEVEL, MARGIN, PLAIN, SOFT, Sheet};
use crate::{dates, level};

/// The most rows that are drawn.
const ROWS_MAX: usize = 60;
/// The height of a row.
const ROW: f64 = 34.0;
/// The space beside the text of a cell.
const PAD: f64 = 6.0;
/// The least width of a column, and of a picture.
const COLUMN_MIN: f64 = 52.0;
const WIDTH_MIN: f64 = 720.0;

/// A column: its heading, and its width.
struct Column {
    dimension: Dimension,
    heading: &'static str,
    width: f64,
}

/// Draws the rows of a board.
pub(super) fn draw(ask: &Ask, query: &BoardQuery, board: &Board, rows: &[&BoardRow]) -> Markup {
    let texts = ask.texts;
    let drawn = rows.get(..ROWS_MAX).unwrap_or(rows);
    let columns = COLUMNS.map(|dimension| column(ask, dimension, drawn));
    let names = drawn.iter().map(|row| name_width(ask, row));
    let names = names.fold(PLAIN.width(&texts.say("board-country")), f64::max) + 2.0 * PAD;
    let cells: f64 = columns.iter().map(|column| column.width).sum();
    let width = (names + cells + 2.0 * MARGIN).max(WIDTH_MIN);
    let title = texts.with("board-title", [("toward", ask.name(board.toward).into())]);
    let mut sheet = Sheet::new(ask.lang, width, &title);
    sheet.lines(PLAIN, &point(ask, query, board));
    if drawn.is_empty() {
        sheet.lines(PLAIN, &texts.say("board-no-rows"));
    } else {
        sheet.y += 6.0;
        heads(&mut sheet, names, &columns);
        for row in drawn {
            line(ask, &mut sheet, (names, &columns), row);
        }
        sheet.y += 8.0;
    }
    let more = rows.len() - drawn.len();
    if more > 0 {
        sheet.lines(PLAIN, &labels::more(more, ask.lang));
    }
    legend(ask, &mut sheet);
    let projection = ask.model.projection_name().to_owned();
    let source = texts.with("picture-source", [("projection", projection.into())]);
    sheet.lines(SOFT, &source);
    sheet.finish()
}

/// Returns the point of both clocks in words, and which rows are shown.
fn point(ask: &Ask, query: &BoardQuery, board: &Board) -> String {
    let at = dates::words(&board.point.at.to_string(), ask.texts);
    let known = board.point.known.0.to_string();
    let args = [("at", at.into()), ("known", known.into())];
    let mut text = ask.texts.with("map-point", args).into_owned();
    for party in query.of() {
        text.push_str(" · ");
        text.push_str(ask.name(*party));
    }
    if query.show != Show::All {
        text.push_str(" · ");
        text.push_str(&ask.texts.say(query.show.key()));
    }
    text
}

fn column(ask: &Ask, dimension: Dimension, rows: &[&BoardRow]) -> Column {
    let heading = labels::heading(dimension).text(ask.lang);
    let words = rows.iter().map(|row| Cell::new(row, dimension));
    let words = words.filter(Cell::is_known);
    let words = words.map(|cell| LEVEL.width(&level::word(dimension, cell.facts.level, ask.lang)));
    let widest = words.fold(LEVEL.width(heading), f64::max);
    Column {
        dimension,
        heading,
        width: (widest + 2.0 * PAD).max(COLUMN_MIN),
    }
}

fn name_width(ask: &Ask, row: &BoardRow) -> f64 {
    let code = SOFT.width(&format!("  {}", row.from.code()));
    PLAIN.width(ask.name(row.from)) + code
}

fn heads(sheet: &mut Sheet, names: f64, columns: &[Column]) {
    let mut x = MARGIN + names;
    for column in columns {
        sheet.text(SOFT, x + PAD, sheet.y + 12.0, column.heading);
        x += column.width;
    }
    sheet.y += 20.0;
}

fn line(ask: &Ask, sheet: &mut Sheet, (names, columns): (f64, &[Column]), row: &BoardRow) {
    let (name, y) = (ask.name(row.from), sheet.y);
    sheet.line("grid", [MARGIN, y, sheet.width - MARGIN, y]);
    sheet.text(PLAIN, MARGIN, y + 21.0, name);
    let code = MARGIN + names - 2.0 * PAD;
    sheet.text_to(SOFT, code, y + 21.0, row.from.code());
    let mut x = MARGIN + names;
    for column in columns {
        let area = [x + 1.0, y + 1.0, column.width - 2.0, ROW - 2.0];
        cell(ask, sheet, &Cell::new(row, column.dimension), area);
        x += column.width;
    }
    sheet.y += ROW;
}

fn cell(ask: &Ask, sheet: &mut Sheet, cell: &Cell<'_>, area: [f64; 4]) {
    let [x, y, width, _] = area;
    if !cell.is_known() {
        sheet.text_around(SOFT, x + width / 2.0, y + 20.0, "?");
        return;
    }
    let class = level::classes(cell.dimension, cell.facts.level);
    let class = class.rsplit(' ').next().unwrap_or_default();
    sheet.fill(class, level::opacity(cell.facts.stale_days), area);
    for (name, is_set) in [
        ("stale", cell.facts.stale),
        ("disputed", cell.facts.disputed),
    ] {
        if is_set {
            sheet.hatch(name, area);
        }
    }
    let mut mark = level::mark(cell.dimension, cell.facts.level).to_owned();
    mark.push_str(match cell.turn() {
        Some("up") => " ↑",
        Some(_) => " ↓",
        None => "",
    });
    if cell.binding().is_some() {
        mark.push_str(" ▪");
    }
    let word = level::word(cell.dimension, cell.facts.level, ask.lang);
    sheet.text(BOLD, x + PAD - 1.0, y + 14.0, &mark);
    sheet.text(LEVEL, x + PAD - 1.0, y + 27.0, &word);
}

/// Writes what the marks mean.
fn legend(ask: &Ask, sheet: &mut Sheet) {
    let [up, down, limit, unknown, age] = [
        ask.texts.say("turn-up"),
        ask.texts.say("turn-down"),
        ask.texts.say("legend-limit"),
        ask.texts.say("legend-unknown"),
        ask.texts.say("legend-age"),
    ];
    sheet.flow(&[
        ("", "↑", &up),
        ("", "↓", &down),
        ("", "▪", &limit),
        ("stale", "", labels::STALE.text(ask.lang)),
        ("disputed", "", labels::DISPUTED.text(ask.lang)),
        ("", "?", &unknown),
    ]);
    sheet.lines(SOFT, &age);
}
