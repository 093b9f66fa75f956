//! A commit into the chronicle: skimmed, and decoded where skimming is not enough.

use detente_chronicle::{Chronicle, Position, Reported};
use detente_domain::day::Day;
use detente_domain::event::EventId;
use detente_stream::commit;
use detente_wire::{Read, Skim, decode, record, skim};

use crate::metrics;

/// Takes the records of a commit, and gives the UTC day on which the last of them was recorded
/// (the open beginning, for a commit without any). A record that cannot be understood or read is
/// counted and skipped: the commit's digest is right, so it is what its writer meant.
pub(crate) fn take(chronicle: &mut Chronicle, position: u64, payload: &[u8]) -> Day {
    let at = Position(position);
    let mut recorded = None;
    let mut skipped = 0;
    for bytes in commit::records(payload) {
        let moment = bytes.ok().and_then(|bytes| take_one(chronicle, at, bytes));
        if moment.is_none() {
            chronicle.skip();
            skipped += 1;
        }
        recorded = recorded.max(moment);
    }
    chronicle.reach(at);
    if skipped > 0 {
        metrics::skipped(position, skipped);
    }
    recorded.map_or(Day::MIN, day_of)
}

/// Takes a record and gives the moment, in milliseconds, at which it was admitted.
fn take_one(chronicle: &mut Chronicle, at: Position, bytes: &[u8]) -> Option<i64> {
    match skim(bytes).ok()? {
        Skim::Event(event) => {
            let reported = Reported {
                event: EventId(event.id),
                act: event.act,
                earliest: event.earliest,
                latest: event.latest,
                grade: event.grade,
            };
            // An act that is not understood is counted by the chronicle.
            chronicle.report_raw(at, reported, |bytes| record::act(bytes).ok());
            Some(event.recorded_unix_ms)
        }
        Skim::Other => match decode(bytes).ok()? {
            Read::Record(record) => {
                chronicle.take(at, &record);
                Some(
                    record
                        .authorship
                        .recorded
                        .unix_timestamp()
                        .saturating_mul(1_000),
                )
            }
            Read::NotUnderstood { .. } => None,
        },
    }
}

fn day_of(unix_ms: i64) -> Day {
    let days = unix_ms.div_euclid(86_400_000);
    Day::new(i32::try_from(days).unwrap_or_default())
}
