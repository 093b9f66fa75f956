//! A record about an event or about another record.

use std::collections::BTreeMap;

use detente_domain::record::{Body, Record, RecordId};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::{Word, borrowed, code};
use crate::json::{PatchForm, ReportForm};

/// A record about an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
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
    /// It has its say: what it is about is there, and nothing that counts takes it back.
    pub counts: bool,
    /// It was taken back itself.
    pub retracted: bool,
    /// The retraction that did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retracted_by: Option<TakenBackView>,
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
    /// The record that a retraction takes back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<Uuid>,
    /// The other event of a link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<Uuid>,
}

/// How a record was taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct TakenBackView {
    /// The retraction's id.
    pub id: Uuid,
    /// Why.
    pub reason: String,
    /// The position of the commit that brought it.
    pub position: u64,
    /// Who entered it.
    pub author: String,
}

/// A record with the position of the commit that brought it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// The position.
    pub position: u64,
    /// The record.
    pub record: Record,
}

/// By record: the retraction that takes it back.
pub(super) type Retractions<'k> = BTreeMap<RecordId, &'k Known>;

/// The retraction that takes back each record. A retraction may be taken back by another one, so
/// what stands is settled from the last link of each chain.
pub(super) fn retractions<'k>(about: &[&'k Known]) -> Retractions<'k> {
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

pub(super) fn concerns(body: &Body, id: Uuid) -> bool {
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
    /// The view of a record about that event or record.
    pub(super) fn of(known: &Known, event: Uuid, retracted: &Retractions<'_>) -> Self {
        let Known { position, record } = known;
        let mut view = Self {
            id: record.id.0,
            kind: borrowed(as_str(&record.body)),
            position: *position,
            author: record.authorship.author.clone(),
            recorded: moment(record.authorship.recorded),
            counts: !retracted.contains_key(&record.id),
            retracted: retracted.contains_key(&record.id),
            retracted_by: retracted
                .get(&record.id)
                .and_then(|by| TakenBackView::of(by)),
            report: None,
            by: None,
            claim: None,
            patch: None,
            reason: None,
            record: None,
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
            Body::Retracted { record, reason } => {
                view.record = Some(record.0);
                view.reason = Some(reason.clone());
            }
            Body::Linked { one, other } | Body::Unlinked { one, other } => {
                view.other = Some(if one.0 == event { other.0 } else { one.0 });
            }
            Body::Reported(_) | Body::Tick { .. } => {}
        }
        view
    }
}

impl TakenBackView {
    fn of(known: &Known) -> Option<Self> {
        let Body::Retracted { reason, .. } = &known.record.body else {
            return None;
        };
        Some(Self {
            id: known.record.id.0,
            reason: reason.clone(),
            position: known.position,
            author: known.record.authorship.author.clone(),
        })
    }
}

const fn as_str(body: &Body) -> &'static str {
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

pub(super) fn moment(at: OffsetDateTime) -> Option<String> {
    at.to_offset(time::UtcOffset::UTC).format(&Rfc3339).ok()
}
