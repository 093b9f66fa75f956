//! `detente verify`: reads everything again, refolds it, and reports inconsistencies.

use std::fmt::Write as _;

use anyhow::Context as _;
use detente_api::text;
use detente_jetstream::Connection;
use detente_rulebook::Origin;
use detente_rulebook_store::CompiledRulebook;
use detente_verify::{Finding, Progress, Report, verify};
use tokio::sync::watch;

use crate::args::Verify;
use crate::exit_code::{CliError, succeed_if};
use crate::nats::NatsSession;
use crate::output::{Output, PROGRESS_INTERVAL};
use crate::rules;

pub(super) async fn run(args: &Verify, out: &mut Output) -> anyhow::Result<()> {
    let own = rules::compile(args.rulebook.as_deref())?;
    let session = NatsSession::open(&args.store, "verify").await?;
    let verified = verified(&session.connection, own, out).await;
    session.close().await;
    let report = verified?;
    out.show(&report, |_, report| text(report))?;
    succeed_if(report.sound)
}

async fn verified(
    connection: &Connection,
    own: CompiledRulebook,
    out: &mut Output,
) -> anyhow::Result<Report> {
    let is_given = own.origin == Origin::Adopted;
    let rulebook = rules::choose(connection, &own, out).await?;
    if is_given && rulebook.projection != own.projection {
        let message = format!(
            "the views are folded under projection {}, but this rulebook has {}",
            rulebook.projection, own.projection
        );
        return Err(CliError::Config(message).into());
    }
    let (progress, seen) = watch::channel(Progress::default());
    let connection = connection.clone();
    let verifying = tokio::spawn(async move {
        let CompiledRulebook {
            rules, projection, ..
        } = rulebook;
        verify(&connection, rules, &projection, &progress).await
    });
    let mut verifying = std::pin::pin!(verifying);
    let mut every = tokio::time::interval_at(
        tokio::time::Instant::now() + PROGRESS_INTERVAL,
        PROGRESS_INTERVAL,
    );
    loop {
        tokio::select! {
            done = &mut verifying => {
                out.clear_progress();
                return Ok(done.context("the verification was interrupted")??);
            }
            _ = every.tick() => out.progress(&position(*seen.borrow())),
        }
    }
}

fn position(progress: Progress) -> String {
    let Progress {
        commits,
        head,
        messages,
        feed_head,
    } = progress;
    format!("commit {commits} of {head}, message {messages} of {feed_head}")
}

fn text(report: &Report) -> String {
    let mut text = format!(
        "log      {} commits up to position {}, {} records\n\
         feed     {} messages of projection {}, {} of them byte for byte what the log comes to\n\
         views    {} entries of the bucket\n",
        report.commits,
        report.head,
        report.records,
        report.messages,
        report.projection,
        report.compared,
        report.entries
    );
    for (mark, findings) in [("note", &report.notes), ("BAD ", &report.findings)] {
        for finding in findings {
            line(&mut text, mark, finding);
        }
    }
    let end = match report.faults {
        0 => "sound\n".to_owned(),
        1 => "1 fault\n".to_owned(),
        more => format!("{more} faults\n"),
    };
    text + &end
}

fn line(text: &mut String, mark: &str, finding: &Finding) {
    let _ = write!(text, "{mark}  {}", finding.code.as_str());
    let places = [
        ("position", finding.position.map(|at| at.to_string())),
        ("message", finding.sequence.map(|at| at.to_string())),
        ("", finding.relation.clone()),
        ("record", finding.record.clone()),
    ];
    for (name, place) in places {
        if let Some(place) = place {
            let gap = if name.is_empty() { "" } else { " " };
            let _ = write!(text, "  {name}{gap}{}", text::line(&place));
        }
    }
    let _ = writeln!(text, "\n      {}", text::line(&finding.message));
    if let (Some(expected), Some(found)) = (&finding.expected, &finding.found) {
        let (expected, found) = (text::line(expected), text::line(found));
        let _ = writeln!(text, "      expected {expected}, found {found}");
    }
}
