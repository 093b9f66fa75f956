//! A table that fits the terminal: long texts are cut first, then optional columns are left out.

use detente_api::text;
use detente_api::view::labels::Label;
use detente_domain::party::Lang;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

use super::comma;
use crate::output::Output;

/// The space between two columns.
const GAP: &str = "  ";
/// The mark after a right-to-left text: the cell that follows it stays on its right.
const LTR: &str = "\u{200e}";

/// A table of texts.
pub(super) struct Table {
    columns: Vec<Column>,
    rows: Vec<Vec<Cell>>,
    lang: Lang,
}

/// A column. Its texts are never cut by default.
pub(super) struct Column {
    head: &'static str,
    min_width: Option<usize>,
    optional: Option<u8>,
}

/// A text in a table, with a tail that is never cut.
#[derive(Default)]
pub(super) struct Cell {
    text: String,
    tail: String,
}

impl Column {
    pub(super) const fn new(head: &'static str) -> Self {
        Self {
            head,
            min_width: None,
            optional: None,
        }
    }

    /// Allows the texts to be cut to this width.
    pub(super) const fn min_width(mut self, width: usize) -> Self {
        self.min_width = Some(width);
        self
    }

    /// Allows the column to be left out if cutting is not enough, in ascending order.
    pub(super) const fn optional(mut self, order: u8) -> Self {
        self.optional = Some(order);
        self
    }
}

impl Cell {
    pub(super) fn with_tail(text: &str, tail: String) -> Self {
        Self {
            text: clean(text),
            tail,
        }
    }

    fn width(&self) -> usize {
        self.text.width() + self.tail.width()
    }

    fn within(&self, room: usize) -> String {
        let room = room.saturating_sub(self.tail.width());
        cut(&self.text, room) + &self.tail
    }
}

impl<T: ToString> From<T> for Cell {
    fn from(value: T) -> Self {
        Self::with_tail(&value.to_string(), String::new())
    }
}

impl Table {
    pub(super) fn new<R>(
        columns: impl IntoIterator<Item = Column>,
        rows: impl IntoIterator<Item = R>,
    ) -> Self
    where
        R: IntoIterator<Item: Into<Cell>>,
    {
        let cells = |row: R| row.into_iter().map(Into::into).collect();
        Self {
            columns: columns.into_iter().collect(),
            rows: rows.into_iter().map(cells).collect(),
            lang: Lang::En,
        }
    }

    /// Sets the language of the line about the columns that are left out.
    pub(super) const fn lang(mut self, lang: Lang) -> Self {
        self.lang = lang;
        self
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Returns true if everything fits uncut.
    pub(super) fn fits(&self, room: usize) -> bool {
        total(self.natural().into_iter().filter(|width| *width > 0)) <= room
    }

    /// Renders the table at the width of the output, without a line break at the end.
    pub(super) fn render(&self, out: &Output) -> String {
        self.within(out.width())
    }

    fn within(&self, room: usize) -> String {
        let widths = self.widths(room);
        let kept = || widths.iter().enumerate().filter(|(_, width)| **width > 0);
        let line = |row: &[Cell]| {
            let cells = kept().map(|(column, width)| {
                let cell = row.get(column);
                let text = cell.map_or(String::new(), |cell| cell.within(*width));
                padded(&text, *width)
            });
            cells.collect::<Vec<_>>().join(GAP).trim_end().to_owned()
        };
        let heads = self.columns.iter().map(|column| Cell::from(column.head));
        let rule = "─".repeat(total(kept().map(|(_, width)| *width)));
        let mut lines = vec![line(&Vec::from_iter(heads)), rule];
        lines.extend(self.rows.iter().map(|row| line(row)));
        let natural = self.natural();
        let missing = self.columns.iter().zip(&widths).zip(natural);
        let missing: Vec<&str> = missing
            .filter(|((column, width), natural)| {
                **width == 0 && *natural > 0 && !column.head.is_empty()
            })
            .map(|((column, _), _)| column.head)
            .collect();
        if !missing.is_empty() {
            let label = Label::new("no room for:", "لا متسع لـ:", "не поместилось:");
            let missing = missing.join(comma(self.lang));
            lines.push(format!("{} {missing}", label.text(self.lang)));
        }
        lines.join("\n")
    }

    /// Returns the width of each column; 0 if it is left out.
    fn widths(&self, room: usize) -> Vec<usize> {
        let natural = self.natural();
        let mut widths = natural.clone();
        let least = |(column, width): (&Column, &usize)| match column.min_width {
            Some(least) => least.max(column.head.width()).min(*width),
            None => *width,
        };
        let columns = self.columns.iter().enumerate();
        let optional = columns.filter_map(|(place, column)| Some((column.optional?, place)));
        let mut optional: Vec<(u8, usize)> = optional.collect();
        optional.sort_unstable();
        let too_wide = |widths: &[usize]| {
            let shortest = self.columns.iter().zip(widths).map(least);
            total(shortest.filter(|width| *width > 0)) > room
        };
        let set = |widths: &mut [usize], place: usize, new: usize| {
            if let Some(width) = widths.get_mut(place) {
                *width = new;
            }
        };
        let mut gone = Vec::new();
        for (_, place) in optional {
            if !too_wide(&widths) {
                break;
            }
            set(&mut widths, place, 0);
            gone.push(place);
        }
        // Restores narrow columns that fit again after a wide one was removed.
        for place in gone.into_iter().rev() {
            set(&mut widths, place, natural.get(place).copied().unwrap_or(0));
            if too_wide(&widths) {
                set(&mut widths, place, 0);
            }
        }
        let used = total(widths.iter().copied().filter(|width| *width > 0));
        let mut over = used.saturating_sub(room);
        for (column, width) in self.columns.iter().zip(&mut widths).rev() {
            let cut = over.min(*width - least((column, width)));
            *width -= cut;
            over -= cut;
        }
        widths
    }

    fn natural(&self) -> Vec<usize> {
        let of = |(place, column): (usize, &Column)| {
            let cells = self.rows.iter().filter_map(|row| row.get(place));
            let widest = cells.map(Cell::width).max().unwrap_or(0);
            // A column without a head and texts has no width.
            widest.max(column.head.width())
        };
        self.columns.iter().enumerate().map(of).collect()
    }
}

/// Returns the width of columns side by side.
fn total(widths: impl Iterator<Item = usize>) -> usize {
    let (count, sum) = widths.fold((0, 0), |(count, sum), width| (count + 1, sum + width));
    sum + GAP.len() * usize::saturating_sub(count, 1)
}

/// Pads a text to a width, so that what follows it stays on its right.
pub(super) fn padded(text: &str, width: usize) -> String {
    let blanks = width.saturating_sub(text.width());
    let mark = if is_right_to_left(text) { LTR } else { "" };
    format!("{text}{mark}{}", " ".repeat(blanks))
}

/// Returns true if a text has letters of a script that is written from right to left.
fn is_right_to_left(text: &str) -> bool {
    text.contains(|letter| matches!(letter, '\u{0590}'..='\u{08ff}'))
}

/// Cuts a text to a width, with an ellipsis if it is too long.
fn cut(text: &str, room: usize) -> String {
    if text.width() <= room {
        return text.to_owned();
    }
    let mut used = 0;
    let kept = text.chars().take_while(|letter| {
        used += letter.width().unwrap_or(0);
        used < room
    });
    let kept: String = kept.collect();
    format!("{}…", kept.trim_end())
}

/// Wraps a text at spaces, to lines of a width.
pub(super) fn wrap(text: &str, room: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in clean(text).split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if line.width() + 1 + word.width() <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// Returns a text on one line, without what could move the cursor or turn the line around.
pub(super) fn clean(text: &str) -> String {
    text::line(text).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let title = "Five states send aid to a sixth";
        let row = [
            Cell::from("2021-08-01"),
            Cell::default(),
            Cell::from("12 d"),
            Cell::with_tail(title, " (+2 more)".to_owned()),
        ];
        let columns = [
            Column::new("day"),
            Column::new("").optional(0),
            Column::new("late by").optional(1),
            Column::new("because of").min_width(12),
        ];
        Table::new(columns, [row])
    }

    #[test]
    fn a_table_that_fits_is_whole_and_no_line_ends_in_a_space() {
        let text = table().within(100);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[0], "day         late by  because of");
        assert!(lines[2].ends_with("Five states send aid to a sixth (+2 more)"));
        assert!(lines.iter().all(|line| *line == line.trim_end()));
        assert_eq!(lines[1].width(), lines[2].width());
    }

    #[test]
    fn texts_are_cut_first_and_keep_their_tail() {
        let text = table().within(45);
        let last = text.lines().last().unwrap();
        assert_eq!(last, "2021-08-01  12 d     Five states s… (+2 more)");
        assert!(last.width() <= 45);
    }

    #[test]
    fn then_optional_columns_are_left_out_and_named() {
        let text = table().within(30);
        assert!(text.starts_with("day         because of\n"), "{text}");
        assert!(text.ends_with("no room for: late by"), "{text}");
    }

    #[test]
    fn arabic_is_cut_by_its_width_and_never_between_a_letter_and_its_mark() {
        let title = "طَالِبَان تُسَيْطِر عَلَى كَابُول";
        let short = cut(title, 8);
        assert!(short.width() <= 8, "{short}");
        assert!(short.ends_with('…'));
        let kept = short.trim_end_matches('…');
        let next = title.strip_prefix(kept).unwrap().chars().next().unwrap();
        assert!(next.width() != Some(0), "{next:?}");
        assert_eq!(cut(title, 80), title);
    }

    #[test]
    fn the_cell_after_an_arabic_one_stays_on_its_right() {
        let columns = [Column::new("what"), Column::new("since")];
        let table = Table::new(columns, [["الحدود", "2021-08-01"]]);
        let text = table.within(100);
        let last = text.lines().last().unwrap();
        assert_eq!(last, "الحدود\u{200e}  2021-08-01");
    }

    #[test]
    fn hazards_are_replaced() {
        let cell = Cell::from("a\u{1b}[2Jb\nc\u{202e}");
        assert_eq!(cell.text, "a\u{fffd}[2Jb c\u{fffd}");
        assert_eq!(wrap("a bb ccc\ndddd", 4), ["a bb", "ccc", "dddd"]);
    }
}
