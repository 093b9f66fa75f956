//! The commands, one file each.

mod country;
mod diff;
mod events;
mod history;
mod state;
mod why;

mod amend;
mod replay;
mod report;
mod watch;

mod serve;
mod up;

mod keep;
mod verify;

mod doctor;
mod rulebook;
mod token;
mod webhook;

use clap::CommandFactory as _;
use detente_api::json::Amend;

use crate::Out;
use crate::args::{Cli, Command};
use crate::exit::Fault;
use crate::source::Source;

/// Runs a command.
///
/// # Errors
/// What it could not do.
pub async fn run(cli: Cli) -> anyhow::Result<()> {
    let Cli { global, command } = cli;
    let mut out = Out::process(global.output);
    let out = &mut out;
    match command {
        Command::Up(args) => Box::pin(up::run(&args, out)).await,
        Command::Serve(args) => Box::pin(serve::run(&args, out)).await,
        Command::Report(args) => report::run(&global, &args, out).await,
        Command::Correct(args) => amend::correct(&global, &args, out).await,
        Command::Retract(args) => amend::retract(&global, &args, out).await,
        Command::Dispute(args) => amend::dispute(&global, &args, out).await,
        Command::Corroborate(args) => amend::corroborate(&global, &args, out).await,
        Command::Link(args) => amend::link(&global, Amend::Link, &args, out).await,
        Command::Unlink(args) => amend::link(&global, Amend::Unlink, &args, out).await,
        Command::State(args) => state::run(&global, &args, out).await,
        Command::Country(args) => country::run(&global, &args, out).await,
        Command::Events(args) => events::run(&global, &args, out).await,
        Command::History(args) => history::run(&global, &args, out).await,
        Command::Why(args) => why::run(&global, &args, out).await,
        Command::Diff(args) => diff::run(&global, &args, out).await,
        Command::Watch(args) => watch::run(&global, &args, out).await,
        Command::Rulebook(args) => rulebook::run(&args, out).await,
        Command::Webhook(args) => webhook::run(&global, &args, out).await,
        Command::Replay(args) => replay::run(&global, &args, out).await,
        Command::Token(args) => token::run(&args, out).await,
        Command::Verify(args) => Box::pin(verify::run(&args, out)).await,
        Command::Backup(args) => keep::backup(&args, out).await,
        Command::Restore(args) => keep::restore(&args, out).await,
        Command::Doctor(args) => doctor::run(&global, &args, out).await,
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "detente", &mut text);
            Ok(out.text(&String::from_utf8_lossy(&text))?)
        }
    }
}

/// A read of a file some rows of which were refused has answered, and has failed.
fn whole(source: &Source) -> anyhow::Result<()> {
    if source.is_partial() {
        Err(Fault::Told.into())
    } else {
        Ok(())
    }
}
