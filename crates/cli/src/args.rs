//! What may be asked on the command line.

mod amend;
mod clocks;
mod doors;
mod global;
mod hooks;
mod keep;
mod nats;
mod reasons;
mod rulebook;
mod token;
mod watch;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use detente_domain::day::Day;

pub use amend::{Correct, Corroborate, Dispute, Link, Publication, Retract, Sending};
use clocks::known_at;
pub(crate) use clocks::utc_day;
pub use clocks::{KnownAt, day};
pub use doors::Doors;
pub use global::{Global, LogFormat, Output};
pub use hooks::{CreateWebhook, Hooks, NamedWebhook, RotateWebhook, Webhook, WebhookCommand};
pub use keep::{Backup, Replay, Restore, Store, Verify};
pub use nats::On;
pub use reasons::{Diff, Tongue, Why};
pub use rulebook::{Adopt, Compare, Rulebook, RulebookCommand};
pub use token::{Create, RoleArg, Token, TokenCommand};
pub use watch::Watch;

/// The state of relations between countries, as a fold over graded reports.
#[derive(Clone, Debug, Parser)]
#[command(name = "detente", version, propagate_version = true)]
#[command(after_help = "Data goes to stdout, the rest to stderr. \
    Tables are as wide as the terminal or COLUMNS, and 100 columns in a pipe. \
    Exit codes: 0 done, 1 failed, 2 usage, 64 bad configuration.")]
pub struct Cli {
    /// What every command takes.
    #[command(flatten)]
    pub global: Global,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
    /// Run all services in one process, with a NATS server of its own
    Up(Up),
    /// Run one service
    Serve(Serve),
    /// Append events and amendments: JSON, or one a line
    Report(Report),
    /// Correct fields of an event: dates, parties, kind, details, titles
    Correct(Correct),
    /// Take back an event, or any record about one
    Retract(Retract),
    /// Deny or contradict an event
    Dispute(Dispute),
    /// Add a further publication about an event
    Corroborate(Corroborate),
    /// Say that two events are one
    Link(Link),
    /// Say that two events are not one after all
    Unlink(Link),
    /// How one state stands towards another
    State(State),
    /// How a country stands with every other
    Country(Country),
    /// List events, or show one
    Events(Events),
    /// Every step of a relation, in order of days
    History(History),
    /// The rule and the evidence behind a level
    Why(Why),
    /// What differs between two days, two beliefs, or both
    Diff(Diff),
    /// Print changes as they come
    Watch(Watch),
    /// Play changes once more, in the order in which they were so or came to be known
    Replay(Replay),
    /// List and make webhooks, and look after their deliveries
    Webhook(Webhook),
    /// Show, check and compare rulebooks, and switch to another one
    Rulebook(Rulebook),
    /// Make, list and revoke tokens
    Token(Token),
    /// Read everything again, refold it, and say what is not as it must be
    Verify(Verify),
    /// Write the whole log into one file
    Backup(Backup),
    /// Bring the log back from a file, into a server without one
    Restore(Restore),
    /// Check this machine and the server, and say what to do
    Doctor(Doctor),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// What every read takes.
#[derive(Clone, Debug, Default, Args)]
pub struct Read {
    /// The day in the world: YYYY-MM-DD, or an RFC 3339 time (default: today)
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub at: Option<Day>,
    /// What the log held: a position, or an RFC 3339 time (default: now)
    #[arg(long, value_name = "POSITION|TIME", value_parser = known_at)]
    pub known_at: Option<KnownAt>,
    /// Fold a file with no server at all: JSON or NDJSON, `-` for stdin; may be given several
    /// times. Row n of it stands at position n; who governs, which ships with the product, at 0
    #[arg(long, value_name = "EVENTS.ndjson")]
    pub file: Vec<PathBuf>,
    /// The rulebook to fold a file under (default: the one that ships)
    #[arg(long, value_name = "FILE", requires = "file")]
    pub rulebook: Option<PathBuf>,
}

/// `detente state`
#[derive(Clone, Debug, Args)]
pub struct State {
    /// Whose conduct: a code (TJK), an ISO alpha-2 code or a name
    pub from: String,
    /// Towards whom
    pub to: String,
    /// Both clocks, and where to read.
    #[command(flatten)]
    pub read: Read,
}

/// `detente country`
#[derive(Clone, Debug, Args)]
pub struct Country {
    /// A code (KAZ), an ISO alpha-2 code or a name
    pub code: String,
    /// Both clocks, and where to read.
    #[command(flatten)]
    pub read: Read,
}

/// `detente events`
#[derive(Clone, Debug, Args)]
pub struct Events {
    /// Show this event with all that was said about it
    #[arg(conflicts_with_all = ["country", "pair", "kind", "limit", "from", "oldest", "pending"])]
    pub id: Option<uuid::Uuid>,
    /// Only what is said about events that nobody has reported yet
    #[arg(long, conflicts_with_all = ["country", "pair", "kind", "oldest"])]
    pub pending: bool,
    /// Only events that this party has a part in
    #[arg(long)]
    pub country: Option<String>,
    /// Only events of this relation
    #[arg(long, num_args = 2, value_names = ["ONE", "OTHER"])]
    pub pair: Option<Vec<String>>,
    /// Only events of this kind, such as mission.handed_over
    #[arg(long)]
    pub kind: Option<String>,
    /// At most so many, 1 to 1000
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub limit: u16,
    /// Where the page before ended
    #[arg(long, value_name = "CURSOR")]
    pub from: Option<String>,
    /// The first to arrive first (default: the last)
    #[arg(long)]
    pub oldest: bool,
    /// Both clocks, and where to read.
    #[command(flatten)]
    pub read: Read,
}

/// `detente history`
#[derive(Clone, Debug, Args)]
pub struct History {
    /// Whose conduct
    pub from: String,
    /// Towards whom
    pub to: String,
    /// Only this dimension or register
    #[arg(long)]
    pub dimension: Option<String>,
    /// Both clocks, and where to read.
    #[command(flatten)]
    pub read: Read,
}

/// `detente report`
#[derive(Clone, Debug, Args)]
pub struct Report {
    /// Files of events, JSON or NDJSON; `-` is stdin
    #[arg(required = true)]
    pub files: Vec<PathBuf>,
    /// Address of the ingest service, where it is apart (default: that of --server)
    #[arg(long, env = "DETENTE_INGEST", value_name = "URL")]
    pub ingest: Option<String>,
}

/// `detente doctor`
#[derive(Clone, Debug, Default, Args)]
pub struct Doctor {
    /// Where the local NATS server and its data are.
    #[command(flatten)]
    pub local: Local,
}

/// Where the local NATS server and its data are.
#[derive(Clone, Debug, Default, Args)]
pub struct Local {
    /// Program of the local NATS server (default: NATS_SERVER, then PATH, then a fetched one)
    #[arg(long, value_name = "PATH")]
    pub nats_server: Option<PathBuf>,
    /// Port of the local NATS server; 0 takes a free one
    #[arg(long, value_name = "N", default_value_t = 1650)]
    pub nats_port: u16,
    /// Where the local NATS server keeps its data (default: the XDG data directory)
    #[arg(long, value_name = "DIR", env = "DETENTE_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
}

/// `detente up`
#[derive(Clone, Debug, Args)]
pub struct Up {
    /// Load the demonstration data: Central Asia and the Taliban, 2021 to 2023
    #[arg(long)]
    pub demo: bool,
    /// Throw the data away at the end
    #[arg(long, conflicts_with_all = ["data_dir", "nats"])]
    pub ephemeral: bool,
    /// Use a NATS server that runs already
    #[arg(long, value_name = "URL", env = "DETENTE_NATS", hide_env_values = true)]
    pub nats: Option<String>,
    /// Credentials for --nats: a file with a user's JWT and seed
    #[arg(long, value_name = "FILE", env = "DETENTE_NATS_CREDS")]
    pub nats_creds: Option<PathBuf>,
    /// Address of the HTTP API; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:1648")]
    pub http: std::net::SocketAddr,
    /// Address of the gRPC API; port 0 takes a free one
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:1649")]
    pub grpc: std::net::SocketAddr,
    /// The rulebook to begin with where none is in force yet (default: the one that ships)
    #[arg(long, value_name = "FILE")]
    pub rulebook: Option<PathBuf>,
    /// How the doors behave.
    #[command(flatten)]
    pub doors: Doors,
    /// How changes are delivered to webhooks.
    #[command(flatten)]
    pub hooks: Hooks,
    /// The local server.
    #[command(flatten)]
    pub local: Local,
}

/// `detente serve`
#[derive(Clone, Debug, Args)]
pub struct Serve {
    /// The service
    #[arg(value_enum)]
    pub role: Role,
    /// Where the services meet.
    #[command(flatten)]
    pub on: On,
    /// Address of the service (default: 127.0.0.1:1651 for ingest, :1648 for query, :1652 for the
    /// projector's health and metrics)
    #[arg(long, value_name = "ADDR")]
    pub http: Option<std::net::SocketAddr>,
    /// Address of its gRPC API, for ingest and query (default: none)
    #[arg(long, value_name = "ADDR")]
    pub grpc: Option<std::net::SocketAddr>,
    /// How many NATS servers keep a copy of each message
    #[arg(long, value_enum, default_value_t = Replicas::One)]
    pub replicas: Replicas,
    /// The rulebook to begin with where none is in force yet (default: the one that ships)
    #[arg(long, value_name = "FILE")]
    pub rulebook: Option<PathBuf>,
    /// How the doors behave.
    #[command(flatten)]
    pub doors: Doors,
    /// How the query service delivers changes to webhooks.
    #[command(flatten)]
    pub hooks: Hooks,
}

/// A service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Role {
    /// Takes reports
    Ingest,
    /// Folds them
    Projector,
    /// Answers questions
    Query,
}

/// How many NATS servers keep a copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Replicas {
    /// A single server
    #[value(name = "1")]
    One,
    /// A cluster that survives the loss of one server
    #[value(name = "3")]
    Three,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn what_every_read_takes_stands_after_the_command() {
        let line = "detente state TJK AFG --at 2022-12-31 --known-at 7 --file a --file b -o json";
        let cli = Cli::try_parse_from(line.split(' ')).unwrap();
        let Command::State(state) = cli.command else {
            panic!("another command")
        };
        assert_eq!(state.read.known_at, Some(KnownAt::Position(7)));
        assert_eq!(state.read.file.len(), 2);
        assert_eq!(cli.global.output, Output::Json);
    }
}
