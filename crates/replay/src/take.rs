//! A commit into the chronicle.

use detente_chronicle::{Chronicle, Position, Taken, WINDOW};
use detente_codec::{Read, decode};

use crate::skimmed::{Glimpse, Skimmed};

/// What a record of a commit was.
#[derive(Debug)]
pub enum Record<'a> {
    /// A first report; when it was admitted, in milliseconds since 1970.
    Reported(i64),
    /// An amendment or a tick, and what became of it.
    Other(&'a detente_domain::record::Record, Taken),
    /// It cannot be understood or read: kept in the log, counted, and skipped. The commit's digest
    /// is right, so it is what its writer meant.
    Skipped,
}

/// Takes the records of a commit; `seen` is told of each, in order.
pub fn take(
    chronicle: &mut Chronicle,
    position: u64,
    payload: &[u8],
    seen: impl FnMut(Record<'_>),
) {
    take_skimmed(chronicle, position, payload, &Skimmed::of(payload), seen);
}

/// As [`take`], of a commit that was skimmed before.
pub fn take_skimmed(
    chronicle: &mut Chronicle,
    position: u64,
    payload: &[u8],
    skimmed: &Skimmed,
    mut seen: impl FnMut(Record<'_>),
) {
    let at = Position(position);
    for window in skimmed.0.chunks(WINDOW) {
        warm(chronicle, payload, window);
        for glimpse in window {
            match glimpse {
                Glimpse::Event(event) => {
                    let reported = event.of(payload);
                    // An act that is not understood is counted by the chronicle.
                    chronicle.report_raw(at, reported, |act| detente_codec::record::act(act).ok());
                    seen(Record::Reported(event.recorded_unix_ms));
                }
                Glimpse::Whole(place) => take_whole(chronicle, at, place.bytes(payload), &mut seen),
                Glimpse::Broken(error) => {
                    tracing::error!(position, %error, "the rest of a commit cannot be read");
                    chronicle.skip();
                    seen(Record::Skipped);
                }
            }
        }
    }
    chronicle.reach(at);
}

fn warm(chronicle: &Chronicle, payload: &[u8], window: &[Glimpse]) {
    chronicle.warm(window.iter().filter_map(|glimpse| match glimpse {
        Glimpse::Event(event) => Some(event.of(payload)),
        Glimpse::Whole(_) | Glimpse::Broken(_) => None,
    }));
}

fn take_whole(
    chronicle: &mut Chronicle,
    at: Position,
    bytes: &[u8],
    seen: &mut impl FnMut(Record<'_>),
) {
    match decode(bytes) {
        Ok(Read::Record(record)) => {
            let taken = chronicle.take(at, &record);
            seen(Record::Other(&record, taken));
        }
        Ok(Read::NotUnderstood { id, what }) => {
            tracing::debug!(position = at.0, record.id = %id, what, "a record is not understood");
            chronicle.skip();
            seen(Record::Skipped);
        }
        Err(error) => {
            tracing::error!(position = at.0, %error, "a record cannot be read");
            chronicle.skip();
            seen(Record::Skipped);
        }
    }
}
