//! A server and a gateway of its own for each test, with a clock and ids by hand.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use detente_codec::{Read, decode};
use detente_domain::record::{Body, Record};
use detente_ingest::{Deps, Gateway, serve};
use detente_jetstream::reader::{EventsReader, Options};
use detente_jetstream::topology::{EVENTS, Replicas};
use detente_jetstream::{Connection, commit, connect, inspect};
use detente_nats_server as nats_server;
use detente_nats_server::{Binary, LocalServer, Search};
use serde_json::{Value, json};
use tempfile::TempDir;
use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::sync::OnceCell;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

/// Longer than anything here takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
/// 2026-03-01T12:00:00Z.
pub(crate) const NOON: i64 = 1_772_366_400;

pub(crate) struct Nats {
    pub(crate) server: LocalServer,
    _dir: TempDir,
}

/// A gateway behind a socket.
pub(crate) struct Door {
    pub(crate) url: String,
    pub(crate) connection: Connection,
    pub(crate) client: reqwest::Client,
    shutdown: CancellationToken,
    task: JoinHandle<Result<(), detente_ingest::Error>>,
}

pub(crate) async fn binary() -> Binary {
    static BINARY: OnceCell<Binary> = OnceCell::const_new();
    let find = async || {
        let home = std::env::var_os("HOME").map_or_else(std::env::temp_dir, PathBuf::from);
        let search = Search {
            variable: std::env::var_os("NATS_SERVER").map(PathBuf::from),
            path: std::env::var_os("PATH"),
            cache_dir: home.join(".cache").join("detente"),
            fetch: true,
            ..Search::default()
        };
        nats_server::find_or_fetch(&search)
            .await
            .expect("a nats-server")
    };
    BINARY.get_or_init(find).await.clone()
}

impl Nats {
    pub(crate) async fn start() -> Nats {
        detente_http::tls::provide();
        let dir = tempfile::tempdir().expect("a temporary directory");
        let options = nats_server::Options::new(binary().await, dir.path().join("nats"));
        let server = LocalServer::start(options).await.expect("a running server");
        Nats { server, _dir: dir }
    }

    /// A server that was started otherwise.
    pub(crate) fn of(server: LocalServer, dir: TempDir) -> Nats {
        Nats { server, _dir: dir }
    }

    pub(crate) async fn connect(&self) -> Connection {
        let options = connect::Options::new(self.server.url(), "test");
        Connection::open(&options).await.expect("a connection")
    }

    /// Deps with a clock that stands at noon until it is set, and ids that count.
    pub(crate) async fn deps(&self) -> (Deps, Arc<AtomicI64>) {
        let clock = Arc::new(AtomicI64::new(NOON));
        let shown = Arc::clone(&clock);
        let count = AtomicU64::new(1);
        let deps = Deps {
            connection: self.connect().await,
            replicas: Replicas::One,
            clock: Arc::new(move || moment(shown.load(Ordering::SeqCst))),
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

    pub(crate) async fn door(&self) -> Door {
        let (deps, _) = self.deps().await;
        let connection = deps.connection.clone();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let shutdown = CancellationToken::new();
        let task = tokio::spawn(serve(listener, deps, shutdown.clone()));
        Door {
            url,
            connection,
            client: reqwest::Client::new(),
            shutdown,
            task,
        }
    }
}

impl Door {
    /// Posts a body and gives status, media type and JSON.
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
        told(request.send().await.expect("an answer")).await
    }

    pub(crate) async fn post_json(&self, body: &Value) -> (u16, Value) {
        let (status, _, value) = self.post(Some("application/json"), body.to_string()).await;
        (status, value)
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, String, Value) {
        let answer = self.client.get(format!("{}{path}", self.url)).send().await;
        told(answer.expect("an answer")).await
    }

    pub(crate) async fn close(self) {
        self.shutdown.cancel();
        in_time(self.task)
            .await
            .expect("a task")
            .expect("a clean end");
    }
}

async fn told(answer: reqwest::Response) -> (u16, String, Value) {
    let media_type = answer.headers().get("content-type");
    let media_type = media_type.map(|value| value.to_str().expect("text").to_owned());
    let status = answer.status().as_u16();
    let body = answer.text().await.expect("a body");
    let value = serde_json::from_str(&body).unwrap_or(Value::String(body));
    (status, media_type.unwrap_or_default(), value)
}

/// An event that may be admitted.
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

/// Every record of the log, with its position.
pub(crate) async fn log(connection: &Connection) -> Vec<(u64, Record)> {
    let head = inspect::head(connection, EVENTS).await.expect("a head");
    let reader = EventsReader::open(connection, EVENTS, 1, Options::events()).await;
    let mut reader = reader.expect("a reader");
    let mut records = Vec::new();
    while reader.last_sequence() < head {
        let message = in_time(reader.next()).await.expect("a commit");
        for record in commit::records(&message.payload) {
            match decode(record.expect("a record")).expect("a readable record") {
                Read::Record(record) => records.push((message.sequence, record)),
                Read::NotUnderstood { what, .. } => panic!("not understood: {what}"),
            }
        }
    }
    records
}

/// The records that are no ticks.
pub(crate) async fn reports(connection: &Connection) -> Vec<(u64, Record)> {
    let mut records = log(connection).await;
    records.retain(|(_, record)| !matches!(record.body, Body::Tick { .. }));
    records
}

pub(crate) fn moment(seconds: i64) -> OffsetDateTime {
    OffsetDateTime::from_unix_timestamp(seconds).expect("a moment")
}

pub(crate) async fn in_time<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future)
        .await
        .expect("an end within the patience of a test")
}

/// Looks at a condition until it holds.
pub(crate) async fn eventually(what: &str, mut look: impl AsyncFnMut() -> bool) {
    let looking = async {
        while !look().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let found = tokio::time::timeout(PATIENCE, looking).await;
    found.unwrap_or_else(|_| panic!("it never came: {what}"));
}
