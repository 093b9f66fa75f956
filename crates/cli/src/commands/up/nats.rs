//! The NATS server of `detente up`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use detente_ingest::{Disk, ReadDisk};
use detente_nats_server::{Admission, LocalServer, PASSWORD_FILE, Room, State};

use crate::args::Up;
use crate::nats::{Target, by_password, local_dir, start_local};
use crate::{access, env};

/// The NATS server of the services.
pub(super) struct Nats {
    pub(super) target: Target,
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
            let target = Target::given(url.clone(), args.nats_creds.clone());
            return Ok(Self {
                target,
                local: None,
            });
        }
        let ephemeral = args.ephemeral;
        let dir = if ephemeral {
            env::scratch_dir().join("nats")
        } else {
            local_dir(&args.local)?
        };
        let admission = if args.nats_open {
            Admission::Open
        } else {
            by_password()?
        };
        let server = start_local(&args.local, dir.clone(), admission).await?;
        Ok(Self {
            target: Target::local(server.access()),
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
            None => access::create_token_on(&self.target, &args.copies),
            Some(local) if local.ephemeral => format!(
                "{} --data-dir DIR\nand start with that --data-dir, since ephemeral data has no \
                 tokens",
                access::CREATE_TOKEN
            ),
            Some(local) => access::create_token_in(local.data_dir(), &args.local),
        }
    }

    /// Returns how to read the room on the disk of a local server.
    pub(super) fn disk(&self) -> Option<ReadDisk> {
        let dir = self.local.as_ref()?.dir.clone();
        Some(Arc::new(move || {
            let room = Room::of(&dir).ok()?;
            Some(Disk {
                free: room.free,
                low: room.low(),
            })
        }))
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
        let dir = local.data_dir().to_owned();
        local.server.stop().await;
        if local.ephemeral {
            let removed = std::fs::remove_dir_all(&dir);
            removed.with_context(|| format!("removing {}", dir.display()))?;
        }
        Ok(())
    }
}

impl LocalNats {
    /// Returns the data directory, which holds that of the server.
    fn data_dir(&self) -> &Path {
        self.dir.parent().unwrap_or(&self.dir)
    }

    /// Returns the file with the password, unless the server is open.
    pub(super) fn password_file(&self) -> Option<PathBuf> {
        let password = self.server.access().password();
        password.map(|_| self.dir.join(PASSWORD_FILE))
    }

    /// Describes who may connect, and how.
    pub(super) fn admission(&self) -> String {
        let Some(file) = self.password_file() else {
            return "open to every user of this machine".to_owned();
        };
        let flag = match env::data_dir() {
            Ok(default) if default == self.data_dir() => String::new(),
            Ok(_) | Err(_) => format!(" --data-dir {}", access::quoted_path(self.data_dir())),
        };
        format!(
            "password in {}, see `detente nats env{flag}`",
            file.display()
        )
    }
}
