//! A commit into the chronicle.

use detente_chronicle::{Chronicle, Position, Reported, Taken};
use detente_domain::event::EventId;
use detente_stream::commit;
use detente_wire::{Read, Skim, decode, skim};

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
    mut seen: impl FnMut(Record<'_>),
) {
    let at = Position(position);
    for bytes in commit::records(payload) {
        match bytes {
            Ok(bytes) => take_one(chronicle, at, bytes, &mut seen),
            Err(error) => {
                tracing::error!(position, %error, "the rest of a commit cannot be read");
                chronicle.skip();
                seen(Record::Skipped);
            }
        }
    }
    chronicle.reach(at);
}

fn take_one(
    chronicle: &mut Chronicle,
    at: Position,
    bytes: &[u8],
    seen: &mut impl FnMut(Record<'_>),
) {
    let decoded = match skim(bytes) {
        Ok(Skim::Event(event)) => {
            let reported = Reported {
                event: EventId(event.id),
                act: event.act,
                earliest: event.earliest,
                latest: event.latest,
                grade: event.grade,
            };
            // An act that is not understood is counted by the chronicle.
            chronicle.report_raw(at, reported, |act| detente_wire::record::act(act).ok());
            return seen(Record::Reported(event.recorded_unix_ms));
        }
        Ok(Skim::Other) => decode(bytes),
        Err(error) => Err(error),
    };
    match decoded {
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
