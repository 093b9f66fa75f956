//! Applies a commit to the chronicle.

use detente_api::view::CommitStamp;
use detente_apply::{CommitSkim, RecordOutcome};
use detente_chronicle::{Chronicle, Position};
use detente_domain::day::Day;
use detente_domain::relations::Pair;
use detente_jetstream::commit;
use time::OffsetDateTime;

use crate::group::Group;
use crate::metrics;
use crate::pending::FoldedCommit;

/// Applies a commit, and adds its changes to a group. Returns the relations that it touched, also
/// those that it does not change.
pub fn apply_commit(
    chronicle: &mut Chronicle,
    group: &mut Group,
    position: u64,
    payload: &[u8],
) -> Vec<Pair> {
    let folded = fold_commit(chronicle, position, payload);
    let touched = folded.relations.iter().map(|relation| relation.pair);
    let touched = touched.collect();
    group.add(folded.stamp, folded.digest, folded.relations);
    touched
}

/// Applies a commit. Returns its changes.
pub(crate) fn fold_commit(
    chronicle: &mut Chronicle,
    position: u64,
    payload: &[u8],
) -> FoldedCommit {
    chronicle.begin_commit();
    let recorded = apply(chronicle, position, payload);
    let relations = chronicle.end_commit(Position(position));
    FoldedCommit {
        stamp: CommitStamp { position, recorded },
        digest: commit::digest(payload),
        relations,
    }
}

/// Applies the records of a commit. Returns the UTC day on which the last of them was recorded,
/// [`Day::MIN`] without records.
pub(crate) fn apply(chronicle: &mut Chronicle, position: u64, payload: &[u8]) -> Day {
    let mut recorded = None;
    let mut skipped = 0;
    let skim = CommitSkim::new(payload);
    detente_apply::apply(chronicle, position, payload, &skim, |record| match record {
        RecordOutcome::Reported(report, _) => {
            recorded = recorded.max(Some(report.recorded_unix_ms.div_euclid(1_000)));
        }
        RecordOutcome::Other(record, _) => {
            recorded = recorded.max(Some(record.authorship.recorded.unix_timestamp()));
        }
        RecordOutcome::Skipped => skipped += 1,
    });
    if skipped > 0 {
        metrics::skipped(position, skipped);
    }
    let moment = recorded.and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
    moment.map_or(Day::MIN, Day::of_utc)
}
