//! Whether a client has an answer already: entity tags and conditional reads.
//!
//! The tag of a view is a digest of what it says and of the form that it is said in, without the
//! position up to which it was known: a log that goes on does not make the view another one. So it
//! is a weak tag; a strong one would also have to change with each content coding.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use xxhash_rust::xxh3::xxh3_128;

use crate::reply;

/// What moves with the head of the log alone.
const KNOWN_AT: &str = "known_at";
/// Under what a view was judged.
const PROJECTION: &str = "projection";

/// A view in one of its forms, unless the client has it.
pub fn view(
    headers: &HeaderMap,
    media_type: &'static str,
    view: &impl Serialize,
    write: impl FnOnce() -> Result<Vec<u8>, serde_json::Error>,
) -> Response {
    match tag(media_type, view) {
        Ok(tag) => unless_held(headers, &tag, || match write() {
            Ok(bytes) => reply::bytes_as(200, media_type, bytes),
            Err(error) => reply::unwritten(&error),
        }),
        Err(error) => reply::unwritten(&error),
    }
}

/// The tag of a view, which begins with the projection where the view names one.
fn tag(media_type: &str, view: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut value = serde_json::to_value(view)?;
    if let Value::Object(object) = &mut value {
        object.remove(KNOWN_AT);
    }
    let digest = xxh3_128(&serde_json::to_vec(&(media_type, &value))?);
    Ok(match value[PROJECTION].as_str() {
        Some(projection) => format!("\"{projection}-{digest:032x}\""),
        None => format!("\"{digest:032x}\""),
    })
}

/// Bytes that are always the same, unless the client has them.
pub(crate) fn bytes(headers: &HeaderMap, media_type: &'static str, bytes: &Bytes) -> Response {
    let tag = format!("\"{:032x}\"", xxh3_128(bytes));
    unless_held(headers, &tag, || {
        let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(media_type))];
        (headers, Body::from(bytes.clone())).into_response()
    })
}

fn unless_held(headers: &HeaderMap, tag: &str, write: impl FnOnce() -> Response) -> Response {
    let response = if is_held(headers, tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        write()
    };
    tagged(response, tag)
}

/// An answer with a weak tag, under which whoever holds it may ask again.
#[must_use]
pub fn tagged(mut response: Response, tag: &str) -> Response {
    let headers = response.headers_mut();
    if let Ok(tag) = HeaderValue::from_str(&format!("W/{tag}")) {
        headers.insert(header::ETAG, tag);
    }
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("accept"));
    response
}

/// Whether a client says that it has the answer of a tag, which is given with its quotes.
///
/// Compared weakly, as RFC 9110 has it for `If-None-Match`.
#[must_use]
pub fn is_held(headers: &HeaderMap, tag: &str) -> bool {
    let held = headers.get_all(header::IF_NONE_MATCH).iter();
    let held = held.filter_map(|held| held.to_str().ok());
    held.flat_map(|held| held.split(',')).any(|held| {
        let held = held.trim();
        held == "*" || held.strip_prefix("W/").unwrap_or(held) == tag
    })
}
