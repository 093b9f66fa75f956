//! Content codings: which one an answer may have, decided before any work, and bodies of requests
//! that are decoded while they are read, so that the limits on a body are those of its content.

use std::io;

use async_compression::tokio::bufread::{GzipDecoder, ZstdDecoder};
use async_compression::zstd::DParameter;
use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::Next;
use axum::response::Response;
use detente_api::limits;
use detente_api::refusal::{Code, Refusal};
use futures_util::{StreamExt as _, TryStreamExt as _};
use tokio::io::{AsyncRead, AsyncReadExt as _};
use tokio_util::io::{ReaderStream, StreamReader};

use crate::accept::thousandths;
use crate::reply;

/// The codings of answers; of those that a client likes equally, the last is chosen.
const OFFERED: [&str; 3] = [IDENTITY, "gzip", "zstd"];
/// The codings of bodies.
const ACCEPTED: &str = "gzip, zstd";
/// No coding.
const IDENTITY: &str = "identity";

/// The binary logarithm of the largest window of a body in zstd: 8 MiB, which RFC 9659 requires of
/// a decoder and allows to an encoder.
const ZSTD_WINDOW_LOG_MAX: u32 = 23;

/// The most bytes of content that are decoded: one more than any body may have. There the content
/// ends, whoever reads on, as a small body may stand for much of it.
const DECODED_MAX: u64 = limits::BODY_BYTES as u64 + 1;

/// The bytes that are decoded at once.
const CHUNK_BYTES: usize = 16 << 10;

/// A body that is not in its content coding.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Undecodable(io::Error);

/// A content coding of a body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Coding {
    Gzip,
    Zstd,
}

/// Chooses the coding of the answer. Refuses a request that accepts none, before it has an effect:
/// the layer that encodes would find out only after it.
pub(crate) async fn negotiate(mut request: Request, next: Next) -> Response {
    let headers = request.headers_mut();
    if !headers.contains_key(header::ACCEPT_ENCODING) {
        return next.run(request).await;
    }
    let Some(chosen) = chosen(headers) else {
        let message = "answers have none of the accepted codings";
        let sent = joined(headers, &header::ACCEPT_ENCODING);
        let refusal = Refusal::new(Code::NotAcceptable, message).field("Accept-Encoding");
        return reply::refusal(refusal.value(&sent).allowed(OFFERED));
    };
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(chosen));
    next.run(request).await
}

/// Decodes the body of a request while it is read. An undecodable one breaks off, with an error
/// that [`broken_off`] recognises. After one that is too large the connection is closed.
pub(crate) async fn decode(request: Request, next: Next) -> Response {
    let coding = match Coding::of(request.headers()) {
        Ok(None) => return next.run(request).await,
        Ok(Some(coding)) => coding,
        Err(refusal) => {
            let mut response = reply::refusal(refusal);
            let accepted = HeaderValue::from_static(ACCEPTED);
            let headers = response.headers_mut();
            headers.insert(header::ACCEPT_ENCODING, accepted);
            return response;
        }
    };
    let (mut head, body) = request.into_parts();
    head.headers.remove(header::CONTENT_ENCODING);
    // It is that of the encoded body.
    head.headers.remove(header::CONTENT_LENGTH);
    let request = Request::from_parts(head, coding.decode(body));
    let mut response = next.run(request).await;
    if response.status() == StatusCode::PAYLOAD_TOO_LARGE {
        // The rest of the body is not read.
        let headers = response.headers_mut();
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}

/// Reads a body of at most `max` bytes whole.
///
/// # Errors
/// `too_large` for a larger one, or as [`broken_off`].
pub async fn read_body(
    body: Body,
    max: usize,
    too_large: impl FnOnce() -> Refusal,
) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    let mut stream = body.into_data_stream();
    while let Some(data) = stream.next().await {
        let data = data.map_err(|error| broken_off(&error))?;
        if bytes.len() + data.len() > max {
            return Err(too_large());
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

/// Returns the refusal of a body that broke off: `bad_content_encoding` for one that is not in its
/// content coding, otherwise `bad_json`.
#[must_use]
pub fn broken_off(error: &axum::Error) -> Refusal {
    let mut source: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = source {
        if let Some(error) = error.downcast_ref::<Undecodable>() {
            let message = format!("the body is not in its content coding: {error}");
            return Refusal::new(Code::BadContentEncoding, message).field("Content-Encoding");
        }
        source = error.source();
    }
    Refusal::new(Code::BadJson, format!("the body broke off: {error}"))
}

/// Returns the refusal of a content coding.
#[must_use]
pub fn unsupported(sent: &str, allowed: &[&str]) -> Refusal {
    let message = "the body has a content coding that is not supported";
    let refusal = Refusal::new(Code::BadContentEncoding, message).field("Content-Encoding");
    refusal.value(sent).allowed(allowed.iter().copied())
}

/// Returns the offered coding with the highest quality; `None` if none is acceptable. Without a
/// word about it, an answer without coding is the last resort.
fn chosen(headers: &HeaderMap) -> Option<&'static str> {
    let accept = joined(headers, &header::ACCEPT_ENCODING);
    let accepted: Vec<(String, u16)> = accept.split(',').map(weighted).collect();
    let named = |name: &str| accepted.iter().find(|(accepted, _)| accepted == name);
    let quality = |coding: &str| {
        let named = named(coding).or_else(|| named("*"));
        named.map_or(u16::from(coding == IDENTITY), |(_, quality)| *quality)
    };
    let offered = OFFERED.into_iter().filter(|coding| quality(coding) > 0);
    offered.max_by_key(|coding| quality(coding))
}

/// Parses a coding and its quality, in thousandths.
fn weighted(text: &str) -> (String, u16) {
    let (name, parameter) = text.split_once(';').unwrap_or((text, ""));
    let quality = match parameter.split_once('=') {
        Some((key, value)) if key.trim().eq_ignore_ascii_case("q") => thousandths(value.trim()),
        Some(_) | None => 1_000,
    };
    (coding_name(name), quality)
}

/// Returns the name of a coding in lower case, without the prefix of an old alias.
fn coding_name(text: &str) -> String {
    let name = text.trim().to_ascii_lowercase();
    name.strip_prefix("x-").unwrap_or(&name).to_owned()
}

fn joined(headers: &HeaderMap, name: &HeaderName) -> String {
    let values = headers.get_all(name).iter();
    let texts: Vec<_> = values
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    texts.join(", ")
}

// === impl Coding ===

impl Coding {
    /// Returns the coding of a body; `None` if it has none.
    fn of(headers: &HeaderMap) -> Result<Option<Self>, Refusal> {
        let sent = joined(headers, &header::CONTENT_ENCODING);
        let names: Vec<String> = sent.split(',').map(coding_name).collect();
        let mut names = names
            .iter()
            .filter(|name| !name.is_empty() && *name != IDENTITY);
        match (names.next().map(String::as_str), names.next()) {
            (None, _) => Ok(None),
            (Some("gzip"), None) => Ok(Some(Self::Gzip)),
            (Some("zstd"), None) => Ok(Some(Self::Zstd)),
            (Some(_), _) => Err(unsupported(&sent, &OFFERED)),
        }
    }

    /// Decodes a body; a body in several members, or frames, is that of all of them.
    fn decode(self, body: Body) -> Body {
        let encoded = StreamReader::new(body.into_data_stream().map_err(io::Error::other));
        match self {
            Self::Gzip => {
                let mut decoder = GzipDecoder::new(encoded);
                decoder.multiple_members(true);
                stream(decoder)
            }
            Self::Zstd => {
                let window = DParameter::window_log_max(ZSTD_WINDOW_LOG_MAX);
                let mut decoder = ZstdDecoder::with_params(encoded, &[window]);
                decoder.multiple_members(true);
                stream(decoder)
            }
        }
    }
}

fn stream(decoder: impl AsyncRead + Send + 'static) -> Body {
    let decoder = decoder.take(DECODED_MAX);
    let decoded = ReaderStream::with_capacity(decoder, CHUNK_BYTES).map_err(|error| {
        let is_of_transport = error
            .get_ref()
            .is_some_and(|source| source.is::<axum::Error>());
        if is_of_transport {
            axum::Error::new(error)
        } else {
            axum::Error::new(Undecodable(error))
        }
    });
    Body::from_stream(decoded)
}

#[cfg(test)]
mod tests;
