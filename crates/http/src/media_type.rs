//! The media type of a body that is JSON.

use axum::http::{HeaderMap, header};
use detente_api::refusal::{Code, Refusal};
use detente_api::submission::BodyFormat;

use crate::reply::JSON;

/// Refuses a body that does not say that it is one JSON value.
///
/// # Errors
/// `unsupported_media_type` for a media type that is missing or another one, and for charsets other
/// than UTF-8.
pub fn require_json(headers: &HeaderMap) -> Result<(), Refusal> {
    let sent = headers.get(header::CONTENT_TYPE);
    let sent = sent.and_then(|sent| sent.to_str().ok()).unwrap_or_default();
    match BodyFormat::parse(sent) {
        Ok(BodyFormat::Json) => Ok(()),
        Ok(_) | Err(_) => Err(not_json(sent)),
    }
}

/// Returns the refusal of a body with a media type; an empty text stands for none.
pub(crate) fn not_json(sent: &str) -> Refusal {
    let message = "a body needs a header Content-Type that says it is JSON in UTF-8";
    let refusal = Refusal::new(Code::UnsupportedMediaType, message);
    refusal.field("Content-Type").value(sent).allowed([JSON])
}
