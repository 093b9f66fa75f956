//! Restarts the server until it is stopped.

use std::path::PathBuf;
use std::time::Duration;

use detente_jetstream::backoff::Backoff;
use rustix::process::Signal;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::access::{Admission, Password};
use crate::child::{Child, STOP_SIGNALS};
use crate::data_dir::{CONFIG, DataDir, OUTPUT};
use crate::error::{LocalServerError, io_error};
use crate::find::Binary;
use crate::{config, ready};

/// The largest message, in bytes. A commit takes at most half of it, so 1,000 records of 4 KiB fit;
/// the server advises against more than 8 MiB.
pub const MAX_PAYLOAD: usize = 8 << 20;

/// The uptime after which a restart begins with the shortest wait again.
const STEADY_AFTER: Duration = Duration::from_secs(30);

/// The settings of a local server.
#[derive(Clone, Debug)]
pub struct Options {
    /// The server's program.
    pub binary: Binary,
    /// The server's directory; created if missing, readable by this user only.
    pub data_dir: PathBuf,
    /// Who may connect.
    pub admission: Admission,
    /// The port on 127.0.0.1; 0 takes a free one, which restarts keep.
    pub port: u16,
    /// The largest message, in bytes.
    pub max_payload: usize,
    /// The number of failed starts in a row before [`State::Failed`].
    pub starts_max: u32,
}

impl Options {
    /// Creates the default options for a directory, on any free port.
    pub fn new(binary: Binary, data_dir: impl Into<PathBuf>, admission: Admission) -> Self {
        Self {
            binary,
            data_dir: data_dir.into(),
            admission,
            port: 0,
            max_payload: MAX_PAYLOAD,
            starts_max: 10,
        }
    }
}

/// The state of the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// It accepts connections.
    Running {
        /// Its port on 127.0.0.1.
        port: u16,
        /// Its process id.
        pid: u32,
    },
    /// It died, and is being restarted.
    Restarting {
        /// The number of this attempt, from 1.
        attempt: u32,
    },
    /// It died and could not be restarted.
    Failed {
        /// The last error.
        reason: String,
    },
    /// It was stopped.
    Stopped,
}

/// The supervisor of one server.
#[derive(Debug)]
pub(super) struct Supervisor {
    data_dir: DataDir,
    options: Options,
    pub(super) password: Option<Password>,
    child: Child,
    since: Instant,
    backoff: Backoff,
    state: watch::Sender<State>,
}

impl Supervisor {
    /// Starts the server for the first time; restarts keep its port.
    pub(super) async fn start(
        data_dir: DataDir,
        mut options: Options,
    ) -> Result<(Self, u16, watch::Receiver<State>), LocalServerError> {
        let password = match &options.admission {
            Admission::Open => None,
            Admission::Password(new) => Some(data_dir.password(new)?),
        };
        let (child, port) = launch(&data_dir, &options, password.as_ref()).await?;
        options.port = port;
        let pid = child.pid();
        tracing::info!(port, pid, dir = ?options.data_dir, "the local nats-server is running");
        let (state, receiver) = watch::channel(State::Running { port, pid });
        let supervisor = Self {
            data_dir,
            options,
            password,
            child,
            since: Instant::now(),
            backoff: Backoff::new(Duration::from_millis(50), Duration::from_secs(5)),
            state,
        };
        Ok((supervisor, port, receiver))
    }

    /// Watches the server until it is stopped or cannot be restarted.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        loop {
            let status = tokio::select! {
                status = self.child.ended() => status,
                () = stop.cancelled() => return self.shut_down().await,
            };
            let log = self.data_dir.log_tail();
            tracing::error!(status, log, "the local nats-server died");
            if self.since.elapsed() >= STEADY_AFTER {
                self.backoff.reset();
            }
            tokio::select! {
                started = self.restart() => if !started { return },
                () = stop.cancelled() => return drop(self.state.send_replace(State::Stopped)),
            }
        }
    }

    /// Restarts the server on its port. Returns true if it runs.
    async fn restart(&mut self) -> bool {
        let mut reason = String::new();
        for attempt in 1..=self.options.starts_max {
            self.state.send_replace(State::Restarting { attempt });
            tokio::time::sleep(self.backoff.wait()).await;
            match launch(&self.data_dir, &self.options, self.password.as_ref()).await {
                Ok((child, port)) => {
                    let pid = child.pid();
                    self.child = child;
                    self.since = Instant::now();
                    self.state.send_replace(State::Running { port, pid });
                    tracing::warn!(port, pid, attempt, "the local nats-server is running again");
                    return true;
                }
                Err(error) => reason = error.to_string(),
            }
        }
        tracing::error!(reason, "the local nats-server cannot be restarted");
        self.state.send_replace(State::Failed { reason });
        false
    }

    async fn shut_down(mut self) {
        for (sign, within) in STOP_SIGNALS {
            self.child.signal(sign);
            let ended = tokio::time::timeout(within, self.child.ended());
            if ended.await.is_ok() {
                break;
            }
            let pid = self.child.pid();
            tracing::warn!(pid, signal = ?sign, "the local nats-server did not exit");
        }
        self.state.send_replace(State::Stopped);
    }
}

async fn launch(
    data_dir: &DataDir,
    options: &Options,
    password: Option<&Password>,
) -> Result<(Child, u16), LocalServerError> {
    let config = data_dir.path(CONFIG);
    let text = config::text(data_dir, options.port, options.max_payload, password)?;
    data_dir.write_private(CONFIG, &text)?;
    ready::clear(data_dir);
    let program = &options.binary.path;
    let child = Child::spawn(program, &config, &data_dir.path(OUTPUT)).await;
    let mut child = child.map_err(io_error(program, "started"))?;
    match ready::port(data_dir, &mut child).await {
        Ok(port) => Ok((child, port)),
        Err(error) => {
            child.signal(Signal::KILL);
            child.ended().await;
            Err(error)
        }
    }
}
