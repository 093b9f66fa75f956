//! The sources: who published what is in the log.

use axum::response::Response;

use crate::ask::Ask;

/// Answers with the page.
pub(crate) async fn page(ask: Ask) -> Response {
    crate::error::not_found(ask).await
}
