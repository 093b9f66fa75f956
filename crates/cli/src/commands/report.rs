//! `detente report FILE`: appends events and amendments.
//!
//! A row without an id gets one before it is first sent, so that sending it again is a repeat and
//! never a second event.

mod rows;

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use detente_api::json::Answer;

use crate::Out;
use crate::args::{Global, Output, Report};
use crate::exit::Fault;
use crate::source::{client, told};

/// Up to so many accepted rows are listed for a person.
const LISTED_MAX: usize = 20;

pub(super) async fn run(global: &Global, args: &Report, out: &mut Out) -> anyhow::Result<()> {
    let client = client(global, args.ingest.as_deref())?;
    let mut total = Answer::default();
    for path in &args.files {
        let body = load(path)?;
        let (rows, refused) = rows::read(&client, &body);
        let mut answer = told(client.send(&rows).await)?;
        answer.refused.extend(refused);
        answer.refused.sort_by_key(|refused| refused.row);
        tell(path, &answer, args.files.len() > 1, out)?;
        total.accepted.extend(answer.accepted);
        total.refused.extend(answer.refused);
    }
    if out.form() == Output::Json {
        out.json(&total)?;
    }
    if total.refused.is_empty() {
        Ok(())
    } else {
        Err(Fault::Told.into())
    }
}

fn load(path: &PathBuf) -> anyhow::Result<Vec<u8>> {
    if path == Path::new("-") {
        let mut body = Vec::new();
        std::io::stdin()
            .lock()
            .read_to_end(&mut body)
            .context("reading stdin")?;
        return Ok(body);
    }
    std::fs::read(path).with_context(|| format!("{} cannot be read", path.display()))
}

fn tell(path: &Path, answer: &Answer, many: bool, out: &mut Out) -> anyhow::Result<()> {
    let name = if many {
        format!("{}: ", path.display())
    } else {
        String::new()
    };
    for refused in &answer.refused {
        for refusal in &refused.refusals {
            let code = refusal.code.as_str();
            out.note(&format!(
                "{name}row {} refused: {refusal} ({code})",
                refused.row
            ));
        }
    }
    if out.form() == Output::Json {
        return Ok(());
    }
    if answer.accepted.len() <= LISTED_MAX {
        for accepted in &answer.accepted {
            let repeat = if accepted.repeat {
                "  (was there already)"
            } else {
                ""
            };
            let (row, id, position) = (accepted.row, accepted.id, accepted.position);
            out.line(&format!("{name}row {row}  {id}  at {position}{repeat}"))?;
        }
    }
    let repeats = answer
        .accepted
        .iter()
        .filter(|accepted| accepted.repeat)
        .count();
    let last = answer
        .accepted
        .iter()
        .map(|accepted| accepted.position)
        .max();
    let last = last
        .map(|last| format!(", up to position {last}"))
        .unwrap_or_default();
    Ok(out.line(&format!(
        "{name}{} accepted ({repeats} were there already), {} refused{last}",
        answer.accepted.len(),
        answer.refused.len()
    ))?)
}
