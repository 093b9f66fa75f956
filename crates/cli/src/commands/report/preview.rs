//! Previews of a report: the dry run, and the warnings before rows are sent.

use std::time::Duration;

use detente_api::request::PreviewRequest;
use detente_api::view::{PreviewRow, WarningCode};
use detente_client::{Client, Row};
use detente_domain::party::Lang;

use super::rows;
use crate::args::{Global, Report};
use crate::exit_code::{CliError, succeed_if};
use crate::output::Output;
use crate::render;
use crate::source::{client, load, with_exit_code};

/// The most rows that are looked at before a report.
const WARNED_MAX: usize = 100;
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
    let (rows, refused) = rows::split(&client, &load(path)?);
    let request = request(args.lang);
    let refused = refused.into_iter().map(|refused| PreviewRow {
        row: refused.row,
        event: None,
        refusals: refused.refusals,
    });
    if rows.is_empty() {
        for row in refused {
            super::note_refusals("", row.row, &row.refusals, out);
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

/// Warns of rows that are probably reported already, lie ahead, or name no second party, as far as
/// the server says so in time. Returns false if it does not.
pub(super) async fn warn(
    client: &Client,
    rows: &[Row],
    name: &str,
    lang: Lang,
    out: &mut Output,
) -> bool {
    let first = rows.get(..WARNED_MAX).unwrap_or(rows);
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
            WarningCode::FutureDate | WarningCode::NoSecondParty | WarningCode::LikelyDuplicate => {
                true
            }
            WarningCode::BelowLadder | WarningCode::Unchanged | WarningCode::AlreadyReported => {
                false
            }
        };
        if is_shown {
            let (row, code) = (warning.row, warning.code);
            out.note(&format!(
                "{name}row {row} warning: {} ({code})",
                warning.message
            ));
        }
    }
    true
}

fn request(lang: Lang) -> PreviewRequest {
    PreviewRequest {
        lang: Some(lang),
        min_position: None,
    }
}
