//! The NATS server of `detente up`.

use std::path::PathBuf;

use anyhow::Context as _;
use detente_jetstream::topology::Replicas;
use detente_nats_server::{LocalServer, State};

use crate::args::{NatsArgs, Up};
use crate::nats::{local_dir, start_local};
use crate::{access, env};

/// The NATS server of the services.
pub(super) struct Nats {
    pub(super) on: NatsArgs,
    /// The child of this process; `None` for a server that was running.
    pub(super) local: Option<LocalNats>,
}

/// A NATS server that is a child of this process.
pub(super) struct LocalNats {
    pub(super) server: LocalServer,
    pub(super) dir: PathBuf,
    pub(super) ephemeral: bool,
}

impl Nats {
    pub(super) async fn start(args: &Up) -> anyhow::Result<Self> {
        if let Some(url) = &args.nats {
            let on = NatsArgs {
                nats: url.clone(),
                nats_creds: args.nats_creds.clone(),
            };
            return Ok(Self { on, local: None });
        }
        let ephemeral = args.ephemeral;
        let dir = if ephemeral {
            env::scratch_dir()
        } else {
            local_dir(&args.local)?
        };
        let server = start_local(&args.local, dir.clone()).await?;
        Ok(Self {
            on: NatsArgs::at(server.url()),
            local: Some(LocalNats {
                server,
                dir,
                ephemeral,
            }),
        })
    }

    /// Returns the command that creates a token on the server.
    pub(super) fn create_token_command(&self, args: &Up) -> String {
        match &self.local {
            None => access::create_token_on(&self.on, Replicas::One),
            Some(local) if local.ephemeral => format!(
                "{} --data-dir DIR\nand start with that --data-dir, since ephemeral data has no \
                 tokens",
                access::CREATE_TOKEN
            ),
            Some(local) => {
                let dir = local.dir.parent().unwrap_or(&local.dir);
                access::create_token_in(dir, &args.local)
            }
        }
    }

    /// Waits until the local server has failed for good.
    pub(super) async fn failed(&self) -> anyhow::Error {
        let Some(local) = &self.local else {
            return std::future::pending().await;
        };
        let mut state = local.server.state();
        let failed = state.wait_for(|state| matches!(state, State::Failed { .. }));
        match failed.await.as_deref() {
            Ok(State::Failed { reason }) => anyhow::anyhow!("the NATS server: {reason}"),
            Ok(_) | Err(_) => anyhow::anyhow!("the supervisor of the NATS server has ended"),
        }
    }

    /// Stops the local server, and removes ephemeral data.
    pub(super) async fn stop(self) -> anyhow::Result<()> {
        let Some(local) = self.local else {
            return Ok(());
        };
        local.server.stop().await;
        if local.ephemeral {
            let removed = std::fs::remove_dir_all(&local.dir);
            removed.with_context(|| format!("removing {}", local.dir.display()))?;
        }
        Ok(())
    }
}
