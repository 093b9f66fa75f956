//! Ids of requests: taken from the client if they are fit, made otherwise, and given back.

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use tracing::Instrument as _;

use crate::manners::Ids;

/// The header that holds the id of a request.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The longest id that is taken over, in bytes.
const ID_MAX: usize = 128;

pub(crate) async fn named(State(ids): State<Ids>, request: Request, next: Next) -> Response {
    let given = request.headers().get(&REQUEST_ID).filter(|id| is_fit(id));
    let id = match given {
        Some(id) => id.clone(),
        None => HeaderValue::from_str(&ids().to_string())
            .unwrap_or_else(|_| HeaderValue::from_static("none")),
    };
    let span = tracing::info_span!(
        "request",
        request.id = id.to_str().unwrap_or_default(),
        http.method = request.method().as_str(),
        http.path = request.uri().path(),
    );
    let mut response = next.run(request).instrument(span).await;
    response.headers_mut().insert(REQUEST_ID, id);
    response
}

/// Letters that stand well in a log line.
fn is_fit(id: &HeaderValue) -> bool {
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:/+=@".contains(byte);
    (1..=ID_MAX).contains(&id.len()) && id.as_bytes().iter().all(is_plain)
}
