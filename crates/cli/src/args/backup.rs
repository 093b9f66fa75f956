//! Arguments of `detente verify`, `backup` and `restore`.

use std::path::PathBuf;

use clap::Args;

use super::{Copies, NatsArgs};

/// The NATS server with the log: a running one, or one started for the command.
#[derive(Clone, Debug, Args)]
pub struct Store {
    /// The running server.
    #[command(flatten)]
    pub on: NatsArgs,
    /// Use the NATS server of the `detente up` on this data; one is started if none runs
    #[arg(long, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// nats-server binary for --data-dir (default: NATS_SERVER, then PATH, then a download)
    #[arg(long, value_name = "PATH", requires = "data_dir")]
    pub nats_server: Option<PathBuf>,
}

/// `detente verify`
#[derive(Clone, Debug, Args)]
pub struct Verify {
    /// The NATS server.
    #[command(flatten)]
    pub store: Store,
    /// Rulebook that must be in force (default: any; where none is stored, the built-in one)
    #[arg(long, value_name = "FILE")]
    pub rulebook: Option<PathBuf>,
}

/// `detente backup`
#[derive(Clone, Debug, Args)]
pub struct Backup {
    /// File to create; `-` is stdout
    pub file: PathBuf,
    /// Save a log of which commits are missing or damaged, with a mark in the place of each
    #[arg(long)]
    pub salvage: bool,
    /// The NATS server.
    #[command(flatten)]
    pub store: Store,
}

/// `detente restore`
#[derive(Clone, Debug, Args)]
pub struct Restore {
    /// File to read; `-` is stdin
    pub file: PathBuf,
    /// Only check the file, without a server
    #[arg(long)]
    pub check: bool,
    /// Copies of the log.
    #[command(flatten)]
    pub copies: Copies,
    /// The NATS server, which must not have a log.
    #[command(flatten)]
    pub store: Store,
}
