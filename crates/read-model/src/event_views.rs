//! Views of events, with the records that the fold does not keep.

use std::collections::{BTreeMap, BTreeSet};

use detente_api::request::PageRequest;
use detente_api::view::{CommittedRecord, EventView, PendingView, json_len};
use detente_chronicle::Position;
use detente_domain::event::EventId;
use detente_feed::Failure;
use serde::Serialize;
use uuid::Uuid;

use crate::archive::{Archive, RecordRef};
use crate::queries;
use crate::source::ReadSource;
use crate::turns::in_turns;

/// The records that are read at once, beside those of one view.
const READ_AT_ONCE: usize = 1_000;

/// Views in order, and how many of the ids they are of.
pub(crate) struct Loaded<V> {
    pub(crate) views: Vec<V>,
    pub(crate) ids: usize,
}

/// A view of an id with records about it.
pub(crate) trait RecordsView: Serialize + Send + Sized + 'static {
    /// Returns the records that it needs beside those that it shows; `None` if there is no view.
    fn needed(archive: &Archive, id: Uuid, known: u64) -> Option<Vec<RecordRef>>;

    /// Makes the view of records.
    fn new(archive: &Archive, id: Uuid, known: u64, records: &[CommittedRecord]) -> Option<Self>;

    /// Keeps the first of these records that fit, and no others. Returns their number.
    fn keep(&mut self, records: &[Uuid]) -> usize;

    /// Notes that there are more records, and the cursor at which older ones follow.
    fn note_more(&mut self, total: usize, next: Option<String>);

    /// Removes the times at which records were admitted.
    fn clear_times(&mut self);
}

/// The records of a view.
struct Chosen {
    id: Uuid,
    /// Those that are shown, the newest first.
    shown: Vec<RecordRef>,
    /// Those that are needed too.
    needed: Vec<RecordRef>,
    /// The number of all records about the id.
    total: usize,
}

/// Returns the views of events as known at a position, in the order given, each with its newest
/// records. Unknown ones are left out.
///
/// # Errors
/// A failure of the log.
pub async fn views<S: ReadSource>(
    source: &S,
    events: &[EventId],
    known: u64,
) -> Result<Vec<EventView>, Failure> {
    let ids = events.iter().map(|event| event.0).collect();
    let page = PageRequest::default();
    Ok(load(source, ids, known, page, usize::MAX).await?.views)
}

/// Returns the views of ids as known at a position, in the order given, with a page of the records
/// about each, the newest first, until they have `bytes_max` bytes as JSON. Ids without a view are
/// left out.
pub(crate) async fn load<S: ReadSource, V: RecordsView>(
    source: &S,
    ids: Vec<Uuid>,
    known: u64,
    page: PageRequest,
    bytes_max: usize,
) -> Result<Loaded<V>, Failure> {
    let choose = move |archive: &mut Archive, id| Some(Chosen::new::<V>(archive, id, known, page));
    let mut chosen = in_turns(source, ids, choose).await.into_iter();
    let (mut loaded, mut bytes) = (Loaded::default(), 0_usize);
    while bytes < bytes_max {
        let group = read_at_once(&mut chosen);
        if group.is_empty() {
            break;
        }
        for sized in read(source, group, known, page).await? {
            loaded.ids += 1;
            if let Some((len, view)) = sized {
                bytes = bytes.saturating_add(len);
                loaded.views.push(view);
            }
            if bytes >= bytes_max {
                break;
            }
        }
    }
    Ok(loaded)
}

/// Takes the next ids whose records are read at once, at least one.
fn read_at_once(chosen: &mut impl Iterator<Item = Option<Chosen>>) -> Vec<Option<Chosen>> {
    let (mut group, mut records) = (Vec::new(), 0);
    while records < READ_AT_ONCE
        && let Some(next) = chosen.next()
    {
        records += next.as_ref().map_or(0, |next| next.refs().count());
        group.push(next);
    }
    group
}

/// Reads the records of ids, and makes the views, with their lengths as JSON.
async fn read<S: ReadSource, V: RecordsView>(
    source: &S,
    group: Vec<Option<Chosen>>,
    known: u64,
    page: PageRequest,
) -> Result<Vec<Option<(usize, V)>>, Failure> {
    let refs = group.iter().flatten().flat_map(Chosen::refs);
    let records = source.records(refs.collect()).await?;
    let has_times = S::HAS_RECORD_TIMES;
    let view = move |archive: &mut Archive, chosen: Option<Chosen>| {
        let view = chosen.and_then(|chosen| {
            let mut view: V = chosen.view(archive, known, page, &records)?;
            if !has_times {
                view.clear_times();
            }
            Some((json_len(&view), view))
        });
        Some(view)
    };
    Ok(in_turns(source, group, view).await)
}

// === impl Loaded ===

impl<V> Default for Loaded<V> {
    fn default() -> Self {
        Self {
            views: Vec::new(),
            ids: 0,
        }
    }
}

// === impl Chosen ===

impl Chosen {
    fn new<V: RecordsView>(
        archive: &Archive,
        id: Uuid,
        known: u64,
        page: PageRequest,
    ) -> Option<Self> {
        let mut needed = V::needed(archive, id, known)?;
        let about = archive.about(EventId(id), known);
        let shown = about.iter().rev().skip(page.place());
        let shown: Vec<RecordRef> = shown
            .take(page.limit.unwrap_or_default().get())
            .copied()
            .collect();
        // Whether a record counts rests on the retraction in effect alone, not on those before it.
        let retracted = archive.retracted_by(id, known);
        let subjects = shown.iter().map(|shown| shown.record).chain([id]);
        needed.extend(subjects.filter_map(|subject| retracted.get(&subject)));
        Some(Self {
            id,
            shown,
            needed,
            total: about.len(),
        })
    }

    fn refs(&self) -> impl Iterator<Item = RecordRef> {
        self.shown.iter().chain(&self.needed).copied()
    }

    fn view<V: RecordsView>(
        &self,
        archive: &Archive,
        known: u64,
        page: PageRequest,
        records: &BTreeMap<Uuid, CommittedRecord>,
    ) -> Option<V> {
        let ids: BTreeSet<Uuid> = self.refs().map(|reference| reference.record).collect();
        let read = ids.iter().filter_map(|id| records.get(id).cloned());
        let read: Vec<CommittedRecord> = read.collect();
        let mut view = V::new(archive, self.id, known, &read)?;
        let shown = self.shown.iter().map(|shown| shown.record);
        let count = view.keep(&shown.collect::<Vec<Uuid>>());
        if count < self.total {
            let is_last = page.place() + count >= self.total;
            view.note_more(self.total, (!is_last).then(|| page.after(count, known)));
        }
        Some(view)
    }
}

// === impl RecordsView ===

impl RecordsView for EventView {
    fn needed(archive: &Archive, id: Uuid, known: u64) -> Option<Vec<RecordRef>> {
        let chronicle = archive.chronicle();
        let event = chronicle.event(EventId(id), Some(Position(known)))?;
        let own = RecordRef {
            position: event.position.0,
            record: id,
        };
        // An event of the background is in no commit, unless the log has one with its id.
        let is_of_log = chronicle.record(event.event.into()).is_some();
        let corrections = chronicle.corrections(event.event, Position(known));
        let corrections = corrections.iter().filter_map(|correction| {
            let position = chronicle.record(correction.record)?;
            Some(RecordRef {
                position: position.0,
                record: correction.record.0,
            })
        });
        let own = is_of_log.then_some(own);
        Some(own.into_iter().chain(corrections).collect())
    }

    fn new(archive: &Archive, id: Uuid, known: u64, records: &[CommittedRecord]) -> Option<Self> {
        queries::event(archive, EventId(id), known, records)
    }

    fn keep(&mut self, records: &[Uuid]) -> usize {
        self.keep_records(records)
    }

    fn note_more(&mut self, total: usize, next: Option<String>) {
        self.records_total = Some(total);
        self.next = next;
    }

    fn clear_times(&mut self) {
        self.recorded = None;
        for record in self.records_mut() {
            record.recorded = None;
        }
    }
}

impl RecordsView for PendingView {
    fn needed(_: &Archive, _: Uuid, _: u64) -> Option<Vec<RecordRef>> {
        Some(Vec::new())
    }

    fn new(archive: &Archive, id: Uuid, known: u64, records: &[CommittedRecord]) -> Option<Self> {
        queries::pending(archive, id, known, records)
    }

    fn keep(&mut self, records: &[Uuid]) -> usize {
        self.keep_records(records)
    }

    fn note_more(&mut self, total: usize, next: Option<String>) {
        self.records_total = Some(total);
        self.next = next;
    }

    fn clear_times(&mut self) {
        for record in &mut self.records {
            record.recorded = None;
        }
    }
}
