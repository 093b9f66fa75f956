//! The whole of it: the log, the change feed, the bucket.

use std::sync::Arc;

use detente_chronicle::Chronicle;
use detente_domain::rulebook::Rulebook;
use detente_jetstream::Connection;
use detente_jetstream::inspect::{self, InspectError};
use detente_jetstream::reader::ReadError;
use detente_jetstream::topology::{EVENTS, Projection, TopologyError};
use tokio::sync::watch;

use crate::feed::Feed;
use crate::log::Log;
use crate::report::{Code, Finding, Report};
use crate::walk::{Step, Walk};
use crate::{bucket, loose};

/// What is verified, and under which rules.
#[derive(Clone, Debug)]
pub struct Deps {
    /// The connection to NATS.
    pub connection: Connection,
    /// The rules that the change feed was folded under.
    pub rules: Arc<Rulebook>,
    /// The name of its projection.
    pub projection: Projection,
}

/// How far it came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// The commits that were read.
    pub commits: u64,
    /// The end of the log.
    pub head: u64,
    /// The messages that were read.
    pub messages: u64,
    /// The end of the change feed.
    pub feed_head: u64,
}

/// Why nothing more could be verified.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A stream could not be looked at.
    #[error(transparent)]
    Inspect(#[from] InspectError),
    /// A stream cannot be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The bucket could not be looked at.
    #[error(transparent)]
    Topology(#[from] TopologyError),
}

/// Verifies everything up to the ends of the log and of the change feed, as they are at the start;
/// both may grow in the meantime.
///
/// # Errors
/// When the streams cannot be read. Whatever is wrong with what they hold is in the report.
pub async fn verify(deps: Deps, progress: watch::Sender<Progress>) -> Result<Report, Error> {
    let Deps {
        connection,
        rules,
        projection,
    } = deps;
    let stream = projection.stream();
    // In this order, so that the log has all that the feed can tell of.
    let fed = match inspect::head(&connection, &stream).await {
        Ok(head) => Some(head),
        Err(InspectError::NoStream { .. }) => None,
        Err(error @ InspectError::Server { .. }) => return Err(error.into()),
    };
    let feed_head = fed.unwrap_or(0);
    let head = inspect::head(&connection, EVENTS).await?;
    let mut report = Report {
        projection: projection.to_string(),
        head,
        ..Report::default()
    };
    let mut log = Log::open(&connection, head).await?;
    let mut feed = Feed::new(Chronicle::new(rules), &projection, head);
    let note = |report: &Report| {
        progress.send_replace(Progress {
            commits: report.commits,
            head,
            messages: report.messages,
            feed_head,
        });
    };
    if fed.is_some() {
        let mut walk = Walk::open(&connection, &stream, feed_head).await?;
        while let Some(step) = walk.next().await? {
            match step {
                Step::Message(message) => feed.take(&message, &mut log, &mut report).await?,
                Step::Hole(from, to) => hole(from, to, &mut report),
            }
            note(&report);
        }
    }
    feed.end(&mut log, &mut report).await?;
    note(&report);
    if fed.is_some() {
        bucket::compare(&connection, &projection, feed_head, &feed.last, &mut report).await?;
    }
    loose::note(&feed.chronicle, &mut report);
    loose::quarantined(&connection, &mut report).await?;
    report.sound = report.findings.is_empty();
    Ok(report)
}

fn hole(from: u64, to: u64, report: &mut Report) {
    for sequence in from..=to {
        let words = "the message is not in the change feed, or its file is damaged";
        report.add(Finding::new(Code::MissingMessage, words).sequence(sequence));
    }
}
