//! `detente watch`: changes as they come, without an end; it reconnects and resumes by itself.

use detente_api::request::FilterRequest;
use detente_api::view::Frame;
use detente_client::{Error, Place, StreamExt as _, Watch as Changes, WatchEvent};
use detente_domain::party::Lang;

use crate::args::{Global, OutputFormat, Watch};
use crate::exit_code::CliError;
use crate::lifecycle::Lifecycle;
use crate::output::Output;
use crate::render;
use crate::source::{client, with_exit_code};

pub(super) async fn run(global: &Global, args: &Watch, out: &mut Output) -> anyhow::Result<()> {
    let lifecycle = Lifecycle::of_process()?;
    let client = client(global, None)?;
    let filter = FilterRequest {
        country: args.countries.clone(),
        ..args.filter.request()
    };
    // Refuses an invalid filter before a server is asked.
    detente_feed::Filter::parse(&filter).map_err(CliError::from)?;
    let mut changes = client.watch(&filter, Place::from(args.from.as_str()));
    let done = tokio::select! {
        done = print_changes(&mut changes, args.count, args.lang, out) => done,
        () = lifecycle.shutdown.cancelled() => Ok(()),
    };
    if let Place::After(cursor) = changes.place() {
        out.note(&format!("continue with: --from {cursor}"));
    }
    done
}

/// Prints changes, up to a number of them if there is a limit.
async fn print_changes(
    changes: &mut Changes,
    mut left: Option<u64>,
    lang: Lang,
    out: &mut Output,
) -> anyhow::Result<()> {
    while let Some(event) = changes.next().await {
        match event.map_err(with_exit_code)? {
            WatchEvent::Changes(frame) => {
                let count = frame.changes.len() as u64;
                print(frame, lang, out)?;
                left = left.map(|left| left.saturating_sub(count));
                if left == Some(0) {
                    return Ok(());
                }
            }
            WatchEvent::Switched(switched) => out.note(&format!(
                "another rulebook is in force: {:?} after {:?}; continuing with its changes from \
                 {:?}",
                switched.projection,
                switched.previous,
                switched.cursor.unwrap_or_default()
            )),
            WatchEvent::Lost(lost) => out.note(&lost.message),
            // Waits for a busy server, and for one that responded before, but for no other.
            WatchEvent::Disconnected(error @ Error::Unreachable { .. })
                if !changes.was_connected() =>
            {
                return Err(with_exit_code(error));
            }
            WatchEvent::Disconnected(error) => tracing::debug!(%error, "reconnecting"),
        }
    }
    Ok(())
}

fn print(frame: Frame, lang: Lang, out: &mut Output) -> anyhow::Result<()> {
    for mut change in frame.changes {
        match out.format() {
            OutputFormat::Table => out.line(&render::change(&change, lang))?,
            OutputFormat::Json => {
                change.cursor = Some(frame.cursor.clone());
                out.json_line(&change)?;
            }
        }
    }
    Ok(())
}
