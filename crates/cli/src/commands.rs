//! The commands.

mod events;
mod kinds;
mod reads;

mod amend;
mod replay;
mod report;
mod watch;

mod serve;
mod services;
mod up;

mod backup;
mod verify;

mod doctor;
mod healthcheck;
mod nats;
mod rulebook;
mod token;
mod webhook;

use clap::CommandFactory as _;
use detente_api::submission::{Accepted, Amend};

use crate::args::{Cli, Command};
use crate::output::Output;
use amend::Amendment;

/// Runs a command.
pub(crate) async fn run(cli: Cli) -> anyhow::Result<()> {
    let Cli { global, command } = cli;
    let mut out = Output::process(global.output);
    let out = &mut out;
    match command {
        Command::Up(args) => Box::pin(up::run(&args, out)).await,
        Command::Serve(args) => Box::pin(serve::run(&args, out)).await,
        Command::Report(args) => report::run(&global, &args, out).await,
        Command::Correct(args) => amend::send(&global, Amendment::correction(&args)?, out).await,
        Command::Retract(args) => amend::send(&global, Amendment::retraction(&args), out).await,
        Command::Dispute(args) => amend::send(&global, Amendment::dispute(&args), out).await,
        Command::Corroborate(args) => {
            amend::send(&global, Amendment::corroboration(&args), out).await
        }
        Command::Link(args) => {
            let link = Amendment::link(Amend::Link, &args);
            amend::send(&global, link, out).await
        }
        Command::Unlink(args) => {
            let link = Amendment::link(Amend::Unlink, &args);
            amend::send(&global, link, out).await
        }
        Command::State(args) => reads::state(&global, &args, out).await,
        Command::Country(args) => reads::country(&global, &args, out).await,
        Command::Events(args) => events::run(&global, &args, out).await,
        Command::Kinds(args) => kinds::run(&global, &args, out).await,
        Command::History(args) => reads::history(&global, &args, out).await,
        Command::Register(args) => reads::register(&global, &args, out).await,
        Command::Why(args) => reads::why(&global, &args, out).await,
        Command::Diff(args) => reads::diff(&global, &args, out).await,
        Command::Watch(args) => watch::run(&global, &args, out).await,
        Command::Rulebook(args) => rulebook::run(&args, out).await,
        Command::Rebuild(args) => rulebook::rebuild(&args, out).await,
        Command::Webhook(args) => webhook::run(&global, &args, out).await,
        Command::Replay(args) => replay::run(&global, &args, out).await,
        Command::Nats(args) => nats::run(&args, out),
        Command::Token(args) => token::run(&args, out).await,
        Command::Verify(args) => Box::pin(verify::run(&args, out)).await,
        Command::Backup(args) => backup::backup(&args, out).await,
        Command::Restore(args) => backup::restore(&args, out).await,
        Command::Doctor(args) => doctor::run(&global, &args, out).await,
        Command::Healthcheck(args) => healthcheck::run(&global, &args).await,
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "detente", &mut text);
            Ok(out.text(&String::from_utf8_lossy(&text))?)
        }
    }
}

/// Renders the id and the position of an accepted row.
fn accepted_row(accepted: &Accepted) -> String {
    let repeat = if accepted.repeat {
        "  (already stored)"
    } else {
        ""
    };
    format!("{}  at {}{repeat}", accepted.id, accepted.position)
}
