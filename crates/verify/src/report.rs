//! The report: findings and counts.

use std::collections::BTreeMap;

use detente_domain::string_enum;
use serde::{Serialize, Serializer};

/// The most findings of one code that are listed; the others are only counted.
const LISTED_MAX: u64 = 1_000;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident $name:literal $fault:literal;)*) => {
        string_enum! {
            /// The code of a finding. Their strings are stable; later versions may add codes.
            Code { $($(#[doc = $doc])+ $variant $name,)* }
        }

        impl Code {
            /// Returns true if the finding is a fault; otherwise it is a note.
            #[must_use]
            pub const fn is_fault(self) -> bool {
                match self { $(Self::$variant => $fault,)* }
            }
        }
    };
}

codes! {
    /// A commit was deleted from the log.
    MissingCommit "missing_commit" true;
    /// The server cannot read a commit that was not deleted: its file is damaged.
    UnreadableCommit "unreadable_commit" true;
    /// The bytes of a commit do not match its digest or count.
    DamagedCommit "damaged_commit" true;
    /// A sound commit has bytes that cannot be decoded.
    UnreadableRecord "unreadable_record" true;
    /// A message is missing from the change feed.
    MissingMessage "missing_message" true;
    /// A message of the change feed repeats an earlier one.
    RepeatedMessage "repeated_message" true;
    /// A message of the change feed has other changes than the log implies.
    AlteredChanges "altered_changes" true;
    /// A message of the change feed differs otherwise from what the log implies.
    AlteredMessage "altered_message" true;
    /// A message of the log was not written by a gateway, or one of the change feed not by a
    /// projector.
    ForeignMessage "foreign_message" true;
    /// The headers of the change feed have another number of messages, or other commits.
    WrongGroup "wrong_group" true;
    /// The change feed covers commits that the log does not have.
    FeedAhead "feed_ahead" true;
    /// The change feed was derived from another log: a commit has another digest than its headers
    /// name; or the bucket has a view that takes in a commit after the end of the log.
    OtherLog "other_log" true;
    /// The bucket lacks a relation of the log.
    MissingEntry "missing_entry" true;
    /// The bucket has another view than the log implies at the position of the entry.
    AlteredEntry "altered_entry" true;
    /// The bucket has a relation that the log does not imply.
    ForeignEntry "foreign_entry" true;
    /// A change cannot be told by the change feed, which has a mark in its place.
    OmittedChange "omitted_change" true;
    /// A value of the control bucket is damaged.
    DamagedValue "damaged_value" true;

    /// A commit was lost: a backup was made without it, and restored.
    LostCommit "lost_commit" false;
    /// The change feed was not compared from a commit on, and the views were not compared, because
    /// the log is damaged there.
    NotCompared "not_compared" false;
    /// The last commits are not published yet.
    FeedBehind "feed_behind" false;
    /// The bucket's view of a relation is older than its last change, or of another rulebook.
    ViewBehind "view_behind" false;
    /// A record has the id of an earlier one and other content; it is ignored.
    Clash "clash" false;
    /// A record of a newer writer is skipped.
    UnknownRecord "unknown_record" false;
    /// An amendment is about a record that is not in the log.
    Pending "pending" false;
    /// A retraction is part of a cycle and has no effect.
    Circle "circle" false;
}

/// A fault or a note.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The code.
    pub code: Code,
    /// The position in the log, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
    /// The sequence in the change feed, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequence: Option<u64>,
    /// The relation, such as `AFG.TJK`, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relation: Option<String>,
    /// The record, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// A description.
    pub message: String,
    /// The expected value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// The value found.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
}

/// The result of verifying.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// True if there are no faults.
    pub sound: bool,
    /// The number of faults, including those not listed.
    pub faults: u64,
    /// The projection of the compared feed.
    pub projection: String,
    /// The end of the log at the start.
    pub head: u64,
    /// The number of commits read.
    pub commits: u64,
    /// The number of records in them.
    pub records: u64,
    /// The last commit that the change feed covers.
    #[serde(rename = "told")]
    pub published: u64,
    /// The number of messages of the change feed read.
    pub messages: u64,
    /// The number of those that equal the derived message, byte for byte.
    pub compared: u64,
    /// The number of entries of the bucket read.
    pub entries: u64,
    /// The number of findings by code.
    pub counts: BTreeMap<&'static str, u64>,
    /// The faults in the order found, at most a thousand of each code.
    pub findings: Vec<Finding>,
    /// The notes in the order found, at most a thousand of each code.
    pub notes: Vec<Finding>,
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl Finding {
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            position: None,
            sequence: None,
            relation: None,
            record: None,
            message: message.into(),
            expected: None,
            found: None,
        }
    }

    pub(crate) const fn position(mut self, position: u64) -> Self {
        self.position = Some(position);
        self
    }

    pub(crate) const fn sequence(mut self, sequence: u64) -> Self {
        self.sequence = Some(sequence);
        self
    }

    pub(crate) fn relation(mut self, relation: &str) -> Self {
        self.relation = Some(relation.to_owned());
        self
    }

    pub(crate) fn record(mut self, record: &impl ToString) -> Self {
        self.record = Some(record.to_string());
        self
    }

    pub(crate) fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }

    pub(crate) fn found(mut self, found: impl Into<String>) -> Self {
        self.found = Some(found.into());
        self
    }
}

impl Report {
    pub(crate) fn add(&mut self, finding: Finding) {
        let count = self.counts.entry(finding.code.as_str()).or_default();
        *count += 1;
        self.faults += u64::from(finding.code.is_fault());
        if *count <= LISTED_MAX {
            if finding.code.is_fault() {
                self.findings.push(finding);
            } else {
                self.notes.push(finding);
            }
        }
    }
}
