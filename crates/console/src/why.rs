//! The reasons for a level: its rule, its band, and the evidence that supports, opposes or did not count.

use axum::response::Response;

use crate::ask::Ask;

/// Answers with the page.
pub(crate) async fn page(ask: Ask) -> Response {
    crate::error::not_found(ask).await
}
