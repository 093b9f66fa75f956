//! Keeps the server alive until it is told to stop.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::child::{Child, Signal};
use crate::home::Home;
use crate::{LocalError, Options, State, config, ready};
use detente_jetstream::backoff::Backoff;

/// A server that ran so long and then died is started again at once.
const STEADY_AFTER: Duration = Duration::from_secs(30);

/// What is kept alive, and how.
#[derive(Debug)]
pub(super) struct Supervisor {
    home: Home,
    options: Options,
    child: Child,
    since: Instant,
    backoff: Backoff,
    state: watch::Sender<State>,
}

impl Supervisor {
    /// Starts the server for the first time; from then on it keeps its port.
    pub(super) async fn start(
        home: Home,
        mut options: Options,
    ) -> Result<(Supervisor, u16, watch::Receiver<State>), LocalError> {
        let (child, port) = launch(&home, &options).await?;
        options.port = port;
        let pid = child.pid();
        tracing::info!(port, pid, dir = ?options.data_dir, "the local nats-server is running");
        let (state, receiver) = watch::channel(State::Running { port, pid });
        let backoff = Backoff::new(Duration::from_millis(50), Duration::from_secs(5));
        let since = Instant::now();
        Ok((
            Supervisor {
                home,
                options,
                child,
                since,
                backoff,
                state,
            },
            port,
            receiver,
        ))
    }

    /// Watches the server until it is stopped or cannot be started any more.
    pub(super) async fn run(mut self, stop: CancellationToken) {
        loop {
            let status = tokio::select! {
                status = self.child.ended() => status,
                () = stop.cancelled() => return self.shut_down().await,
            };
            tracing::error!(
                status,
                log = self.home.log_tail(),
                "the local nats-server died"
            );
            if self.since.elapsed() >= STEADY_AFTER {
                self.backoff.reset();
            }
            tokio::select! {
                started = self.start_again() => if !started { return },
                () = stop.cancelled() => return drop(self.state.send_replace(State::Stopped)),
            }
        }
    }

    /// Starts the server again, on its port. Says whether it runs.
    async fn start_again(&mut self) -> bool {
        let mut reason = String::new();
        for tries in 1..=self.options.starts_max {
            self.state.send_replace(State::Restarting { tries });
            tokio::time::sleep(self.backoff.wait()).await;
            match launch(&self.home, &self.options).await {
                Ok((child, port)) => {
                    let pid = child.pid();
                    self.child = child;
                    self.since = Instant::now();
                    self.state.send_replace(State::Running { port, pid });
                    tracing::warn!(port, pid, tries, "the local nats-server is running again");
                    return true;
                }
                Err(error) => reason = error.to_string(),
            }
        }
        tracing::error!(reason, "the local nats-server is given up");
        self.state.send_replace(State::Failed { reason });
        false
    }

    async fn shut_down(mut self) {
        for (sign, within) in [
            (Signal::Term, self.options.stop_within),
            (Signal::Kill, Duration::from_secs(5)),
        ] {
            self.child.signal(sign);
            if tokio::time::timeout(within, self.child.ended())
                .await
                .is_ok()
            {
                break;
            }
            tracing::warn!(
                pid = self.child.pid(),
                ?sign,
                "the local nats-server does not end"
            );
        }
        self.state.send_replace(State::Stopped);
    }
}

async fn launch(home: &Home, options: &Options) -> Result<(Child, u16), LocalError> {
    let config = home.config_file();
    let text = config::text(home, options.port, options.max_payload)?;
    std::fs::write(&config, text).map_err(|source| LocalError::Io {
        path: config.clone(),
        deed: "written",
        source,
    })?;
    ready::clear(home);
    let program = &options.binary.path;
    let child = Child::spawn(program, &config, &home.error_file()).await;
    let mut child = child.map_err(|source| LocalError::Io {
        path: program.clone(),
        deed: "started",
        source,
    })?;
    match ready::port(home, &mut child, options.ready_within).await {
        Ok(port) => Ok((child, port)),
        Err(error) => {
            child.signal(Signal::Kill);
            child.ended().await;
            Err(error)
        }
    }
}
