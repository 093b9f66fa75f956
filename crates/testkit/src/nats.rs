//! A private nats-server for a test, and waiting on conditions instead of on time.
#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::missing_panics_doc,
    reason = "a test fails by panicking"
)]

use std::path::PathBuf;
use std::time::Duration;

use detente_jetstream::reader::{self, StreamReader};
use detente_jetstream::{Connection, Message, connect, stream_info};
use detente_nats_server::{Admission, Binary, LocalServer, Options, Search, State, find_or_fetch};
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// The timeout of a step of a test: longer than any takes on a busy machine.
pub const TIMEOUT: Duration = Duration::from_secs(120);

/// A nats-server in a temporary directory; both end with this value.
#[derive(Debug)]
pub struct Nats {
    /// The supervised server.
    pub server: LocalServer,
    /// The directory that holds its data.
    pub dir: TempDir,
}

/// Finds a nats-server as `detente up` does, or fetches one into the user's cache.
pub async fn binary() -> Binary {
    static BINARY: OnceCell<Binary> = OnceCell::const_new();
    let find = async || {
        let home = std::env::var_os("HOME").map_or_else(std::env::temp_dir, PathBuf::from);
        let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
        let search = Search {
            variable: std::env::var_os("NATS_SERVER").map(PathBuf::from),
            path: std::env::var_os("PATH"),
            cache_dir: cache.unwrap_or_else(|| home.join(".cache")).join("detente"),
            fetch: true,
            ..Search::default()
        };
        find_or_fetch(&search).await.expect("a nats-server")
    };
    BINARY.get_or_init(find).await.clone()
}

/// Starts a server on a free port with a data directory.
pub async fn start(directory: impl Into<PathBuf>) -> LocalServer {
    start_on(directory, 0).await
}

/// Starts a server on a port with a data directory.
pub async fn start_on(directory: impl Into<PathBuf>, port: u16) -> LocalServer {
    // Tests of access start the product, whose server has a password.
    let mut options = Options::new(binary().await, directory, Admission::Open);
    options.port = port;
    LocalServer::start(options).await.expect("a running server")
}

/// Starts a server that accepts messages of at most so many bytes.
pub async fn start_limited(directory: impl Into<PathBuf>, max_payload: usize) -> LocalServer {
    let mut options = Options::new(binary().await, directory, Admission::Open);
    options.max_payload = max_payload;
    LocalServer::start(options).await.expect("a running server")
}

/// Connects to a server under a name.
pub async fn connect(server: &LocalServer, name: &str) -> Connection {
    let options = connect::Options::new(server.url(), name);
    Connection::open(&options).await.expect("a connection")
}

impl Nats {
    /// Starts a server on a free port.
    pub async fn start() -> Self {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let server = start(dir.path().join("nats")).await;
        Self { server, dir }
    }

    /// Opens another connection to it.
    pub async fn connect(&self) -> Connection {
        connect(&self.server, "test").await
    }

    /// Kills the server without warning, and waits until the supervisor has started another.
    pub async fn kill(&self) {
        let pid = self.server.pid().expect("a running server");
        let mut state = self.server.state();
        kill(pid);
        let again =
            state.wait_for(|state| matches!(state, State::Running { pid: new, .. } if *new != pid));
        in_time(again).await.expect("a supervisor");
    }
}

/// Returns every message of a stream, up to its present end.
pub async fn read_all(connection: &Connection, stream: &str) -> Vec<Message> {
    let head = stream_info::head(connection, stream).await;
    let head = head.expect("a stream");
    let reader = StreamReader::open(connection, stream, 1, reader::Options::changes()).await;
    let mut reader = reader.expect("a reader");
    let mut messages = Vec::new();
    while reader.last_sequence() < head {
        messages.push(in_time(reader.next()).await.expect("a message"));
    }
    messages
}

/// Kills a process with SIGKILL.
pub fn kill(pid: u32) {
    signal(pid, "KILL");
}

/// Sends a process a signal, such as `STOP`.
pub fn signal(pid: u32, name: &str) {
    let status = std::process::Command::new("kill")
        .args(["-s", name, &pid.to_string()])
        .status();
    assert!(status.expect("a kill command").success());
}

/// Awaits a future, and fails the test when it takes longer than [`TIMEOUT`].
pub async fn in_time<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(TIMEOUT, future)
        .await
        .expect("a result in time")
}

/// Polls a condition until it returns a value; fails the test after [`TIMEOUT`].
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(value) = look().await {
                return value;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let value = tokio::time::timeout(TIMEOUT, looking).await;
    value.unwrap_or_else(|_| panic!("it never came: {what}"))
}
