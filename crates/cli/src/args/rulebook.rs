//! What may be asked about rulebooks.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use detente_domain::day::Day;

use super::{On, day};

/// `detente rulebook`
#[derive(Clone, Debug, Args)]
pub struct Rulebook {
    /// What to do.
    #[command(subcommand)]
    pub command: RulebookCommand,
}

/// What can be done with a rulebook.
#[derive(Clone, Debug, Subcommand)]
pub enum RulebookCommand {
    /// Print the rulebook that ships with the product
    Show,
    /// Say everything that is wrong or odd in a rulebook file, and name its projection
    Check {
        /// The file
        file: PathBuf,
    },
    /// Say what would read differently under a rulebook file, and why
    Compare(Compare),
    /// Build a rulebook file's projection beside the one in force, and switch to it
    Adopt(Adopt),
    /// List the rulebooks that are kept, with the one in force and the one to follow
    List(On),
    /// Go back to the rulebook that was in force before, or to another one that is kept
    Back {
        /// Its projection (default: the one in force before)
        projection: Option<String>,
        /// Do not wait for the switch
        #[arg(long)]
        no_wait: bool,
        /// Where the services meet.
        #[command(flatten)]
        on: On,
    },
    /// Stop projecting a rulebook that is not in force, and delete its changes
    Drop {
        /// Its projection
        projection: String,
        /// Where the services meet.
        #[command(flatten)]
        on: On,
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
    /// Where the services meet.
    #[command(flatten)]
    pub on: On,
}

/// `detente rulebook compare`
#[derive(Clone, Debug, Args)]
pub struct Compare {
    /// The file to compare with the rulebook in force
    #[arg(value_name = "FILE")]
    pub rulebook: PathBuf,
    /// Fold these files under both, with no server at all; the rulebook in force is then the one
    /// that ships, or --with
    #[arg(long, value_name = "EVENTS.ndjson")]
    pub file: Vec<PathBuf>,
    /// Compare with this file, and not with the rulebook in force
    #[arg(long, value_name = "FILE")]
    pub with: Option<PathBuf>,
    /// Only what reads differently on this day
    #[arg(long, value_name = "DAY", value_parser = day, conflicts_with = "since")]
    pub at: Option<Day>,
    /// Only what reads differently on this day or later
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub since: Option<Day>,
    /// Show at most so many differences; all are counted
    #[arg(long, value_name = "N", default_value_t = 50)]
    pub limit: usize,
    /// Where the services meet.
    #[command(flatten)]
    pub on: On,
}
