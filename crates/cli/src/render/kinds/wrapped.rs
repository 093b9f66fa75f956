//! A table whose texts are wrapped instead of cut.

use detente_api::view::labels::Label;
use detente_domain::party::Lang;
use unicode_width::UnicodeWidthStr as _;

use super::super::table::{Column, Table, wrap};
use crate::output::Output;

/// The width between two columns.
const GAP: usize = 2;
/// The least width of a column whose texts are wrapped.
const WIDTH_MIN: usize = 12;

/// Renders rows. The columns after the first `fixed` ones share the rest of the width; those without
/// any text are left out.
pub(super) fn table<const COLUMNS: usize>(
    out: &Output,
    heads: [Label; COLUMNS],
    fixed: usize,
    rows: &[[String; COLUMNS]],
    lang: Lang,
) -> String {
    let head = |place: usize| heads.get(place).map_or("", |head| head.text(lang));
    let cell = |row: &[String; COLUMNS], place: usize| row.get(place).cloned().unwrap_or_default();
    let is_used = |place: &usize| rows.iter().any(|row| !cell(row, *place).is_empty());
    let places: Vec<usize> = (0..COLUMNS).filter(is_used).collect();
    let natural = |place: usize| {
        let widest = rows.iter().map(|row| cell(row, place).width()).max();
        widest.unwrap_or(0).max(head(place).width())
    };
    let widths: Vec<(usize, bool)> = places
        .iter()
        .map(|place| (natural(*place), *place >= fixed))
        .collect();
    let rooms = rooms(&widths, out.width());
    let lines = rows.iter().flat_map(|row| {
        let cells = places.iter().zip(&rooms);
        let cells: Vec<Vec<String>> = cells
            .map(|(place, room)| wrap(&cell(row, *place), *room))
            .collect();
        let height = cells.iter().map(Vec::len).max().unwrap_or(0);
        let line = move |line: usize| {
            let texts = cells.iter().map(|lines| lines.get(line).cloned());
            texts.map(Option::unwrap_or_default).collect::<Vec<_>>()
        };
        (0..height).map(line)
    });
    let columns = places.iter().map(|place| Column::new(head(*place)));
    Table::new(columns, lines).render(out)
}

/// Returns the width of each column: its natural one, or its part of what the others leave.
fn rooms(widths: &[(usize, bool)], width: usize) -> Vec<usize> {
    let gaps = GAP * widths.len().saturating_sub(1);
    let mut rest = width.saturating_sub(gaps);
    let mut rooms: Vec<Option<usize>> = widths
        .iter()
        .map(|(natural, wraps)| (!wraps).then_some(*natural))
        .collect();
    rest = rest.saturating_sub(rooms.iter().flatten().sum());
    // The narrowest first: what they do not need is left for the others.
    let mut open: Vec<usize> = (0..widths.len())
        .filter(|place| rooms[*place].is_none())
        .collect();
    open.sort_by_key(|place| widths[*place].0);
    for (done, place) in open.iter().enumerate() {
        let part = rest / (open.len() - done);
        let room = widths[*place].0.min(part.max(WIDTH_MIN));
        rest = rest.saturating_sub(room);
        rooms[*place] = Some(room);
    }
    rooms.into_iter().map(Option::unwrap_or_default).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wide_columns_share_what_narrow_ones_leave() {
        assert_eq!(
            rooms(&[(10, false), (5, true), (90, true)], 60),
            [10, 5, 41]
        );
        assert_eq!(
            rooms(&[(10, false), (80, true), (90, true)], 64),
            [10, 25, 25]
        );
        assert_eq!(rooms(&[(30, false), (80, true)], 20), [30, 12]);
        assert_eq!(rooms(&[], 20), [0; 0]);
    }
}
