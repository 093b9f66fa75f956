//! One request: handed over, answered, and counted, each in a task of its own.

use std::sync::Arc;
use std::time::Duration;

use async_nats::client::PublishErrorKind;
use async_nats::header::HeaderMap;
use async_nats::service::{NATS_SERVICE_ERROR, NATS_SERVICE_ERROR_CODE};
use async_nats::{Client, Subject};
use tokio::time::Instant;

use super::{Fault, JoinSet, Message, Options, Reply, Request, Semaphore};
use crate::{Connection, Headers, headers};

/// Room for the headers of a reply.
const HEADERS_BYTES: usize = 1_024;

/// What is needed to take a request.
#[derive(Debug)]
pub(super) struct Taker<H> {
    client: Client,
    options: Arc<Options>,
    handler: H,
    places: Arc<Semaphore>,
}

/// A request that was answered.
#[derive(Clone, Debug)]
pub(super) struct Done {
    /// How long it took.
    pub(super) took: Duration,
    /// What went wrong.
    pub(super) fault: Option<Fault>,
}

impl<H, F> Taker<H>
where
    H: Fn(Request) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Reply> + Send + 'static,
{
    pub(super) fn new(conn: &Connection, options: Options, handler: H) -> Self {
        Self {
            client: conn.client().clone(),
            places: Arc::new(Semaphore::new(options.under_way_max)),
            options: Arc::new(options),
            handler,
        }
    }

    /// Begins to handle a request, or tells that there are too many.
    pub(super) fn take(&self, message: Message, under_way: &mut JoinSet<Done>) {
        let started = Instant::now();
        let client = self.client.clone();
        let Some(to) = message.reply else {
            // Nobody would hear whether it was stored, so it is not.
            tracing::warn!("a request without a reply subject is not taken");
            let fault = Fault {
                code: 400,
                words: "no reply subject".to_owned(),
            };
            under_way.spawn(async move { Done::of(started, Some(fault)) });
            return;
        };
        let options = Arc::clone(&self.options);
        let Ok(place) = Arc::clone(&self.places).try_acquire_owned() else {
            under_way
                .spawn(async move { send(&client, to, &options.busy, &options, started).await });
            return;
        };
        let request = Request {
            headers: Headers::received(message.headers),
            payload: message.payload,
            reply_max: client.max_payload().saturating_sub(HEADERS_BYTES),
        };
        let handled = (self.handler)(request);
        under_way.spawn(async move {
            // A task of its own: a panic ends it, and not the reply.
            let reply = tokio::spawn(handled).await.unwrap_or_else(|error| {
                tracing::error!(%error, "the handler of a request broke off");
                options.broken.clone()
            });
            let done = send(&client, to, &reply, &options, started).await;
            drop(place);
            done
        });
    }
}

impl Done {
    fn of(started: Instant, fault: Option<Fault>) -> Self {
        let took = started.elapsed();
        Self { took, fault }
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
        Ok(()) => Done::of(started, reply.fault.clone()),
        Err(PublishErrorKind::MaxPayloadExceeded) => {
            tracing::error!(
                bytes = reply.payload.len(),
                "a reply is too large to be sent"
            );
            // It is small; if it cannot be sent either, the connection has ended.
            let _ = publish(client, to, &options.broken).await;
            Done::of(started, options.broken.fault.clone())
        }
        Err(error) => {
            tracing::warn!(%error, "a reply could not be sent");
            let words = "the reply could not be sent".to_owned();
            Done::of(started, Some(Fault { code: 500, words }))
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
    if let Some(fault) = &reply.fault {
        let words = fault.words.replace(['\r', '\n'], " ");
        map.insert(NATS_SERVICE_ERROR, words.as_str());
        map.insert(NATS_SERVICE_ERROR_CODE, fault.code.to_string().as_str());
    }
    let published = client.publish_with_headers(to, map, reply.payload.clone());
    published.await.map_err(|error| error.kind())
}
