//! `detente correct | retract | dispute | corroborate | link | unlink`: one amendment.
//!
//! The gateway does not look up the target, so it is looked up here first, and the expected effect
//! is printed. The record gets its id before it is first sent, so that a retry is a repeat.

mod body;
mod target;

use detente_api::Refusal;
use detente_api::submission::{Accepted, Amend, Refused, ReportOutcome, amendment};
use detente_client::Error;
use serde_json::Value;
use uuid::Uuid;

use super::accepted_row;
use crate::args::{Global, OutputFormat};
use crate::env;
use crate::exit_code::{CliError, succeed_if};
use crate::output::Output;
use crate::source::{client, with_exit_code};
pub(super) use body::Amendment;
use target::Outlook;

pub(super) async fn send(
    global: &Global,
    request: Amendment<'_>,
    out: &mut Output,
) -> anyhow::Result<()> {
    let Amendment {
        amend,
        target,
        mut body,
        sending,
    } = request;
    let id = sending.id.unwrap_or_else(env::id);
    body["id"] = Value::String(id.to_string());
    let record = match amendment(amend, target, &body) {
        Ok(record) => record,
        Err(refusals) => return refused(refusals, out),
    };
    match target::look_up(global, &record.body).await {
        Ok(Outlook::TakesEffect) => {}
        Ok(Outlook::Refused(refusals)) => return refused(refusals, out),
        Ok(Outlook::Pending(ids)) => {
            for id in ids {
                out.note(&format!("no event has the id {id}: this will be pending"));
            }
            if !sending.pending {
                out.note("nothing was sent; check the id, or send it anyway with --pending");
                return Err(CliError::Reported.into());
            }
        }
        Err(error) if sending.pending => out.note(&format!("cannot look up the event: {error}")),
        Err(error) => {
            return Err(error.context("cannot look up the event; --pending sends it anyway"));
        }
    }
    let client = client(global, sending.ingest.as_deref())?;
    let answer = match client.amend(amend, target, &body).await {
        Ok(answer) => answer,
        // A request that was refused as a whole is not stored.
        Err(error @ Error::Refused(_)) => return Err(with_exit_code(error)),
        Err(error) => {
            let doubt = format!("it may or may not be stored; its id is {id}");
            return Err(with_exit_code(error).context(doubt));
        }
    };
    print(amend, target, &answer, out)
}

fn refused(refusals: Vec<Refusal>, out: &mut Output) -> anyhow::Result<()> {
    let refused = vec![Refused { row: 1, refusals }];
    let answer = ReportOutcome {
        accepted: Vec::new(),
        refused,
    };
    print(Amend::Correct, Uuid::nil(), &answer, out)
}

fn print(
    amend: Amend,
    target: Uuid,
    answer: &ReportOutcome,
    out: &mut Output,
) -> anyhow::Result<()> {
    for refusal in answer.refused.iter().flat_map(|row| &row.refusals) {
        out.note(&format!("refused: {refusal} ({})", refusal.code.as_str()));
        if !refusal.allowed.is_empty() {
            out.note(&format!("  allowed: {}", refusal.allowed.join(", ")));
        }
    }
    match out.format() {
        OutputFormat::Json => out.json(answer)?,
        OutputFormat::Table => {
            for accepted in &answer.accepted {
                out.line(&line(amend, target, accepted))?;
            }
        }
    }
    succeed_if(answer.refused.is_empty())
}

fn line(amend: Amend, target: Uuid, accepted: &Accepted) -> String {
    let done = match amend {
        Amend::Corroborate => "corroborated",
        Amend::Dispute => "disputed",
        Amend::Correct => "corrected",
        Amend::Retract => "retracted",
        Amend::Link => "linked",
        Amend::Unlink => "unlinked",
    };
    format!("{done} {target} by {}", accepted_row(accepted))
}
