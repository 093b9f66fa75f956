//! Checking, keeping and bringing back the log; playing it once more.

use std::path::PathBuf;

use clap::Args;
use detente_domain::day::Day;

use super::{On, Read, day};

/// The NATS server with the log: one that runs, or one that is started for the command.
#[derive(Clone, Debug, Args)]
pub struct Store {
    /// The server that runs.
    #[command(flatten)]
    pub on: On,
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

/// `detente replay`
#[derive(Clone, Debug, Args)]
pub struct Replay {
    /// Two countries: the relation between them. Otherwise the relations of each; all without any
    #[arg(value_name = "COUNTRY")]
    pub countries: Vec<String>,
    /// The first day: YYYY-MM-DD
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub from: Option<Day>,
    /// The last day
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub to: Option<Day>,
    /// How fast: 12h/s, 30d/s, 2w/s, 1y/s (default: as fast as it goes)
    #[arg(long)]
    pub speed: Option<String>,
    /// In which order: valid, as it was so; known, as it came to be known
    #[arg(long, default_value = "valid")]
    pub clock: String,
    /// Only changes of these dimensions or registers
    #[arg(long)]
    pub dimension: Vec<String>,
    /// Only changes that happened, were learned, or lapsed
    #[arg(long)]
    pub occasion: Vec<String>,
    /// What was known, and where to read.
    #[command(flatten)]
    pub read: Read,
}
