//! Arguments of the NATS connection, and of `detente nats`.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Flags of the NATS connection.
#[derive(Clone, Debug, Args)]
pub struct NatsArgs {
    /// NATS server, or several separated by commas; may contain user and password, or a token
    /// (default: that of the running `detente up`, else nats://127.0.0.1:1650)
    #[arg(long, value_name = "URL", env = "DETENTE_NATS", hide_env_values = true)]
    pub nats: Option<String>,
    /// NATS credentials: a file with a user's JWT and seed
    #[arg(long, value_name = "FILE", env = "DETENTE_NATS_CREDS")]
    pub nats_creds: Option<PathBuf>,
}

/// `detente nats …`
#[derive(Clone, Debug, Subcommand)]
pub enum Nats {
    /// Print how to connect to the NATS server of a running `detente up`, as variables of a shell:
    /// eval "$(detente nats env)"
    ///
    /// NATS_URL, NATS_USER and NATS_PASSWORD are those of the command `nats`, DETENTE_NATS is that
    /// of this command. They contain the password of the server.
    Env {
        /// Data directory of the `detente up` (default: the XDG data directory)
        #[arg(long, value_name = "DIR", env = "DETENTE_DATA_DIR")]
        data_dir: Option<PathBuf>,
    },
}
