//! `detente rulebook`: shows, checks, compares and switches rulebooks.

mod check;
mod compare;
mod switch;

pub(super) use switch::rebuild;

use detente_rulebook as rulebook;

use crate::args::Rulebook;
use crate::output::Output;

pub(super) async fn run(command: &Rulebook, out: &mut Output) -> anyhow::Result<()> {
    match command {
        Rulebook::Show => Ok(out.text(rulebook::DEFAULT)?),
        Rulebook::Check { file } => check::run(file, out),
        Rulebook::Compare(args) => Box::pin(compare::run(args, out)).await,
        Rulebook::Adopt(args) => switch::adopt(args, out).await,
        Rulebook::List(on) => switch::list(on, out).await,
        Rulebook::Back {
            projection,
            no_wait,
            on,
        } => switch::back(projection.as_deref(), *no_wait, on, out).await,
        Rulebook::Drop { projection, on } => switch::drop_rulebook(projection, on, out).await,
    }
}
