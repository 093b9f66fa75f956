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
use crate::data_dir::{CONFIG, DataDir, LOG, OUTPUT};
use crate::disk::Room;
use crate::error::{LocalServerError, io_error};
use crate::find::Binary;
use crate::write_errors::WriteErrors;
use crate::{config, ready};

/// The largest message, in bytes. A commit takes at most half of it, so 1,000 records of 4 KiB fit;
/// the server advises against more than 8 MiB.
pub const MAX_PAYLOAD: usize = 8 << 20;

/// The uptime after which a restart begins with the shortest wait again.
const STEADY_AFTER: Duration = Duration::from_secs(30);

/// The interval at which a server that runs is looked at.
const CHECK_EVERY: Duration = Duration::from_secs(1);

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
    /// The most bytes of all streams; `None` is what the disk has, without a reserve.
    pub file_store_max: Option<u64>,
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
            file_store_max: None,
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
    errors: WriteErrors,
    /// True if a stream could not be written, or may not: it stores nothing more then.
    is_frozen: bool,
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
        let errors = WriteErrors::new(data_dir.path(LOG));
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
            errors,
            is_frozen: false,
            backoff: Backoff::new(Duration::from_millis(50), Duration::from_secs(5)),
            state,
        };
        Ok((supervisor, port, receiver))
    }

    /// Watches the server until it is stopped or cannot be restarted.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        let mut checks = tokio::time::interval(CHECK_EVERY);
        loop {
            let ended = tokio::select! {
                status = self.child.ended() => Some(status),
                _ = checks.tick() => None,
                () = stop.cancelled() => return self.shut_down().await,
            };
            match ended {
                Some(status) => {
                    let log = self.data_dir.log_tail();
                    tracing::error!(status, log, "the local nats-server died");
                }
                None if self.thaws() => self.end_child().await,
                None => continue,
            }
            if self.since.elapsed() >= STEADY_AFTER {
                self.backoff.reset();
            }
            tokio::select! {
                started = self.restart() => if !started { return },
                () = stop.cancelled() => return drop(self.state.send_replace(State::Stopped)),
            }
        }
    }

    /// Returns true if a stream may not be written any more, and there is room to start again.
    fn thaws(&mut self) -> bool {
        let Ok(room) = Room::of(&self.options.data_dir) else {
            return false;
        };
        // On a full disk the server cannot log the error either.
        if (self.errors.is_new() || room.is_full()) && !self.is_frozen {
            self.is_frozen = true;
            let log = self.data_dir.log_tail();
            tracing::error!(log, free = room.free, "the streams cannot be written");
        }
        self.is_frozen && room.free >= room.reserve()
    }

    /// Restarts the server on its port. Returns true if it runs.
    async fn restart(&mut self) -> bool {
        let mut reason = String::new();
        for attempt in 1..=self.options.starts_max {
            self.state.send_replace(State::Restarting { attempt });
            tokio::time::sleep(self.backoff.wait()).await;
            self.errors = WriteErrors::new(self.data_dir.path(LOG));
            self.is_frozen = false;
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
        self.end_child().await;
        self.state.send_replace(State::Stopped);
    }

    async fn end_child(&mut self) {
        for (sign, within) in STOP_SIGNALS {
            self.child.signal(sign);
            let ended = tokio::time::timeout(within, self.child.ended());
            if ended.await.is_ok() {
                break;
            }
            let pid = self.child.pid();
            tracing::warn!(pid, signal = ?sign, "the local nats-server did not exit");
        }
    }
}

async fn launch(
    data_dir: &DataDir,
    options: &Options,
    password: Option<&Password>,
) -> Result<(Child, u16), LocalServerError> {
    let config = data_dir.path(CONFIG);
    let max_payload = options.max_payload;
    let file_store_max = match options.file_store_max {
        Some(given) => given,
        None => {
            let room = Room::of(&options.data_dir);
            room.map_err(io_error(&options.data_dir, "measured"))?
                .store_max()
        }
    };
    let text = config::text(
        data_dir,
        options.port,
        max_payload,
        file_store_max,
        password,
    )?;
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
