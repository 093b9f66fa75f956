//! Fallbacks: 404, 405 and panics.

use std::any::Any;

use axum::Router;
use axum::extract::Request;
use axum::http::{Uri, header};
use axum::middleware::Next;
use axum::response::Response;
use detente_api::refusal::{Code, Refusal};
use tower_http::catch_panic::CatchPanicLayer;

use crate::reply;

pub(crate) async fn not_found(uri: Uri) -> Response {
    let message = format!("there is nothing at {:?}", uri.path());
    reply::refusal(Refusal::new(Code::NotFound, message).value(uri.path()))
}

/// Gives the router's empty 405 a body. Only the router knows the methods of a path; it names
/// them in the header `Allow`.
pub(crate) async fn method_not_allowed(request: Request, next: Next) -> Response {
    let (method, uri) = (request.method().clone(), request.uri().clone());
    let response = next.run(request).await;
    let has_body = response.headers().contains_key(header::CONTENT_TYPE);
    match response.headers().get(header::ALLOW) {
        Some(allow) if response.status() == 405 && !has_body => {
            let message = format!("{method} is not allowed for {:?}", uri.path());
            let methods = allow.to_str().unwrap_or_default().split(',').map(str::trim);
            let refusal = Refusal::new(Code::MethodNotAllowed, message).value(method.as_str());
            let mut refused = reply::refusal(refusal.allowed(methods));
            refused.headers_mut().insert(header::ALLOW, allow.clone());
            refused
        }
        Some(_) | None => response,
    }
}

/// Answers panics of these routes with `answer`, and logs them under the name of the service.
pub fn catch_panics<S>(
    router: Router<S>,
    service: &'static str,
    answer: fn() -> Response,
) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let answer = move |panic: Box<dyn Any + Send>| {
        let message = panic.downcast_ref::<&str>().copied();
        let message = message.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
        let panic = message.unwrap_or("unknown");
        tracing::error!(service, panic, "a request handler panicked");
        answer()
    };
    router.layer(CatchPanicLayer::custom(answer))
}
