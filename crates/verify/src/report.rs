//! What was found, and what was looked at.

use std::collections::BTreeMap;

use serde::{Serialize, Serializer};

/// The findings of one code that are listed; the rest are counted.
const LISTED_MAX: u64 = 1_000;

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $variant:ident $word:literal $fault:literal;)*) => {
        /// What can be found, as a stable word. The words are a contract; new ones may come.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code { $($(#[doc = $doc])+ $variant,)* }

        impl Code {
            /// The stable word.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)* }
            }

            /// Whether it means that something is not as it must be; else it is worth knowing.
            #[must_use]
            pub const fn is_fault(self) -> bool {
                match self { $(Self::$variant => $fault,)* }
            }
        }
    };
}

codes! {
    /// A commit is not in the log: somebody deleted it.
    MissingCommit "missing_commit" true;
    /// The server does not give a commit that nobody deleted: its file is damaged.
    UnreadableCommit "unreadable_commit" true;
    /// A commit's bytes do not fit its digest or count.
    DamagedCommit "damaged_commit" true;
    /// A commit is sound, and holds bytes that are no record.
    UnreadableRecord "unreadable_record" true;
    /// A message of the change feed is not there.
    MissingMessage "missing_message" true;
    /// The change feed says a second time what it said before.
    RepeatedMessage "repeated_message" true;
    /// A message of the change feed shows another view than the log comes to.
    AlteredView "altered_view" true;
    /// A message of the change feed tells of other changes than the log comes to.
    AlteredChanges "altered_changes" true;
    /// A message of the change feed is otherwise not what the log comes to.
    AlteredMessage "altered_message" true;
    /// A message of the change feed that no projector wrote.
    ForeignMessage "foreign_message" true;
    /// The headers of the change feed speak of another number of messages, or of other commits.
    WrongGroup "wrong_group" true;
    /// The change feed tells of commits that the log does not have.
    FeedAhead "feed_ahead" true;
    /// The bucket lacks a relation that the change feed tells of.
    MissingEntry "missing_entry" true;
    /// The bucket shows another view than the change feed.
    AlteredEntry "altered_entry" true;
    /// The bucket has a relation that the change feed does not tell of.
    ForeignEntry "foreign_entry" true;
    /// The bucket is not fed by the change feed.
    WrongSource "wrong_source" true;

    /// From a commit on, the change feed could not be compared: the log is not whole.
    NotCompared "not_compared" false;
    /// The last commits are not told yet.
    FeedBehind "feed_behind" false;
    /// A record has the id of an earlier one, and says something else; it counts for nothing.
    Clash "clash" false;
    /// A record of a newer writer: kept, and skipped.
    UnknownRecord "unknown_record" false;
    /// An amendment of an event or record that is not in the log: it waits.
    Pending "pending" false;
    /// A retraction that runs in a circle with others, and takes nothing back.
    Circle "circle" false;
    /// Rows that were put aside and are not in the log.
    Quarantined "quarantined" false;
}

/// Something that was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it is.
    pub code: Code,
    /// The position in the log, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub position: Option<u64>,
    /// The sequence in the change feed, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sequence: Option<u64>,
    /// The relation, such as `AFG.TJK`, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relation: Option<String>,
    /// The record, where it is about one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<String>,
    /// What is so, in words.
    pub message: String,
    /// What should be there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expected: Option<String>,
    /// What is there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<String>,
}

/// What was looked at, and what was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Report {
    /// Whether there is no fault.
    pub sound: bool,
    /// How many faults there are, also those that are not listed.
    pub faults: u64,
    /// The projection whose feed was compared.
    pub projection: String,
    /// The end of the log, as it was at the start.
    pub head: u64,
    /// The commits that were read.
    pub commits: u64,
    /// The records in them.
    pub records: u64,
    /// The last commit that the change feed tells of.
    pub told: u64,
    /// The messages of the change feed that were read.
    pub messages: u64,
    /// Those that are what the log comes to, byte for byte.
    pub compared: u64,
    /// The entries of the bucket that were read.
    pub entries: u64,
    /// Everything that was found, by its code.
    pub counts: BTreeMap<&'static str, u64>,
    /// Faults, in the order found; at most a thousand of each code.
    pub findings: Vec<Finding>,
    /// What is worth knowing and no fault.
    pub notes: Vec<Finding>,
}

// === impl Code ===

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

// === impl Finding ===

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

// === impl Report ===

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
