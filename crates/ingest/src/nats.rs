//! The door on NATS: a request to `detente.report` is taken and answered as `POST /v1/events` is.
//!
//! Headers of the message stand for those of HTTP, so the content type, CloudEvents in every mode,
//! a trace and a token come the same way. NATS itself says who may publish on the subject, but not
//! to us; so the author is whom the token names, as over HTTP.

use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::Response;
use detente_api::json::IDEMPOTENCY_KEY;
use detente_api::refusal::{Code, Refusal};
use detente_auth::{Caller, Guard, Role};
use detente_http::reply as answers;
use detente_jetstream::service::{self, Fault, Options, Reply, Request, ServiceError};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::error::Failure;
use crate::gateway::{Gateway, watch};
use crate::http::{ROWS_MAX, busy, reported};
use crate::reply;

/// How many requests may be under way at once. Each is bounded by the server's `max_payload`, and
/// all together, with those over HTTP, by the memory of bodies.
const UNDER_WAY_MAX: usize = 512;
/// What a row takes at most in an answer that is cut to fit.
const ROW_BYTES: usize = 256;
/// What an answer that is cut to fit takes beside its rows.
const ANSWER_BYTES: usize = 4_096;

/// The prefix of the headers of a CloudEvent in binary mode.
const CLOUD: &str = "ce-";
/// The status that HTTP would have.
const STATUS: &str = "Detente-Status";

/// The door, open.
#[derive(Debug)]
pub struct Door {
    task: tokio::task::JoinHandle<()>,
}

impl Door {
    /// Opens it, until it is cancelled. To close it while the gateway still takes what came in,
    /// cancel it before the gateway, and wait for [`Door::closed`] in between.
    ///
    /// # Errors
    /// [`ServiceError`] if nothing can be subscribed to.
    pub async fn open(
        gateway: &Gateway,
        guard: Guard,
        cancel: CancellationToken,
    ) -> Result<Self, ServiceError> {
        let options = Options {
            version: env!("CARGO_PKG_VERSION"),
            description: "Takes reports of events, as POST /v1/events does",
            started: gateway.now(),
            under_way_max: UNDER_WAY_MAX,
            busy: reply(reply::failure(&busy()), usize::MAX).await,
            broken: reply(reply::failure(&Failure::internal()), usize::MAX).await,
        };
        let handler = {
            let gateway = gateway.clone();
            move |request| answer(guard.clone(), gateway.clone(), request)
        };
        let connection = gateway.connection();
        let task = service::start(connection, options, handler, cancel.clone()).await?;
        let watched = watch("NATS door", task, cancel, gateway.broken());
        let task = tokio::spawn(watched);
        Ok(Self { task })
    }

    /// Waits, after it was cancelled, until everybody who asked is answered.
    pub async fn closed(self) {
        // It only waits for another task, so it does not break off.
        let _ = self.task.await;
    }
}

async fn answer(guard: Guard, gateway: Gateway, request: Request) -> Reply {
    let caller = match caller(&guard, &request) {
        Ok(caller) => caller,
        Err(refusal) => return reply(answers::refusal(refusal), request.reply_max).await,
    };
    let rows_max = request.reply_max.saturating_sub(ANSWER_BYTES) / ROW_BYTES;
    let rows_max = rows_max.clamp(1, ROWS_MAX);
    let headers = headers(&request);
    let body = Body::from(request.payload);
    let response = reported(caller, gateway, headers, body, rows_max).await;
    reply(response, request.reply_max).await
}

/// Whoever asks, by the same header as over HTTP.
fn caller(guard: &Guard, request: &Request) -> Result<Caller, Refusal> {
    let mut headers = request.headers.iter();
    let sent = headers.find(|(name, _)| name.eq_ignore_ascii_case(header::AUTHORIZATION.as_str()));
    let caller = guard.admit(sent.map(|(_, value)| value))?;
    caller.may(Role::Reporter)?;
    Ok(caller)
}

/// The headers that mean something to the door, as those of HTTP.
fn headers(request: &Request) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in request.headers.iter() {
        let name = HeaderName::from_bytes(name.as_bytes());
        let value = HeaderValue::from_bytes(value.as_bytes());
        if let (Ok(name), Ok(value)) = (name, value)
            && (name == header::CONTENT_TYPE
                || name == detente_jetstream::commit::TRACEPARENT
                || name.as_str().eq_ignore_ascii_case(IDEMPOTENCY_KEY)
                || name.as_str().starts_with(CLOUD))
        {
            headers.insert(name, value);
        }
    }
    headers
}

/// An answer of HTTP as a reply of a NATS service.
async fn reply(response: Response, bytes_max: usize) -> Reply {
    let status = response.status().as_u16();
    let mut headers = vec![(STATUS.to_owned(), status.to_string())];
    for (name, ours) in [
        (header::CONTENT_TYPE, "Content-Type"),
        (header::RETRY_AFTER, "Retry-After"),
    ] {
        if let Some(Ok(value)) = response.headers().get(name).map(HeaderValue::to_str) {
            headers.push((ours.to_owned(), value.to_owned()));
        }
    }
    // It was made in memory a moment ago.
    let whole = to_bytes(response.into_body(), usize::MAX).await;
    let payload = whole.unwrap_or_default();
    let told = || serde_json::from_slice::<Value>(&payload).unwrap_or_default();
    let fault = (status >= 400).then(|| fault(status, &told()));
    let payload = if payload.len() > bytes_max {
        cut(told()).to_string().into()
    } else {
        payload
    };
    Reply {
        headers,
        payload,
        fault,
    }
}

fn fault(code: u16, problem: &Value) -> Fault {
    let text = |key: &str| problem[key].as_str().unwrap_or_default();
    let words = format!("{}: {}", text("code"), text("title"));
    Fault { code, words }
}

/// An answer that would not fit into a message says of each refused row only its first code.
fn cut(mut answer: Value) -> Value {
    let first = |refusals: &mut Value| {
        let code = refusals[0]["code"].as_str().and_then(Code::parse);
        if let Some(code) = code {
            *refusals = serde_json::json!([{"code": code, "message": code.title()}]);
        }
    };
    first(&mut answer["refusals"]);
    let rows = answer["refused"].as_array_mut();
    for row in rows.into_iter().flatten() {
        first(&mut row["refusals"]);
    }
    if answer["refusals"].is_null()
        && let Some(fields) = answer.as_object_mut()
    {
        fields.remove("refusals");
    }
    answer
}
