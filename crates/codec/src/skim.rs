//! A partial decoder for first reports that does not allocate.
//!
//! Decoding costs a replay more than folding. So an act stays a slice of bytes: equal acts have
//! equal bytes, and the chronicle decodes each once, with
//! [`record::decode_act`](crate::record::decode_act).
//!
//! Any other record (an amendment, a tick, a repeated field, an unknown body) is [`Skim::Other`]
//! and must be decoded in full.

mod cursor;

#[cfg(test)]
mod tests;

use detente_domain::day::Day;
use detente_domain::event::{EventId, EventSkim};
use detente_domain::grade::Grade;
use uuid::Uuid;
use xxhash_rust::xxh3::Xxh3;

use crate::record::{Unreadable, grade};
use cursor::{Cursor, FieldValue, Stop};

/// A partly decoded record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skim<'a> {
    /// A first report.
    Event(EventSkim<&'a [u8]>),
    /// Any other record: decode it in full.
    Other,
}

/// Decodes a record in part.
///
/// # Errors
/// Returns [`Unreadable`] for bytes that are truncated or not protobuf, as [`crate::decode`].
pub fn skim(bytes: &[u8]) -> Result<Skim<'_>, Unreadable> {
    match event(bytes) {
        Ok(event) => Ok(Skim::Event(event)),
        Err(Stop::Unusual) => Ok(Skim::Other),
        Err(Stop::Broken) => Err(broken()),
    }
}

/// Decodes the id of any record.
///
/// # Errors
/// Returns [`Unreadable`] if there is none.
pub fn record_id(bytes: &[u8]) -> Result<Uuid, Unreadable> {
    let mut cursor = Cursor::new(bytes);
    while let Ok(Some((field, item))) = cursor.next() {
        if let (RECORD_ID, FieldValue::Bytes(id)) = (field, item) {
            return Uuid::from_slice(id).map_err(|_| broken());
        }
    }
    Err(broken())
}

/// Returns a digest of a record without its author and time of admission. A retry has the digest of
/// the record that it repeats; two records with one id and two digests clash.
///
/// # Errors
/// Returns [`Unreadable`] for bytes that are not protobuf.
pub fn content_digest(bytes: &[u8]) -> Result<u64, Unreadable> {
    let mut hash = Xxh3::new();
    let mut cursor = Cursor::new(bytes);
    loop {
        let before = cursor.rest();
        let Ok(item) = cursor.next() else {
            return Err(broken());
        };
        let Some((field, _)) = item else {
            return Ok(hash.digest());
        };
        if field != RECORD_AUTHOR && field != RECORD_RECORDED {
            let length = before.len() - cursor.rest().len();
            hash.update(before.get(..length).unwrap_or_default());
        }
    }
}

fn broken() -> Unreadable {
    Unreadable("the bytes are truncated or not protobuf".into())
}

// Tags of `record.proto`.
const RECORD_ID: u32 = 1;
const RECORD_AUTHOR: u32 = 2;
const RECORD_RECORDED: u32 = 3;
const RECORD_REPORTED: u32 = 4;
/// From here to [`RECORD_TICK`]: the other known bodies.
const RECORD_CORROBORATED: u32 = 5;
const RECORD_TICK: u32 = 11;
const REPORTED_ACT: u32 = 1;
const REPORTED_OCCURRED: u32 = 2;
const REPORTED_REPORT: u32 = 3;
const DATE_EARLIEST: u32 = 1;
const DATE_LATEST: u32 = 2;
const REPORT_GRADE: u32 = 1;
const REPORT_PUBLISHER: u32 = 2;

fn event(bytes: &[u8]) -> Result<EventSkim<&[u8]>, Stop> {
    let (mut id, mut recorded, mut reported) = (None, None, None);
    let mut cursor = Cursor::new(bytes);
    while let Some((field, item)) = cursor.next()? {
        match field {
            RECORD_ID => once(&mut id, item.bytes()?)?,
            RECORD_RECORDED => once(&mut recorded, item.varint()?)?,
            RECORD_REPORTED => once(&mut reported, item.bytes()?)?,
            RECORD_CORROBORATED..=RECORD_TICK => return Err(Stop::Unusual),
            _ => {}
        }
    }
    let id = id
        .and_then(|id| Uuid::from_slice(id).ok())
        .ok_or(Stop::Unusual)?;
    let (mut act, mut occurred, mut report) = (None, None, None);
    let mut cursor = Cursor::new(reported.ok_or(Stop::Unusual)?);
    while let Some((field, item)) = cursor.next()? {
        match field {
            REPORTED_ACT => once(&mut act, item.bytes()?)?,
            REPORTED_OCCURRED => once(&mut occurred, item.bytes()?)?,
            REPORTED_REPORT => once(&mut report, item.bytes()?)?,
            _ => {}
        }
    }
    let (earliest, latest) = date(occurred.ok_or(Stop::Unusual)?)?;
    let (grade, publisher) = self::report(report.ok_or(Stop::Unusual)?)?;
    Ok(EventSkim {
        event: EventId(id),
        recorded_unix_ms: recorded.unwrap_or_default().cast_signed(),
        act: act.ok_or(Stop::Unusual)?,
        earliest,
        latest,
        grade,
        publisher,
    })
}

fn date(bytes: &[u8]) -> Result<(Day, Day), Stop> {
    let (mut earliest, mut latest) = (None, None);
    let mut cursor = Cursor::new(bytes);
    while let Some((field, item)) = cursor.next()? {
        match field {
            DATE_EARLIEST => once(&mut earliest, item.varint()?)?,
            DATE_LATEST => once(&mut latest, item.varint()?)?,
            _ => {}
        }
    }
    let day = |number: Option<u64>| Day::new(cursor::zigzag(number.unwrap_or_default()));
    Ok((day(earliest), day(latest)))
}

fn report(bytes: &[u8]) -> Result<(Grade, &[u8]), Stop> {
    let (mut number, mut publisher) = (None, None);
    let mut cursor = Cursor::new(bytes);
    while let Some((field, item)) = cursor.next()? {
        match field {
            REPORT_GRADE => once(&mut number, item.varint()?)?,
            REPORT_PUBLISHER => once(&mut publisher, item.bytes()?)?,
            _ => {}
        }
    }
    Ok((
        grade(cursor::low(number.unwrap_or_default())),
        publisher.unwrap_or_default(),
    ))
}

/// Stores a field. Protobuf merges repeated fields, which is left to the full decoder.
fn once<T>(slot: &mut Option<T>, value: T) -> Result<(), Stop> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(Stop::Unusual),
    }
}
