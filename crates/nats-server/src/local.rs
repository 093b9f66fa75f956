//! The supervised local nats-server: a child process on loopback, with its own directory.
//!
//! It is found or fetched ([`crate::find_or_fetch`]), started on a generated configuration, watched,
//! started again on the same port if it dies, and stopped with us. One instance owns the
//! directory at a time; a server that a killed predecessor left behind is stopped first.

use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::find::Binary;
use crate::home::{self, Home};
use crate::ready;
use crate::supervise::Supervisor;

/// The most bytes of one message. A commit takes at most half of it: 1,000 records of 4 KiB each
/// fit, and the server itself advises against more than 8 MiB.
pub const MAX_PAYLOAD: usize = 8 << 20;

/// How to run the server.
#[derive(Clone, Debug)]
pub struct Options {
    /// The server's program.
    pub binary: Binary,
    /// The server's own directory; it is created if missing, and nobody else may look into it.
    pub data_dir: PathBuf,
    /// The port on 127.0.0.1; nought takes a free one, and keeps it while it runs.
    pub port: u16,
    /// The most bytes of one message.
    pub max_payload: usize,
    /// How long a start may take; a large store takes long to be read.
    pub ready_within: Duration,
    /// How long a clean stop may take before the server is killed.
    pub stop_within: Duration,
    /// After so many starts in a row that came to nothing, nobody can help but a person.
    pub starts_max: u32,
}

impl Options {
    /// The usual options for a directory, on any free port.
    pub fn new(binary: Binary, data_dir: impl Into<PathBuf>) -> Options {
        Options {
            binary,
            data_dir: data_dir.into(),
            port: 0,
            max_payload: MAX_PAYLOAD,
            ready_within: Duration::from_secs(60),
            stop_within: Duration::from_secs(10),
            starts_max: 10,
        }
    }
}

/// How the server is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It takes connections.
    Running {
        /// Its port on 127.0.0.1.
        port: u16,
        /// Its process.
        pid: u32,
    },
    /// It died, and is being started again.
    Restarting {
        /// The how-manieth try this is.
        tries: u32,
    },
    /// It died and could not be started again.
    Failed {
        /// What it says.
        reason: String,
    },
    /// It was stopped.
    Stopped,
}

/// Why the server does not run.
#[derive(Debug, thiserror::Error)]
pub enum LocalError {
    /// Another instance owns the directory.
    #[error("{} is in use by {owner}; stop it, or take another directory", dir.display())]
    InUse {
        /// The directory.
        dir: PathBuf,
        /// Who holds it.
        owner: String,
    },
    /// The directory holds things that are not ours.
    #[error("{} is not empty and is no directory of a local server; take another one", dir.display())]
    NotOurs {
        /// The directory.
        dir: PathBuf,
    },
    /// The path cannot be written into a configuration.
    #[error("{} cannot stand in the server's configuration: it has quotes, backslashes, control characters or is not UTF-8", path.display())]
    Path {
        /// The path.
        path: PathBuf,
    },
    /// The directory cannot be used.
    #[error("{} cannot be {deed}: {source}", path.display())]
    Io {
        /// The file or directory.
        path: PathBuf,
        /// What was tried.
        deed: &'static str,
        /// What the system says.
        source: std::io::Error,
    },
    /// A predecessor's server does not end.
    #[error("the nats-server {pid} that an earlier run left behind cannot be stopped")]
    Orphan {
        /// Its process.
        pid: u32,
    },
    /// The server ended while it started.
    #[error("nats-server ended at once ({status}): {log}")]
    Died {
        /// How it ended.
        status: String,
        /// The last lines that it wrote.
        log: String,
    },
    /// The server did not become ready.
    #[error("nats-server was not ready within {waited_s} s: {log}")]
    NotReady {
        /// How long we waited.
        waited_s: u64,
        /// The last lines that it wrote.
        log: String,
    },
}

/// Where the server is that another process has started on a directory, if that process runs: it
/// holds the directory's lock as long as it does.
pub fn running(dir: &Path) -> Option<String> {
    if !home::is_held(dir) {
        return None;
    }
    let port = ready::port_of(&dir.canonicalize().ok()?)?;
    Some(format!("nats://127.0.0.1:{port}"))
}

/// A running server. Dropping it stops the server without waiting.
#[derive(Debug)]
pub struct LocalServer {
    url: String,
    state: watch::Receiver<State>,
    stop: CancellationToken,
    task: Option<JoinHandle<()>>,
}

impl LocalServer {
    /// Starts the server, and answers when it takes connections.
    pub async fn start(options: Options) -> Result<LocalServer, LocalError> {
        let home = Home::open(&options.data_dir)?;
        home.stop_orphan(options.stop_within).await?;
        let (supervisor, port, state) = Supervisor::start(home, options).await?;
        let stop = CancellationToken::new();
        let task = tokio::spawn(supervisor.run(stop.clone()));
        let url = format!("nats://127.0.0.1:{port}");
        Ok(LocalServer {
            url,
            state,
            stop,
            task: Some(task),
        })
    }

    /// Where to connect. It stays the same when the server is started again.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The server's process, while it runs.
    pub fn pid(&self) -> Option<u32> {
        match &*self.state.borrow() {
            State::Running { pid, .. } => Some(*pid),
            State::Restarting { .. } | State::Failed { .. } | State::Stopped => None,
        }
    }

    /// How the server is, now and later.
    pub fn state(&self) -> watch::Receiver<State> {
        self.state.clone()
    }

    /// Stops the server and waits for its end.
    pub async fn stop(mut self) {
        self.stop.cancel();
        if let Some(task) = self.task.take()
            && let Err(error) = task.await
        {
            tracing::error!(%error, "the local server's supervisor failed");
        }
    }
}

impl Drop for LocalServer {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}
