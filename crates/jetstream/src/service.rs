//! A door on NATS: requests and replies as opaque bytes, with the discovery and the figures of
//! NATS services (ADR-32), so that `nats micro` and every client library find it.
//!
//! The client library has such services too, and its forms are used here. Its loop is not: it
//! answers what fails with nothing but a code, and ours says what was wrong in the body.

mod discovery;
mod take;

use std::fmt;
use std::time::Duration;

use async_nats::{Message, Subscriber};
use bytes::Bytes;
use futures_util::StreamExt;
use time::OffsetDateTime;
use tokio::sync::Semaphore;
use tokio::task::{JoinHandle, JoinSet};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{Connection, Headers};
use discovery::Discovery;
use take::{Done, Taker};

/// The name under which the service is found.
pub const NAME: &str = "detente";
/// The name of its endpoint.
pub const ENDPOINT: &str = "report";
/// Where reports are requested.
pub const SUBJECT: &str = "detente.report";
/// The processes of one queue group share the requests; it is the usual one of services.
pub const QUEUE_GROUP: &str = "q";

/// How long to wait, when it stops, for the requests that are on their way already.
const DRAIN_WITHIN: Duration = Duration::from_secs(2);

/// What the service says of itself, and its limits.
#[derive(Clone, Debug)]
pub struct Options {
    /// Its version, as semantic versioning writes it.
    pub version: &'static str,
    /// What it does, in a sentence.
    pub description: &'static str,
    /// When it started.
    pub started: OffsetDateTime,
    /// How many requests may be under way at once; others are told [`Options::busy`].
    pub under_way_max: usize,
    /// The reply to a request too many.
    pub busy: Reply,
    /// The reply when a handler panics, or its reply cannot be sent.
    pub broken: Reply,
}

/// A request.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its headers.
    pub headers: Headers,
    /// Its payload.
    pub payload: Bytes,
    /// The most bytes that fit into the payload of the reply.
    pub reply_max: usize,
}

/// A reply.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// Its headers; those of a fault are added.
    pub headers: Vec<(String, String)>,
    /// Its payload.
    pub payload: Bytes,
    /// What went wrong, if anything did.
    pub fault: Option<Fault>,
}

/// What went wrong, in the words that every client of services understands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// A number, as HTTP has them.
    pub code: u16,
    /// A line for a person.
    pub words: String,
}

/// Why the service did not start.
#[derive(Debug, thiserror::Error)]
#[error("the NATS service cannot listen on {subject}: {source}")]
pub struct ServiceError {
    subject: String,
    source: Box<dyn std::error::Error + Send + Sync>,
}

/// Listens until it is cancelled, and then answers what has come. Whoever was heard gets a reply,
/// even if the handler panics. A request that the server was just sending when this process
/// unsubscribed is not heard, nor is one at the end of a process that is killed: a client without
/// a reply sends the same again.
///
/// # Errors
/// [`ServiceError`] if nothing can be subscribed to.
pub async fn start<H, F>(
    conn: &Connection,
    options: Options,
    handler: H,
    cancel: CancellationToken,
) -> Result<JoinHandle<()>, ServiceError>
where
    H: Fn(Request) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Reply> + Send + 'static,
{
    let id = Uuid::new_v4().simple().to_string();
    let discovery = Discovery::open(conn, &options, id).await?;
    let subscribed = conn.client().queue_subscribe(SUBJECT, QUEUE_GROUP.into());
    let requests = subscribed.await.map_err(|source| failed(SUBJECT, source))?;
    let taker = Taker::new(conn, options, handler);
    Ok(tokio::spawn(run(discovery, requests, taker, cancel)))
}

async fn run<H, F>(
    mut discovery: Discovery,
    mut requests: Subscriber,
    taker: Taker<H>,
    cancel: CancellationToken,
) where
    H: Fn(Request) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Reply> + Send + 'static,
{
    let mut under_way = JoinSet::new();
    loop {
        tokio::select! {
            () = cancel.cancelled() => break,
            Some(done) = under_way.join_next() => count(&mut discovery, done),
            Some(question) = discovery.asked.next() => {
                discovery.answer(question, under_way.len()).await;
            }
            request = requests.next() => match request {
                Some(request) => taker.take(request, &mut under_way),
                // The connection was closed for good.
                None => break,
            },
        }
    }
    let drained = async {
        // Without a connection there is nothing on its way.
        if requests.drain().await.is_ok() {
            while let Some(request) = requests.next().await {
                taker.take(request, &mut under_way);
            }
        }
    };
    if tokio::time::timeout(DRAIN_WITHIN, drained).await.is_err() {
        tracing::warn!("the NATS service was not unsubscribed in time");
    }
    while let Some(done) = under_way.join_next().await {
        count(&mut discovery, done);
    }
}

fn count(discovery: &mut Discovery, done: Result<Done, tokio::task::JoinError>) {
    match done {
        Ok(done) => discovery.count(&done),
        Err(error) => tracing::error!(%error, "a reply broke off"),
    }
}

fn failed(
    subject: impl fmt::Display,
    source: impl std::error::Error + Send + Sync + 'static,
) -> ServiceError {
    ServiceError {
        subject: subject.to_string(),
        source: Box::new(source),
    }
}
