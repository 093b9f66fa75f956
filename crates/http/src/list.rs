//! Lists as one JSON value, as NDJSON or as CSV.

use axum::http::{HeaderValue, Uri, header};
use axum::response::Response;
use detente_api::table::{self, Row};
use detente_api::view::Page;
use serde::Serialize;

use crate::accept::{Format, Negotiated};
use crate::reply;

/// The forms of a list.
pub const FORMATS: [Format; 3] = [Format::Json, Format::Ndjson, Format::Csv];

/// The byte order mark, by which spreadsheets recognise UTF-8.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Answers with a page of a list: the page as JSON, its items as NDJSON, or the rows as CSV. The
/// header `Link` names the next page.
pub fn list<I: Serialize, R: Row>(
    uri: &Uri,
    negotiated: Negotiated,
    page: &Page<I>,
    rows: impl Iterator<Item = R>,
) -> Response {
    let (form, body) = match negotiated.format {
        Format::Ndjson => (Format::Ndjson, lines(&page.items)),
        Format::Csv => (Format::Csv, table(rows, negotiated.bom)),
        Format::Json | Format::Markdown | Format::Toml | Format::EventStream => {
            let body = serde_json::to_vec(page).map_err(Into::into);
            (Format::Json, body)
        }
    };
    let mut response = match body {
        Ok(bytes) => reply::bytes_as(200, form.content_type(), bytes),
        Err(error) => reply::unserialized(&*error),
    };
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("accept"));
    let next = page.next.as_deref();
    let link = next.map(|next| format!("<{}>; rel=\"next\"", next_page(uri, next)));
    if let Some(Ok(link)) = link.map(|link| HeaderValue::from_str(&link)) {
        headers.insert(header::LINK, link);
    }
    response
}

/// Answers with rows as CSV.
pub fn csv<R: Row>(rows: impl Iterator<Item = R>) -> Response {
    match table(rows, false) {
        Ok(bytes) => reply::bytes_as(200, Format::Csv.content_type(), bytes),
        Err(error) => reply::unserialized(&*error),
    }
}

type Written = Result<Vec<u8>, Box<dyn std::error::Error>>;

fn lines<I: Serialize>(items: &[I]) -> Written {
    let mut bytes = Vec::new();
    for item in items {
        serde_json::to_writer(&mut bytes, item)?;
        bytes.push(b'\n');
    }
    Ok(bytes)
}

fn table<R: Row>(rows: impl Iterator<Item = R>, bom: bool) -> Written {
    let start = if bom { BOM.to_vec() } else { Vec::new() };
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(start);
    writer.write_record(R::COLUMNS.iter().map(|(name, _)| name))?;
    for row in rows {
        writer.write_record(table::cells(&row)?)?;
    }
    Ok(writer.into_inner().map_err(|error| error.to_string())?)
}

/// Returns the same request with the cursor of the next page.
fn next_page(uri: &Uri, next: &str) -> String {
    let pairs = uri.query().unwrap_or_default().split('&');
    let kept = pairs.filter(|pair| !pair.is_empty() && !pair.starts_with("from="));
    let query: String = kept.map(|pair| format!("{pair}&")).collect();
    format!("{}?{query}from={next}", uri.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_keeps_the_other_parameters() {
        let uri: Uri = "/v1/events?from=3-1&kind=visit.made&limit=2"
            .parse()
            .unwrap();
        let next = next_page(&uri, "3-3");
        assert_eq!(next, "/v1/events?kind=visit.made&limit=2&from=3-3");
        let bare: Uri = "/v1/events".parse().unwrap();
        assert_eq!(next_page(&bare, "3-3"), "/v1/events?from=3-3");
    }
}
