//! A record about an event or about another record.

use std::collections::BTreeMap;

use detente_domain::record::{Body, Record, RecordId};
use detente_domain::string_enum;
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use uuid::Uuid;

use super::{Named, Text, code};
use crate::submission::{PatchDto, ReportDto};

string_enum! {
    /// The type of a record.
    RecordKind {
        /// A report of an event.
        Reported "reported",
        /// A further publication.
        Corroborated "corroborated",
        /// A denial or contradiction.
        Disputed "disputed",
        /// A correction.
        Corrected "corrected",
        /// A retraction.
        Retracted "retracted",
        /// A link with another event.
        Linked "linked",
        /// The end of a link.
        Unlinked "unlinked",
        /// The beginning of a UTC day.
        Tick "tick",
    }
}

/// A record about an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct RecordView {
    /// Its id.
    pub id: Uuid,
    /// Its type.
    #[serde(rename = "type")]
    pub kind: Named<RecordKind>,
    /// Its position in the log.
    pub position: u64,
    /// The author: the name of the token that submitted it.
    pub author: String,
    /// The time at which it was admitted, in RFC 3339.
    pub recorded: Option<String>,
    /// True if it takes effect: its target exists, it is not retracted, and a correction is graded as
    /// well as the reports of the event, or is of the same publisher.
    pub counts: bool,
    /// True if it was retracted.
    pub retracted: bool,
    /// The retraction, if it was retracted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retracted_by: Option<RetractionView>,
    /// The publication that it rests on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<ReportDto>,
    /// The party that denies the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Text>,
    /// The claim of that party or source.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub claim: Option<String>,
    /// The new values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patch: Option<PatchDto>,
    /// The reason of a retraction.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The record that a retraction retracts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record: Option<Uuid>,
    /// The other event of a link.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub other: Option<Uuid>,
}

/// The retraction of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct RetractionView {
    /// Its id.
    pub id: Uuid,
    /// The reason.
    pub reason: String,
    /// Its position in the log.
    pub position: u64,
    /// The author: the name of the token that submitted it.
    pub author: String,
}

/// A record with its position in the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommittedRecord {
    /// The position.
    pub position: u64,
    /// The record.
    pub record: Record,
}

/// The retraction in effect of each record.
pub(super) type Retractions<'r> = BTreeMap<RecordId, &'r CommittedRecord>;

/// Finds the retraction in effect of each record, the first one in order. Retractions may be retracted
/// themselves, so each chain is resolved from its end. In a cycle, which ids that were chosen
/// beforehand can form, none has effect.
pub(super) fn retractions<'r>(about: &[&'r CommittedRecord]) -> Retractions<'r> {
    let target = |known: &CommittedRecord| match &known.record.body {
        Body::Retracted { record, .. } => Some(*record),
        _ => None,
    };
    let targets = about
        .iter()
        .filter_map(|known| Some((target(known)?, *known)));
    let targets: Vec<(RecordId, &CommittedRecord)> = targets.collect();
    // Of each record: how many retractions of it are not resolved yet.
    let mut open: BTreeMap<RecordId, usize> = BTreeMap::new();
    for (target, _) in &targets {
        *open.entry(*target).or_default() += 1;
    }
    let is_end = |known: &&CommittedRecord| !open.contains_key(&known.record.id);
    let ends = targets.iter().map(|(_, known)| *known).filter(is_end);
    let mut ends: Vec<&CommittedRecord> = ends.collect();
    let of: BTreeMap<RecordId, &CommittedRecord> = targets
        .iter()
        .map(|(_, known)| (known.record.id, *known))
        .collect();
    let mut retracted: Retractions<'r> = BTreeMap::new();
    while let Some(known) = ends.pop() {
        let Some(target) = target(known) else {
            continue;
        };
        if !retracted.contains_key(&known.record.id) {
            let first = retracted.entry(target).or_insert(known);
            let order = |known: &CommittedRecord| (known.position, known.record.id);
            if order(known) < order(first) {
                *first = known;
            }
        }
        let left = open.entry(target).or_default();
        *left = left.saturating_sub(1);
        if *left == 0 {
            ends.extend(of.get(&target));
        }
    }
    retracted
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
    /// Creates the view of a record about that event or record.
    pub(super) fn new(known: &CommittedRecord, event: Uuid, retracted: &Retractions<'_>) -> Self {
        let CommittedRecord { position, record } = known;
        let mut view = Self {
            id: record.id.0,
            kind: Named((&record.body).into()),
            position: *position,
            author: record.authorship.author.clone(),
            recorded: moment(record.authorship.recorded),
            counts: !retracted.contains_key(&record.id),
            retracted: retracted.contains_key(&record.id),
            retracted_by: retracted
                .get(&record.id)
                .and_then(|by| RetractionView::new(by)),
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

impl RetractionView {
    fn new(known: &CommittedRecord) -> Option<Self> {
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

impl From<&Body> for RecordKind {
    fn from(body: &Body) -> Self {
        match body {
            Body::Reported(_) => Self::Reported,
            Body::Corroborated { .. } => Self::Corroborated,
            Body::Disputed { .. } => Self::Disputed,
            Body::Corrected { .. } => Self::Corrected,
            Body::Retracted { .. } => Self::Retracted,
            Body::Linked { .. } => Self::Linked,
            Body::Unlinked { .. } => Self::Unlinked,
            Body::Tick { .. } => Self::Tick,
        }
    }
}

pub(super) fn moment(at: OffsetDateTime) -> Option<String> {
    at.to_offset(time::UtcOffset::UTC).format(&Rfc3339).ok()
}
