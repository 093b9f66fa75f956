//! The local server.

use std::path::Path;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::data_dir::{self, DataDir};
use crate::error::LocalServerError;
use crate::ready;
use crate::supervisor::{Options, State, Supervisor};

/// Returns the URL of the server that another process runs on a directory: it holds the directory's
/// lock as long as it runs.
pub fn running_url(dir: &Path) -> Option<String> {
    if !data_dir::is_locked(dir) {
        return None;
    }
    let port = ready::port_of(&dir.canonicalize().ok()?)?;
    Some(url(port))
}

/// A running server. Dropping it stops the server without waiting.
#[derive(Debug)]
pub struct LocalServer {
    url: String,
    state: watch::Receiver<State>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl LocalServer {
    /// Starts the server, and returns when it accepts connections. A server that an earlier run
    /// left behind is stopped first.
    pub async fn start(options: Options) -> Result<Self, LocalServerError> {
        let data_dir = DataDir::open(&options.data_dir)?;
        data_dir.stop_orphan().await?;
        let (supervisor, port, state) = Supervisor::start(data_dir, options).await?;
        let stop = CancellationToken::new();
        let task = tokio::spawn(supervisor.run(stop.clone()));
        Ok(Self {
            url: url(port),
            state,
            stop,
            task,
        })
    }

    /// Returns the URL to connect to. Restarts keep it.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Returns the server's process id, while it runs.
    pub fn pid(&self) -> Option<u32> {
        match &*self.state.borrow() {
            State::Running { pid, .. } => Some(*pid),
            State::Restarting { .. } | State::Failed { .. } | State::Stopped => None,
        }
    }

    /// Watches the state of the server.
    pub fn state(&self) -> watch::Receiver<State> {
        self.state.clone()
    }

    /// Stops the server and waits for its end.
    pub async fn stop(mut self) {
        self.stop.cancel();
        if let Err(error) = (&mut self.task).await {
            tracing::error!(%error, "the local server's supervisor failed");
        }
    }
}

impl Drop for LocalServer {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

fn url(port: u16) -> String {
    format!("nats://127.0.0.1:{port}")
}
