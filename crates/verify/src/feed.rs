//! The change feed against the fold: each message must be the one that the log comes to.
//!
//! Where a group begins and ends is read from the headers of its messages; what it says is derived
//! from the log, with the projector's own code.

use std::collections::BTreeMap;

use detente_chronicle::Chronicle;
use detente_jetstream::relations::Outgoing;
use detente_jetstream::topology::Projection;
use detente_jetstream::{Checkpoint, Message, commit};
use detente_projector::{Group, fold, messages};

use crate::differ;
use crate::log::Log;
use crate::report::{Code, Finding, Report};
use crate::run::Error;

/// The fold, and how far the feed was compared with it.
pub(crate) struct Feed {
    pub(crate) chronicle: Chronicle,
    projection: Projection,
    prefix: String,
    head: u64,
    /// The last commit that the feed tells of, or should have.
    pub(crate) told: u64,
    open: Option<Open>,
    /// Of each group its last commit, and the sequence of its first message.
    groups: Vec<(u64, u64)>,
    /// Of each relation the last message, and its digest.
    pub(crate) last: BTreeMap<String, (u64, String)>,
    compared: bool,
}

/// A group of which messages are expected.
struct Open {
    checkpoint: Checkpoint,
    next: usize,
    /// What the log comes to; none where that cannot be judged.
    derived: Option<Vec<Outgoing>>,
}

impl Feed {
    pub(crate) fn new(chronicle: Chronicle, projection: &Projection, head: u64) -> Self {
        Self {
            chronicle,
            prefix: projection.subject(""),
            projection: projection.clone(),
            head,
            told: 0,
            open: None,
            groups: Vec::new(),
            last: BTreeMap::new(),
            compared: true,
        }
    }

    /// Takes the next message of the feed; reads the log as far as it tells of it.
    pub(crate) async fn take(
        &mut self,
        message: &Message,
        log: &mut Log,
        report: &mut Report,
    ) -> Result<(), Error> {
        report.messages += 1;
        let sequence = message.sequence;
        let relation = message.subject.strip_prefix(&*self.prefix);
        let Some((relation, checkpoint)) = relation.zip(Checkpoint::read(&message.headers)) else {
            let words = format!("no projector wrote the message on {}", message.subject);
            report.add(Finding::new(Code::ForeignMessage, words).sequence(sequence));
            return Ok(());
        };
        let digest = commit::digest(&message.payload);
        self.last.insert(relation.to_owned(), (sequence, digest));
        let is_open = self
            .open
            .as_ref()
            .is_some_and(|open| open.is_of(checkpoint));
        if !is_open {
            if checkpoint.position <= self.told {
                self.repeated(relation, checkpoint, sequence, report);
                return Ok(());
            }
            self.close(report);
            if !self.begin(checkpoint, sequence, log, report).await? {
                return Ok(());
            }
        }
        self.compare(relation, checkpoint, message, report);
        Ok(())
    }

    /// Reads the log to its end, of which the feed tells nothing yet.
    pub(crate) async fn end(&mut self, log: &mut Log, report: &mut Report) -> Result<(), Error> {
        self.close(report);
        report.told = self.told;
        let (mut behind, mut first) = (0, None);
        while let Some(message) = log.next(self.head, report).await? {
            let position = message.sequence;
            let mut group = Group::new(position);
            fold(&mut self.chronicle, &mut group, position, &message.payload);
            if group.relations() > 0 {
                behind += 1;
                first.get_or_insert(position);
            }
        }
        if let Some(first) = first.filter(|_| log.broken.is_none()) {
            let words = format!("{behind} commits from this one on are not told yet");
            report.add(Finding::new(Code::FeedBehind, words).position(first));
        }
        Ok(())
    }

    fn repeated(&self, relation: &str, checkpoint: Checkpoint, sequence: u64, report: &mut Report) {
        let place = self
            .groups
            .binary_search_by_key(&checkpoint.position, |(position, _)| *position);
        let first = place.ok().and_then(|place| self.groups.get(place));
        let before = first.map_or_else(String::new, |(_, first)| {
            format!(" in message {}", first + checkpoint.part as u64 - 1)
        });
        let words = format!(
            "what commit {} changed was told before{before}",
            checkpoint.position
        );
        let finding = Finding::new(Code::RepeatedMessage, words).sequence(sequence);
        report.add(finding.position(checkpoint.position).relation(relation));
    }

    /// Ends the open group: what it still lacks is missing.
    fn close(&mut self, report: &mut Report) {
        let Some(open) = self.open.take() else { return };
        open.missing(open.checkpoint.parts + 1, report);
    }

    /// Opens a group; says whether it can be one.
    async fn begin(
        &mut self,
        checkpoint: Checkpoint,
        sequence: u64,
        log: &mut Log,
        report: &mut Report,
    ) -> Result<bool, Error> {
        let Checkpoint { from, position, .. } = checkpoint;
        if position > self.head {
            let words = "the message tells of a commit beyond the end of the log";
            let finding = Finding::new(Code::FeedAhead, words).sequence(sequence);
            let finding = finding.position(position).found(position.to_string());
            report.add(finding.expected(format!("at most {}", self.head)));
            return Ok(false);
        }
        if from <= self.told {
            let words = "the message tells of commits that were told before, and of new ones";
            let finding = Finding::new(Code::WrongGroup, words).sequence(sequence);
            let finding = finding.expected(format!("from {} on", self.told + 1));
            report.add(finding.found(format!("{from} to {position}")));
        }
        self.untold(from, log, report).await?;
        let mut group = Group::new(from);
        while let Some(message) = log.next(position, report).await? {
            let at = message.sequence;
            fold(&mut self.chronicle, &mut group, at, &message.payload);
        }
        group.position = position;
        self.told = position;
        self.groups.push((
            position,
            sequence + 1 - checkpoint.part.min(sequence as usize) as u64,
        ));
        self.note_broken(position, log, report);
        let derived = if self.compared && from > 0 {
            messages(&mut self.chronicle, &self.projection, group, None).ok()
        } else {
            None
        };
        let derived = derived.filter(|derived| {
            let same = derived.len() == checkpoint.parts;
            if !same {
                let words =
                    format!("commits {from} to {position} are told in another number of messages");
                let finding = Finding::new(Code::WrongGroup, words).sequence(sequence);
                let finding = finding
                    .position(position)
                    .found(checkpoint.parts.to_string());
                report.add(finding.expected(derived.len().to_string()));
            }
            same
        });
        self.open = Some(Open {
            checkpoint,
            next: 1,
            derived,
        });
        Ok(true)
    }

    /// Commits before a group that nothing tells of must have moved nothing.
    async fn untold(&mut self, from: u64, log: &mut Log, report: &mut Report) -> Result<(), Error> {
        while let Some(message) = log.next(from.saturating_sub(1), report).await? {
            let position = message.sequence;
            let mut group = Group::new(position);
            fold(&mut self.chronicle, &mut group, position, &message.payload);
            self.note_broken(position, log, report);
            if !self.compared {
                continue;
            }
            let derived = messages(&mut self.chronicle, &self.projection, group, None);
            for lost in derived.into_iter().flatten() {
                report.add(missing(&lost, position));
            }
        }
        Ok(())
    }

    /// Notes that the log is not whole up to a commit, once.
    fn note_broken(&mut self, up_to: u64, log: &Log, report: &mut Report) {
        let broken = log.broken.filter(|broken| *broken <= up_to);
        if let Some(broken) = broken.filter(|_| self.compared) {
            self.compared = false;
            let words = "from this commit on the log is not whole, so the change feed cannot be \
                         compared with it";
            report.add(Finding::new(Code::NotCompared, words).position(broken));
        }
    }

    fn compare(
        &mut self,
        relation: &str,
        checkpoint: Checkpoint,
        message: &Message,
        report: &mut Report,
    ) {
        let Some(open) = &mut self.open else { return };
        let sequence = message.sequence;
        if checkpoint.part < open.next {
            self.repeated(relation, checkpoint, sequence, report);
            return;
        }
        open.missing(checkpoint.part, report);
        open.next = checkpoint.part + 1;
        let derived = open.derived.as_ref();
        let Some(wanted) = derived.and_then(|all| all.get(checkpoint.part - 1)) else {
            return;
        };
        let finding = if wanted.subject_suffix != relation {
            let finding = Finding::new(Code::AlteredMessage, "the message is of another relation");
            finding.expected(&*wanted.subject_suffix).found(relation)
        } else if wanted.payload != message.payload {
            differ::altered(&wanted.payload, message)
        } else {
            report.compared += 1;
            return;
        };
        let finding = finding.sequence(sequence).position(checkpoint.position);
        report.add(finding.relation(relation));
    }
}

impl Open {
    fn is_of(&self, other: Checkpoint) -> bool {
        let one = self.checkpoint;
        (one.from, one.position, one.parts) == (other.from, other.position, other.parts)
    }

    /// Tells the messages from the next one up to a part, without that one.
    fn missing(&self, part: usize, report: &mut Report) {
        let position = self.checkpoint.position;
        for lost in self.next..part {
            let derived = self.derived.as_ref().and_then(|all| all.get(lost - 1));
            report.add(match derived {
                Some(derived) => missing(derived, position),
                None => {
                    let words = format!("message {lost} of {} is not there", self.checkpoint.parts);
                    Finding::new(Code::MissingMessage, words).position(position)
                }
            });
        }
    }
}

fn missing(lost: &Outgoing, position: u64) -> Finding {
    let words = "the change feed lacks what the commit changed";
    let finding = Finding::new(Code::MissingMessage, words).position(position);
    finding.relation(&lost.subject_suffix)
}
