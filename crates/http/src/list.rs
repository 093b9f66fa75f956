//! Lists in their forms: one JSON value, a line an item, or a table.

use axum::http::{HeaderValue, Uri, header};
use axum::response::Response;
use detente_api::table::{self, Row};
use serde::Serialize;

use crate::accept::{Form, Wanted};
use crate::reply;

/// The forms of a list.
pub const FORMS: [Form; 3] = [Form::Json, Form::Ndjson, Form::Csv];

/// By which spreadsheets know UTF-8.
const BOM: &[u8] = b"\xEF\xBB\xBF";

/// A list as JSON is `whole`; otherwise its items alone, with the place of the next page in the
/// header `Link`, where JSON has it too.
pub fn list<I: Serialize, R: Row>(
    uri: &Uri,
    wanted: Wanted,
    whole: &impl Serialize,
    items: &[I],
    rows: impl Iterator<Item = R>,
    next: Option<&str>,
) -> Response {
    let written = match wanted.form {
        Form::Ndjson => lines(items),
        Form::Csv => table(rows, wanted.bom),
        Form::Json | Form::Markdown | Form::Toml | Form::EventStream => {
            serde_json::to_vec(whole).map_err(Into::into)
        }
    };
    let form = match wanted.form {
        form @ (Form::Ndjson | Form::Csv) => form,
        Form::Json | Form::Markdown | Form::Toml | Form::EventStream => Form::Json,
    };
    let mut response = match written {
        Ok(bytes) => reply::bytes_as(200, form.content_type(), bytes),
        Err(error) => reply::unwritten(&*error),
    };
    let headers = response.headers_mut();
    headers.insert(header::VARY, HeaderValue::from_static("accept"));
    let link = next.map(|next| format!("<{}>; rel=\"next\"", further(uri, next)));
    if let Some(Ok(link)) = link.map(|link| HeaderValue::from_str(&link)) {
        headers.insert(header::LINK, link);
    }
    response
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
    let begun = if bom { BOM.to_vec() } else { Vec::new() };
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(begun);
    writer.write_record(R::COLUMNS.iter().map(|(name, _)| name))?;
    for row in rows {
        writer.write_record(table::cells(&row)?)?;
    }
    Ok(writer.into_inner().map_err(|error| error.to_string())?)
}

/// The same address, from the next page on.
fn further(uri: &Uri, next: &str) -> String {
    let kept = uri.query().unwrap_or_default().split('&');
    let kept = kept.filter(|pair| !pair.is_empty() && !pair.starts_with("from="));
    let pairs: Vec<&str> = kept.collect();
    let from = format!("from={next}");
    let query = pairs
        .into_iter()
        .chain([&*from])
        .collect::<Vec<_>>()
        .join("&");
    format!("{}?{query}", uri.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_page_is_of_the_same_question() {
        let uri: Uri = "/v1/events?from=3-1&kind=visit.made&limit=2"
            .parse()
            .unwrap();
        let next = further(&uri, "3-3");
        assert_eq!(next, "/v1/events?kind=visit.made&limit=2&from=3-3");
        let bare: Uri = "/v1/events".parse().unwrap();
        assert_eq!(further(&bare, "3-3"), "/v1/events?from=3-3");
    }
}
