//! Previews: what rows would change if they were reported now, and what they may repeat.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use detente_api::limits;
use detente_api::request::PreviewRequest;
use detente_api::submission::{Row, check_count};
use detente_api::view::{
    ChangeView, CommitStamp, EventView, PreviewRow, PreviewView, RowEvent, SimilarView, Warning,
    WarningView, json_len,
};
use detente_chronicle::{Preview, ProposedEvent, SimilarEvent};
use detente_domain::day::Day;
use detente_domain::event::{Event, EventId};
use detente_domain::grade::Grade;
use detente_domain::kind::Kind;
use detente_domain::party::Lang;
use detente_domain::state::Change;
use detente_feed::{Error, Failure};
use serde::Serialize;

use crate::archive::Archive;
use crate::event_views;
use crate::source::ReadSource;
use crate::turns::in_turns;

mod ahead;

/// The most rows of a preview.
pub const ROWS_MAX: usize = limits::PREVIEW_ROWS;
/// The most bytes of the body of a preview.
pub const BODY_MAX: usize = limits::PREVIEW_BYTES;
/// The most relations that are folded for a preview.
const RELATIONS_MAX: usize = limits::PREVIEW_RELATIONS;
/// The most changes of a preview.
const CHANGES_MAX: usize = 1_000;
/// The bytes of the changes, and of the similar events, from which on further ones are left out: with
/// the rows, the preview stays below the 4 MiB that gRPC clients accept.
const LIST_BYTES_MAX: usize = 512 << 10;
/// The most similar events of a row.
const SIMILAR_MAX: usize = 20;
/// The most similar events of all rows, beside the nearest of each: they are read from the log.
const SIMILAR_TOTAL: usize = 100;

/// A valid row.
struct Proposed {
    row: usize,
    of: RowEvent,
    /// True if the log has a record with the id.
    is_known: bool,
    /// The first row before with the same id, else with the same kind, parties, details and date.
    earlier: Option<Earlier>,
}

/// An earlier row.
#[derive(Clone, Copy)]
struct Earlier {
    row: usize,
    same_id: bool,
}

/// Returns what rows would change if they were reported now, as one commit. Nothing is stored.
///
/// # Errors
/// `too_many_records` for more than [`ROWS_MAX`] rows, `empty_body` for none, and `not_caught_up`; a
/// failure of the log.
pub async fn preview<S: ReadSource>(
    source: &S,
    rows: Vec<Row>,
    request: &PreviewRequest,
) -> Result<PreviewView, Error> {
    check_count(rows.len(), ROWS_MAX)?;
    source.head(request.min_position.unwrap_or(0)).await?;
    let today = source.today();
    let (rows, mut events) = parsed(rows);
    let touched = move |archive: &mut Archive| {
        mark_known(archive, &mut events);
        let touched = ahead::touched(archive, &events);
        let head = archive.chronicle().head();
        (events, touched, head, archive.chronicle().ticked(head))
    };
    let (mut events, touched, head, until) = source.with_archive(touched).await;
    // Before any tick, nothing is folded.
    if let Some(until) = until {
        ahead::fold_ahead(source, touched, head, until).await;
    }
    let fold = move |archive: &mut Archive| {
        mark_known(archive, &mut events);
        let preview = Arc::new(folded(archive, &events));
        (events, archive.head(), preview)
    };
    let (events, known_at, preview) = source.with_archive(fold).await;
    let mut similar = similar(source, &events, known_at).await?;
    let changed = Arc::clone(&preview);
    let shown = move |archive: &mut Archive| changes(archive, &changed, known_at, today);
    let (changes, changes_left_out) = source.with_archive(shown).await;
    let facts = Facts {
        causes: &causes(&preview),
        is_whole: preview.left_out == 0,
        without_effect: &preview.without_effect,
        similar: &similar,
        ladder: source.rules().ladder,
        today,
    };
    let lang = request.lang.unwrap_or_default();
    let warnings = events.iter().flat_map(|event| facts.warnings(event, lang));
    let warnings = warnings.collect();
    let similar_left_out = keep_bytes(&mut similar);
    Ok(PreviewView {
        known_at,
        projection: source.projection_name().to_owned(),
        rows,
        changes,
        changes_left_out,
        relations_left_out: preview.left_out,
        similar,
        similar_left_out,
        warnings,
    })
}

/// Keeps the first items, as many as have [`LIST_BYTES_MAX`]. Returns the number of the others.
fn keep_bytes<T: Serialize>(items: &mut Vec<T>) -> usize {
    let mut bytes = 0;
    let fits = |item: &&T| {
        bytes += json_len(*item);
        bytes <= LIST_BYTES_MAX
    };
    let (count, kept) = (items.len(), items.iter().take_while(fits).count());
    items.truncate(kept);
    count - kept
}

/// Returns all rows as they are shown, and the events of the valid ones.
fn parsed(rows: Vec<Row>) -> (Vec<PreviewRow>, Vec<Proposed>) {
    let mut shown = Vec::with_capacity(rows.len());
    let mut events: Vec<Proposed> = Vec::with_capacity(rows.len());
    for (row, submitted) in rows {
        let (view, of) = PreviewRow::new(row, submitted);
        shown.push(view);
        let Some(of) = of else { continue };
        let earlier = earlier(&events, &of.event);
        events.push(Proposed {
            row,
            of,
            is_known: false,
            earlier,
        });
    }
    (shown, events)
}

/// Returns the first of the rows before with the id of an event, else with the same act and date.
fn earlier(before: &[Proposed], event: &Event) -> Option<Earlier> {
    let first = |like: &dyn Fn(&Event) -> bool| before.iter().find(|one| like(&one.of.event));
    let same = first(&|other| other.id == event.id);
    let like = || first(&|other| other.act == event.act && other.occurred == event.occurred);
    let earlier = same.or_else(like)?;
    Some(Earlier {
        row: earlier.row,
        same_id: same.is_some(),
    })
}

fn mark_known(archive: &Archive, events: &mut [Proposed]) {
    for proposed in events {
        let id = proposed.of.event.id;
        proposed.is_known = archive.chronicle().record(id.into()).is_some();
    }
}

fn folded(archive: &mut Archive, events: &[Proposed]) -> Preview {
    let new = events.iter().filter(|proposed| proposed.is_new());
    let new: Vec<ProposedEvent> = new.map(|proposed| to_fold(&proposed.of.event)).collect();
    archive.chronicle_mut().preview(&new, RELATIONS_MAX)
}

fn to_fold(event: &Event) -> ProposedEvent {
    ProposedEvent {
        event: event.id,
        act: event.act.clone(),
        earliest: event.occurred.earliest(),
        latest: event.occurred.latest(),
        grade: event.report.grade,
    }
}

/// Returns the first changes, as many as fit, and the number of the others.
fn changes(
    archive: &Archive,
    preview: &Preview,
    known_at: u64,
    today: Day,
) -> (Vec<ChangeView>, usize) {
    let stamp = CommitStamp {
        position: known_at + 1,
        recorded: today,
    };
    let changes = preview.relations.iter();
    let changes = changes.flat_map(|relation| &relation.changes);
    let count = changes.clone().count();
    let known = detente_chronicle::Position(known_at);
    let view = |change: &Change| {
        let disputes = archive.chronicle().disputes(&change.causes, known);
        ChangeView::new(change, stamp).with_disputes(&disputes)
    };
    let mut views: Vec<ChangeView> = changes.take(CHANGES_MAX).map(view).collect();
    keep_bytes(&mut views);
    let left_out = count - views.len();
    (views, left_out)
}

/// Returns the events that cause a change.
fn causes(preview: &Preview) -> BTreeSet<EventId> {
    let relations = preview.relations.iter();
    let changes = relations.flat_map(|relation| &relation.changes);
    changes.flat_map(|change| &change.causes).copied().collect()
}

/// Returns the events that rows may repeat, with what the log tells of them. Rows that are known
/// are left out.
async fn similar<S: ReadSource>(
    source: &S,
    events: &[Proposed],
    known_at: u64,
) -> Result<Vec<SimilarView>, Failure> {
    let most = (SIMILAR_TOTAL / events.len().max(1)).clamp(1, SIMILAR_MAX);
    let new = events.iter().filter(|proposed| proposed.is_new());
    let new: Vec<&Proposed> = new.collect();
    let folded = new.iter().map(|proposed| to_fold(&proposed.of.event));
    let similar = move |archive: &mut Archive, event: ProposedEvent| {
        Some(archive.chronicle().similar(&event, most))
    };
    let similar = in_turns(source, folded.collect(), similar).await;
    let found: Vec<(&Proposed, Vec<SimilarEvent>)> = new.into_iter().zip(similar).collect();
    let ids = found.iter().flat_map(|(_, similar)| similar);
    let mut ids: Vec<EventId> = ids.map(|similar| similar.event).collect();
    ids.sort_unstable();
    ids.dedup();
    let views = event_views::views(source, &ids, known_at).await?;
    let views = views.into_iter();
    let views: BTreeMap<EventId, EventView> = views
        .filter_map(|view| Some((EventId(view.event.id?), view)))
        .collect();
    let view = |proposed: &Proposed, similar: &SimilarEvent| {
        let days_apart = u32::try_from(similar.days_apart).unwrap_or_default();
        let view = views.get(&similar.event)?;
        Some(SimilarView::new(
            proposed.row,
            &proposed.of,
            view,
            days_apart,
        ))
    };
    let similar = found.iter().flat_map(|(proposed, similar)| {
        let view = &view;
        similar
            .iter()
            .filter_map(move |similar| view(proposed, similar))
    });
    Ok(similar.collect())
}

impl Proposed {
    /// Returns true if a report would append it as a new event.
    fn is_new(&self) -> bool {
        !self.is_known && !self.earlier.is_some_and(|earlier| earlier.same_id)
    }
}

/// What the warnings rest on.
struct Facts<'a> {
    /// The events that cause a change.
    causes: &'a BTreeSet<EventId>,
    /// True if every relation was folded.
    is_whole: bool,
    /// The events that affect no relation.
    without_effect: &'a [EventId],
    similar: &'a [SimilarView],
    ladder: Grade,
    today: Day,
}

impl Facts<'_> {
    fn warnings(&self, proposed: &Proposed, lang: Lang) -> Vec<WarningView> {
        let (row, event) = (proposed.row, &proposed.of.event);
        let mut warnings = Vec::new();
        if event.occurred.earliest() > self.today {
            warnings.push(Warning::FutureDate {
                date: event.occurred.text(),
                today: self.today,
            });
        }
        let kind = event.act.kind;
        if !changes_regimes(kind) && self.without_effect.contains(&event.id) {
            warnings.push(Warning::NoSecondParty);
        }
        let (grade, ladder) = (event.report.grade, self.ladder);
        if is_on_ladder(kind) && !grade.reaches(ladder) {
            warnings.push(Warning::BelowLadder { grade, ladder });
        }
        let nearest = self.similar.iter().find(|similar| similar.row == row);
        warnings.extend(nearest.map(|of| Warning::LikelyDuplicate { of }));
        warnings.extend(proposed.earlier.map(|earlier| Warning::DuplicateRow {
            earlier: earlier.row,
            same_id: earlier.same_id,
        }));
        if proposed.is_known {
            warnings.push(Warning::AlreadyReported);
        } else if proposed.is_new() && self.is_whole && !self.causes.contains(&event.id) {
            warnings.push(Warning::Unchanged);
        }
        let warnings = warnings.into_iter();
        warnings.map(|warning| warning.view(row, lang)).collect()
    }
}

/// Returns true if a kind changes who governs a state or what it is a member of, rather than a
/// relation.
const fn changes_regimes(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::AuthorityChanged
            | Kind::MembershipJoined
            | Kind::MembershipLeft
            | Kind::MembershipSuspended
    )
}

/// Returns true if a kind opens or closes something, or moves recognition: that takes a grade.
const fn is_on_ladder(kind: Kind) -> bool {
    kind.register().is_some()
        || matches!(
            kind,
            Kind::RecognitionGranted
                | Kind::RecognitionWithheld
                | Kind::RecognitionRefused
                | Kind::RecognitionWithdrawn
        )
}
