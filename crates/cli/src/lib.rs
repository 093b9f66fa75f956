//! The `detente` command: arguments, environment, clock, signals and telemetry. Each service is a
//! subcommand.
//!
//! Data goes to stdout, everything else to stderr. No other crate reads the clock, the environment
//! or signals, or uses `anyhow`.
//!
//! Reading order: [`args`] (the command line), `source` (a server or local files), `render` (tables
//! for a terminal), `commands` (one file each), `lifecycle` and `server` (running services).

pub mod args;

mod exit_code;
mod output;

mod env;
mod telemetry;

mod source;

mod render;

mod commands;

mod access;
mod demo;
mod lifecycle;
mod nats;
mod rules;
mod server;
mod webhooks;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

use output::Output;

/// Runs the command that the arguments name, and returns its exit code.
pub fn run<I, T>(args: I) -> ExitCode
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    match args::Cli::try_parse_from(args) {
        Ok(cli) => exit_code::code(start(cli)),
        Err(error) => exit_code::usage(&error),
    }
}

fn start(cli: args::Cli) -> anyhow::Result<()> {
    telemetry::logs(&cli.global)?;
    detente_http::tls::install_provider();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let done = runtime.block_on(commands::run(cli));
    // Does not wait for blocking tasks.
    runtime.shutdown_background();
    done
}
