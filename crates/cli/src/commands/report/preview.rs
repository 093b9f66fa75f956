//! Previews of a report: the dry run, and the warnings before rows are sent.

use std::time::Duration;

use detente_api::request::PreviewRequest;
use detente_api::text::line;
use detente_api::view::{PreviewRow, WarningCode};
use detente_client::{BLANK_MAX, Client, Row};
use detente_domain::party::Lang;
use detente_read_model::preview::{BODY_MAX, ROWS_MAX};
use serde_json::json;

use super::rows;
use crate::args::{Global, OutputFormat, Report};
use crate::exit_code::{CliError, succeed_if};
use crate::output::Output;
use crate::render;
use crate::source::{client, load, with_exit_code};

/// The longest time that a report waits for warnings.
const WAIT_MAX: Duration = Duration::from_secs(2);

/// Shows what a file would change, without reporting it.
pub(super) async fn dry_run(
    global: &Global,
    args: &Report,
    out: &mut Output,
) -> anyhow::Result<()> {
    let [path] = &args.files[..] else {
        return Err(CliError::Usage("a dry run takes one file".to_owned()).into());
    };
    let client = client(global, None)?;
    // A row without an id gets one that its content and number give: the same every time.
    let (rows, refused) = rows::split(&load(path)?, |number, row| Row {
        number,
        line: row.to_string(),
    });
    let request = request(args.lang);
    let refused = refused.into_iter().map(|refused| PreviewRow {
        row: refused.row,
        event: None,
        refusals: refused.refusals,
    });
    if rows.is_empty() {
        let rows: Vec<PreviewRow> = refused.collect();
        for row in &rows {
            super::note_refusals("", row.row, &row.refusals, out);
        }
        if out.format() == OutputFormat::Json {
            out.json(&json!({"rows": rows}))?;
        }
        return succeed_if(false);
    }
    let mut view = client
        .preview(&rows, &request)
        .await
        .map_err(with_exit_code)?;
    view.rows.extend(refused);
    view.rows.sort_by_key(|row| row.row);
    for row in &view.rows {
        super::note_refusals("", row.row, &row.refusals, out);
    }
    out.show(&view, |out, view| render::preview(out, view, args.lang))?;
    succeed_if(view.rows.iter().all(|row| row.refusals.is_empty()))
}

/// Warns of rows that are probably reported already, repeat another row, lie ahead, or name no
/// second party, as far as the server says so in time. Returns false if it does not. A preview is of
/// so many rows at most; a note names those that it leaves out.
pub(super) async fn warn(
    client: &Client,
    rows: &[Row],
    name: &str,
    lang: Lang,
    out: &mut Output,
) -> bool {
    let (first, rest) = rows.split_at(checked(rows));
    if let (Some(from), Some(to)) = (rest.first(), rest.last()) {
        let (from, to) = (from.number, to.number);
        out.note(&format!("{name}rows {from} to {to} were not checked"));
    }
    if first.is_empty() {
        return true;
    }
    let request = request(lang);
    let preview = client.preview(first, &request);
    let Ok(Ok(view)) = tokio::time::timeout(WAIT_MAX, preview).await else {
        return false;
    };
    for warning in view.warnings {
        let is_shown = match warning.code {
            WarningCode::FutureDate
            | WarningCode::NoSecondParty
            | WarningCode::LikelyDuplicate
            | WarningCode::DuplicateRow => true,
            WarningCode::BelowLadder | WarningCode::Unchanged | WarningCode::AlreadyReported => {
                false
            }
        };
        if is_shown {
            let (row, code, message) = (warning.row, warning.code, line(&warning.message));
            out.note(&format!("{name}row {row} warning: {message} ({code})"));
        }
    }
    true
}

/// Returns the number of rows that fit into a preview.
fn checked(rows: &[Row]) -> usize {
    let mut bytes = 0;
    let fitting = rows.iter().take(ROWS_MAX).take_while(|row| {
        bytes += row.line.len() + 1;
        bytes <= BODY_MAX - BLANK_MAX
    });
    fitting.count()
}

fn request(lang: Lang) -> PreviewRequest {
    PreviewRequest {
        lang: Some(lang),
        min_position: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(count: usize, bytes: usize) -> Vec<Row> {
        let row = |number| Row {
            number,
            line: "x".repeat(bytes),
        };
        (1..=count).map(row).collect()
    }

    #[test]
    fn a_preview_takes_a_hundred_rows_or_two_mebibytes() {
        assert_eq!(checked(&rows(0, 1)), 0);
        assert_eq!(checked(&rows(100, 1)), 100);
        assert_eq!(checked(&rows(101, 1)), 100);
        assert_eq!(checked(&rows(10, 1 << 20)), 1);
        assert_eq!(checked(&rows(1, 3 << 20)), 0);
    }
}
