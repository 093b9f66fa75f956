//! `detente verify`: reads everything again, and says what is not as it must be.

use std::fmt::Write as _;
use std::io::IsTerminal as _;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use detente_jetstream::Connection;
use detente_rulebook::kept::Origin;
use detente_rulebook_store::Book;
use detente_verify::{Deps, Finding, Progress, Report, verify};
use tokio::sync::watch;

use crate::args::{Output, Verify};
use crate::exit::Fault;
use crate::store::Reached;
use crate::{Out, rules};

/// How often the progress is said.
const SAID_EVERY: Duration = Duration::from_secs(2);

pub(super) async fn run(args: &Verify, out: &mut Out) -> anyhow::Result<()> {
    let own = rules::own(args.rulebook.as_deref())?;
    let reached = Reached::open(&args.store, "verify").await?;
    let verified = verified(&reached.connection, own, out).await;
    reached.close().await;
    let report = verified?;
    match out.form() {
        Output::Json => out.json(&report)?,
        Output::Table => out.text(&text(&report))?,
    }
    if report.sound {
        Ok(())
    } else {
        Err(Fault::Told.into())
    }
}

async fn verified(connection: &Connection, own: Book, out: &mut Out) -> anyhow::Result<Report> {
    let given = own.origin == Origin::Given;
    let book = rules::reading(connection, &own, out).await?;
    if given && book.projection != own.projection {
        let message = format!(
            "the views are folded under projection {}, and this rulebook makes {}",
            book.projection, own.projection
        );
        return Err(Fault::Config(message).into());
    }
    let deps = Deps {
        connection: connection.clone(),
        rules: Arc::clone(&book.rules),
        projection: book.projection,
    };
    let (progress, seen) = watch::channel(Progress::default());
    let terminal = std::io::stderr().is_terminal();
    let verifying = tokio::spawn(verify(deps, progress));
    let mut verifying = std::pin::pin!(verifying);
    let mut every = tokio::time::interval_at(tokio::time::Instant::now() + SAID_EVERY, SAID_EVERY);
    loop {
        tokio::select! {
            done = &mut verifying => {
                if terminal {
                    out.progress("", terminal);
                }
                return Ok(done.context("verifying broke off")??);
            }
            _ = every.tick() => out.progress(&said(*seen.borrow()), terminal),
        }
    }
}

fn said(progress: Progress) -> String {
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
    // Writing to a string cannot fail.
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
            let _ = write!(text, "  {name}{gap}{place}");
        }
    }
    let _ = writeln!(text, "\n      {}", finding.message);
    if let (Some(expected), Some(found)) = (&finding.expected, &finding.found) {
        let _ = writeln!(text, "      expected {expected}, found {found}");
    }
}
