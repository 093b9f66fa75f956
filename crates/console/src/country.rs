//! The page of a country: both directions of its relations, and who governs it.

use axum::response::Response;

use crate::ask::Ask;

/// Answers with the page.
pub(crate) async fn page(ask: Ask) -> Response {
    crate::error::not_found(ask).await
}
