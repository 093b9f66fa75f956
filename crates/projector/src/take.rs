//! A commit into the chronicle, the day on which it was recorded, and what it moved.

use detente_api::view::Occurrence;
use detente_chronicle::{Chronicle, Position};
use detente_domain::day::Day;
use detente_replay::Record;

use crate::group::Group;
use crate::metrics;

/// Takes a commit, and adds what it moved to its group.
pub fn fold(chronicle: &mut Chronicle, group: &mut Group, position: u64, payload: &[u8]) {
    chronicle.open();
    let recorded = take(chronicle, position, payload);
    let moved = chronicle.close(Position(position));
    group.add(Occurrence { position, recorded }, moved);
}

/// Takes the records of a commit, and gives the UTC day on which the last of them was recorded
/// (the open beginning, for a commit without any).
pub(crate) fn take(chronicle: &mut Chronicle, position: u64, payload: &[u8]) -> Day {
    let mut recorded = None;
    let mut skipped = 0;
    detente_replay::take(chronicle, position, payload, |record| match record {
        Record::Reported(unix_ms) => recorded = recorded.max(Some(unix_ms)),
        Record::Other(record, _) => {
            let unix_ms = record
                .authorship
                .recorded
                .unix_timestamp()
                .saturating_mul(1_000);
            recorded = recorded.max(Some(unix_ms));
        }
        Record::Skipped => skipped += 1,
    });
    if skipped > 0 {
        metrics::skipped(position, skipped);
    }
    recorded.map_or(Day::MIN, day_of)
}

fn day_of(unix_ms: i64) -> Day {
    let days = unix_ms.div_euclid(86_400_000);
    Day::new(i32::try_from(days).unwrap_or_default())
}
