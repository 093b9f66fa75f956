//! Request ids: the client's if it is acceptable, otherwise a new one; returned in the answer.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::{HeaderName, HeaderValue};
use axum::middleware::Next;
use axum::response::Response;
use detente_api::limits;
use tracing::Instrument as _;
use uuid::Uuid;

/// Makes ids.
pub type Ids = Arc<dyn Fn() -> Uuid + Send + Sync>;

/// The header of the request id.
pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// The most bytes of a client's id.
const ID_MAX: usize = limits::REQUEST_ID;

pub(crate) async fn request_id(State(ids): State<Ids>, request: Request, next: Next) -> Response {
    let sent = request.headers().get(&REQUEST_ID);
    let id = match sent.filter(|id| is_acceptable(id)) {
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

/// Returns true if an id is safe in a log line.
fn is_acceptable(id: &HeaderValue) -> bool {
    let is_safe = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:/+=@".contains(byte);
    (1..=ID_MAX).contains(&id.len()) && id.as_bytes().iter().all(is_safe)
}
