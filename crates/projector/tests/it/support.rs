//! A server of its own for each test, projectors, and what they have told.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use detente_api::view::{ChangeView, RelationMessage, RelationView};
use detente_codec::encode;
use detente_domain::record::Record;
use detente_domain::rulebook::Rulebook;
use detente_jetstream::appender::{Appender, AppenderHandle, Options};
use detente_jetstream::reader::{self, EventsReader};
use detente_jetstream::topology::{self, Projection, REPORT, Replicas};
use detente_jetstream::{Connection, Message, connect, inspect};
use detente_nats_server as nats_server;
use detente_nats_server::{Binary, LocalServer, Search};
use detente_projector::{Checkpoint, Deps, Error, Handle, Projector, State};
use detente_rulebook as rulebook;
use tempfile::TempDir;
use tokio::sync::OnceCell;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// Longer than anything here takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

pub(crate) struct Nats {
    pub(crate) connection: Connection,
    pub(crate) appender: AppenderHandle,
    pub(crate) url: String,
    _server: LocalServer,
    _dir: TempDir,
}

/// A projector that runs.
pub(crate) struct Running {
    pub(crate) handle: Handle,
    pub(crate) task: JoinHandle<Result<(), Error>>,
    pub(crate) cancel: CancellationToken,
}

async fn binary() -> Binary {
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

pub(crate) fn rules() -> Arc<Rulebook> {
    Arc::new(rulebook::default_rulebook().expect("a rulebook").clone())
}

pub(crate) fn projection(name: &str) -> Projection {
    Projection::new(name).expect("a name")
}

impl Nats {
    /// A server with an empty log.
    pub(crate) async fn start() -> Nats {
        let dir = tempfile::tempdir().expect("a temporary directory");
        let options = nats_server::Options::new(binary().await, dir.path().join("nats"));
        let server = LocalServer::start(options).await.expect("a running server");
        let url = server.url().to_owned();
        let connection = connect(&url).await;
        topology::ensure_events(&connection, Replicas::One)
            .await
            .expect("a log");
        let stop = CancellationToken::new();
        let (appender, _) = Appender::start(&connection, Options::new(REPORT), stop);
        Nats {
            connection,
            appender,
            url,
            _server: server,
            _dir: dir,
        }
    }

    /// Appends records as one commit, and gives its position.
    pub(crate) async fn append(&self, commit: &[Record]) -> u64 {
        let records = commit.iter().map(|record| encode(record).into()).collect();
        let positions = in_time(self.appender.append_many(records)).await;
        let last = positions.into_iter().last().expect("a record");
        last.expect("a position").sequence
    }

    pub(crate) async fn append_all(&self, log: &[Vec<Record>]) {
        for commit in log {
            self.append(commit).await;
        }
    }

    /// Starts a projector with a connection of its own.
    pub(crate) async fn project(&self, name: &str) -> Running {
        let deps = Deps {
            connection: connect(&self.url).await,
            rules: rules(),
            projection: projection(name),
            replicas: Replicas::One,
        };
        let cancel = CancellationToken::new();
        let (handle, task) = Projector::start(deps, cancel.clone());
        Running {
            handle,
            task,
            cancel,
        }
    }

    /// Runs projectors until everything up to a commit is told. A message that another projector
    /// sent before it was killed may come late, and fence the first ones.
    pub(crate) async fn project_up_to(&self, name: &str, position: u64) {
        loop {
            let Running {
                handle,
                task,
                cancel,
            } = self.project(name).await;
            let mut progress = handle.progress();
            let seen = progress.wait_for(|seen| {
                seen.position >= position && seen.state == State::Live
                    || matches!(seen.state, State::Failed(_))
            });
            drop(in_time(seen).await.expect("a projector that runs"));
            cancel.cancel();
            match in_time(task).await.expect("a task") {
                Ok(()) => return,
                Err(Error::Fenced { .. }) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }

    /// The last views of each relation and the commits that they speak of, without the
    /// projection's name.
    pub(crate) async fn views(&self, name: &str) -> BTreeMap<String, (u64, [RelationView; 2])> {
        let messages = self.feed(name).await;
        let views = messages.iter().map(|message| {
            let RelationMessage {
                relation,
                position,
                conducts,
                ..
            } = told(message);
            let conducts = conducts.map(|view| RelationView {
                projection: String::new(),
                ..view
            });
            (relation, (position, conducts))
        });
        views.collect()
    }

    /// Every message of a projection's feed.
    pub(crate) async fn feed(&self, name: &str) -> Vec<Message> {
        let stream = projection(name).stream();
        let head = inspect::head(&self.connection, &stream)
            .await
            .expect("a head");
        let options = reader::Options::relations();
        let reader = EventsReader::open(&self.connection, stream, 1, options).await;
        let mut reader = reader.expect("a reader");
        let mut messages = Vec::new();
        while reader.last_sequence() < head {
            messages.push(in_time(reader.next()).await.expect("a message"));
        }
        messages
    }

    /// Every change of a projection's feed, in order of positions and relations.
    pub(crate) async fn changes(&self, name: &str) -> Vec<ChangeView> {
        let messages = self.feed(name).await;
        let mut changes: Vec<ChangeView> = messages.iter().flat_map(|m| told(m).changes).collect();
        changes.sort_by(|one, other| {
            (one.position, &one.relation).cmp(&(other.position, &other.relation))
        });
        changes
    }
}

impl Running {
    /// Waits until everything up to a commit is told.
    pub(crate) async fn reaches(&self, position: u64) {
        let mut progress = self.handle.progress();
        let told = progress
            .wait_for(|progress| progress.position >= position && progress.state == State::Live);
        drop(in_time(told).await.expect("a projector that runs"));
    }

    pub(crate) async fn stop(self) {
        self.cancel.cancel();
        in_time(self.task)
            .await
            .expect("a task")
            .expect("a clean end");
    }

    /// Ends it with no warning.
    pub(crate) async fn kill(self) {
        self.task.abort();
        let ended = in_time(self.task).await;
        match ended {
            Ok(Err(Error::Fenced { .. })) | Err(_) => {}
            Ok(outcome) => panic!("it ended by itself: {outcome:?}"),
        }
    }
}

pub(crate) async fn connect(url: &str) -> Connection {
    let options = connect::Options::new(url, "test");
    Connection::open(&options).await.expect("a connection")
}

pub(crate) fn told(message: &Message) -> RelationMessage {
    serde_json::from_slice(&message.payload).expect("a message of ours")
}

pub(crate) fn checkpoint(message: &Message) -> Checkpoint {
    Checkpoint::read(&message.headers).expect("a checkpoint")
}

pub(crate) async fn in_time<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future)
        .await
        .expect("an end within the patience of a test")
}
