//! The local server.

use std::path::Path;

use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::access::Access;
use crate::data_dir::{self, DataDir};
use crate::error::LocalServerError;
use crate::ready;
use crate::supervisor::{Options, State, Supervisor};

/// Returns the access to the server that another process runs on a directory: it holds the
/// directory's lock as long as it runs.
pub fn running(dir: &Path) -> Option<Access> {
    let dir = dir.canonicalize().ok()?;
    let port = ready::port_of(&dir)?;
    if !data_dir::is_locked(&dir) {
        return None;
    }
    let password = data_dir::read_password(&dir).ok()?;
    Some(Access { port, password })
}

/// A running server. Dropping it stops the server without waiting.
#[derive(Debug)]
pub struct LocalServer {
    access: Access,
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
        let access = Access {
            port,
            password: supervisor.password.clone(),
        };
        let task = tokio::spawn(supervisor.run(stop.clone()));
        Ok(Self {
            url: access.address(),
            access,
            state,
            stop,
            task,
        })
    }

    /// Returns the access to it. Restarts keep it.
    pub fn access(&self) -> &Access {
        &self.access
    }

    /// Returns the URL of the server, without user and password.
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
