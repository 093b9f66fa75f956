//! What answers where no door is, and what is noted when one breaks.

use std::any::Any;

use axum::extract::Request;
use axum::http::{Method, Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use detente_api::refusal::{Code, Refusal};

use crate::reply;

pub(crate) async fn nothing_here(uri: Uri) -> Response {
    let message = format!("there is nothing at {:?}", uri.path());
    reply::refusal(Refusal::new(Code::NotFound, message).given(uri.path()))
}

/// The router alone knows which methods an address has; it says so in the header `Allow` of its
/// own answer, which is empty, and gets its words here.
pub(crate) async fn not_so(request: Request, next: Next) -> Response {
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let answered = next.run(request).await;
    let is_ours = answered.headers().contains_key(header::CONTENT_TYPE);
    match answered.headers().get(header::ALLOW) {
        Some(allow) if answered.status() == 405 && !is_ours => {
            let mut response = refused(&method, &uri, allow.to_str().unwrap_or_default());
            response.headers_mut().insert(header::ALLOW, allow.clone());
            response
        }
        Some(_) | None => answered,
    }
}

fn refused(method: &Method, uri: &Uri, allow: &str) -> Response {
    let message = format!("{method} is not for {:?}", uri.path());
    let refusal = Refusal::new(Code::MethodNotAllowed, message).given(method.as_str());
    reply::refusal(refusal.allowed(allow.split(',').map(str::trim)))
}

/// Writes a panic of a room into the log.
pub fn note_panic(part: &'static str, panic: &(dyn Any + Send)) {
    let words = panic.downcast_ref::<&str>().copied();
    let words = words.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    let panic = words.unwrap_or("unknown");
    tracing::error!(part, panic, "a request made a part of this program panic");
}
