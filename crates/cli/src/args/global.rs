//! Flags of every command.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use detente_auth::Secret;

/// Flags of every command.
#[derive(Clone, Debug, Args)]
pub struct Global {
    /// Format of the data on stdout
    #[arg(short, long, global = true, value_enum, default_value_t = OutputFormat::Table)]
    pub output: OutputFormat,
    /// Address of the query service; may contain a user and a password for a proxy before it
    #[arg(
        long,
        global = true,
        env = "DETENTE_SERVER",
        hide_env_values = true,
        value_name = "URL",
        default_value = "http://127.0.0.1:1648"
    )]
    pub server: String,
    /// API token, as printed by `detente token create`; prefer the environment or a file, since
    /// other users can see the command line
    #[arg(
        long,
        global = true,
        env = "DETENTE_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    pub token: Option<Secret>,
    /// File with the token; overrides --token
    #[arg(long, global = true, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// CA certificates to trust in addition to those of the system, for https (PEM)
    #[arg(long, global = true, env = "DETENTE_CA", value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// Format of the logs on stderr; DETENTE_LOG sets the filter (default: warn; of dependencies, info
    /// at most)
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
}

/// Format of the data on stdout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// JSON, as in the API
    Json,
    /// Tables and text
    #[default]
    Table,
}

/// Format of the logs on stderr.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// Plain text
    #[default]
    Text,
    /// One JSON object per line
    Json,
}
