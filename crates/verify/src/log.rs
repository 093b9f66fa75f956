//! Checks that each commit of the log is there, undamaged and made of records.

use std::collections::BTreeSet;

use detente_codec::{Decoded, decode};
use detente_jetstream::topology::EVENTS;
use detente_jetstream::{Connection, Message, commit, stream_info};

use crate::error::Error;
use crate::report::{Code, Finding, Report};
use crate::scanner::{Scanned, Scanner};

/// The log up to a position.
pub(crate) struct Log {
    scanner: Scanner,
    connection: Connection,
    deleted: Option<BTreeSet<u64>>,
    /// The commit after the position asked for last, which was read already.
    peeked: Option<Message>,
    /// The first commit that is missing or damaged. A message that is no commit is not one.
    pub(crate) broken: Option<u64>,
}

impl Log {
    pub(crate) async fn open(connection: &Connection, head: u64) -> Result<Self, Error> {
        Ok(Self {
            scanner: Scanner::open(connection, EVENTS, head).await?,
            connection: connection.clone(),
            deleted: None,
            peeked: None,
            broken: None,
        })
    }

    /// Returns the next sound commit up to a position; `None` if there is none. A message that is no
    /// commit is returned as one without records, as every reader has it.
    pub(crate) async fn next(
        &mut self,
        up_to: u64,
        report: &mut Report,
    ) -> Result<Option<Message>, Error> {
        loop {
            let message = match self.peeked.take() {
                Some(message) => message,
                None => match self.scanner.next().await? {
                    None => return Ok(None),
                    Some(Scanned::Gap(from, to)) => {
                        self.report_gap(from, to, report).await?;
                        continue;
                    }
                    Some(Scanned::Message(message)) => message,
                },
            };
            if message.sequence > up_to {
                self.peeked = Some(message);
                return Ok(None);
            }
            report.commits += 1;
            if is_foreign(&message) {
                let text = "the message is not a gateway's, and has no effect";
                let finding = Finding::new(Code::ForeignMessage, text);
                report.add(finding.position(message.sequence));
                return Ok(Some(message.checked()));
            }
            if self.is_sound(&message, report) {
                return Ok(Some(message));
            }
        }
    }

    async fn report_gap(&mut self, from: u64, to: u64, report: &mut Report) -> Result<(), Error> {
        self.broken.get_or_insert(from);
        if self.deleted.is_none() {
            self.deleted = Some(stream_info::deleted(&self.connection, EVENTS).await?);
        }
        for position in from..=to {
            let is_deleted = |deleted: &BTreeSet<u64>| deleted.contains(&position);
            let finding = if self.deleted.as_ref().is_some_and(is_deleted) {
                let message = "the commit was deleted from the log";
                Finding::new(Code::MissingCommit, message)
            } else {
                let message = "the server cannot read the commit, which was not deleted: its file \
                               is damaged";
                Finding::new(Code::UnreadableCommit, message)
            };
            report.add(finding.position(position));
        }
        Ok(())
    }

    /// Checks a commit. One that is marked as lost has no records, for the projector too.
    fn is_sound(&mut self, message: &Message, report: &mut Report) -> bool {
        let position = message.sequence;
        if message.payload.is_empty() && message.headers.get(commit::LOST).is_some() {
            let text = "the commit was lost before the log was restored from a backup";
            report.add(Finding::new(Code::LostCommit, text).position(position));
            return true;
        }
        if let Err(error) = commit::verify(&message.payload, &message.headers) {
            self.broken.get_or_insert(position);
            let text = format!("the commit is damaged: {error}");
            let mut finding = Finding::new(Code::DamagedCommit, text).position(position);
            if let commit::FrameError::Digest { found, wanted } = error {
                finding = finding
                    .found(found)
                    .expected(wanted.unwrap_or_else(|| "a digest".to_owned()));
            }
            report.add(finding);
            return false;
        }
        for bytes in commit::records(&message.payload).map_while(Result::ok) {
            report.records += 1;
            match decode(bytes) {
                Ok(Decoded::Record(_)) => {}
                Ok(Decoded::NotUnderstood { id, what }) => {
                    let text = format!("a record of a newer writer is skipped: {what}");
                    let finding = Finding::new(Code::UnknownRecord, text);
                    report.add(finding.position(position).record(&id));
                }
                Err(error) => {
                    let text = format!("a record of the commit cannot be read: {error}");
                    let finding = Finding::new(Code::UnreadableRecord, text);
                    report.add(finding.position(position));
                }
            }
        }
        true
    }
}

/// Returns true for a message that no gateway wrote and no restore put in the place of a lost
/// commit: it has none of their headers.
fn is_foreign(message: &Message) -> bool {
    let own = [commit::DIGEST, commit::RECORDS, commit::LOST];
    own.iter().all(|name| message.headers.get(name).is_none())
}
