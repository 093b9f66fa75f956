//! Answers over HTTP: views and pages.

use axum::response::Response;
use detente_api::table::Row;
use detente_api::view::Page;
use detente_http::reply::JSON;
use detente_http::{Negotiated, etag, list};
use serde::Serialize;

use super::extract::Address;

/// Answers with a view as JSON, unless the client has it.
pub(super) fn view(address: &Address, view: &impl Serialize) -> Response {
    etag::view(&address.headers, JSON, view, || serde_json::to_vec(view))
}

/// Answers with a page of a list whose items are its rows.
pub(super) fn page<T: Row>(address: &Address, negotiated: Negotiated, page: &Page<T>) -> Response {
    list::list(&address.uri, negotiated, page, page.items.iter())
}
