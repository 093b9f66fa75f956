//! Compares the bucket of the latest views with the fold of the log.
//!
//! An entry holds from its own position on, so it is compared with the fold as known there. One
//! that a later commit has moved is behind, which is a note: the projector writes views when it
//! comes to it.

use std::collections::BTreeSet;
use std::time::Duration;

use detente_chronicle::{Chronicle, Position};
use detente_domain::party::Party;
use detente_domain::relations::Pair;
use detente_jetstream::topology::{EVENTS, Projection, RELATIONS_BUCKET, bucket_stream};
use detente_jetstream::views::{EntryStamp, ViewBucket};
use detente_jetstream::{Connection, Message, stream_info};
use detente_projector::latest_view;
use serde_json::Value;
use tokio::time::Instant;

use crate::diff;
use crate::error::Error;
use crate::report::{Code, Finding, Report};
use crate::scanner::{Scanned, Scanner};

/// The time for which entries that are missing are looked for, all together: a new view is written
/// after its commit.
const WAIT_MAX: Duration = Duration::from_secs(5);
const RETRY_AFTER: Duration = Duration::from_millis(250);

/// The fold that entries are compared with.
pub(crate) struct Fold<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) projection: &'a Projection,
    pub(crate) chronicle: &'a mut Chronicle,
    /// The last commit that is folded.
    pub(crate) head: u64,
}

/// Compares each entry with the fold.
pub(crate) async fn compare(mut fold: Fold<'_>, report: &mut Report) -> Result<(), Error> {
    let bucket = bucket_stream(RELATIONS_BUCKET);
    let prefix = format!("$KV.{RELATIONS_BUCKET}.");
    let head = stream_info::head(fold.connection, &bucket).await;
    let mut seen = BTreeSet::new();
    // The furthest position that an entry of the projection holds.
    let mut newest = 0;
    if let Some(head) = stream_info::if_exists(head)? {
        let mut scanner = Scanner::open(fold.connection, &bucket, head).await?;
        while let Some(scanned) = scanner.next().await? {
            // The bucket keeps one entry per relation, so there are gaps.
            let Scanned::Message(entry) = scanned else {
                continue;
            };
            let Some(key) = entry.subject.strip_prefix(&*prefix) else {
                continue;
            };
            if entry.is_deletion() {
                continue;
            }
            seen.extend(pair(key));
            let stamp = fold.check(key, &entry, report).await?;
            newest = newest.max(stamp.map_or(0, |stamp| stamp.position));
        }
    }
    let pairs: Vec<Pair> = fold.chronicle.pairs().collect();
    let deadline = Instant::now() + WAIT_MAX;
    for pair in pairs {
        if seen.contains(&pair) || fold.chronicle.last_touched(pair) == Position(0) {
            continue;
        }
        let key = format!("{}.{}", pair.a().code(), pair.b().code());
        match fold
            .written_by(deadline, &bucket, &format!("{prefix}{key}"))
            .await?
        {
            Some(entry) => drop(fold.check(&key, &entry, report).await?),
            None => report.add(fold.missing(pair, newest).relation(&key)),
        }
    }
    Ok(())
}

impl Fold<'_> {
    /// Checks an entry. Returns its projection and position, if that projection is the one that is
    /// verified.
    async fn check(
        &mut self,
        key: &str,
        entry: &Message,
        report: &mut Report,
    ) -> Result<Option<EntryStamp>, Error> {
        report.entries += 1;
        let stamp = EntryStamp::parse(&entry.headers);
        if let Some(other) = stamp.as_ref().filter(|s| s.projection != *self.projection) {
            let text = "the view is of another rulebook, and not yet written again";
            let finding = Finding::new(Code::ViewBehind, text).relation(key);
            let finding = finding.expected(self.projection.as_str());
            report.add(finding.found(other.projection.as_str()));
            return Ok(None);
        }
        if let Some(stamp) = stamp.as_ref().filter(|stamp| stamp.position > self.head) {
            // If it was written after the log was read, the log has grown since.
            let end = stream_info::head(self.connection, EVENTS).await?;
            if stamp.position <= end {
                return Ok(Some(stamp.clone()));
            }
            let text = "the view takes in a commit after the end of the log";
            let finding = Finding::new(Code::OtherLog, text).relation(key);
            let finding = finding.position(stamp.position).expected(end.to_string());
            report.add(finding.found(stamp.position.to_string()));
            return Ok(None);
        }
        let touched = |pair: &Pair| self.chronicle.last_touched(*pair) > Position(0);
        let Some(pair) = pair(key).filter(touched) else {
            let text = "the bucket has a relation that the log does not imply";
            report.add(Finding::new(Code::ForeignEntry, text).relation(key));
            return Ok(None);
        };
        let Position(moved) = self.chronicle.last_moved(pair);
        let position = stamp.as_ref().map_or(moved, |stamp| stamp.position);
        let bytes_max = ViewBucket::new(self.connection).view_bytes_max();
        let expected = latest_view(self.chronicle, self.projection, pair, position, bytes_max)?;
        if expected.as_deref() != Some(&*entry.payload) || stamp.is_none() {
            report.add(altered(expected, entry).relation(key).position(position));
        } else if position < moved {
            let text = "the relation has moved since the view was written";
            let finding = Finding::new(Code::ViewBehind, text).relation(key);
            let finding = finding.expected(moved.to_string());
            report.add(finding.found(position.to_string()));
        }
        Ok(stamp)
    }

    /// Returns an entry that is there, or is written before a deadline.
    async fn written_by(
        &self,
        deadline: Instant,
        bucket: &str,
        subject: &str,
    ) -> Result<Option<Message>, Error> {
        loop {
            let entry = stream_info::last_on_subject(self.connection, bucket, subject).await;
            let entry = stream_info::if_exists(entry)?.flatten();
            let entry = entry.filter(|entry| !entry.is_deletion());
            if entry.is_some() || Instant::now() >= deadline {
                return Ok(entry);
            }
            tokio::time::sleep(RETRY_AFTER).await;
        }
    }

    /// Describes a relation without an entry. It is only behind if it moved after all entries.
    fn missing(&mut self, pair: Pair, newest: u64) -> Finding {
        let Position(moved) = self.chronicle.last_moved(pair);
        let (code, text) = if moved > newest {
            let text = "the view of the relation is not written yet";
            (Code::ViewBehind, text)
        } else {
            let text = "the relation is missing from the bucket";
            (Code::MissingEntry, text)
        };
        Finding::new(code, text).position(moved)
    }
}

/// Describes how an entry differs from the derived view.
fn altered(expected: Option<Vec<u8>>, entry: &Message) -> Finding {
    let text = "the bucket has another view than the log implies";
    let finding = Finding::new(Code::AlteredEntry, text);
    let parse = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap_or_default();
    let expected = parse(&expected.unwrap_or_default());
    match diff::first(&expected, &parse(&entry.payload)) {
        Some((path, expected, found)) => Finding {
            message: format!("{text}, first at {path}"),
            ..finding.expected(expected).found(found)
        },
        None => finding,
    }
}

/// Returns the relation of a key.
fn pair(key: &str) -> Option<Pair> {
    let (one, other) = key.split_once('.')?;
    Pair::new(Party::find(one)?, Party::find(other)?)
}
