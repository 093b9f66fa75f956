//! Authentication, once for each request, and the role that each route requires.

use std::io;
use std::sync::{Arc, OnceLock};

use axum::body::{Body, HttpBody as _};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use detente_api::refusal::{Code, Refusal};
use detente_auth::{Caller, Guard, Role};
use futures_util::{StreamExt as _, stream};

use crate::accept::Format;
use crate::origin::OwnPage;
use crate::reply::{self, Failure};

/// The name of the cookie in which a page of this server keeps the token of its reader.
pub const TOKEN_COOKIE: &str = "detente_token";

/// The `WWW-Authenticate` of a 401.
const CHALLENGE: HeaderValue = HeaderValue::from_static("Bearer realm=\"detente\"");

/// The authenticated caller, or the refusal; an extension of each request.
#[derive(Clone, Debug)]
pub struct Identity {
    guard: Guard,
    caller: Result<Caller, Refusal>,
    has_token: bool,
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

    /// Returns true if the request came with a token, good or bad.
    #[must_use]
    pub const fn has_token(&self) -> bool {
        self.has_token
    }

    /// Returns the guard, which is asked again before something is stored.
    #[must_use]
    pub const fn guard(&self) -> &Guard {
        &self.guard
    }

    /// Waits until the access of a caller is revoked, and returns the refusal.
    pub async fn revoked(&self, caller: &Caller) -> Refusal {
        self.guard.revoked(caller).await
    }
}

/// Adds the [`Identity`]. Removes the headers `Authorization` and `Cookie`, so that no inner layer or
/// handler can expose a token.
///
/// A token in a cookie counts where there is no header, and only for requests of this server's own
/// pages: a browser adds cookies to requests that other pages make it send.
pub(crate) async fn identify(
    State(guard): State<Guard>,
    mut request: Request,
    next: Next,
) -> Response {
    let is_own_page = request.extensions().get::<OwnPage>().is_some();
    let cookie = cookie(request.headers()).filter(|_| is_own_page);
    let headers = request.headers_mut();
    headers.remove(header::COOKIE);
    let sent = headers.remove(header::AUTHORIZATION);
    let has_token = sent.is_some() || cookie.is_some();
    let (caller, by_cookie) = match (sent, cookie) {
        (None, Some(token)) => (guard.authenticate_token(Some(&token)), true),
        (sent, _) => {
            let text = sent.as_ref().and_then(|sent| sent.to_str().ok());
            (guard.authenticate(text), false)
        }
    };
    let identity = Identity {
        guard,
        caller,
        has_token,
    };
    request.extensions_mut().insert(identity);
    let mut response = next.run(request).await;
    if by_cookie {
        // Caches know that an answer to `Authorization` is of one caller, and nothing of cookies.
        let headers = response.headers_mut();
        let cache = headers.get(header::CACHE_CONTROL);
        if cache.is_none_or(|cache| cache == "no-cache") {
            let private = HeaderValue::from_static("no-cache, private");
            headers.insert(header::CACHE_CONTROL, private);
        }
    }
    response
}

/// Returns the token of the first cookie of that name.
fn cookie(headers: &HeaderMap) -> Option<String> {
    let sent = headers.get_all(header::COOKIE).into_iter();
    let pairs = sent.filter_map(|sent| sent.to_str().ok());
    let mut pairs = pairs.flat_map(|sent| sent.split(';'));
    pairs.find_map(|pair| {
        let (name, token) = pair.trim().split_once('=')?;
        (name == TOKEN_COOKIE).then(|| token.to_owned())
    })
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
    let (request, ended) = admitted_to_the_end(request, &identity, &caller);
    let response = next.run(request).await;
    if let Some(refusal) = ended.get() {
        return refused(refusal.clone());
    }
    let form = response.headers().get(header::CONTENT_TYPE);
    if form.is_none_or(|form| form != Format::EventStream.media_type()) {
        return response;
    }
    response.map(|body| {
        let revoked = Box::pin(async move { identity.revoked(&caller).await });
        Body::from_stream(body.into_data_stream().take_until(revoked))
    })
}

/// Returns the request, whose body ends with an error if the access of the caller was revoked while
/// it arrived, and the refusal that is then set: handlers read a body to its end before they act.
fn admitted_to_the_end(
    request: Request,
    identity: &Identity,
    caller: &Caller,
) -> (Request, Arc<OnceLock<Refusal>>) {
    let ended = Arc::new(OnceLock::new());
    let (head, body) = request.into_parts();
    if body.is_end_stream() {
        return (Request::from_parts(head, body), ended);
    }
    let (guard, caller) = (identity.guard.clone(), caller.clone());
    let refusal = Arc::clone(&ended);
    let end = stream::once(async move { guard.check(&caller) }).filter_map(move |checked| {
        let error = checked.err().map(|error| {
            let message = error.to_string();
            // It is checked once.
            let _ = refusal.set(error);
            Err(axum::Error::new(io::Error::other(message)))
        });
        std::future::ready(error)
    });
    let body = Body::from_stream(body.into_data_stream().chain(end));
    (Request::from_parts(head, body), ended)
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
