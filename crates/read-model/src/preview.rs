//! Previews: what rows would change if they were reported now, and what they may repeat.

use std::collections::BTreeMap;

use detente_api::request::PreviewRequest;
use detente_api::submission::Submission;
use detente_api::view::{
    ChangeView, CommitStamp, EventView, PreviewRow, PreviewView, SimilarView, Warning, WarningView,
};
use detente_api::{Code, Refusal};
use detente_chronicle::{Preview, ProposedEvent, SimilarEvent};
use detente_domain::day::Day;
use detente_domain::event::{Event, EventId};
use detente_domain::grade::Grade;
use detente_domain::kind::Kind;
use detente_domain::party::Lang;
use detente_domain::relations;
use detente_feed::{Error, Failure};

use crate::archive::Archive;
use crate::event_views;
use crate::source::ReadSource;

/// The most rows of a preview.
pub const ROWS_MAX: usize = 100;
/// The most relations that are folded for a preview.
const RELATIONS_MAX: usize = 100;
/// The most changes of a preview.
const CHANGES_MAX: usize = 1_000;
/// The most similar events of a row.
const SIMILAR_MAX: usize = 20;
/// The most similar events of all rows, beside the nearest of each: they are read from the log.
const SIMILAR_TOTAL: usize = 100;

/// The number of a row, and the row or all its refusals.
pub type Row = (usize, Result<Submission, Vec<Refusal>>);

/// A valid row.
struct Proposed {
    row: usize,
    event: Event,
    /// True if a record with the id is known, or an earlier row has it.
    is_known: bool,
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
    check_count(rows.len())?;
    source.head(request.min_position.unwrap_or(0)).await?;
    let today = source.today();
    let (rows, mut events) = parsed(rows);
    let (known_at, preview) = {
        let mut archive = source.archive();
        mark_known(&archive, &mut events);
        (archive.head(), folded(&mut archive, &events))
    };
    let similar = similar(source, &events, known_at).await?;
    let mut changes = changes(source, &preview, known_at, today);
    let changes_left_out = changes.len().saturating_sub(CHANGES_MAX);
    let facts = Facts {
        changes: &changes,
        is_whole: preview.left_out == 0,
        similar: &similar,
        ladder: source.archive().chronicle().rules().ladder,
        today,
    };
    let lang = request.lang.unwrap_or_default();
    let warnings = events.iter().flat_map(|event| facts.warnings(event, lang));
    let warnings = warnings.collect();
    changes.truncate(CHANGES_MAX);
    Ok(PreviewView {
        known_at,
        projection: source.projection_name().to_owned(),
        rows,
        changes,
        changes_left_out,
        relations_left_out: preview.left_out,
        similar,
        warnings,
    })
}

fn check_count(rows: usize) -> Result<(), Refusal> {
    match rows {
        0 => Err(Refusal::new(Code::EmptyBody, "there is no row in it")),
        1..=ROWS_MAX => Ok(()),
        _ => Err(too_many_rows()),
    }
}

/// Returns the refusal of more than [`ROWS_MAX`] rows.
#[must_use]
pub fn too_many_rows() -> Refusal {
    let message = format!("a preview has at most {ROWS_MAX} rows");
    Refusal::new(Code::TooManyRecords, message)
}

/// Returns all rows as they are shown, and the events of the valid ones.
fn parsed(rows: Vec<Row>) -> (Vec<PreviewRow>, Vec<Proposed>) {
    let mut shown = Vec::with_capacity(rows.len());
    let mut events = Vec::with_capacity(rows.len());
    for (row, submitted) in rows {
        let (view, event) = PreviewRow::new(row, submitted);
        shown.push(view);
        events.extend(event.map(|event| Proposed {
            row,
            event,
            is_known: false,
        }));
    }
    (shown, events)
}

fn mark_known(archive: &Archive, events: &mut [Proposed]) {
    let mut seen = std::collections::BTreeSet::new();
    for proposed in events {
        let id = proposed.event.id;
        let is_first = seen.insert(id);
        proposed.is_known = !is_first || archive.chronicle().record(id.into()).is_some();
    }
}

fn folded(archive: &mut Archive, events: &[Proposed]) -> Preview {
    let new = events.iter().filter(|proposed| !proposed.is_known);
    let new: Vec<ProposedEvent> = new.map(|proposed| to_fold(&proposed.event)).collect();
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

fn changes<S: ReadSource>(
    source: &S,
    preview: &Preview,
    known_at: u64,
    today: Day,
) -> Vec<ChangeView> {
    let archive = source.archive();
    let stamp = CommitStamp {
        position: known_at + 1,
        recorded: today,
    };
    let changes = preview.relations.iter();
    let changes = changes.flat_map(|relation| &relation.changes);
    let known = detente_chronicle::Position(known_at);
    changes
        .map(|change| {
            let disputes = archive.chronicle().disputes(&change.causes, known);
            ChangeView::new(change, stamp).with_disputes(&disputes)
        })
        .collect()
}

/// Returns the events that rows may repeat, with what the log tells of them. Rows that are known
/// are left out.
async fn similar<S: ReadSource>(
    source: &S,
    events: &[Proposed],
    known_at: u64,
) -> Result<Vec<SimilarView>, Failure> {
    let most = (SIMILAR_TOTAL / events.len().max(1)).clamp(1, SIMILAR_MAX);
    let new = events.iter().filter(|proposed| !proposed.is_known);
    let found: Vec<(&Proposed, Vec<SimilarEvent>)> = new
        .map(|proposed| {
            // Other reads have their turn between two rows.
            let archive = source.archive();
            let similar = archive.chronicle().similar(&to_fold(&proposed.event), most);
            (proposed, similar)
        })
        .collect();
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
            &proposed.event,
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

/// What the warnings rest on.
struct Facts<'a> {
    changes: &'a [ChangeView],
    /// True if every relation was folded.
    is_whole: bool,
    similar: &'a [SimilarView],
    ladder: Grade,
    today: Day,
}

impl Facts<'_> {
    fn warnings(&self, proposed: &Proposed, lang: Lang) -> Vec<WarningView> {
        let Proposed { row, event, .. } = proposed;
        let mut warnings = Vec::new();
        if event.occurred.earliest() > self.today {
            warnings.push(Warning::FutureDate {
                date: event.occurred.text(),
                today: self.today,
            });
        }
        let kind = event.act.kind;
        if !changes_regimes(kind) && relations::affected(&event.act).is_empty() {
            warnings.push(Warning::NoSecondParty);
        }
        let (grade, ladder) = (event.report.grade, self.ladder);
        if is_on_ladder(kind) && !grade.reaches(ladder) {
            warnings.push(Warning::BelowLadder { grade, ladder });
        }
        let nearest = self.similar.iter().find(|similar| similar.row == *row);
        warnings.extend(nearest.map(|of| Warning::LikelyDuplicate { of }));
        let causes = |change: &ChangeView| change.causes.contains(&event.id.0);
        if proposed.is_known {
            warnings.push(Warning::AlreadyReported);
        } else if self.is_whole && !self.changes.iter().any(causes) {
            warnings.push(Warning::Unchanged);
        }
        let warnings = warnings.into_iter();
        warnings.map(|warning| warning.view(*row, lang)).collect()
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
