//! Views of events, with the records that the fold does not keep.

use std::collections::BTreeSet;

use detente_api::view::{CommittedRecord, EventView, PendingView};
use detente_chronicle::Position;
use detente_domain::event::EventId;
use detente_feed::Failure;
use uuid::Uuid;

use crate::archive::{Archive, RecordRef};
use crate::queries;
use crate::source::ReadSource;

/// Returns the views of events as known at a position, in the order given. Unknown ones are left
/// out.
///
/// # Errors
/// A failure of the log.
pub async fn views<S: ReadSource>(
    source: &S,
    events: &[EventId],
    known: u64,
) -> Result<Vec<EventView>, Failure> {
    let refs = |archive: &Archive, id: Uuid| {
        let event = archive
            .chronicle()
            .event(EventId(id), Some(Position(known)))?;
        let own = RecordRef {
            position: event.position.0,
            record: id,
        };
        // An event of the background is in no commit, unless the log has one with its id.
        let is_of_log = archive.chronicle().record(event.event.into()).is_some();
        let own = is_of_log.then_some(own);
        Some(
            archive
                .about(EventId(id), known)
                .into_iter()
                .chain(own)
                .collect(),
        )
    };
    let view = |archive: &Archive, id: Uuid, records: &[CommittedRecord]| {
        let mut view = queries::event(archive, EventId(id), known, records)?;
        if !S::HAS_RECORD_TIMES {
            view.recorded = None;
            for record in view.records_mut() {
                record.recorded = None;
            }
        }
        Some(view)
    };
    let ids: Vec<Uuid> = events.iter().map(|event| event.0).collect();
    load(source, &ids, refs, view).await
}

/// Returns the views of ids that no record has, as known at a position, in the order given. Those
/// that no record names are left out.
pub(crate) async fn pending<S: ReadSource>(
    source: &S,
    ids: &[Uuid],
    known: u64,
) -> Result<Vec<PendingView>, Failure> {
    let refs = |archive: &Archive, id: Uuid| Some(archive.about(EventId(id), known));
    let view = |archive: &Archive, id: Uuid, records: &[CommittedRecord]| {
        let mut view = queries::pending(archive, id, known, records)?;
        if !S::HAS_RECORD_TIMES {
            for record in &mut view.records {
                record.recorded = None;
            }
        }
        Some(view)
    };
    load(source, ids, refs, view).await
}

/// Reads the records that `refs` names for each id, and makes the views.
async fn load<S: ReadSource, V>(
    source: &S,
    ids: &[Uuid],
    refs: impl Fn(&Archive, Uuid) -> Option<BTreeSet<RecordRef>>,
    view: impl Fn(&Archive, Uuid, &[CommittedRecord]) -> Option<V>,
) -> Result<Vec<V>, Failure> {
    let refs: Vec<(Uuid, BTreeSet<RecordRef>)> = {
        let archive = source.archive();
        let refs = ids.iter().map(|id| Some((*id, refs(&archive, *id)?)));
        refs.flatten().collect()
    };
    let all = refs.iter().flat_map(|(_, refs)| refs.iter().copied());
    let records = source.records(all.collect()).await?;
    let archive = source.archive();
    let views = refs.iter().filter_map(|(id, refs)| {
        let records = refs
            .iter()
            .filter_map(|reference| records.get(&reference.record));
        let records: Vec<CommittedRecord> = records.cloned().collect();
        view(&archive, *id, &records)
    });
    Ok(views.collect())
}
