//! The commits of the log: each is there, whole, and made of records.

use std::collections::BTreeSet;

use detente_codec::{Read, decode};
use detente_jetstream::topology::EVENTS;
use detente_jetstream::{Connection, Message, commit, inspect};

use crate::report::{Code, Finding, Report};
use crate::run::Error;
use crate::walk::{Step, Walk};

/// The log, up to its end as it was at the start.
pub(crate) struct Log {
    walk: Walk,
    connection: Connection,
    deleted: Option<BTreeSet<u64>>,
    held: Option<Message>,
    /// The first commit that could not be read whole.
    pub(crate) broken: Option<u64>,
}

impl Log {
    pub(crate) async fn open(connection: &Connection, head: u64) -> Result<Self, Error> {
        Ok(Self {
            walk: Walk::open(connection, EVENTS, head).await?,
            connection: connection.clone(),
            deleted: None,
            held: None,
            broken: None,
        })
    }

    /// The next sound commit up to a position; `None` where there is none left.
    pub(crate) async fn next(
        &mut self,
        up_to: u64,
        report: &mut Report,
    ) -> Result<Option<Message>, Error> {
        loop {
            let message = match self.held.take() {
                Some(message) => message,
                None => match self.walk.next().await? {
                    None => return Ok(None),
                    Some(Step::Hole(from, to)) => {
                        self.hole(from, to, report).await?;
                        continue;
                    }
                    Some(Step::Message(message)) => message,
                },
            };
            if message.sequence > up_to {
                self.held = Some(message);
                return Ok(None);
            }
            report.commits += 1;
            if self.is_sound(&message, report) {
                return Ok(Some(message));
            }
        }
    }

    async fn hole(&mut self, from: u64, to: u64, report: &mut Report) -> Result<(), Error> {
        self.broken.get_or_insert(from);
        if self.deleted.is_none() {
            self.deleted = Some(inspect::deleted(&self.connection, EVENTS).await?);
        }
        for position in from..=to {
            let is_deleted = |deleted: &BTreeSet<u64>| deleted.contains(&position);
            let finding = if self.deleted.as_ref().is_some_and(is_deleted) {
                let message = "the commit is not in the log: it was deleted";
                Finding::new(Code::MissingCommit, message)
            } else {
                let message = "the server does not give the commit, though nobody deleted it: \
                               the file that holds it is damaged";
                Finding::new(Code::UnreadableCommit, message)
            };
            report.add(finding.position(position));
        }
        Ok(())
    }

    fn is_sound(&mut self, message: &Message, report: &mut Report) -> bool {
        let position = message.sequence;
        if let Err(error) = commit::verify(&message.payload, &message.headers) {
            self.broken.get_or_insert(position);
            let words = format!("the commit is damaged: {error}");
            let mut finding = Finding::new(Code::DamagedCommit, words).position(position);
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
                Ok(Read::Record(_)) => {}
                Ok(Read::NotUnderstood { id, what }) => {
                    let words = format!("a record of a newer writer is skipped: {what}");
                    let finding = Finding::new(Code::UnknownRecord, words);
                    report.add(finding.position(position).record(&id));
                }
                Err(error) => {
                    let words = format!("the commit holds what is {error}");
                    let finding = Finding::new(Code::UnreadableRecord, words);
                    report.add(finding.position(position));
                }
            }
        }
        true
    }
}
