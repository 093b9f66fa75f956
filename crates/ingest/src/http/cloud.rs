//! CloudEvents in binary mode: the envelope is in the headers.

use axum::http::{HeaderMap, header};
use detente_api::refusal::{Code, Refusal};

/// The prefix of a header that holds an attribute.
const PREFIX: &str = "ce-";
/// The attribute that says that there is an envelope.
const VERSION: &str = "ce-specversion";
/// What the media types of the other modes begin with: their envelope is in the body.
const STRUCTURED: &str = "application/cloudevents";

/// The attributes of a CloudEvent in binary mode, without their prefix; `None` for any other body.
///
/// # Errors
/// `bad_text` for a header that is not plain ASCII, `unsupported_media_type` for data that is not
/// JSON.
pub(super) fn attributes(headers: &HeaderMap) -> Result<Option<Vec<(String, String)>>, Refusal> {
    let content_type = headers.get(header::CONTENT_TYPE);
    let content_type = content_type.and_then(|value| value.to_str().ok());
    let name = content_type.unwrap_or_default().to_ascii_lowercase();
    if !headers.contains_key(VERSION) || name.starts_with(STRUCTURED) {
        return Ok(None);
    }
    let mut attributes = Vec::new();
    for (name, value) in headers {
        let Some(attribute) = name.as_str().strip_prefix(PREFIX) else {
            continue;
        };
        let text = value.to_str().map_err(|_| {
            let message = "a header is percent-encoded UTF-8";
            Refusal::new(Code::BadText, message).field(name.as_str())
        })?;
        attributes.push((attribute.to_owned(), text.to_owned()));
    }
    if let Some(content_type) = content_type {
        attributes.push(("datacontenttype".to_owned(), content_type.to_owned()));
    }
    // Their order says nothing.
    attributes.sort();
    Ok(Some(attributes))
}
