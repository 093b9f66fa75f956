//! Entity tags and conditional reads.
//!
//! The tag of a view is a digest of its content and media type, without the position up to which
//! it is known: a log that grows does not change the view. So the tag is weak; a strong one would
//! also have to change with each content coding.

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;
use xxhash_rust::xxh3::xxh3_128;

use crate::reply;

/// The field that changes with every commit.
const KNOWN_AT: &str = "known_at";
/// The field that names the projection.
const PROJECTION: &str = "projection";

/// Answers with a view in the given media type, or 304 if the client has it.
pub fn view(
    headers: &HeaderMap,
    media_type: &'static str,
    view: &impl Serialize,
    write: impl FnOnce() -> Result<Vec<u8>, serde_json::Error>,
) -> Response {
    match tag(media_type, view) {
        Ok(tag) => unless_cached(headers, &tag, || match write() {
            Ok(bytes) => reply::bytes_as(200, media_type, bytes),
            Err(error) => reply::unserialized(&error),
        }),
        Err(error) => reply::unserialized(&error),
    }
}

/// Computes the tag of a view; it begins with the projection if the view names one.
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

/// Answers with constant bytes, or 304 if the client has them.
pub(crate) fn bytes(headers: &HeaderMap, media_type: &'static str, bytes: &Bytes) -> Response {
    let tag = format!("\"{:032x}\"", xxh3_128(bytes));
    unless_cached(headers, &tag, || {
        let headers = [(header::CONTENT_TYPE, HeaderValue::from_static(media_type))];
        (headers, Body::from(bytes.clone())).into_response()
    })
}

fn unless_cached(headers: &HeaderMap, tag: &str, write: impl FnOnce() -> Response) -> Response {
    let response = if is_cached(headers, tag) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        write()
    };
    tagged(response, tag)
}

/// Adds a weak tag, by which a client may revalidate the answer.
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

/// Returns true if a client has the answer with this tag, which is given with its quotes.
///
/// Tags are compared weakly, as RFC 9110 requires for `If-None-Match`.
#[must_use]
pub fn is_cached(headers: &HeaderMap, tag: &str) -> bool {
    let cached = headers.get_all(header::IF_NONE_MATCH).iter();
    let cached = cached.filter_map(|tags| tags.to_str().ok());
    cached.flat_map(|tags| tags.split(',')).any(|cached| {
        let cached = cached.trim();
        cached == "*" || cached.strip_prefix("W/").unwrap_or(cached) == tag
    })
}
