//! The command line: arguments, environment, clock, signals and telemetry; every role of the
//! product is a subcommand.
//!
//! Data goes to stdout, everything else to stderr. This is the only room that reads the clock,
//! the environment and signals, and the only one that speaks `anyhow`.
//!
//! Reading order: [`args`] (what may be asked), [`source`] (where answers come from), [`show`]
//! (how they look), [`commands`] (one file each), [`lifecycle`] and `host` (running services).

pub mod args;

mod exit;
mod out;

mod ambient;
mod telemetry;

pub mod source;

pub mod show;

pub mod commands;

mod access;
mod hooks;
mod host;
pub mod lifecycle;
mod rules;
mod store;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::Parser;

pub use exit::Fault;
pub use out::Out;

/// Runs the command that the arguments name, and says how it ended.
pub fn run<I, T>(args: I) -> ExitCode
where
    I: IntoIterator<Item = T>,
    T: Into<OsString> + Clone,
{
    match args::Cli::try_parse_from(args) {
        Ok(cli) => exit::code(start(cli)),
        Err(error) => exit::usage(&error),
    }
}

fn start(cli: args::Cli) -> anyhow::Result<()> {
    telemetry::logs(&cli.global)?;
    detente_http::tls::provide();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let done = runtime.block_on(commands::run(cli));
    // A task that waits in a thread does not hold the process.
    runtime.shutdown_background();
    done
}
