//! The NATS server of `detente up`.

use std::path::PathBuf;

use anyhow::Context as _;
use detente_jetstream::Connection;
use detente_jetstream::connect::Options;
use detente_jetstream::topology::Replicas;
use detente_nats_server::{LocalServer, State};

use crate::args::{NatsArgs, Up};
use crate::nats::{connect, local_dir, start_local};
use crate::{access, env};

/// The NATS server of the services.
pub(super) enum Nats {
    /// A child of this process.
    Local {
        server: LocalServer,
        dir: PathBuf,
        ephemeral: bool,
    },
    /// A running server.
    Remote(NatsArgs),
}

impl Nats {
    pub(super) async fn start(args: &Up) -> anyhow::Result<Self> {
        if let Some(url) = &args.nats {
            return Ok(Self::Remote(NatsArgs {
                nats: url.clone(),
                nats_creds: args.nats_creds.clone(),
            }));
        }
        let ephemeral = args.ephemeral;
        let dir = if ephemeral {
            env::scratch_dir()
        } else {
            local_dir(&args.local)?
        };
        Ok(Self::Local {
            server: start_local(&args.local, dir.clone()).await?,
            dir,
            ephemeral,
        })
    }

    /// Returns the address without its password.
    pub(super) fn address(&self) -> String {
        match self {
            Self::Local { server, .. } => server.url().to_owned(),
            Self::Remote(on) => on.redacted(),
        }
    }

    pub(super) async fn connect(&self) -> anyhow::Result<Connection> {
        match self {
            Self::Local { server, .. } => connect(&Options::new(server.url(), "detente up")).await,
            Self::Remote(on) => connect(&on.options("up")).await,
        }
    }

    /// Returns the command that creates a token on the server.
    pub(super) fn create_token_command(&self, args: &Up) -> String {
        match self {
            Self::Remote(on) => access::create_token_on(on, Replicas::One),
            Self::Local {
                ephemeral: true, ..
            } => {
                let persistent = "detente token create --name admin --role admin --data-dir DIR";
                format!(
                    "{persistent}\nand start with that --data-dir, since ephemeral data has no tokens"
                )
            }
            Self::Local { dir, .. } => {
                access::create_token_in(dir.parent().unwrap_or(dir), &args.local)
            }
        }
    }

    /// Waits until the local server has failed for good.
    pub(super) async fn failed(&self) -> anyhow::Error {
        let Self::Local { server, .. } = self else {
            return std::future::pending().await;
        };
        let mut state = server.state();
        let failed = state.wait_for(|state| matches!(state, State::Failed { .. }));
        match failed.await.as_deref() {
            Ok(State::Failed { reason }) => anyhow::anyhow!("the NATS server: {reason}"),
            Ok(_) | Err(_) => anyhow::anyhow!("the supervisor of the NATS server has ended"),
        }
    }

    /// Stops the local server, and removes ephemeral data.
    pub(super) async fn stop(self) -> anyhow::Result<()> {
        let Self::Local {
            server,
            dir,
            ephemeral,
        } = self
        else {
            return Ok(());
        };
        server.stop().await;
        if ephemeral {
            std::fs::remove_dir_all(&dir).with_context(|| format!("removing {}", dir.display()))?;
        }
        Ok(())
    }
}
