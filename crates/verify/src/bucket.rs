//! Compares the bucket of the latest views with the change feed that it mirrors.

use std::collections::BTreeMap;
use std::time::Duration;

use detente_jetstream::topology::{self, Projection, RELATIONS_BUCKET, bucket_stream};
use detente_jetstream::{Connection, Message, commit, stream_info};
use serde_json::Value;

use crate::diff;
use crate::error::Error;
use crate::report::{Code, Finding, Report};
use crate::scanner::{Scanned, Scanner};

/// The number of reads before an entry counts as wrong: the server copies asynchronously.
const ATTEMPTS: usize = 20;
const RETRY_AFTER: Duration = Duration::from_millis(250);

/// By relation: the sequence and digest of its last message in the feed.
pub(crate) type LastMessages = BTreeMap<String, (u64, String)>;

/// Compares each entry with the last message of its relation up to `feed_head`. A later entry is
/// compared with the message that it was copied from.
pub(crate) async fn compare(
    connection: &Connection,
    projection: &Projection,
    feed_head: u64,
    last: &LastMessages,
    report: &mut Report,
) -> Result<(), Error> {
    let stream = projection.stream();
    let feed = topology::bucket_source(connection).await?;
    if feed.as_deref() != Some(&*stream) {
        let text = "the bucket of the latest views does not mirror the change feed";
        let finding = Finding::new(Code::WrongSource, text).expected(stream);
        report.add(finding.found(feed.unwrap_or_else(|| "nothing".to_owned())));
        return Ok(());
    }
    let bucket = bucket_stream(RELATIONS_BUCKET);
    let prefix = format!("$KV.{RELATIONS_BUCKET}.");
    let check = Check {
        connection,
        stream: &stream,
        feed_head,
    };
    let mut unseen = last.clone();
    let mut doubtful = BTreeMap::new();
    let head = stream_info::head(connection, &bucket).await?;
    let mut scanner = Scanner::open(connection, &bucket, head).await?;
    while let Some(scanned) = scanner.next().await? {
        // The bucket keeps one entry per relation, so there are gaps.
        let Scanned::Message(entry) = scanned else {
            continue;
        };
        let Some(relation) = entry.subject.strip_prefix(&*prefix) else {
            continue;
        };
        if entry.is_deletion() {
            continue;
        }
        report.entries += 1;
        let expected = unseen
            .remove(relation)
            .or_else(|| last.get(relation).cloned());
        if !check.is_right(expected.as_ref(), Some(&entry)).await? {
            doubtful.insert(relation.to_owned(), (expected, true));
        }
    }
    let unseen = unseen.into_iter();
    doubtful.extend(unseen.map(|(relation, expected)| (relation, (Some(expected), false))));
    for (relation, (expected, is_counted)) in doubtful {
        let subject = format!("{prefix}{relation}");
        let mut entry = None;
        let mut right = false;
        for attempt in 0..ATTEMPTS {
            if attempt > 0 {
                tokio::time::sleep(RETRY_AFTER).await;
            }
            entry = stream_info::last_on_subject(connection, &bucket, &subject).await?;
            entry = entry.filter(|entry| !entry.is_deletion());
            right = check.is_right(expected.as_ref(), entry.as_ref()).await?;
            // A missing entry, or one that the server copied, may still change.
            if right || entry.as_ref().is_some_and(|entry| entry.source().is_none()) {
                break;
            }
        }
        // The entry may have been copied after the scan.
        report.entries += u64::from(!is_counted && entry.is_some());
        if !right {
            let finding = check.finding(expected.as_ref(), entry.as_ref()).await?;
            report.add(finding.relation(&relation));
        }
    }
    Ok(())
}

struct Check<'a> {
    connection: &'a Connection,
    stream: &'a str,
    feed_head: u64,
}

impl Check<'_> {
    async fn is_right(
        &self,
        expected: Option<&(u64, String)>,
        entry: Option<&Message>,
    ) -> Result<bool, Error> {
        let Some(entry) = entry else {
            return Ok(expected.is_none());
        };
        let digest = commit::digest(&entry.payload);
        let copied = entry.source().filter(|(stream, _)| *stream == self.stream);
        match (expected, copied) {
            (_, Some((_, sequence))) if sequence > self.feed_head => {
                let message = stream_info::read_one(self.connection, self.stream, sequence).await?;
                Ok(message.is_some_and(|message| message.payload == entry.payload))
            }
            (Some((_, expected)), _) => Ok(*expected == digest),
            (None, _) => Ok(false),
        }
    }

    async fn finding(
        &self,
        expected: Option<&(u64, String)>,
        entry: Option<&Message>,
    ) -> Result<Finding, Error> {
        Ok(match (expected, entry) {
            (Some((sequence, _)), None) => {
                let text = "the relation is missing from the bucket";
                Finding::new(Code::MissingEntry, text).sequence(*sequence)
            }
            (Some((sequence, _)), Some(entry)) => {
                let message =
                    stream_info::read_one(self.connection, self.stream, *sequence).await?;
                let parse =
                    |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap_or_default();
                let message = message.map(|message| parse(&message.payload));
                let text = "the bucket has another view than the change feed";
                let finding = Finding::new(Code::AlteredEntry, text).sequence(*sequence);
                match diff::first(&message.unwrap_or_default(), &parse(&entry.payload)) {
                    Some((path, expected, found)) => Finding {
                        message: format!("{text}, first at {path}"),
                        ..finding.expected(expected).found(found)
                    },
                    None => finding,
                }
            }
            (None, _) => {
                let text = "the bucket has a relation that the change feed lacks";
                Finding::new(Code::ForeignEntry, text)
            }
        })
    }
}
