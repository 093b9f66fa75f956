//! Answers over HTTP: views and pages.

use axum::response::Response;
use detente_api::table::Row;
use detente_api::view::Page;
use detente_http::reply::JSON;
use detente_http::{Form, Negotiated, etag, list};
use serde::Serialize;

use super::extract::Address;

/// The forms of a view that is also available as Markdown.
pub(super) const MARKDOWN_FORMS: [Form; 2] = [Form::Json, Form::Markdown];

/// Answers with a view as JSON, unless the client has it.
pub(super) fn view(address: &Address, view: &impl Serialize) -> Response {
    etag::view(&address.headers, JSON, view, || serde_json::to_vec(view))
}

/// Answers with a view as JSON or Markdown, unless the client has it.
pub(super) fn view_or_markdown<V: Serialize>(
    address: &Address,
    negotiated: Negotiated,
    view: &V,
    markdown: impl FnOnce(&V) -> String,
) -> Response {
    if negotiated.form == Form::Markdown {
        let media_type = Form::Markdown.content_type();
        let text = || Ok(markdown(view).into_bytes());
        return etag::view(&address.headers, media_type, view, text);
    }
    self::view(address, view)
}

/// Answers with a page of a list whose items are its rows.
pub(super) fn page<T: Row>(address: &Address, negotiated: Negotiated, page: &Page<T>) -> Response {
    let (rows, next) = (page.items.iter(), page.next.as_deref());
    list::list(&address.uri, negotiated, page, &page.items, rows, next)
}
