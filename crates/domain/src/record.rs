//! Records: what the log holds. Nothing is ever overwritten; a record amends another by naming it.

use crate::day::Day;
use crate::details::{Field, Value, schema};
use crate::edtf::Edtf;
use crate::event::{Act, Authorship, Event, EventId, Report};
use crate::grade::Grade;
use crate::kind::Kind;
use crate::party::{Lang, Party};
use uuid::Uuid;

/// Identifies a record. The id of a `reported` record is the id of its event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecordId(pub Uuid);

impl From<EventId> for RecordId {
    fn from(id: EventId) -> Self {
        Self(id.0)
    }
}

/// A record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its own id.
    pub id: RecordId,
    /// Whose word it is, and when it was admitted.
    pub authorship: Authorship,
    /// What it says.
    pub body: Body,
}

/// What a record says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// A development, reported for the first time. Its event id is the record's id.
    Reported(Box<Event>),
    /// A further publication about an event.
    Corroborated {
        /// The event.
        event: EventId,
        /// The publication.
        report: Report,
    },
    /// A party denies the event, or a source contradicts it.
    Disputed {
        /// The event.
        event: EventId,
        /// The party that denies it, where it is one.
        by: Option<Party>,
        /// Where the denial was published.
        report: Report,
        /// What is claimed instead, in words.
        claim: Option<String>,
    },
    /// Some fields of an event were otherwise.
    Corrected {
        /// The event.
        event: EventId,
        /// The new values.
        patch: Patch,
        /// On whose word.
        report: Report,
    },
    /// A record is taken back.
    Retracted {
        /// The record: of any type but a tick.
        record: RecordId,
        /// Why; mandatory.
        reason: String,
    },
    /// Two events are one.
    Linked {
        /// One of them.
        one: EventId,
        /// The other.
        other: EventId,
    },
    /// Two events are not one after all: takes back every link between the two.
    Unlinked {
        /// One of them.
        one: EventId,
        /// The other.
        other: EventId,
    },
    /// A UTC day has begun: what time alone moves, up to this day, is so.
    Tick {
        /// The day.
        day: Day,
    },
}

/// New values of an event's fields; a field that is `None` stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patch {
    /// New kind.
    pub kind: Option<Kind>,
    /// New actors; not empty.
    pub actors: Option<Vec<Party>>,
    /// New recipients.
    pub recipients: Option<Vec<Party>>,
    /// New date.
    pub occurred: Option<Edtf>,
    /// New values of details; `None` clears one.
    pub details: Vec<(Field, Option<Value>)>,
    /// New titles.
    pub title: Vec<(Lang, String)>,
}

impl Patch {
    /// Whether it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// An act with the new values. Details that a new kind does not take are left behind; an empty
    /// list of actors changes nothing. Whether what comes out is fit is for [`Act::check`] to say.
    #[must_use]
    pub fn applied(&self, act: &Act) -> Act {
        let mut act = act.clone();
        if let Some(kind) = self.kind {
            act.kind = kind;
            let taken = |field: &Field| schema(kind).fields().any(|taken| taken == *field);
            let fields: Vec<Field> = act.details.iter().map(|(field, _)| field).collect();
            for field in fields.iter().filter(|field| !taken(field)) {
                act.details.clear(*field);
            }
        }
        if let Some(actors) = self.actors.as_ref().filter(|actors| !actors.is_empty()) {
            act.actors.clone_from(actors);
        }
        if let Some(recipients) = &self.recipients {
            act.recipients.clone_from(recipients);
        }
        for (field, value) in &self.details {
            match value {
                Some(value) => act.details.set(*field, value.clone()),
                None => act.details.clear(*field),
            }
        }
        act
    }
}

/// What decides between rival corrections of one field: the best grade wins, then the latest
/// publication, then the larger record id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Authority {
    grade: std::cmp::Reverse<Grade>,
    published: Day,
    id: RecordId,
}

impl Authority {
    /// The standing of a correction with that report and that id; the larger wins.
    #[must_use]
    pub fn new(report: &Report, id: RecordId) -> Self {
        let published = report.published.as_ref().map_or(Day::MIN, Edtf::latest);
        Self {
            grade: std::cmp::Reverse(report.grade),
            published,
            id,
        }
    }
}
