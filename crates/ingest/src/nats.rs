//! Reporting over NATS: a request to `detente.report` is answered as `POST /v1/events` is.
//!
//! The headers are those of HTTP: content type, CloudEvents in binary mode, idempotency key, trace
//! context and token. NATS itself restricts who may publish on the subject, but does not name the
//! client; so the author is the token's, as over HTTP.

use std::collections::BTreeMap;
use std::sync::Arc;

use detente_api::limits;
use detente_api::submission::ReportOutcome;
use detente_auth::{Guard, Role};
use detente_jetstream::service::{self, ListenError, Options, Reply, Request, ServiceError};
use tokio_util::sync::CancellationToken;

use crate::answer::Answer;
use crate::error::{Failure, ReportError};
use crate::gateway::{Gateway, watch};
use crate::headers::Headers;
use crate::memory::busy;
use crate::report::{Content, ROWS_MAX, ReportBatch, ReportBody};

/// The most requests in flight. Each is bounded by the server's `max_payload`, and all together,
/// with those over HTTP, by the memory of bodies.
const CONCURRENCY_LIMIT: usize = limits::NATS_REQUESTS;
/// The most bytes of a row in a shortened answer.
const ROW_BYTES: usize = 256;
/// The most bytes of a shortened answer beside its rows.
const ANSWER_BYTES: usize = 4_096;

/// The header of the token.
const AUTHORIZATION: &str = "authorization";
/// The header of the HTTP status.
const STATUS: &str = "Detente-Status";

/// The running endpoint.
#[derive(Debug)]
pub struct NatsEndpoint {
    task: tokio::task::JoinHandle<()>,
}

impl NatsEndpoint {
    /// Starts the endpoint, until it is cancelled. To stop it without losing requests, cancel it
    /// before the gateway, and wait for [`NatsEndpoint::stopped`] in between.
    ///
    /// # Errors
    /// [`ListenError`] if the subscription fails.
    pub async fn start(
        gateway: &Gateway,
        guard: Guard,
        cancel: CancellationToken,
    ) -> Result<Self, ListenError> {
        let options = Options {
            version: env!("CARGO_PKG_VERSION"),
            description: "Takes reports of events, as POST /v1/events does",
            started: gateway.now(),
            concurrency_limit: CONCURRENCY_LIMIT,
            busy: reply(Answer::Failed(busy()), usize::MAX),
            internal_error: reply(Answer::Failed(Failure::internal()), usize::MAX),
        };
        let handler = {
            let gateway = gateway.clone();
            move |request| respond(guard.clone(), gateway.clone(), request)
        };
        let connection = &gateway.parts.deps.connection;
        let task = service::start(connection, options, handler, cancel.clone()).await?;
        let watched = watch(
            "NATS endpoint",
            task,
            cancel,
            Arc::clone(&gateway.parts.broken),
        );
        let task = tokio::spawn(watched);
        Ok(Self { task })
    }

    /// Waits, after it was cancelled, until every request is answered.
    pub async fn stopped(self) {
        // The task only waits for another one, so it does not panic.
        let _ = self.task.await;
    }
}

async fn respond(guard: Guard, gateway: Gateway, request: Request) -> Reply {
    let reply_max = request.reply_max;
    let outcome = report(&guard, &gateway, request).await;
    reply(outcome.into(), reply_max)
}

async fn report(
    guard: &Guard,
    gateway: &Gateway,
    request: Request,
) -> Result<ReportOutcome, ReportError> {
    let headers = named(&request);
    let caller = guard.authenticate(headers.get(AUTHORIZATION).copied())?;
    caller.require(Role::Reporter)?;
    let headers = headers.iter();
    let headers: Headers<'_> = headers
        .map(|(name, value)| (&**name, value.as_bytes()))
        .collect();
    headers.refuse_coding()?;
    let kind = headers.kind()?;
    let mut memory = gateway.parts.bodies.reserve();
    memory.grow(request.payload.len())?;
    let body = ReportBody {
        bytes: request.payload.clone(),
        format: headers.format()?,
        kind,
        key: headers.key()?,
        memory,
    };
    let rows_max = request.reply_max.saturating_sub(ANSWER_BYTES) / ROW_BYTES;
    let batch = ReportBatch {
        caller,
        guard: guard.clone(),
        content: Content::Body(body),
        traceparent: headers.traceparent(),
        rows_max: rows_max.clamp(1, ROWS_MAX),
    };
    gateway.report(batch).await
}

/// Returns the headers by their names in lower case, without those that HTTP cannot carry.
fn named(request: &Request) -> BTreeMap<String, &str> {
    let is_value = |value: &str| {
        let is_control = |byte: u8| byte.is_ascii_control() && byte != b'\t';
        !value.bytes().any(is_control)
    };
    let headers = request.headers.iter();
    let headers = headers.filter(|(_, value)| is_value(value));
    headers
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .collect()
}

/// Turns an answer into a reply; one that exceeds the limit is shortened.
fn reply(mut answer: Answer, bytes_max: usize) -> Reply {
    let status = answer.status();
    let mut headers = vec![
        (STATUS.to_owned(), status.to_string()),
        ("Content-Type".to_owned(), answer.media_type().to_owned()),
    ];
    if let Answer::Failed(failure) = &answer
        && let Some(seconds) = failure.as_http().retry_after()
    {
        headers.push(("Retry-After".to_owned(), seconds.to_string()));
    }
    let error = answer.error().map(|(code, title)| ServiceError {
        code: status,
        message: format!("{code}: {title}"),
    });
    // Serialising an answer cannot fail.
    let mut payload = serde_json::to_vec(&answer).unwrap_or_default();
    if payload.len() > bytes_max {
        answer.shorten();
        let short = serde_json::to_value(&answer).unwrap_or_default();
        payload = short.to_string().into_bytes();
    }
    Reply {
        headers,
        payload: payload.into(),
        error,
    }
}
