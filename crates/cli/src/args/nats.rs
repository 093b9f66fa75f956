//! Where the services meet.

use std::path::PathBuf;

use clap::Args;
use detente_jetstream::connect::{self, Options};

/// Where the services meet.
#[derive(Clone, Debug, Args)]
pub struct On {
    /// The NATS server, or several with commas between them; user and password, or a token, may
    /// stand in it
    #[arg(
        long,
        value_name = "URL",
        env = "DETENTE_NATS",
        hide_env_values = true,
        default_value = "nats://127.0.0.1:1650"
    )]
    pub nats: String,
    /// Credentials for it: a file with a user's JWT and seed
    #[arg(long, value_name = "FILE", env = "DETENTE_NATS_CREDS")]
    pub nats_creds: Option<PathBuf>,
}

impl On {
    /// How to connect, under a name.
    pub(crate) fn options(&self, name: &str) -> Options {
        Options {
            credentials: self.nats_creds.clone(),
            ..Options::new(&self.nats, format!("detente {name}"))
        }
    }

    /// The address as it may be shown.
    pub(crate) fn shown(&self) -> String {
        connect::without_password(&self.nats)
    }
}
