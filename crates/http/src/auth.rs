//! Authentication, once for each request, and the role that each route requires.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use detente_api::refusal::{Code, Refusal};
use detente_auth::{Caller, Guard, Role};
use futures_util::StreamExt as _;

use crate::accept::Format;
use crate::reply::{self, Failure};

/// The `WWW-Authenticate` of a 401.
const CHALLENGE: HeaderValue = HeaderValue::from_static("Bearer realm=\"detente\"");

/// The authenticated caller, or the refusal; an extension of each request.
#[derive(Clone, Debug)]
pub struct Identity {
    guard: Guard,
    caller: Result<Caller, Refusal>,
}

impl Identity {
    /// Returns the caller if it has the role.
    ///
    /// # Errors
    /// `unauthenticated` or `forbidden`.
    pub fn require(&self, role: Role) -> Result<Caller, Refusal> {
        let caller = self.caller.clone()?;
        caller.require(role).map(|()| caller)
    }

    /// Waits until the access of a caller is revoked.
    pub async fn revoked(&self, caller: &Caller) {
        self.guard.revoked(caller).await;
    }
}

/// Adds the [`Identity`]. Removes the header `Authorization`, so that no inner layer or handler can
/// expose it.
pub(crate) async fn identify(
    State(guard): State<Guard>,
    mut request: Request,
    next: Next,
) -> Response {
    let sent = request.headers_mut().remove(header::AUTHORIZATION);
    let text = sent.as_ref().and_then(|sent| sent.to_str().ok());
    let caller = guard.authenticate(text);
    let identity = Identity { guard, caller };
    request.extensions_mut().insert(identity);
    next.run(request).await
}

/// Returns the caller of a request, if it is authenticated.
pub(crate) fn caller(request: &Request) -> Option<&Caller> {
    let identity = request.extensions().get::<Identity>()?;
    identity.caller.as_ref().ok()
}

/// Admits callers with the role, as an extension of the request: handlers take
/// `Extension<Caller>`. Server-sent events end as soon as the caller's access is revoked.
pub(crate) async fn require_role(
    State(role): State<Role>,
    mut request: Request,
    next: Next,
) -> Response {
    // A route outside of `identify` admits no callers.
    let Some(identity) = request.extensions().get::<Identity>().cloned() else {
        tracing::error!("a route is served without authentication");
        return reply::failure(&Failure::internal());
    };
    let caller = match identity.require(role) {
        Ok(caller) => caller,
        Err(refusal) => return refused(refusal),
    };
    request.extensions_mut().insert(caller.clone());
    let response = next.run(request).await;
    let form = response.headers().get(header::CONTENT_TYPE);
    if form.is_none_or(|form| form != Format::EventStream.media_type()) {
        return response;
    }
    response.map(|body| {
        let revoked = Box::pin(async move { identity.revoked(&caller).await });
        Body::from_stream(body.into_data_stream().take_until(revoked))
    })
}

fn refused(refusal: Refusal) -> Response {
    let is_unauthenticated = refusal.code == Code::Unauthenticated;
    let mut response = reply::refusal(refusal);
    if is_unauthenticated {
        let headers = response.headers_mut();
        headers.insert(header::WWW_AUTHENTICATE, CHALLENGE);
    }
    response
}
