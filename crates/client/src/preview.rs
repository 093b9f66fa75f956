//! Previews: what rows would change if they were reported.

use detente_api::request::{PreviewRequest, Request as _};
use detente_api::view::PreviewView;
use reqwest::Method;
use reqwest::header::CONTENT_TYPE;

use crate::client::{Client, decode};
use crate::error::Error;
use crate::report::{NDJSON, Row};

impl Client {
    /// Returns what rows would change if they were reported now, together, what they may repeat, and
    /// warnings. Nothing is stored, so the request is not retried. Rows have the numbers given here;
    /// at most 100 are taken.
    ///
    /// # Errors
    /// [`Error::Refused`] if the request is refused as a whole, such as for too many rows. Invalid
    /// rows have their refusals in the answer.
    pub async fn preview(
        &self,
        rows: &[Row],
        request: &PreviewRequest,
    ) -> Result<PreviewView, Error> {
        let body: String = rows.iter().map(|row| format!("{}\n", row.line)).collect();
        let post = self.request(Method::POST, &self.inner.server, &["v1", "preview"]);
        let post = post.query(&request.pairs());
        let post = post.header(CONTENT_TYPE, NDJSON).body(body);
        let mut view: PreviewView = decode(&self.body_of(post).await?, self.server())?;
        renumber(&mut view, rows);
        Ok(view)
    }
}

/// Gives the rows of an answer, which are numbered by line, their own numbers.
fn renumber(view: &mut PreviewView, sent: &[Row]) {
    let number = |row: &mut usize| {
        if let Some(sent) = row.checked_sub(1).and_then(|line| sent.get(line)) {
            *row = sent.number;
        }
    };
    view.rows.iter_mut().for_each(|row| number(&mut row.row));
    view.similar
        .iter_mut()
        .for_each(|similar| number(&mut similar.row));
    view.warnings
        .iter_mut()
        .for_each(|warning| number(&mut warning.row));
}
