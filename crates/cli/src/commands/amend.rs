//! `detente correct | retract | dispute | corroborate | link | unlink`: one amendment.
//!
//! The gateway admits an amendment without looking its target up; here it is looked up first, and
//! a person is told what would come of it. The record has its id before it is first sent, so that
//! sending it again is a repeat.

mod body;
mod target;

use anyhow::Context as _;
use detente_api::Refusal;
use detente_api::json::{Accepted, Amend, Answer, Refused, amendment};
use detente_client::Error;
use serde_json::Value;
use uuid::Uuid;

use crate::args::{Correct, Corroborate, Dispute, Global, Link, Output, Retract, Sending};
use crate::exit::Fault;
use crate::source::{client, told};
use crate::{Out, ambient};
use target::Ahead;

pub(super) async fn corroborate(
    global: &Global,
    args: &Corroborate,
    out: &mut Out,
) -> anyhow::Result<()> {
    let body = body::corroboration(args);
    send(
        global,
        Amend::Corroborate,
        args.event,
        body,
        &args.sending,
        out,
    )
    .await
}

pub(super) async fn dispute(global: &Global, args: &Dispute, out: &mut Out) -> anyhow::Result<()> {
    let body = body::dispute(args);
    send(global, Amend::Dispute, args.event, body, &args.sending, out).await
}

pub(super) async fn correct(global: &Global, args: &Correct, out: &mut Out) -> anyhow::Result<()> {
    let body = body::correction(args)?;
    send(global, Amend::Correct, args.event, body, &args.sending, out).await
}

pub(super) async fn retract(global: &Global, args: &Retract, out: &mut Out) -> anyhow::Result<()> {
    let body = body::retraction(args);
    send(
        global,
        Amend::Retract,
        args.record,
        body,
        &args.sending,
        out,
    )
    .await
}

pub(super) async fn link(
    global: &Global,
    amend: Amend,
    args: &Link,
    out: &mut Out,
) -> anyhow::Result<()> {
    let body = body::link(args);
    send(global, amend, args.event, body, &args.sending, out).await
}

async fn send(
    global: &Global,
    amend: Amend,
    target: Uuid,
    mut body: Value,
    sending: &Sending,
    out: &mut Out,
) -> anyhow::Result<()> {
    let id = sending.id.unwrap_or_else(ambient::id);
    body["id"] = Value::String(id.to_string());
    let read = match amendment(amend, target, &body) {
        Ok(read) => read,
        Err(refusals) => return refused(refusals, out),
    };
    match target::ahead(global, &read.body).await {
        Ok(Ahead::Takes) => {}
        Ok(Ahead::Refused(refusals)) => return refused(refusals, out),
        Ok(Ahead::Pending(ids)) => {
            for id in ids {
                out.note(&format!("no event has the id {id}: this will be pending"));
            }
            if !sending.pending {
                out.note("nothing was sent; check the id, or send it all the same with --pending");
                return Err(Fault::Told.into());
            }
        }
        Err(error) if sending.pending => out.note(&format!("not looked up: {error}")),
        Err(error) => {
            return Err(error.context("looking up what it is about; --pending sends it unseen"));
        }
    }
    let client = client(global, sending.ingest.as_deref())?;
    let answer = match client.amend(amend, target, &body).await {
        // What is refused as a whole is not stored.
        refused @ Err(Error::Refused(_)) => told(refused)?,
        answer => {
            told(answer).with_context(|| format!("it may be stored or not; its id is {id}"))?
        }
    };
    tell(amend, target, &answer, out)
}

fn refused(refusals: Vec<Refusal>, out: &mut Out) -> anyhow::Result<()> {
    let refused = vec![Refused { row: 1, refusals }];
    let answer = Answer {
        accepted: Vec::new(),
        refused,
    };
    tell(Amend::Correct, Uuid::nil(), &answer, out)
}

fn tell(amend: Amend, target: Uuid, answer: &Answer, out: &mut Out) -> anyhow::Result<()> {
    for refusal in answer.refused.iter().flat_map(|row| &row.refusals) {
        out.note(&format!("refused: {refusal} ({})", refusal.code.as_str()));
        if !refusal.allowed.is_empty() {
            out.note(&format!("  allowed: {}", refusal.allowed.join(", ")));
        }
    }
    match out.form() {
        Output::Json => out.json(answer)?,
        Output::Table => {
            for accepted in &answer.accepted {
                out.line(&line(amend, target, accepted))?;
            }
        }
    }
    if answer.refused.is_empty() {
        Ok(())
    } else {
        Err(Fault::Told.into())
    }
}

fn line(amend: Amend, target: Uuid, accepted: &Accepted) -> String {
    let deed = match amend {
        Amend::Corroborate => "corroborated",
        Amend::Dispute => "disputed",
        Amend::Correct => "corrected",
        Amend::Retract => "retracted",
        Amend::Link => "linked",
        Amend::Unlink => "unlinked",
    };
    let repeat = if accepted.repeat {
        "  (was there already)"
    } else {
        ""
    };
    let (id, position) = (accepted.id, accepted.position);
    format!("{deed} {target} by {id}  at {position}{repeat}")
}
