//! Flags of the NATS connection.

use std::path::PathBuf;

use clap::Args;
use detente_jetstream::connect::{self, Options};

/// Flags of the NATS connection.
#[derive(Clone, Debug, Args)]
pub struct NatsArgs {
    /// NATS server, or several separated by commas; may contain user and password, or a token
    #[arg(
        long,
        value_name = "URL",
        env = "DETENTE_NATS",
        hide_env_values = true,
        default_value = "nats://127.0.0.1:1650"
    )]
    pub nats: String,
    /// NATS credentials: a file with a user's JWT and seed
    #[arg(long, value_name = "FILE", env = "DETENTE_NATS_CREDS")]
    pub nats_creds: Option<PathBuf>,
}

impl NatsArgs {
    /// Returns the flags of a server that needs no credentials.
    pub(crate) fn at(url: &str) -> Self {
        Self {
            nats: url.to_owned(),
            nats_creds: None,
        }
    }

    /// Returns the options of a connection named `detente <name>`.
    pub(crate) fn options(&self, name: &str) -> Options {
        Options {
            credentials: self.nats_creds.clone(),
            ..Options::new(&self.nats, format!("detente {name}"))
        }
    }

    /// Returns the address without its password.
    pub(crate) fn redacted(&self) -> String {
        connect::without_password(&self.nats)
    }
}
