//! Previews: what rows would change if they were reported.

use std::collections::BTreeMap;

use detente_api::request::{PreviewRequest, Request as _};
use detente_api::view::PreviewView;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;

use crate::client::{Client, decode};
use crate::error::Error;
use crate::report::{NDJSON, Row};

/// The most blank lines of the body of a preview, so that rows have their numbers on the server too.
pub const BLANK_MAX: usize = 10_000;

impl Client {
    /// Returns what rows would change if they were reported now, together, what they may repeat, and
    /// warnings. Nothing is stored, so the request is not retried. Rows may be without an id, and
    /// have the numbers given here; at most 100 are taken. Amendments that wait for one of the
    /// events are not applied.
    ///
    /// # Errors
    /// [`Error::Refused`] if the request is refused as a whole, such as for too many rows. Invalid
    /// rows have their refusals in the answer.
    pub async fn preview(
        &self,
        rows: &[Row],
        request: &PreviewRequest,
    ) -> Result<PreviewView, Error> {
        let (body, lines) = numbered(rows);
        let post = self.request(Method::POST, &self.inner.server, &["v1", "preview"]);
        let post = post.query(&request.pairs());
        let post = post.header(CONTENT_TYPE, NDJSON).body(body);
        let mut view: PreviewView = decode(&self.body_of(post).await?, self.server())?;
        renumber(&mut view, &lines);
        Ok(view)
    }
}

/// Returns rows as lines, and the number of each row by that of its line. Both are the same, since
/// warnings name rows, unless the numbers do not ascend or leave out very many.
fn numbered(rows: &[Row]) -> (String, BTreeMap<usize, usize>) {
    let (mut body, mut lines, mut line) = (String::new(), BTreeMap::new(), 1);
    for row in rows {
        let blank = row.number.saturating_sub(line);
        if line - lines.len() + blank <= BLANK_MAX {
            body.push_str(&"\n".repeat(blank));
            line += blank;
        }
        lines.insert(line, row.number);
        body.push_str(&row.line);
        body.push('\n');
        line += 1;
    }
    (body, lines)
}

/// Gives the rows of an answer, which are numbered by line, their own numbers.
fn renumber(view: &mut PreviewView, lines: &BTreeMap<usize, usize>) {
    let number = |row: &mut usize| *row = lines.get(row).copied().unwrap_or(*row);
    view.rows.iter_mut().for_each(|row| number(&mut row.row));
    view.similar
        .iter_mut()
        .for_each(|similar| number(&mut similar.row));
    view.warnings
        .iter_mut()
        .for_each(|warning| number(&mut warning.row));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(numbers: &[usize]) -> Vec<Row> {
        let row = |number: &usize| Row {
            number: *number,
            line: "{}".to_owned(),
        };
        numbers.iter().map(row).collect()
    }

    #[test]
    fn rows_are_sent_on_the_lines_of_their_numbers() {
        let (body, lines) = numbered(&rows(&[2, 3, 5]));
        assert_eq!(body, "\n{}\n{}\n\n{}\n");
        assert_eq!(lines, [(2, 2), (3, 3), (5, 5)].into());
    }

    #[test]
    fn rows_with_other_numbers_get_them_back() {
        let (body, lines) = numbered(&rows(&[7, 1, 1_000_000]));
        assert_eq!(body, "\n\n\n\n\n\n{}\n{}\n{}\n");
        assert_eq!(lines, [(7, 7), (8, 1), (9, 1_000_000)].into());
    }
}
