//! `detente rulebook`: shows, checks, compares and switches rulebooks.

mod check;
mod compare;
mod switch;

use detente_rulebook as rulebook;

use crate::args::{Rulebook, RulebookCommand};
use crate::output::Output;

pub(super) async fn run(args: &Rulebook, out: &mut Output) -> anyhow::Result<()> {
    match &args.command {
        RulebookCommand::Show => Ok(out.text(rulebook::DEFAULT)?),
        RulebookCommand::Check { file } => check::run(file, out),
        RulebookCommand::Compare(args) => Box::pin(compare::run(args, out)).await,
        RulebookCommand::Adopt(args) => switch::adopt(args, out).await,
        RulebookCommand::List(on) => switch::list(on, out).await,
        RulebookCommand::Back {
            projection,
            no_wait,
            on,
        } => switch::back(projection.as_deref(), *no_wait, on, out).await,
        RulebookCommand::Drop { projection, on } => switch::discard(projection, on, out).await,
    }
}
