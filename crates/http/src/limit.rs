//! The time limit and the rate limit.

use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;
use detente_api::{Code, FailureCode, Refusal};
use futures_util::{StreamExt as _, stream};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};

use crate::client::Client;
use crate::reply::{self, Failure, RETRY_WITH_IDS};
use crate::stored::Stored;

/// From this many clients on, idle ones are dropped.
const CLIENTS_MAX: usize = 10_000;
/// Paths without a rate limit, for the operator's probes.
const PROBES: [&str; 3] = ["/livez", "/readyz", "/metrics"];

/// The rate limit of each client.
pub(crate) struct Rate {
    limiter: DefaultKeyedRateLimiter<Client>,
    clock: DefaultClock,
    each_second: NonZeroU32,
}

impl Rate {
    pub(crate) fn new(each_second: NonZeroU32, burst: NonZeroU32) -> Arc<Self> {
        let quota = Quota::per_second(each_second).allow_burst(burst);
        Arc::new(Self {
            limiter: DefaultKeyedRateLimiter::keyed(quota),
            clock: DefaultClock::default(),
            each_second,
        })
    }

    /// Returns the seconds to wait, if the client is over the limit.
    fn wait(&self, client: &Client) -> Option<u64> {
        if self.limiter.len() > CLIENTS_MAX {
            self.limiter.retain_recent();
        }
        let not_yet = self.limiter.check_key(client).err()?;
        let wait = not_yet.wait_time_from(self.clock.now());
        Some(wait.as_secs() + u64::from(wait.subsec_nanos() > 0))
    }
}

pub(crate) async fn rate_limit(
    State(rate): State<Arc<Rate>>,
    request: Request,
    next: Next,
) -> Response {
    if !PROBES.contains(&request.uri().path())
        && let Some(client) = Client::of(&request)
        && let Some(seconds) = rate.wait(&client)
    {
        let each_second = rate.each_second;
        let message = format!("the limit of a client is {each_second} requests a second");
        let refusal = Refusal::new(Code::TooManyRequests, message);
        return reply::retry_after(reply::refusal(refusal), seconds);
    }
    next.run(request).await
}

/// Ends a request that is not answered in time. A stream counts as answered once it begins.
pub(crate) async fn timeout(
    State(limit): State<Duration>,
    request: Request,
    next: Next,
) -> Response {
    let writes = request.method() == Method::POST;
    let (mut request, is_read) = watch_body(request);
    let stored = Stored::default();
    request.extensions_mut().insert(stored.clone());
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) if writes && !is_read.load(Ordering::Relaxed) => too_slow(limit),
        Err(_) => timed_out(limit, writes, stored.is_nothing()),
    }
}

/// Returns the request and a flag that is set once its body, if it is a POST, was read to the
/// end.
fn watch_body(request: Request) -> (Request, Arc<AtomicBool>) {
    let is_read = Arc::new(AtomicBool::new(false));
    let (head, body) = request.into_parts();
    if head.method != Method::POST {
        return (Request::from_parts(head, body), is_read);
    }
    let seen = Arc::clone(&is_read);
    let end = stream::poll_fn(move |_| {
        seen.store(true, Ordering::Relaxed);
        std::task::Poll::Ready(None)
    });
    let body = Body::from_stream(body.into_data_stream().chain(end));
    (Request::from_parts(head, body), is_read)
}

fn too_slow(limit: Duration) -> Response {
    let message = format!("the body did not arrive within {} seconds", limit.as_secs());
    let response = reply::refusal(Refusal::new(Code::TooSlow, message));
    let mut response = reply::retry_after(response, 1);
    let headers = response.headers_mut();
    // The rest of the body is not read.
    headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
    response
}

fn timed_out(limit: Duration, writes: bool, is_nothing_stored: bool) -> Response {
    let mut detail = format!("there was no answer within {} seconds", limit.as_secs());
    if writes && !is_nothing_stored {
        let failure = Failure::with_code(FailureCode::OutcomeUnknown, &detail);
        return reply::failure(&failure.advice(RETRY_WITH_IDS));
    }
    let advice = if writes {
        detail += ", and nothing was stored";
        "Send it again in a moment, in smaller parts."
    } else {
        "Try again in a moment, or ask for less at once."
    };
    let failure = Failure::new("timed_out", 503, "The answer took too long", &detail);
    reply::failure(&failure.advice(advice))
}

#[cfg(test)]
mod tests;
