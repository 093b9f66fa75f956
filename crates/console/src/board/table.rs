//! The board as a table for other programs: a row for each level.

use axum::response::Response;
use detente_api::table::Row;
use detente_api::view::Decimal1;
use detente_http::list;
use detente_read_model::board::{Board, BoardRow};
use serde::Serialize;

use super::COLUMNS;
use super::cell::Cell;

/// A level of a conduct.
#[derive(Debug, Serialize)]
struct LevelRow<'b> {
    from: &'static str,
    toward: &'static str,
    at: &'b str,
    known_at: u64,
    dimension: &'static str,
    level: &'b str,
    index: Option<Decimal1>,
    warmth: Option<Decimal1>,
    strain: Option<Decimal1>,
    since: Option<&'b str>,
    last_evidence: Option<&'b str>,
    events: Option<usize>,
    stale: bool,
    disputed: bool,
    presumed: bool,
    uncertain: bool,
}

impl Row for LevelRow<'_> {
    const COLUMNS: &'static [(&'static str, &'static str)] = &[
        ("from", "/from"),
        ("toward", "/toward"),
        ("at", "/at"),
        ("known_at", "/known_at"),
        ("dimension", "/dimension"),
        ("level", "/level"),
        ("index", "/index"),
        ("warmth", "/warmth"),
        ("strain", "/strain"),
        ("since", "/since"),
        ("last_evidence", "/last_evidence"),
        ("events", "/events"),
        ("stale", "/stale"),
        ("disputed", "/disputed"),
        ("presumed", "/presumed"),
        ("uncertain", "/uncertain"),
    ];
}

/// Answers with the levels of rows, in their order.
pub(super) fn csv(board: &Board, rows: &[&BoardRow]) -> Response {
    let levels = rows.iter().flat_map(|row| {
        COLUMNS.into_iter().map(|dimension| {
            let facts = Cell::new(row, dimension).facts;
            LevelRow {
                from: row.from.code(),
                toward: board.toward.code(),
                at: &row.view.at,
                known_at: row.view.known_at,
                dimension: dimension.as_str(),
                level: facts.level,
                index: facts.index,
                warmth: facts.warmth,
                strain: facts.strain,
                since: facts.since,
                last_evidence: facts.last_evidence,
                events: facts.events,
                stale: facts.stale,
                disputed: facts.disputed,
                presumed: facts.presumed,
                uncertain: facts.uncertain,
            }
        })
    });
    list::csv(levels)
}
