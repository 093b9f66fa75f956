//! The bucket of the latest views against the change feed that feeds it.

use std::collections::BTreeMap;
use std::time::Duration;

use detente_jetstream::topology::{self, Projection, RELATIONS_BUCKET, bucket_stream};
use detente_jetstream::{Connection, Message, commit, inspect};
use serde_json::Value;

use crate::differ;
use crate::report::{Code, Finding, Report};
use crate::run::Error;
use crate::walk::{Step, Walk};

/// How often an entry that is behind is looked at again: the server copies it by and by.
const LOOKS: usize = 20;
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Of each relation the last message of the feed, and its digest.
type Last = BTreeMap<String, (u64, String)>;

/// Compares each entry with the last message of its relation, up to a message of the feed; what
/// came later is compared with the message that it was copied from.
pub(crate) async fn compare(
    connection: &Connection,
    projection: &Projection,
    feed_head: u64,
    last: &Last,
    report: &mut Report,
) -> Result<(), Error> {
    let stream = projection.stream();
    let feed = topology::relations_bucket_feed(connection).await?;
    if feed.as_deref() != Some(&*stream) {
        let words = "the bucket of the latest views is not fed by the change feed";
        let finding = Finding::new(Code::WrongSource, words).expected(stream);
        report.add(finding.found(feed.unwrap_or_else(|| "nothing".to_owned())));
        return Ok(());
    }
    let (bucket, prefix) = (
        bucket_stream(RELATIONS_BUCKET),
        format!("$KV.{RELATIONS_BUCKET}."),
    );
    let check = Check {
        connection,
        stream: &stream,
        feed_head,
    };
    let mut open = last.clone();
    let mut doubtful = BTreeMap::new();
    let mut walk = Walk::open(
        connection,
        &bucket,
        inspect::head(connection, &bucket).await?,
    )
    .await?;
    while let Some(step) = walk.next().await? {
        // Of each relation only the last entry is kept, so there are holes.
        let Step::Message(entry) = step else { continue };
        let Some(relation) = entry.subject.strip_prefix(&*prefix) else {
            continue;
        };
        if entry.is_deletion() {
            continue;
        }
        report.entries += 1;
        let wanted = open
            .remove(relation)
            .or_else(|| last.get(relation).cloned());
        if !check.is_right(wanted.as_ref(), Some(&entry)).await? {
            doubtful.insert(relation.to_owned(), (wanted, true));
        }
    }
    doubtful.extend(
        open.into_iter()
            .map(|(relation, wanted)| (relation, (Some(wanted), false))),
    );
    for (relation, (wanted, is_counted)) in doubtful {
        let subject = format!("{prefix}{relation}");
        let mut entry = None;
        let mut right = false;
        for look in 0..LOOKS {
            if look > 0 {
                tokio::time::sleep(LOOK_EVERY).await;
            }
            entry = inspect::last_on_subject(connection, &bucket, &subject).await?;
            entry = entry.filter(|entry| !entry.is_deletion());
            right = check.is_right(wanted.as_ref(), entry.as_ref()).await?;
            // Only what the server has copied, or has still to copy, can come right by itself.
            if right || entry.as_ref().is_some_and(|entry| entry.source().is_none()) {
                break;
            }
        }
        // The server copies by and by: an entry may have come after the walk.
        report.entries += u64::from(!is_counted && entry.is_some());
        if !right {
            let finding = check.finding(wanted.as_ref(), entry.as_ref()).await?;
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
        wanted: Option<&(u64, String)>,
        entry: Option<&Message>,
    ) -> Result<bool, Error> {
        let Some(entry) = entry else {
            return Ok(wanted.is_none());
        };
        let digest = commit::digest(&entry.payload);
        let copied = entry.source().filter(|(stream, _)| *stream == self.stream);
        match (wanted, copied) {
            (_, Some((_, sequence))) if sequence > self.feed_head => {
                let message = inspect::read_one(self.connection, self.stream, sequence).await?;
                Ok(message.is_some_and(|message| message.payload == entry.payload))
            }
            (Some((_, wanted)), _) => Ok(*wanted == digest),
            (None, _) => Ok(false),
        }
    }

    async fn finding(
        &self,
        wanted: Option<&(u64, String)>,
        entry: Option<&Message>,
    ) -> Result<Finding, Error> {
        Ok(match (wanted, entry) {
            (Some((sequence, _)), None) => {
                let words = "the bucket lacks the relation";
                Finding::new(Code::MissingEntry, words).sequence(*sequence)
            }
            (Some((sequence, _)), Some(entry)) => {
                let message = inspect::read_one(self.connection, self.stream, *sequence).await?;
                let read =
                    |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).unwrap_or_default();
                let message = message
                    .map(|message| read(&message.payload))
                    .unwrap_or_default();
                let words = "the bucket shows another view than the change feed";
                let finding = Finding::new(Code::AlteredEntry, words).sequence(*sequence);
                match differ::first(&message, &read(&entry.payload)) {
                    Some((path, expected, found)) => Finding {
                        message: format!("{words}, first at {path}"),
                        ..finding.expected(expected).found(found)
                    },
                    None => finding,
                }
            }
            (None, _) => {
                let words = "the bucket has a relation that the change feed does not tell of";
                Finding::new(Code::ForeignEntry, words)
            }
        })
    }
}
