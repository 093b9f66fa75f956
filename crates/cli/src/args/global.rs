//! What every command takes.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use detente_auth::Secret;

/// What every command takes.
#[derive(Clone, Debug, Args)]
pub struct Global {
    /// Form of the data on stdout
    #[arg(short, long, global = true, value_enum, default_value_t = Output::Table)]
    pub output: Output,
    /// Address of the query service
    #[arg(
        long,
        global = true,
        env = "DETENTE_SERVER",
        value_name = "URL",
        default_value = "http://127.0.0.1:1648"
    )]
    pub server: String,
    /// Token for the services, as `detente token create` gave it; better in the environment or a
    /// file than on the command line, which others may see
    #[arg(
        long,
        global = true,
        env = "DETENTE_TOKEN",
        hide_env_values = true,
        value_name = "TOKEN"
    )]
    pub token: Option<Secret>,
    /// File with the token; stands above --token
    #[arg(long, global = true, value_name = "FILE")]
    pub token_file: Option<PathBuf>,
    /// Certificates of authorities to trust beside those of the system, for https (PEM)
    #[arg(long, global = true, env = "DETENTE_CA", value_name = "FILE")]
    pub ca: Option<PathBuf>,
    /// Form of the logs on stderr; DETENTE_LOG says which are written (default: warn)
    #[arg(long, global = true, value_enum, default_value_t = LogFormat::Text)]
    pub log_format: LogFormat,
}

/// Form of the data on stdout.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Output {
    /// What the API gives
    Json,
    /// For people
    #[default]
    Table,
}

/// Form of the logs on stderr.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people
    #[default]
    Text,
    /// For machines
    Json,
}
