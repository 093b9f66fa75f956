//! A NATS service: requests and replies as opaque bytes, with the discovery and statistics of NATS
//! services (ADR-32), so that `nats micro` and every client library find it.
//!
//! The client library's own service loop is not used: it answers errors with a code only, while
//! here the body describes the error. Its message types are used.

mod discovery;
mod handler;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_nats::Subscriber;
use bytes::Bytes;
use futures_util::StreamExt;
use time::OffsetDateTime;
use tokio::task::{JoinError, JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use crate::{Connection, Headers};
use discovery::Discovery;
use handler::{Done, Handler};

/// The name of the service.
const NAME: &str = "detente";
/// The name of its endpoint.
const ENDPOINT: &str = "report";
/// The subject of the requests.
pub const SUBJECT: &str = "detente.report";
/// The queue group that shares the requests: the default one of NATS services.
const QUEUE_GROUP: &str = "q";

/// The time to wait for requests in transit when it stops.
const DRAIN_TIMEOUT: Duration = Duration::from_secs(2);

/// The description and limits of a service.
#[derive(Clone, Debug)]
pub struct Options {
    /// Its version, a semantic version.
    pub version: &'static str,
    /// Its purpose, in a sentence.
    pub description: &'static str,
    /// The time at which it started.
    pub started: OffsetDateTime,
    /// The most requests that are handled at once; others get [`Options::busy`].
    pub concurrency_limit: usize,
    /// The reply to a request above the limit.
    pub busy: Reply,
    /// The reply when a handler panics, or its reply cannot be sent.
    pub internal_error: Reply,
}

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its headers.
    pub headers: Headers,
    /// Its payload.
    pub payload: Bytes,
    /// The largest payload of a reply, in bytes.
    pub reply_max: usize,
}

/// A reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// Its headers; those of an error are added.
    pub headers: Vec<(String, String)>,
    /// Its payload.
    pub payload: Bytes,
    /// The error, if there was one.
    pub error: Option<ServiceError>,
}

/// An error in the form that all clients of NATS services understand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServiceError {
    /// The code, an HTTP status.
    pub code: u16,
    /// The message, one line.
    pub message: String,
}

/// The service could not subscribe.
#[derive(Debug, thiserror::Error)]
#[error("the NATS service cannot listen on {subject}: {source}")]
pub struct ListenError {
    subject: String,
    source: Box<dyn std::error::Error + Send + Sync>,
}

/// Serves requests until it is cancelled, and then those that have arrived. Every received request
/// gets a reply, even if the handler panics. A request that the server sends while this process
/// unsubscribes, or is killed, may be lost: a client without a reply sends it again.
///
/// # Errors
/// Returns [`ListenError`] if a subscription fails.
pub async fn start<H, F>(
    conn: &Connection,
    options: Options,
    handler: H,
    cancel: CancellationToken,
) -> Result<JoinHandle<()>, ListenError>
where
    H: Fn(Request) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Reply> + Send + 'static,
{
    let options = Arc::new(options);
    let discovery = Discovery::open(conn, Arc::clone(&options)).await?;
    let subscribed = conn.client().queue_subscribe(SUBJECT, QUEUE_GROUP.into());
    let requests = subscribed.await.map_err(|source| failed(SUBJECT, source))?;
    let handler = Handler::new(conn, options, handler);
    Ok(tokio::spawn(run(discovery, requests, handler, cancel)))
}

async fn run<H, F>(
    mut discovery: Discovery,
    mut requests: Subscriber,
    handler: Handler<H>,
    cancel: CancellationToken,
) where
    H: Fn(Request) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Reply> + Send + 'static,
{
    let mut in_flight = JoinSet::new();
    loop {
        tokio::select! {
            () = cancel.cancelled() => break,
            Some(done) = in_flight.join_next() => count(&mut discovery, done),
            Some(query) = discovery.queries.next() => {
                discovery.answer(query, in_flight.len()).await;
            }
            request = requests.next() => match request {
                Some(request) => handler.handle(request, &mut in_flight),
                // The connection was closed.
                None => break,
            },
        }
    }
    let drained = async {
        // Without a connection, nothing is in transit.
        if requests.drain().await.is_ok() {
            while let Some(request) = requests.next().await {
                handler.handle(request, &mut in_flight);
            }
        }
    };
    if tokio::time::timeout(DRAIN_TIMEOUT, drained).await.is_err() {
        tracing::warn!("the NATS service was not unsubscribed in time");
    }
    while let Some(done) = in_flight.join_next().await {
        count(&mut discovery, done);
    }
}

fn count(discovery: &mut Discovery, done: Result<Done, JoinError>) {
    match done {
        Ok(done) => discovery.count(&done),
        Err(error) => tracing::error!(%error, "the task of a request failed"),
    }
}

fn failed(
    subject: impl fmt::Display,
    source: impl std::error::Error + Send + Sync + 'static,
) -> ListenError {
    ListenError {
        subject: subject.to_string(),
        source: Box::new(source),
    }
}
