//! The world as tiles, coloured by a dimension of the conduct towards a country.

use axum::response::Response;

use crate::ask::Ask;

/// Answers with the page.
pub(crate) async fn page(ask: Ask) -> Response {
    crate::error::not_found(ask).await
}
