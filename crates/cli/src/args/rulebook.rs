//! Arguments of `detente rulebook`.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use detente_domain::day::Day;

use super::NatsArgs;
use super::read::day;

/// `detente rulebook …`
#[derive(Clone, Debug, Subcommand)]
pub enum Rulebook {
    /// Print the built-in rulebook
    Show,
    /// Report all errors and warnings in a rulebook file, and its projection
    Check {
        /// The file
        file: PathBuf,
    },
    /// Show what would differ under a rulebook file, and why
    Compare(Compare),
    /// Build the projection of a rulebook file beside the one in force, and switch to it
    Adopt(Adopt),
    /// List the stored rulebooks, with the one in force and the next one
    List(NatsArgs),
    /// Switch back to the previous rulebook, or to another stored one
    Back {
        /// Projection of the rulebook (default: the previous one)
        projection: Option<String>,
        /// Do not wait for the switch
        #[arg(long)]
        no_wait: bool,
        /// The NATS server.
        #[command(flatten)]
        on: NatsArgs,
    },
    /// Stop projecting a rulebook that is not in force, and delete its changes
    Drop {
        /// Projection of the rulebook
        projection: String,
        /// The NATS server.
        #[command(flatten)]
        on: NatsArgs,
    },
}

/// `detente rulebook adopt`
#[derive(Clone, Debug, Args)]
pub struct Adopt {
    /// The file
    pub file: PathBuf,
    /// Do not wait for the switch
    #[arg(long)]
    pub no_wait: bool,
    /// The NATS server.
    #[command(flatten)]
    pub on: NatsArgs,
}

/// `detente rebuild`
#[derive(Clone, Debug, Args)]
pub struct Rebuild {
    /// Do not wait for the switch
    #[arg(long)]
    pub no_wait: bool,
    /// The NATS server.
    #[command(flatten)]
    pub on: NatsArgs,
}

/// `detente rulebook compare`
#[derive(Clone, Debug, Args)]
pub struct Compare {
    /// File to compare with the rulebook in force
    #[arg(value_name = "FILE")]
    pub rulebook: PathBuf,
    /// Fold these files under both, without a server; the rulebook in force is then the built-in
    /// one, or --with
    #[arg(long, value_name = "EVENTS.ndjson")]
    pub file: Vec<PathBuf>,
    /// Compare with this file instead of the rulebook in force
    #[arg(long, value_name = "FILE")]
    pub with: Option<PathBuf>,
    /// Only what differs on this day
    #[arg(long, value_name = "DAY", value_parser = day, conflicts_with = "since")]
    pub at: Option<Day>,
    /// Only what differs on this day or later
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub since: Option<Day>,
    /// Most differences to show; all are counted
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: usize,
    /// The NATS server.
    #[command(flatten)]
    pub on: NatsArgs,
}
