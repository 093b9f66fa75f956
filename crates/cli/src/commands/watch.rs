//! `detente watch`: changes as they come, for ever; a cut is mended from the last cursor.

use detente_api::parse;
use detente_api::parse::Topic;
use detente_api::view::Frame;
use detente_client::{Error, Filter, Place, Watch as Watching, Watched};
use detente_feed::Wanted;
use detente_read_model::queries::{self};
use futures_util::StreamExt as _;

use crate::args::{Global, Output, Watch};
use crate::exit::Fault;
use crate::lifecycle::Lifecycle;
use crate::source::{client, fault};
use crate::{Out, show};

pub(super) async fn run(global: &Global, args: &Watch, out: &mut Out) -> anyhow::Result<()> {
    let lifecycle = Lifecycle::of_process()?;
    let client = client(global, None)?;
    let mut changes = client.watch(&filter(args)?, Place::from(args.from.as_str()));
    let done = tokio::select! {
        done = watch(&mut changes, args.count, out) => done,
        () = lifecycle.soft.cancelled() => Ok(()),
    };
    if let Place::After(cursor) = changes.place() {
        out.note(&format!("go on with: --from {cursor}"));
    }
    done
}

fn filter(args: &Watch) -> Result<Filter, Fault> {
    let mut filter = Filter::all();
    for given in &args.countries {
        filter = filter.country(parse::state("country", given)?.code());
    }
    for given in &args.dimension {
        filter = filter.dimension(Topic::parse(given)?.as_str());
    }
    for given in &args.occasion {
        filter = filter.occasion(given);
    }
    let wanted = Wanted {
        direction: args.direction.clone(),
        filter: args.filter.clone(),
        ..Wanted::default()
    };
    // What is wrong with an expression is said here, before a server is asked.
    wanted.read()?;
    for given in wanted.direction {
        filter = filter.direction(given);
    }
    Ok(match wanted.filter {
        Some(expression) => filter.expression(expression),
        None => filter,
    })
}

/// Prints changes until as many have come as are wanted.
async fn watch(changes: &mut Watching, mut left: Option<u64>, out: &mut Out) -> anyhow::Result<()> {
    while let Some(watched) = changes.next().await {
        match watched.map_err(fault)? {
            Watched::Changes(frame) => {
                let count = frame.changes.len() as u64;
                print(frame, out)?;
                left = left.map(|left| left.saturating_sub(count));
                if left == Some(0) {
                    return Ok(());
                }
            }
            Watched::Switched(switched) => out.note(&format!(
                "another rulebook is in force: {:?} after {:?}; going on in its changes from {:?}",
                switched.projection,
                switched.previous,
                switched.cursor.unwrap_or_default()
            )),
            // A server that answered before may come back; one that is busy will.
            Watched::Cut(why @ Error::Unreachable { .. }) if !changes.has_met() => {
                return Err(fault(why));
            }
            Watched::Cut(why) => tracing::debug!(%why, "connecting again"),
        }
    }
    Ok(())
}

fn print(frame: Frame, out: &mut Out) -> anyhow::Result<()> {
    for mut change in frame.changes {
        match out.form() {
            Output::Table => out.line(&show::change(&change))?,
            Output::Json => {
                change.cursor = Some(frame.cursor.clone());
                out.json_line(&change)?;
            }
        }
    }
    Ok(())
}
