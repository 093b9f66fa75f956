//! The page of an event: what is reported of it, and the forms that amend it.

use axum::response::Response;

use crate::ask::Ask;

/// Answers with the page.
pub(crate) async fn page(ask: Ask) -> Response {
    crate::error::not_found(ask).await
}
