//! Handles requests, each in a task of its own.

use std::sync::Arc;
use std::time::Duration;

use async_nats::client::PublishErrorKind;
use async_nats::header::HeaderMap;
use async_nats::service::{NATS_SERVICE_ERROR, NATS_SERVICE_ERROR_CODE};
use async_nats::{Client, Message, Subject};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::Instant;

use super::{Options, Reply, Request, ServiceError};
use crate::{Connection, Headers, headers};

/// Space for the headers of a reply.
const HEADERS_BYTES: usize = 1_024;

/// Passes requests to the service's handler.
#[derive(Debug)]
pub(super) struct Handler<H> {
    client: Client,
    options: Arc<Options>,
    handler: H,
    permits: Arc<Semaphore>,
}

/// A request that was handled.
#[derive(Clone, Debug)]
pub(super) struct Done {
    /// The time that it took.
    pub(super) took: Duration,
    /// The error, if there was one.
    pub(super) error: Option<ServiceError>,
}

impl<H, F> Handler<H>
where
    H: Fn(Request) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Reply> + Send + 'static,
{
    pub(super) fn new(conn: &Connection, options: Arc<Options>, handler: H) -> Self {
        Self {
            client: conn.client().clone(),
            permits: Arc::new(Semaphore::new(options.concurrency_limit)),
            options,
            handler,
        }
    }

    /// Begins to handle a request, or replies that there are too many.
    pub(super) fn handle(&self, message: Message, in_flight: &mut JoinSet<Done>) {
        let started = Instant::now();
        let client = self.client.clone();
        let Some(to) = message.reply else {
            // The sender could not learn whether it was stored, so it is not.
            tracing::warn!("a request without a reply subject is ignored");
            let error = ServiceError {
                code: 400,
                message: "no reply subject".to_owned(),
            };
            in_flight.spawn(async move { Done::new(started, Some(error)) });
            return;
        };
        let options = Arc::clone(&self.options);
        let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() else {
            in_flight
                .spawn(async move { send(&client, to, &options.busy, &options, started).await });
            return;
        };
        let request = Request {
            headers: Headers::received(message.headers),
            payload: message.payload,
            reply_max: client.max_payload().saturating_sub(HEADERS_BYTES),
        };
        let handled = (self.handler)(request);
        in_flight.spawn(async move {
            // In a task of its own, so that a panic is answered too.
            let reply = tokio::spawn(handled).await.unwrap_or_else(|error| {
                tracing::error!(%error, "the handler of a request failed");
                options.internal_error.clone()
            });
            let done = send(&client, to, &reply, &options, started).await;
            drop(permit);
            done
        });
    }
}

impl Done {
    fn new(started: Instant, error: Option<ServiceError>) -> Self {
        let took = started.elapsed();
        Self { took, error }
    }
}

async fn send(
    client: &Client,
    to: Subject,
    reply: &Reply,
    options: &Options,
    started: Instant,
) -> Done {
    match publish(client, to.clone(), reply).await {
        Ok(()) => Done::new(started, reply.error.clone()),
        Err(PublishErrorKind::MaxPayloadExceeded) => {
            tracing::error!(
                bytes = reply.payload.len(),
                "a reply is too large to be sent"
            );
            // It is small; if it cannot be sent either, the connection is closed.
            let _ = publish(client, to, &options.internal_error).await;
            Done::new(started, options.internal_error.error.clone())
        }
        Err(error) => {
            tracing::warn!(%error, "a reply could not be sent");
            let message = "the reply could not be sent".to_owned();
            Done::new(started, Some(ServiceError { code: 500, message }))
        }
    }
}

async fn publish(client: &Client, to: Subject, reply: &Reply) -> Result<(), PublishErrorKind> {
    let mut map = HeaderMap::new();
    for (name, value) in &reply.headers {
        if let Err(bad) = headers::insert(&mut map, name, value) {
            tracing::error!(error = %bad, "a header is left out of a reply");
        }
    }
    if let Some(error) = &reply.error {
        let message = error.message.replace(['\r', '\n'], " ");
        map.insert(NATS_SERVICE_ERROR, message.as_str());
        map.insert(NATS_SERVICE_ERROR_CODE, error.code.to_string().as_str());
    }
    let published = client.publish_with_headers(to, map, reply.payload.clone());
    published.await.map_err(|error| error.kind())
}
