//! `detente report FILE`: appends events and amendments.
//!
//! A row without an id gets one before it is first sent, so that sending it again is a repeat and
//! never a second event.

mod rows;

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use detente_wire::json::Answer;

use super::posting;
use crate::Out;
use crate::args::{Global, Output, Report};
use crate::exit::Fault;
use crate::source::client;
use rows::Row;

/// The most rows of one request.
const ROWS_MAX: usize = 1_000;
/// The most bytes of one request; the service takes twice as many.
const BYTES_MAX: usize = 4 << 20;
/// Up to so many accepted rows are listed for a person.
const LISTED_MAX: usize = 20;

pub(super) async fn run(global: &Global, args: &Report, out: &mut Out) -> anyhow::Result<()> {
    let base = args
        .ingest
        .as_deref()
        .unwrap_or(&global.server)
        .trim_end_matches('/');
    let client = client(global, base)?;
    let url = format!("{base}/v1/events");
    let mut total = Answer::default();
    for path in &args.files {
        let body = load(path)?;
        let (rows, refused) = rows::read(&body);
        let mut answer = Answer {
            accepted: Vec::new(),
            refused,
        };
        for chunk in chunks(&rows) {
            let body: String = chunk.iter().map(|row| format!("{}\n", row.line)).collect();
            let part = posting::send(&client, &url, "application/x-ndjson", body).await;
            let part = part.with_context(|| told(&answer))?;
            renumber(&mut answer, part, chunk);
        }
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

/// Rows in parcels that the service takes at once.
fn chunks(rows: &[Row]) -> impl Iterator<Item = &[Row]> {
    let mut rest = rows;
    std::iter::from_fn(move || {
        let mut bytes = 0;
        let fitting = rest.iter().take(ROWS_MAX).take_while(|row| {
            bytes += row.line.len() + 1;
            bytes <= BYTES_MAX
        });
        let count = fitting.count().max(1);
        let (chunk, after) = rest.split_at_checked(count)?;
        rest = after;
        Some(chunk)
    })
}

/// Row numbers of an answer are those of the lines that were sent; ours are those of the file.
fn renumber(answer: &mut Answer, part: Answer, sent: &[Row]) {
    let number = |line: usize| {
        line.checked_sub(1)
            .and_then(|place| sent.get(place))
            .map_or(line, |row| row.number)
    };
    answer
        .accepted
        .extend(part.accepted.into_iter().map(|mut accepted| {
            accepted.row = number(accepted.row);
            accepted
        }));
    answer
        .refused
        .extend(part.refused.into_iter().map(|mut refused| {
            refused.row = number(refused.row);
            refused
        }));
}

fn told(answer: &Answer) -> String {
    format!(
        "{} rows are stored, the rest may be or not",
        answer.accepted.len()
    )
}

fn tell(path: &Path, answer: &Answer, many: bool, out: &mut Out) -> anyhow::Result<()> {
    let name = if many {
        format!("{}: ", path.display())
    } else {
        String::new()
    };
    for refused in &answer.refused {
        for refusal in &refused.refusals {
            let code = refusal.code.word();
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
