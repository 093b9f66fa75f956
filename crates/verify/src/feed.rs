//! Compares the messages of the change feed with those derived from the log.
//!
//! The bounds of a group are read from the headers of its messages; its content is derived with the
//! projector's own code.

mod group;

use detente_chronicle::Chronicle;
use detente_jetstream::topology::Projection;
use detente_jetstream::{Checkpoint, Message, commit};
use detente_projector::{Group, apply_commit, messages};

use crate::diff;
use crate::error::Error;
use crate::log::Log;
use crate::report::{Code, Finding, Report};
use group::OpenGroup;

/// The fold of the log, and the part of the feed that was compared with it.
pub(crate) struct Feed {
    pub(crate) chronicle: Chronicle,
    prefix: String,
    head: u64,
    /// The last commit that the feed covers.
    published: u64,
    open: Option<OpenGroup>,
    /// By group: its last commit and the sequence of its first message.
    groups: Vec<(u64, u64)>,
    /// True while the log is sound, so that the feed can be compared with it.
    comparable: bool,
}

impl Feed {
    pub(crate) fn new(chronicle: Chronicle, projection: &Projection, head: u64) -> Self {
        Self {
            chronicle,
            prefix: projection.subject(""),
            head,
            published: 0,
            open: None,
            groups: Vec::new(),
            comparable: true,
        }
    }

    /// Checks the next message of the feed, after reading the commits of the log that it covers.
    pub(crate) async fn check(
        &mut self,
        message: &Message,
        log: &mut Log,
        report: &mut Report,
    ) -> Result<(), Error> {
        report.messages += 1;
        let sequence = message.sequence;
        let relation = message.subject.strip_prefix(&*self.prefix);
        let Some((relation, checkpoint)) = relation.zip(Checkpoint::parse(&message.headers)) else {
            let text = format!("the message on {} is not a projector's", message.subject);
            report.add(Finding::new(Code::ForeignMessage, text).sequence(sequence));
            return Ok(());
        };
        let is_open = self
            .open
            .as_ref()
            .is_some_and(|open| open.contains(checkpoint));
        if !is_open {
            if checkpoint.position <= self.published {
                self.report_repeated(relation, checkpoint, sequence, report);
                return Ok(());
            }
            self.close(report);
            if !self.open_group(checkpoint, sequence, log, report).await? {
                return Ok(());
            }
        }
        self.compare(relation, checkpoint, message, report);
        Ok(())
    }

    /// Reads the rest of the log, which the feed does not cover yet.
    pub(crate) async fn finish(&mut self, log: &mut Log, report: &mut Report) -> Result<(), Error> {
        // The rest of the last group may be on its way.
        let open = self.open.take();
        let unfinished = open.filter(|open| open.next <= open.checkpoint.parts);
        let mut first = unfinished.map(|open| open.checkpoint.position);
        let mut behind = u64::from(first.is_some());
        report.published = self.published;
        while let Some(message) = log.next(self.head, report).await? {
            let position = message.sequence;
            let mut group = Group::new(position);
            apply_commit(&mut self.chronicle, &mut group, position, &message.payload);
            if group.relations() > 0 {
                behind += 1;
                first.get_or_insert(position);
            }
        }
        self.note_broken(self.head, log, report);
        if let Some(first) = first.filter(|_| log.broken.is_none()) {
            let text = format!("{behind} commits from this one on are not published yet");
            report.add(Finding::new(Code::FeedBehind, text).position(first));
        }
        Ok(())
    }

    fn report_repeated(
        &self,
        relation: &str,
        checkpoint: Checkpoint,
        sequence: u64,
        report: &mut Report,
    ) {
        let index = self
            .groups
            .binary_search_by_key(&checkpoint.position, |(position, _)| *position);
        let first = index.ok().and_then(|index| self.groups.get(index));
        let before = first.map_or_else(String::new, |(_, first)| {
            format!(" in message {}", first + checkpoint.part as u64 - 1)
        });
        let text = format!(
            "the changes of commit {} were published before{before}",
            checkpoint.position
        );
        let finding = Finding::new(Code::RepeatedMessage, text).sequence(sequence);
        report.add(finding.position(checkpoint.position).relation(relation));
    }

    /// Closes the open group and reports the messages that it lacks.
    fn close(&mut self, report: &mut Report) {
        let Some(open) = self.open.take() else { return };
        open.report_missing(open.checkpoint.parts + 1, report);
    }

    /// Opens a group. Returns false if the log does not have its commits.
    async fn open_group(
        &mut self,
        checkpoint: Checkpoint,
        sequence: u64,
        log: &mut Log,
        report: &mut Report,
    ) -> Result<bool, Error> {
        let Checkpoint { from, position, .. } = checkpoint;
        if position > self.head {
            let text = "the message covers a commit beyond the end of the log";
            let finding = Finding::new(Code::FeedAhead, text).sequence(sequence);
            let finding = finding.position(position).found(position.to_string());
            report.add(finding.expected(format!("at most {}", self.head)));
            return Ok(false);
        }
        if from <= self.published {
            let text = "the message covers commits that were published before, and new ones";
            let finding = Finding::new(Code::WrongGroup, text).sequence(sequence);
            let finding = finding.expected(format!("from {} on", self.published + 1));
            report.add(finding.found(format!("{from} to {position}")));
        }
        self.check_unpublished(from, log, report).await?;
        let mut group = Group::new(from);
        while let Some(message) = log.next(position, report).await? {
            let at = message.sequence;
            apply_commit(&mut self.chronicle, &mut group, at, &message.payload);
        }
        group.position = position;
        self.published = position;
        self.groups.push((
            position,
            sequence + 1 - checkpoint.part.min(sequence as usize) as u64,
        ));
        self.note_broken(position, log, report);
        let found = group.digest();
        if self.comparable && found != checkpoint.digest {
            let text =
                "the message was derived from another log: its last commit has another digest";
            let finding = Finding::new(Code::OtherLog, text).sequence(sequence);
            let finding = finding.position(position).found(commit::hex(found));
            report.add(finding.expected(commit::hex(checkpoint.digest)));
        }
        let derived = if self.comparable && from > 0 {
            messages(&self.chronicle, group, None).ok()
        } else {
            None
        };
        let derived = derived.filter(|derived| {
            let same = derived.len() == checkpoint.parts;
            if !same {
                let text = format!("commits {from} to {position} have another number of messages");
                let finding = Finding::new(Code::WrongGroup, text).sequence(sequence);
                let finding = finding
                    .position(position)
                    .expected(derived.len().to_string());
                report.add(finding.found(checkpoint.parts.to_string()));
            }
            same
        });
        self.open = Some(OpenGroup {
            checkpoint,
            next: 1,
            derived,
        });
        Ok(true)
    }

    /// Checks that the commits before a group, which the feed does not cover, have no changes.
    async fn check_unpublished(
        &mut self,
        from: u64,
        log: &mut Log,
        report: &mut Report,
    ) -> Result<(), Error> {
        while let Some(message) = log.next(from.saturating_sub(1), report).await? {
            let position = message.sequence;
            let mut group = Group::new(position);
            apply_commit(&mut self.chronicle, &mut group, position, &message.payload);
            self.note_broken(position, log, report);
            if !self.comparable {
                continue;
            }
            let derived = messages(&self.chronicle, group, None);
            for lost in derived.into_iter().flatten() {
                report.add(group::missing(&lost, position));
            }
        }
        Ok(())
    }

    /// Reports once that the log is damaged up to a commit.
    fn note_broken(&mut self, up_to: u64, log: &Log, report: &mut Report) {
        let broken = log.broken.filter(|broken| *broken <= up_to);
        if let Some(broken) = broken.filter(|_| self.comparable) {
            self.comparable = false;
            let text = "the log is damaged: the change feed is not compared from this commit on, \
                        and no view is compared";
            report.add(Finding::new(Code::NotCompared, text).position(broken));
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
            self.report_repeated(relation, checkpoint, sequence, report);
            return;
        }
        open.report_missing(checkpoint.part, report);
        open.next = checkpoint.part + 1;
        let derived = open.derived.as_ref();
        let Some(expected) = derived.and_then(|all| all.get(checkpoint.part - 1)) else {
            return;
        };
        if let Some(omitted) = detente_projector::omitted(&expected.payload) {
            let text =
                format!("{omitted} change is too large for a message; a mark is in its place");
            let finding = Finding::new(Code::OmittedChange, text).sequence(sequence);
            report.add(finding.position(checkpoint.position).relation(relation));
        }
        let finding = if expected.subject_suffix != relation {
            let finding = Finding::new(
                Code::AlteredMessage,
                "the message is about another relation",
            );
            finding.expected(&*expected.subject_suffix).found(relation)
        } else if expected.payload != message.payload {
            diff::altered(&expected.payload, message)
        } else {
            report.compared += 1;
            return;
        };
        let finding = finding.sequence(sequence).position(checkpoint.position);
        report.add(finding.relation(relation));
    }
}
