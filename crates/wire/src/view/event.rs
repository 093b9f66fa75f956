//! An event with every record about it.

use std::collections::BTreeMap;

use detente_domain::event::{Authorship, Event};
use detente_domain::record::{Body, Record, RecordId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::{Word, borrowed, code};
use crate::json::{EventForm, PatchForm, ReportForm};

/// An event as it now stands, and all that was said about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventView {
    /// The event, with its corrections.
    #[serde(flatten)]
    pub event: EventForm,
    /// The position of the commit that brought it.
    pub position: u64,
    /// Who entered it.
    pub author: String,
    /// When it was admitted, RFC 3339.
    pub recorded: Option<String>,
    /// It was taken back: the retraction that did.
    pub retracted: Option<RecordView>,
    /// It is denied or contradicted, by a record that stands.
    pub disputed: bool,
    /// Further publications.
    pub reports: Vec<RecordView>,
    /// Denials and contradictions.
    pub disputes: Vec<RecordView>,
    /// Corrections, the winning and the others.
    pub corrections: Vec<RecordView>,
    /// Links with other events, and their ends.
    pub links: Vec<RecordView>,
}

/// A record about an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordView {
    /// Its id.
    pub id: Uuid,
    /// `corroborated`, `disputed`, `corrected`, `retracted`, `linked` or `unlinked`.
    #[serde(rename = "type")]
    pub kind: Word,
    /// The position of the commit that brought it.
    pub position: u64,
    /// Who entered it.
    pub author: String,
    /// When it was admitted, RFC 3339.
    pub recorded: Option<String>,
    /// It was taken back itself.
    pub retracted: bool,
    /// The publication that it rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<ReportForm>,
    /// The party that denies the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Word>,
    /// What is claimed instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<String>,
    /// The new values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patch: Option<PatchForm>,
    /// Why it was taken back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The other event of a link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<Uuid>,
}

/// A record with the position of the commit that brought it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The position.
    pub position: u64,
    /// The record.
    pub record: Record,
}

// === impl EventView ===

impl EventView {
    /// The view of an event as it now stands, first reported by `authorship` at `position`.
    /// `about` holds every record about it, and the retractions of those, in any order; records
    /// about something else are left out.
    #[must_use]
    pub fn of(event: &Event, position: u64, authorship: &Authorship, about: &[Known]) -> Self {
        let mut about: Vec<&Known> = about.iter().collect();
        about.sort_by_key(|known| (known.position, known.record.id));
        let retracted = retractions(&about);
        let records = |wanted: fn(&Body) -> bool| {
            let chosen = about.iter().filter(|known| {
                wanted(&known.record.body) && concerns(&known.record.body, event.id.0)
            });
            chosen
                .map(|known| RecordView::of(known, event.id.0, &retracted))
                .collect::<Vec<_>>()
        };
        let disputes = records(|body| matches!(body, Body::Disputed { .. }));
        let own = retracted.get(&RecordId(event.id.0));
        Self {
            event: event.into(),
            position,
            author: authorship.author.clone(),
            recorded: moment(authorship.recorded),
            retracted: own.map(|known| RecordView::of(known, event.id.0, &retracted)),
            disputed: disputes.iter().any(|dispute| !dispute.retracted),
            reports: records(|body| matches!(body, Body::Corroborated { .. })),
            disputes,
            corrections: records(|body| matches!(body, Body::Corrected { .. })),
            links: records(|body| matches!(body, Body::Linked { .. } | Body::Unlinked { .. })),
        }
    }
}

type Retractions<'k> = BTreeMap<RecordId, &'k Known>;

/// The retraction that takes back each record. A retraction may be taken back by another one, so
/// what stands is settled from the last link of each chain.
fn retractions<'k>(about: &[&'k Known]) -> Retractions<'k> {
    let targets: Vec<(RecordId, &Known)> = about
        .iter()
        .filter_map(|known| match &known.record.body {
            Body::Retracted { record, .. } => Some((*record, *known)),
            _ => None,
        })
        .collect();
    let stands = |id: RecordId| stands(id, &targets, targets.len());
    let standing = targets
        .iter()
        .rev()
        .filter(|(_, known)| stands(known.record.id));
    standing.map(|(target, known)| (*target, *known)).collect()
}

/// A record stands unless a retraction that stands takes it back. The depth ends a circle, which
/// only ids that were made up beforehand can form.
fn stands(id: RecordId, targets: &[(RecordId, &Known)], depth: usize) -> bool {
    depth == 0
        || !targets
            .iter()
            .any(|(target, known)| *target == id && stands(known.record.id, targets, depth - 1))
}

fn concerns(body: &Body, id: Uuid) -> bool {
    match body {
        Body::Corroborated { event, .. }
        | Body::Disputed { event, .. }
        | Body::Corrected { event, .. } => event.0 == id,
        Body::Linked { one, other } | Body::Unlinked { one, other } => one.0 == id || other.0 == id,
        Body::Retracted { .. } | Body::Reported(_) | Body::Tick { .. } => false,
    }
}

// === impl RecordView ===

impl RecordView {
    fn of(known: &Known, event: Uuid, retracted: &Retractions<'_>) -> Self {
        let Known { position, record } = known;
        let mut view = Self {
            id: record.id.0,
            kind: borrowed(word(&record.body)),
            position: *position,
            author: record.authorship.author.clone(),
            recorded: moment(record.authorship.recorded),
            retracted: retracted.contains_key(&record.id),
            report: None,
            by: None,
            claim: None,
            patch: None,
            reason: None,
            other: None,
        };
        match &record.body {
            Body::Corroborated { report, .. } => view.report = Some(report.into()),
            Body::Disputed {
                by, report, claim, ..
            } => {
                view.by = by.map(code);
                view.claim.clone_from(claim);
                view.report = Some(report.into());
            }
            Body::Corrected { patch, report, .. } => {
                view.patch = Some(patch.into());
                view.report = Some(report.into());
            }
            Body::Retracted { reason, .. } => view.reason = Some(reason.clone()),
            Body::Linked { one, other } | Body::Unlinked { one, other } => {
                view.other = Some(if one.0 == event { other.0 } else { one.0 });
            }
            Body::Reported(_) | Body::Tick { .. } => {}
        }
        view
    }
}

const fn word(body: &Body) -> &'static str {
    match body {
        Body::Reported(_) => "reported",
        Body::Corroborated { .. } => "corroborated",
        Body::Disputed { .. } => "disputed",
        Body::Corrected { .. } => "corrected",
        Body::Retracted { .. } => "retracted",
        Body::Linked { .. } => "linked",
        Body::Unlinked { .. } => "unlinked",
        Body::Tick { .. } => "tick",
    }
}

fn moment(at: OffsetDateTime) -> Option<String> {
    at.to_offset(time::UtcOffset::UTC).format(&Rfc3339).ok()
}
