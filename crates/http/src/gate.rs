//! Who calls: found out once for each request, and asked for at each door.

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use detente_api::refusal::{Code, Refusal};
use detente_auth::{Caller, Guard, Role};
use futures_util::StreamExt as _;

use crate::accept::Form;
use crate::reply::{self, Failure};

/// What a client is asked for that has sent no token, or none that is known.
const CHALLENGE: HeaderValue = HeaderValue::from_static("Bearer realm=\"detente\"");

/// Who calls, or why that is not known; an extension of each request.
#[derive(Clone, Debug)]
pub struct Identity {
    guard: Guard,
    admitted: Result<Caller, Refusal>,
}

impl Identity {
    /// Whoever calls, if he may do what takes a role.
    ///
    /// # Errors
    /// Why he may not.
    pub fn may(&self, needed: Role) -> Result<Caller, Refusal> {
        let caller = self.admitted.clone()?;
        caller.may(needed).map(|()| caller)
    }

    /// Waits until a caller may not call any more as he did.
    pub async fn dismissed(&self, caller: &Caller) {
        self.guard.dismissed(caller).await;
    }
}

/// Finds out who calls. What was sent goes no further, so nothing behind this can show it.
pub(crate) async fn identify(
    State(guard): State<Guard>,
    mut request: Request,
    next: Next,
) -> Response {
    let sent = request.headers_mut().remove(header::AUTHORIZATION);
    let text = sent.as_ref().and_then(|sent| sent.to_str().ok());
    let admitted = guard.admit(text);
    let identity = Identity { guard, admitted };
    request.extensions_mut().insert(identity);
    next.run(request).await
}

/// Whoever calls, if that is known.
pub(crate) fn caller(request: &Request) -> Option<&Caller> {
    let identity = request.extensions().get::<Identity>()?;
    identity.admitted.as_ref().ok()
}

/// Lets through a door who may, as an extension of the request: handlers take
/// `Extension<Caller>`. A stream of events ends as soon as its reader may not read any more.
pub(crate) async fn lock(State(needed): State<Role>, mut request: Request, next: Next) -> Response {
    let Some(identity) = request.extensions().get::<Identity>().cloned() else {
        return unguarded();
    };
    let caller = match identity.may(needed) {
        Ok(caller) => caller,
        Err(refusal) => return refused(refusal),
    };
    request.extensions_mut().insert(caller.clone());
    let response = next.run(request).await;
    let form = response.headers().get(header::CONTENT_TYPE);
    if form.is_none_or(|form| form != Form::EventStream.media_type()) {
        return response;
    }
    response.map(|body| {
        let dismissed = Box::pin(async move { identity.dismissed(&caller).await });
        Body::from_stream(body.into_data_stream().take_until(dismissed))
    })
}

fn refused(refusal: Refusal) -> Response {
    let is_unknown = refusal.code == Code::Unauthenticated;
    let mut response = reply::refusal(refusal);
    if is_unknown {
        let headers = response.headers_mut();
        headers.insert(header::WWW_AUTHENTICATE, CHALLENGE);
    }
    response
}

/// A door that nobody has closed lets nobody through.
fn unguarded() -> Response {
    tracing::error!("a door is served without a guard");
    reply::failure(&Failure {
        word: "internal",
        status: 500,
        title: "This program failed",
        detail: "this program failed; its log says how",
        advice: "Ask again in a moment.",
        accepted: None,
    })
}
