//! Encodes and decodes records.
//!
//! Encoding cannot fail. Decoding has three results: a record, a well-formed record of a newer
//! writer ([`Decoded::NotUnderstood`]), which is kept, counted and skipped, and an error for bytes
//! that are not a record ([`Unreadable`]).

mod act;
mod correction;
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

pub use act::decode_act;
pub(crate) use report::grade;

/// A decoded record.
#[expect(
    clippy::large_enum_variant,
    reason = "callers match on it at once and do not store it"
)]
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decoded {
    /// A record.
    Record(Record),
    /// A well-formed record of a newer writer.
    NotUnderstood {
        /// Its id.
        id: Uuid,
        /// A description of the unknown part.
        what: String,
    },
}

/// The error for a well-formed message of a newer writer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not understood: {what}")]
pub struct NotUnderstood {
    /// A description of the unknown part.
    pub what: String,
}

/// The error for bytes that are not a record.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a record: {0}")]
pub struct Unreadable(pub(crate) Cow<'static, str>);

const NANOS_IN_MS: i128 = 1_000_000;
/// The most characters of an unknown value in an error.
const VALUE_MAX: usize = 80;

/// Encodes a record. Equal records have equal bytes; the time is stored in milliseconds.
#[must_use]
pub fn encode(record: &Record) -> Vec<u8> {
    let nanos = record.authorship.recorded.unix_timestamp_nanos();
    proto::Record {
        id: id(record.id.0),
        author: record.authorship.author.clone(),
        recorded_unix_ms: i64::try_from(nanos.div_euclid(NANOS_IN_MS)).unwrap_or_default(),
        body: Some(body_to_proto(&record.body)),
    }
    .encode_to_vec()
}

/// Decodes a record.
///
/// # Errors
/// Returns [`Unreadable`] for bytes that are not a protobuf record, and for one without an id of 16
/// bytes.
pub fn decode(bytes: &[u8]) -> Result<Decoded, Unreadable> {
    let record =
        proto::Record::decode(bytes).map_err(|error| Unreadable(error.to_string().into()))?;
    let Ok(id) = Uuid::from_slice(&record.id) else {
        return Err(Unreadable("its id is not of 16 bytes".into()));
    };
    Ok(match from_proto(id, record) {
        Ok(record) => Decoded::Record(record),
        Err(NotUnderstood { what }) => Decoded::NotUnderstood { id, what },
    })
}

fn body_to_proto(body: &Body) -> Wire {
    match body {
        Body::Reported(event) => Wire::Reported(reported::to_proto(event)),
        Body::Corroborated { event, report } => Wire::Corroborated(proto::Corroborated {
            event: id(event.0),
            report: Some(report::to_proto(report)),
        }),
        Body::Disputed {
            event,
            by,
            report,
            claim,
        } => Wire::Disputed(proto::Disputed {
            event: id(event.0),
            by: by.map_or_else(String::new, |party| party.code().to_owned()),
            report: Some(report::to_proto(report)),
            claim: claim.clone().unwrap_or_default(),
        }),
        Body::Corrected {
            event,
            patch,
            report,
        } => Wire::Corrected(correction::to_proto(*event, patch, report)),
        Body::Retracted { record, reason } => Wire::Retracted(proto::Retracted {
            record: id(record.0),
            reason: reason.clone(),
        }),
        Body::Linked { one, other } => Wire::Linked(proto::Linked {
            one: id(one.0),
            other: id(other.0),
        }),
        Body::Unlinked { one, other } => Wire::Unlinked(proto::Unlinked {
            one: id(one.0),
            other: id(other.0),
        }),
        Body::Tick { day } => Wire::Tick(proto::Tick { day: day.ordinal() }),
    }
}

fn from_proto(id: Uuid, record: proto::Record) -> Result<Record, NotUnderstood> {
    let nanos = i128::from(record.recorded_unix_ms) * NANOS_IN_MS;
    let recorded = OffsetDateTime::from_unix_timestamp_nanos(nanos)
        .map_err(|_| unknown("a time out of range", &record.recorded_unix_ms))?;
    let body = match record.body.ok_or_else(|| not_understood("its body"))? {
        Wire::Reported(message) => Body::Reported(Box::new(reported::from_proto(id, message)?)),
        Wire::Corroborated(message) => Body::Corroborated {
            event: party::event(&message.event)?,
            report: report::from_proto(message.report)?,
        },
        Wire::Disputed(message) => Body::Disputed {
            event: party::event(&message.event)?,
            by: non_empty(message.by)
                .map(|code| party::find(&code))
                .transpose()?,
            report: report::from_proto(message.report)?,
            claim: non_empty(message.claim),
        },
        Wire::Corrected(message) => correction::from_proto(message)?,
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

fn id(id: Uuid) -> Vec<u8> {
    id.as_bytes().to_vec()
}

/// Decodes an optional text; an empty one is absent.
fn non_empty(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}

fn not_understood(what: &str) -> NotUnderstood {
    NotUnderstood {
        what: what.to_owned(),
    }
}

/// Makes the error for an unknown value, with its beginning.
fn unknown(what: &str, value: &(impl fmt::Display + ?Sized)) -> NotUnderstood {
    let value: String = value.to_string().chars().take(VALUE_MAX).collect();
    not_understood(&format!("{what}: {value:?}"))
}
