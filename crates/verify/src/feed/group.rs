//! A group of messages that is being read.

use detente_jetstream::Checkpoint;
use detente_jetstream::feed_writer::Outgoing;

use crate::report::{Code, Finding, Report};

/// A group of which further messages are expected.
pub(super) struct OpenGroup {
    pub(super) checkpoint: Checkpoint,
    /// The number of the next message, from 1.
    pub(super) next: usize,
    /// The messages derived from the log; `None` if the log is damaged.
    pub(super) derived: Option<Vec<Outgoing>>,
}

impl OpenGroup {
    /// Returns true if a message with this checkpoint belongs to the group.
    pub(super) fn contains(&self, other: Checkpoint) -> bool {
        let bounds = |of: Checkpoint| (of.from, of.position, of.parts);
        bounds(self.checkpoint) == bounds(other)
    }

    /// Reports the messages from the next one up to a part, without that one.
    pub(super) fn report_missing(&self, part: usize, report: &mut Report) {
        let position = self.checkpoint.position;
        for lost in self.next..part {
            let derived = self.derived.as_ref().and_then(|all| all.get(lost - 1));
            report.add(match derived {
                Some(derived) => missing(derived, position),
                None => {
                    let text = format!("message {lost} of {} is missing", self.checkpoint.parts);
                    Finding::new(Code::MissingMessage, text).position(position)
                }
            });
        }
    }
}

/// Describes a missing message.
pub(super) fn missing(lost: &Outgoing, position: u64) -> Finding {
    let text = "the changes of the commit are missing from the change feed";
    let finding = Finding::new(Code::MissingMessage, text).position(position);
    finding.relation(&lost.subject_suffix)
}
