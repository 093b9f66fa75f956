//! Applying a commit to a chronicle.

use detente_chronicle::{Applied, Chronicle, PREFETCH_WINDOW, Position};
use detente_codec::record::decode_act;
use detente_codec::{Decoded, decode};
use detente_domain::event::EventSkim;
use detente_domain::record::Record;

use crate::commit_skim::{CommitSkim, RecordSkim};

/// The outcome of applying one record.
#[derive(Debug)]
pub enum RecordOutcome<'a> {
    /// A first report, with the answer of the chronicle; `None` if its act cannot be decoded.
    Reported(EventSkim<&'a [u8]>, Option<Applied>),
    /// An amendment or a tick, with the answer of the chronicle.
    Other(&'a Record, Applied),
    /// The record cannot be decoded, or its kind is unknown here. It stays in the log and is
    /// counted. The digest of the commit is right, so its writer meant these bytes.
    Skipped,
}

/// Applies the records of a partly decoded commit and calls `observe` for each, in order.
pub fn apply(
    chronicle: &mut Chronicle,
    position: u64,
    payload: &[u8],
    skim: &CommitSkim,
    mut observe: impl FnMut(RecordOutcome<'_>),
) {
    let at = Position(position);
    chronicle.open_commit();
    for window in skim.0.chunks(PREFETCH_WINDOW) {
        prefetch(chronicle, payload, window);
        for record in window {
            match record {
                RecordSkim::Reported(skim) => {
                    let reported = skim.map(|range| range.bytes(payload));
                    // The chronicle counts acts that cannot be decoded.
                    let applied =
                        chronicle.apply_reported(at, reported, |act| decode_act(act).ok());
                    observe(RecordOutcome::Reported(reported, applied));
                }
                RecordSkim::Other(range) => {
                    apply_other(chronicle, at, range.bytes(payload), &mut observe);
                }
                RecordSkim::Broken(error) => {
                    tracing::error!(position, %error, "the rest of a commit cannot be read");
                    chronicle.skip();
                    observe(RecordOutcome::Skipped);
                }
            }
        }
    }
    chronicle.close_commit(at);
}

fn prefetch(chronicle: &Chronicle, payload: &[u8], window: &[RecordSkim]) {
    chronicle.prefetch(window.iter().filter_map(|record| match record {
        RecordSkim::Reported(skim) => Some(skim.map(|range| range.bytes(payload))),
        RecordSkim::Other(_) | RecordSkim::Broken(_) => None,
    }));
}

fn apply_other(
    chronicle: &mut Chronicle,
    at: Position,
    bytes: &[u8],
    observe: &mut impl FnMut(RecordOutcome<'_>),
) {
    match decode(bytes) {
        Ok(Decoded::Record(record)) => {
            let applied = chronicle.apply(at, &record);
            observe(RecordOutcome::Other(&record, applied));
            return;
        }
        Ok(Decoded::NotUnderstood { id, what }) => {
            tracing::debug!(position = at.0, record.id = %id, what, "a record is not understood");
        }
        Err(error) => {
            tracing::error!(position = at.0, %error, "a record cannot be read");
        }
    }
    chronicle.skip();
    observe(RecordOutcome::Skipped);
}
