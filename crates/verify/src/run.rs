//! Verifies the log, the change feed and the bucket.

use std::sync::Arc;

use detente_chronicle::Chronicle;
use detente_domain::rulebook::Rulebook;
use detente_jetstream::topology::{EVENTS, Projection};
use detente_jetstream::{Connection, stream_info};
use tokio::sync::watch;

use crate::error::Error;
use crate::feed::Feed;
use crate::log::Log;
use crate::report::{Code, Finding, Report};
use crate::scanner::{Scanned, Scanner};
use crate::{bucket, control, notes};

/// The progress of verifying.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The number of commits read.
    pub commits: u64,
    /// The end of the log.
    pub head: u64,
    /// The number of messages read.
    pub messages: u64,
    /// The end of the change feed.
    pub feed_head: u64,
}

/// Verifies the log, and the change feed of a projection with these rules, up to their ends at the
/// start; both may grow meanwhile.
///
/// # Errors
/// Fails if the streams cannot be read. Faults in their content are in the report.
pub async fn verify(
    connection: &Connection,
    rules: Arc<Rulebook>,
    projection: &Projection,
    progress: &watch::Sender<Progress>,
) -> Result<Report, Error> {
    let stream = projection.stream();
    // The feed first, so that the log has every commit that the feed covers.
    let fed = stream_info::if_exists(stream_info::head(connection, &stream).await)?;
    let feed_head = fed.unwrap_or(0);
    let head = stream_info::head(connection, EVENTS).await?;
    let mut report = Report {
        projection: projection.to_string(),
        head,
        ..Report::default()
    };
    let mut log = Log::open(connection, head).await?;
    let mut feed = Feed::new(Chronicle::new(rules), projection, head);
    let note = |report: &Report| {
        progress.send_replace(Progress {
            commits: report.commits,
            head,
            messages: report.messages,
            feed_head,
        });
    };
    if fed.is_some() {
        let mut scanner = Scanner::open(connection, &stream, feed_head).await?;
        while let Some(scanned) = scanner.next().await? {
            match scanned {
                Scanned::Message(message) => feed.check(&message, &mut log, &mut report).await?,
                Scanned::Gap(from, to) => report_gap(from, to, &mut report),
            }
            note(&report);
        }
    }
    feed.finish(&mut log, &mut report).await?;
    note(&report);
    // Views are not compared with a log of which a part cannot be folded.
    if fed.is_some() && log.broken.is_none() {
        let fold = bucket::Fold {
            connection,
            projection,
            chronicle: &mut feed.chronicle,
            head,
        };
        bucket::compare(fold, &mut report).await?;
    }
    control::check(connection, &mut report).await?;
    notes::chronicle(&feed.chronicle, &mut report);
    report.sound = report.findings.is_empty();
    Ok(report)
}

fn report_gap(from: u64, to: u64, report: &mut Report) {
    for sequence in from..=to {
        let text = "the message is missing from the change feed, or its file is damaged";
        report.add(Finding::new(Code::MissingMessage, text).sequence(sequence));
    }
}
