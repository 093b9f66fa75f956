//! Records as protobuf bytes, both ways.
//!
//! Writing cannot fail. Reading has three ends: a record; a record that is well-formed but says
//! something that only a newer writer knows ([`Read::NotUnderstood`]), which is kept, counted and
//! skipped; and bytes that are no record at all ([`Unreadable`]).

mod act;
mod amendment;
mod date;
mod party;
mod report;
mod reported;

#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::fmt;

use detente_domain::event::Authorship;
use detente_domain::record::{Body, Record, RecordId};
use prost::Message;
use time::OffsetDateTime;
use uuid::Uuid;

use crate::proto;
use crate::proto::record::Body as Wire;

pub use act::{act, act_bytes};
pub(crate) use report::grade;

/// What reading a record came to.
#[expect(
    clippy::large_enum_variant,
    reason = "taken apart where it is made, and never kept"
)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Read {
    /// A record.
    Record(Record),
    /// A well-formed record that says something that this program does not know.
    NotUnderstood {
        /// Its id.
        id: Uuid,
        /// What is not known, in words.
        what: String,
    },
}

/// Well-formed bytes that say something that this program does not know: the word of a newer
/// writer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not understood: {what}")]
pub struct NotUnderstood {
    /// What is not known, in words.
    pub what: String,
}

/// Bytes that are no record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a record: {0}")]
pub struct Unreadable(pub(crate) Cow<'static, str>);

const NANOS_IN_MS: i128 = 1_000_000;

/// The bytes of a record: the same for equal records. Its moment is kept to the millisecond.
#[must_use]
pub fn encode(record: &Record) -> Vec<u8> {
    let nanos = record.authorship.recorded.unix_timestamp_nanos();
    proto::Record {
        id: record.id.0.as_bytes().to_vec(),
        author: record.authorship.author.clone(),
        recorded_unix_ms: i64::try_from(nanos.div_euclid(NANOS_IN_MS)).unwrap_or_default(),
        body: Some(write_body(&record.body)),
    }
    .encode_to_vec()
}

/// The record that bytes hold.
///
/// # Errors
/// [`Unreadable`] for bytes that are no protobuf record, or one without an id of its own.
pub fn decode(bytes: &[u8]) -> Result<Read, Unreadable> {
    let record =
        proto::Record::decode(bytes).map_err(|error| Unreadable(error.to_string().into()))?;
    let Ok(id) = Uuid::from_slice(&record.id) else {
        return Err(Unreadable("its id is not of 16 bytes".into()));
    };
    Ok(match read(id, record) {
        Ok(record) => Read::Record(record),
        Err(NotUnderstood { what }) => Read::NotUnderstood { id, what },
    })
}

fn write_body(body: &Body) -> Wire {
    match body {
        Body::Reported(event) => Wire::Reported(reported::write(event)),
        Body::Corroborated { event, report } => {
            Wire::Corroborated(amendment::write_corroborated(*event, report))
        }
        Body::Disputed {
            event,
            by,
            report,
            claim,
        } => Wire::Disputed(amendment::write_disputed(
            *event,
            *by,
            report,
            claim.as_deref(),
        )),
        Body::Corrected {
            event,
            patch,
            report,
        } => Wire::Corrected(amendment::write_corrected(*event, patch, report)),
        Body::Retracted { record, reason } => Wire::Retracted(proto::Retracted {
            record: record.0.as_bytes().to_vec(),
            reason: reason.clone(),
        }),
        Body::Linked { one, other } => Wire::Linked(proto::Linked {
            one: one.0.as_bytes().to_vec(),
            other: other.0.as_bytes().to_vec(),
        }),
        Body::Unlinked { one, other } => Wire::Unlinked(proto::Unlinked {
            one: one.0.as_bytes().to_vec(),
            other: other.0.as_bytes().to_vec(),
        }),
        Body::Tick { day } => Wire::Tick(proto::Tick { day: day.ordinal() }),
    }
}

fn read(id: Uuid, record: proto::Record) -> Result<Record, NotUnderstood> {
    let nanos = i128::from(record.recorded_unix_ms) * NANOS_IN_MS;
    let recorded = OffsetDateTime::from_unix_timestamp_nanos(nanos)
        .map_err(|_| unknown("a moment out of the calendar", &record.recorded_unix_ms))?;
    let Some(body) = record.body else {
        return Err(NotUnderstood {
            what: "its body".to_owned(),
        });
    };
    let body = match body {
        Wire::Reported(reported) => Body::Reported(Box::new(reported::read(id, &reported)?)),
        Wire::Corroborated(message) => amendment::read_corroborated(message)?,
        Wire::Disputed(message) => amendment::read_disputed(message)?,
        Wire::Corrected(message) => amendment::read_corrected(message)?,
        Wire::Retracted(message) => Body::Retracted {
            record: RecordId(party::uuid(&message.record)?),
            reason: message.reason,
        },
        Wire::Linked(message) => Body::Linked {
            one: party::event(&message.one)?,
            other: party::event(&message.other)?,
        },
        Wire::Unlinked(message) => Body::Unlinked {
            one: party::event(&message.one)?,
            other: party::event(&message.other)?,
        },
        Wire::Tick(message) => Body::Tick {
            day: detente_domain::day::Day::new(message.day),
        },
    };
    let authorship = Authorship {
        author: record.author,
        recorded,
    };
    Ok(Record {
        id: RecordId(id),
        authorship,
        body,
    })
}

/// The most characters of a foreign word that are told.
const TOLD_MAX: usize = 80;

/// Something is not known: what it is, and the word that was found.
fn unknown(what: &str, found: &(impl fmt::Display + ?Sized)) -> NotUnderstood {
    let found: String = found.to_string().chars().take(TOLD_MAX).collect();
    NotUnderstood {
        what: format!("{what}: {found:?}"),
    }
}
