//! A server of its own for each test, and waiting on conditions instead of on time.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use crate::reader::{EventsReader, Options};
use crate::topology::EVENTS;
use bytes::Bytes;
use detente_jetstream::{Connection, commit, connect, inspect};
use detente_nats_server as nats_server;
use detente_nats_server::{Binary, LocalServer, Search, State};
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// Longer than anything here takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) struct Nats {
    pub(crate) server: LocalServer,
    pub(crate) dir: TempDir,
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
        let dir = tempfile::tempdir().expect("a temporary directory");
        let options = nats_server::Options::new(binary().await, dir.path().join("nats"));
        let server = LocalServer::start(options).await.expect("a running server");
        Nats { server, dir }
    }

    pub(crate) async fn connect(&self) -> Connection {
        let options = connect::Options::new(self.server.url(), "test");
        Connection::open(&options).await.expect("a connection")
    }

    /// Kills the server with no warning, and waits until the supervisor has started another.
    pub(crate) async fn kill(&self) {
        let pid = self.server.pid().expect("a running server");
        let mut state = self.server.state();
        kill(pid);
        let again =
            state.wait_for(|state| matches!(state, State::Running { pid: new, .. } if *new != pid));
        in_time(again).await.expect("a supervisor");
    }
}

pub(crate) fn kill(pid: u32) {
    let status = std::process::Command::new("kill")
        .args(["-9", &pid.to_string()])
        .status();
    assert!(status.expect("a kill command").success());
}

pub(crate) async fn in_time<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future)
        .await
        .expect("an end within the patience of a test")
}

/// Looks at a condition until it gives something.
pub(crate) async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let found = tokio::time::timeout(PATIENCE, looking).await;
    found.unwrap_or_else(|_| panic!("it never came: {what}"))
}

/// Every record of EVENTS by its position.
pub(crate) async fn all_records(conn: &Connection) -> BTreeMap<(u64, u32), Bytes> {
    let head = inspect::head(conn, EVENTS).await.expect("a head");
    let mut reader = EventsReader::open(conn, EVENTS, 1, Options::events())
        .await
        .expect("a reader");
    let mut records = BTreeMap::new();
    for _ in 0..head {
        let message = in_time(reader.next()).await.expect("a message");
        commit::verify(&message.payload, &message.headers).expect("a sound commit");
        for (index, record) in commit::shared_records(&message.payload).enumerate() {
            records.insert(
                (message.sequence, index as u32),
                record.expect("a sound record"),
            );
        }
    }
    records
}
