//! Checking, keeping and bringing back the log.

use std::path::PathBuf;

use clap::Args;

/// The NATS server with the log: one that runs, or one that is started for the command.
#[derive(Clone, Debug, Args)]
pub struct Store {
    /// The NATS server, or several with commas between them
    #[arg(
        long,
        value_name = "URL",
        env = "DETENTE_NATS",
        default_value = "nats://127.0.0.1:1650"
    )]
    pub nats: String,
    /// Use the data of a `detente up` that does not run, in place of a server that does
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Program of the NATS server for --data-dir (default: NATS_SERVER, then PATH, then a fetched one)
    #[arg(long, value_name = "PATH", requires = "data_dir")]
    pub nats_server: Option<PathBuf>,
}

/// `detente verify`
#[derive(Clone, Debug, Args)]
pub struct Verify {
    /// Where the log is.
    #[command(flatten)]
    pub store: Store,
    /// The rulebook that must be in force (default: whichever is; on a server that keeps none, the
    /// one that ships)
    #[arg(long, value_name = "FILE")]
    pub rulebook: Option<PathBuf>,
}

/// `detente backup`
#[derive(Clone, Debug, Args)]
pub struct Backup {
    /// The file; it must not be there yet. `-` is stdout
    pub file: PathBuf,
    /// Where the log is.
    #[command(flatten)]
    pub store: Store,
}

/// `detente restore`
#[derive(Clone, Debug, Args)]
pub struct Restore {
    /// The file; `-` is stdin
    pub file: PathBuf,
    /// Only check the file, whole, and touch no server
    #[arg(long)]
    pub check: bool,
    /// Where the log is to be: a server without one.
    #[command(flatten)]
    pub store: Store,
}
