//! The command line.

mod amend;
mod backup;
mod explain;
mod filter;
mod global;
mod kinds;
mod nats;
mod read;
mod rulebook;
mod server;
mod services;
mod token;
mod webhooks;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use detente_domain::party::Lang;

pub use crate::demo::Demo;
pub use amend::{Correct, Corroborate, Dispute, Link, Publication, Retract, Sending};
pub use backup::{Backup, Restore, Store, Verify};
pub use explain::{Diff, Why};
pub use filter::{FilterArgs, Replay, TopicArgs, Watch};
pub use global::{Global, LogFormat, OutputFormat};
pub use kinds::Kinds;
pub use nats::{Nats, NatsArgs};
pub use read::{Country, Events, History, Read, Register, RelationArgs, State};
pub(crate) use read::{optional, param};
pub use rulebook::{Adopt, Compare, Rebuild, Rulebook};
pub use server::{ServerArgs, TlsArgs};
pub use services::{Copies, Doctor, Local, Serve, ServiceArgs, ServiceName, Up};
pub use token::{Create, Token};
pub use webhooks::{CreateWebhook, DeliveryArgs, ReplayWebhook, RotateWebhook, Webhook, WebhookId};

/// The state of relations between countries, folded from graded reports.
#[derive(Clone, Debug, Parser)]
#[command(name = "detente", version, propagate_version = true)]
#[command(after_help = "Data goes to stdout, the rest to stderr. \
    Tables are as wide as the terminal or COLUMNS, and 100 columns in a pipe. \
    Exit codes: 0 done, 1 failed, 2 usage, 64 bad configuration.")]
pub struct Cli {
    /// Flags of every command.
    #[command(flatten)]
    pub global: Global,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Run all services in one process, with its own NATS server
    Up(Up),
    /// Run one service
    Serve(Serve),
    /// Append events and amendments, as JSON or NDJSON
    Report(Report),
    /// Correct fields of an event: dates, parties, kind, details, titles
    Correct(Correct),
    /// Retract an event, or any record about one
    Retract(Retract),
    /// Deny or contradict an event
    Dispute(Dispute),
    /// Add a further publication about an event
    Corroborate(Corroborate),
    /// Link two events as one
    Link(Link),
    /// Undo the link of two events
    Unlink(Link),
    /// Show how one state stands towards another
    State(State),
    /// Show how a country stands with every other
    Country(Country),
    /// List events, or show one
    Events(Events),
    /// List the kinds of events, or show what one takes and counts for
    Kinds(Kinds),
    /// List the changes of a relation, in order of days
    History(History),
    /// List the entries of a register, the newest first
    Register(Register),
    /// Show the rule and the evidence behind a level
    Why(Why),
    /// Show the differences between two days, two states of knowledge, or both
    Diff(Diff),
    /// Print changes as they come
    Watch(Watch),
    /// Replay changes, in the order in which they happened or became known
    Replay(Replay),
    /// Manage webhooks and their deliveries
    #[command(subcommand)]
    Webhook(Webhook),
    /// Show, check, compare and switch rulebooks
    #[command(subcommand)]
    Rulebook(Rulebook),
    /// Build the change feed and the views anew from the log, beside what serves, and switch to them
    Rebuild(Rebuild),
    /// Connect other programs to the NATS server of `detente up`
    #[command(subcommand)]
    Nats(Nats),
    /// Create, list and revoke tokens
    #[command(subcommand)]
    Token(Token),
    /// Read everything again, refold it, and report every inconsistency
    Verify(Verify),
    /// Save the whole log to a file
    Backup(Backup),
    /// Restore the log from a file, to a server without one
    Restore(Restore),
    /// Check this machine and the server, and suggest fixes
    Doctor(Doctor),
    /// Check that a service is ready, for what supervises it: exit code 0, or 1 with the reason
    Healthcheck(Healthcheck),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// `detente healthcheck`
#[derive(Clone, Copy, Debug, Args)]
pub struct Healthcheck {
    /// Ask only whether the process runs, not whether it does its work
    #[arg(long)]
    pub live: bool,
    /// The longest wait for the answer, in seconds
    #[arg(long, value_name = "SECONDS", default_value_t = 3)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=60))]
    pub timeout: u64,
}

/// `detente report`
#[derive(Clone, Debug, Args)]
pub struct Report {
    /// Files of events, JSON or NDJSON; `-` is stdin
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Address of the ingest service (default: that of --server)
    #[arg(
        long,
        env = "DETENTE_INGEST",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub ingest: Option<String>,
    /// Show what the events of one file would change, and report nothing. Amendments that wait for
    /// an event are not applied
    #[arg(long)]
    pub dry_run: bool,
    /// Do not ask the query service for warnings first: of likely duplicates, future dates, missing
    /// parties and repeated rows
    #[arg(long, conflicts_with = "dry_run")]
    pub no_preview: bool,
    /// Language of warnings and of the dry run
    #[arg(long, default_value = "en", value_parser = read::lang())]
    pub lang: Lang,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;
    use detente_api::request::KnownAt;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn flags_of_every_read_follow_the_command() {
        let line = "detente state TJK AFG --at 2022-12-31 --known-at 7 --file a --file b -o json";
        let cli = Cli::try_parse_from(line.split(' ')).unwrap();
        let Command::State(state) = cli.command else {
            panic!("another command")
        };
        assert_eq!(state.read.known_at, Some(KnownAt::Position(7)));
        assert_eq!(state.read.file.len(), 2);
        assert_eq!(cli.global.output, OutputFormat::Json);
    }
}
