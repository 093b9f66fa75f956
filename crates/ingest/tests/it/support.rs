//! A NATS server and a gateway for each test, with a manual clock and ids.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use axum::http::StatusCode;
use detente_codec::{Decoded, decode};
use detente_domain::record::{Body, Record};
use detente_http::{ApiRouter, MiddlewareConfig, probes};
use detente_ingest::{Deps, Gateway};
use detente_jetstream::reader::{Options, StreamReader};
use detente_jetstream::topology::{EVENTS, Replicas};
use detente_jetstream::{Connection, commit, stream_info};
use detente_nats_server::LocalServer;
use detente_testkit::nats;
use serde_json::{Value, json};
use tempfile::TempDir;
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub(crate) use detente_testkit::nats::in_time;

/// 2026-03-01T12:00:00Z.
pub(crate) const NOON: i64 = 1_772_366_400;

pub(crate) struct Nats(nats::Nats);

/// A gateway behind HTTP.
pub(crate) struct Server {
    pub(crate) url: String,
    pub(crate) connection: Connection,
    pub(crate) client: reqwest::Client,
    shutdown: CancellationToken,
    task: JoinHandle<std::io::Result<()>>,
}

impl Deref for Nats {
    type Target = nats::Nats;

    fn deref(&self) -> &nats::Nats {
        &self.0
    }
}

impl Nats {
    pub(crate) async fn start() -> Nats {
        detente_http::tls::install_provider();
        Nats(nats::Nats::start().await)
    }

    /// Wraps a server that was started with other options.
    pub(crate) fn new(server: LocalServer, dir: TempDir) -> Nats {
        Nats(nats::Nats { server, dir })
    }

    /// Stops the server for good.
    pub(crate) async fn stop(self) {
        self.0.server.stop().await;
    }

    /// Stops the server, and keeps its data.
    pub(crate) async fn stop_for_now(self) -> TempDir {
        self.0.server.stop().await;
        self.0.dir
    }

    /// Returns dependencies with a clock that stands at noon until it is set, and ids that count.
    pub(crate) async fn deps(&self) -> (Deps, Arc<AtomicI64>) {
        let clock = Arc::new(AtomicI64::new(NOON));
        let shown = Arc::clone(&clock);
        let count = AtomicU64::new(1);
        let deps = Deps {
            connection: self.connect().await,
            replicas: Replicas::One,
            clock: Arc::new(move || moment(shown.load(Ordering::SeqCst))),
            clock_difference_max: None,
            disk: None,
            ids: Arc::new(move || {
                let number = count.fetch_add(1, Ordering::SeqCst);
                Uuid::from_u64_pair(0x0190_0000_0000_7000, 0x8000 << 48 | number)
            }),
        };
        (deps, clock)
    }

    pub(crate) async fn gateway(&self) -> (Gateway, Arc<AtomicI64>, CancellationToken) {
        let (deps, clock) = self.deps().await;
        let cancel = CancellationToken::new();
        let gateway = Gateway::start(deps, cancel.clone())
            .await
            .expect("a gateway");
        (gateway, clock, cancel)
    }

    pub(crate) async fn serve(&self) -> Server {
        let (deps, _) = self.deps().await;
        Self::serve_with(deps).await
    }

    /// Serves a gateway with these dependencies.
    pub(crate) async fn serve_with(deps: Deps) -> Server {
        let connection = deps.connection.clone();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let shutdown = CancellationToken::new();
        let task = tokio::spawn(serve(listener, deps, shutdown.clone()));
        Server {
            url,
            connection,
            client: reqwest::Client::new(),
            shutdown,
            task,
        }
    }
}

impl Server {
    /// Posts a body, and returns status, media type and JSON.
    pub(crate) async fn post(
        &self,
        media_type: Option<&str>,
        body: impl Into<reqwest::Body>,
    ) -> (u16, String, Value) {
        let mut request = self
            .client
            .post(format!("{}/v1/events", self.url))
            .body(body);
        if let Some(media_type) = media_type {
            request = request.header("content-type", media_type);
        }
        parts(request.send().await.expect("an answer")).await
    }

    pub(crate) async fn post_json(&self, body: &Value) -> (u16, Value) {
        let (status, _, value) = self.post(Some("application/json"), body.to_string()).await;
        (status, value)
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, String, Value) {
        let answer = self.client.get(format!("{}{path}", self.url)).send().await;
        parts(answer.expect("an answer")).await
    }

    pub(crate) async fn close(self) {
        self.shutdown.cancel();
        in_time(self.task)
            .await
            .expect("a task")
            .expect("a clean end");
    }
}

/// Serves a gateway over HTTP as `detente serve ingest` does.
pub(crate) async fn serve(
    listener: TcpListener,
    deps: Deps,
    shutdown: CancellationToken,
) -> std::io::Result<()> {
    let stop = CancellationToken::new();
    let ids = Arc::clone(&deps.ids);
    let gateway = Gateway::start(deps, stop.clone()).await.expect("a gateway");
    let checked = gateway.clone();
    let ready = async move || match checked.health() {
        Ok(()) => (StatusCode::OK, "ready\n".to_owned()),
        Err(failing) => (
            StatusCode::SERVICE_UNAVAILABLE,
            format!("failing: {failing}\n"),
        ),
    };
    let probes = ApiRouter::new()
        .route(probes::live(), async || "live\n")
        .route(probes::ready(), ready);
    let routes = detente_ingest::router(gateway.clone()).merge(probes);
    let routes = routes.finish(&MiddlewareConfig::new(ids));
    let served = detente_http::serve(listener, routes, shutdown).await;
    stop.cancel();
    gateway.stopped().await;
    served
}

async fn parts(answer: reqwest::Response) -> (u16, String, Value) {
    let media_type = answer.headers().get("content-type");
    let media_type = media_type.map(|value| value.to_str().expect("text").to_owned());
    let status = answer.status().as_u16();
    let body = answer.text().await.expect("a body");
    let value = serde_json::from_str(&body).unwrap_or(Value::String(body));
    (status, media_type.unwrap_or_default(), value)
}

/// Returns an event that may be admitted.
pub(crate) fn event(id: Option<Uuid>, day: u8) -> Value {
    let mut event = json!({
        "kind": "mission.handed_over",
        "actors": ["TKM"],
        "recipients": ["AFG"],
        "occurred": format!("2022-03-{day:02}"),
        "details": {"mission": "embassy", "host": "TKM", "sender": "AFG", "city": "Ashgabat",
            "controlled_by": "TALIBAN"},
        "title": {"en": "The embassy in Ashgabat is handed over", "ar": "تسليم السفارة في عشق آباد"},
        "report": {"publisher": "A paper", "language": "ar", "published": "2022-04", "grade": "B2"},
    });
    if let Some(id) = id {
        event["id"] = json!(id);
    }
    event
}

/// Returns every record of the log, with its position.
pub(crate) async fn log(connection: &Connection) -> Vec<(u64, Record)> {
    let head = stream_info::head(connection, EVENTS).await.expect("a head");
    let reader = StreamReader::open(connection, EVENTS, 1, Options::events()).await;
    let mut reader = reader.expect("a reader");
    let mut records = Vec::new();
    while reader.last_sequence() < head {
        let message = in_time(reader.next()).await.expect("a commit");
        for record in commit::records(&message.payload) {
            match decode(record.expect("a record")).expect("a readable record") {
                Decoded::Record(record) => records.push((message.sequence, record)),
                Decoded::NotUnderstood { what, .. } => panic!("not understood: {what}"),
            }
        }
    }
    records
}

/// Returns every record but the ticks.
pub(crate) async fn reports(connection: &Connection) -> Vec<(u64, Record)> {
    let mut records = log(connection).await;
    records.retain(|(_, record)| !matches!(record.body, Body::Tick { .. }));
    records
}

pub(crate) fn moment(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(seconds).expect("a moment")
}

/// Makes forty numbered requests at once, and returns what each gives.
pub(crate) async fn at_once<F>(
    server: &Arc<Server>,
    request: impl Fn(Arc<Server>, u8) -> F,
) -> Vec<F::Output>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    let tasks = (0..40).map(|number| tokio::spawn(request(Arc::clone(server), number)));
    let tasks: Vec<_> = tasks.collect();
    let mut answers = Vec::new();
    for task in tasks {
        answers.push(in_time(task).await.expect("a reporter"));
    }
    answers
}

/// Polls a condition until it holds.
pub(crate) async fn eventually(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    nats::eventually(what, async || holds().await.then_some(())).await;
}
