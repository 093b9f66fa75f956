//! The records of the log. Nothing is overwritten: a record amends another by naming it.

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

/// A record of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its own id.
    pub id: RecordId,
    /// Its author, and the time at which it was admitted.
    pub authorship: Authorship,
    /// Its content.
    pub body: Body,
}

/// The content of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// The first report of an event. The id of the event is that of the record.
    Reported(Box<Event>),
    /// A further report about an event.
    Corroborated {
        /// The event.
        event: EventId,
        /// The report.
        report: Report,
    },
    /// A party denies the event, or a source contradicts it.
    Disputed {
        /// The event.
        event: EventId,
        /// The party that denies it; `None` if a source contradicts it.
        by: Option<Party>,
        /// The report of the denial.
        report: Report,
        /// The claim that is made instead.
        claim: Option<String>,
    },
    /// Some fields of an event have other values.
    Corrected {
        /// The event.
        event: EventId,
        /// The new values.
        patch: Patch,
        /// The report of the correction.
        report: Report,
    },
    /// A record is withdrawn.
    Retracted {
        /// The record, of any type except a tick.
        record: RecordId,
        /// The reason; mandatory.
        reason: String,
    },
    /// Two events are the same.
    Linked {
        /// One of them.
        one: EventId,
        /// The other.
        other: EventId,
    },
    /// Two events are not the same: removes every link between the two.
    Unlinked {
        /// One of them.
        one: EventId,
        /// The other.
        other: EventId,
    },
    /// A UTC day has begun: changes by time alone take effect up to this day.
    Tick {
        /// The day.
        day: Day,
    },
}

/// New values of an event's fields; `None` keeps the value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Patch {
    /// The new kind.
    pub kind: Option<Kind>,
    /// The new actors; not empty.
    pub actors: Option<Vec<Party>>,
    /// The new recipients.
    pub recipients: Option<Vec<Party>>,
    /// The new date.
    pub occurred: Option<Edtf>,
    /// New values of details; `None` clears one.
    pub details: Vec<(Field, Option<Value>)>,
    /// The new titles.
    pub title: Vec<(Lang, String)>,
}

impl Patch {
    /// Returns true if it changes nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns an act with the new values. Details that a new kind does not take are removed; an
    /// empty list of actors changes nothing. The result is not checked: see [`Act::check`].
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

/// The rank of a correction among rival corrections of one field: the best grade wins, then the
/// latest publication, then the larger record id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct CorrectionRank {
    grade: std::cmp::Reverse<Grade>,
    published: Day,
    id: RecordId,
}

impl CorrectionRank {
    /// Returns the rank of a correction with this report and this id; the greater wins.
    #[must_use]
    pub fn new(report: &Report, id: RecordId) -> Self {
        let published = report.published.as_ref().map_or(Day::MIN, Edtf::latest);
        Self {
            grade: std::cmp::Reverse(report.grade),
            published,
            id,
        }
    }

    /// The grade of the correction's report.
    #[must_use]
    pub const fn grade(&self) -> Grade {
        self.grade.0
    }
}
