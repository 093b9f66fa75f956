//! `detente report FILE`: appends events and amendments.
//!
//! A row without an id gets one before it is first sent, so that a retry is never a second event.

mod preview;
mod rows;

use std::path::Path;

use detente_api::Refusal;
use detente_api::submission::ReportOutcome;

use super::accepted_row;
use crate::args::{Global, OutputFormat, Report};
use crate::exit_code::succeed_if;
use crate::output::Output;
use crate::source::{client, load, with_exit_code};

/// Accepted rows are listed up to this number.
const LISTED_MAX: usize = 20;

pub(super) async fn run(global: &Global, args: &Report, out: &mut Output) -> anyhow::Result<()> {
    if args.dry_run {
        return preview::dry_run(global, args, out).await;
    }
    let client = client(global, args.ingest.as_deref())?;
    let mut has_preview = !args.no_preview;
    let mut total = ReportOutcome::default();
    for path in &args.files {
        let body = load(path)?;
        let (rows, refused) = rows::split(&body, |number, row| client.row(number, row));
        let name = name(path, args.files.len() > 1);
        has_preview = has_preview && preview::warn(&client, &rows, &name, args.lang, out).await;
        let mut outcome = client.send(&rows).await.map_err(with_exit_code)?;
        outcome.refused.extend(refused);
        outcome.refused.sort_by_key(|refused| refused.row);
        print(&name, &outcome, out)?;
        total.accepted.append(&mut outcome.accepted);
        total.refused.append(&mut outcome.refused);
    }
    if out.format() == OutputFormat::Json {
        out.json(&total)?;
    }
    succeed_if(total.refused.is_empty())
}

/// Returns what precedes a row's number, if there are several files.
fn name(path: &Path, many: bool) -> String {
    if many {
        format!("{}: ", path.display())
    } else {
        String::new()
    }
}

fn note_refusals(name: &str, row: usize, refusals: &[Refusal], out: &mut Output) {
    for refusal in refusals {
        let code = refusal.code.as_str();
        out.note(&format!("{name}row {row} refused: {refusal} ({code})"));
    }
}

fn print(name: &str, outcome: &ReportOutcome, out: &mut Output) -> anyhow::Result<()> {
    for refused in &outcome.refused {
        note_refusals(name, refused.row, &refused.refusals, out);
    }
    if out.format() == OutputFormat::Json {
        return Ok(());
    }
    let accepted = &outcome.accepted;
    if accepted.len() <= LISTED_MAX {
        for row in accepted {
            out.line(&format!("{name}row {}  {}", row.row, accepted_row(row)))?;
        }
    }
    let repeats = accepted.iter().filter(|row| row.repeat).count();
    let last = accepted.iter().map(|row| row.position).max();
    let last = last.map_or_else(String::new, |last| format!(", up to position {last}"));
    Ok(out.line(&format!(
        "{name}{} accepted ({repeats} already stored), {} refused{last}",
        accepted.len(),
        outcome.refused.len()
    ))?)
}
