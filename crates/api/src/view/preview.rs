//! Previews: what events would change if they were reported now, and what they may repeat.

mod warning;

use std::collections::BTreeMap;

use detente_domain::event::{Event, EventId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

pub use warning::{Warning, WarningCode, WarningView};

use super::{ChangeView, EventView};
use crate::refusal::{Code, Refusal};
use crate::submission::{Amend, Amendment, Draft, EventDto, ReportDto, Submission};

/// What rows would change if they were reported now, together. Nothing is stored. Amendments in the
/// log that wait for one of the events are not applied.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PreviewView {
    /// The position of the log at which the preview was made.
    pub known_at: u64,
    /// The projection under whose rulebook it was made.
    pub projection: String,
    /// The rows, in order.
    pub rows: Vec<PreviewRow>,
    /// The changes, by relation, then in order of days. Their causes have the ids of the rows;
    /// `position` is the one after the end of the log, and `lag_days` counts to today.
    pub changes: Vec<ChangeView>,
    /// The number of changes that are left out, since there are too many.
    pub changes_left_out: usize,
    /// The number of relations that were not looked at, since there are too many.
    pub relations_left_out: usize,
    /// Events of the log that rows may repeat: by row, then the nearest first.
    pub similar: Vec<SimilarView>,
    /// The number of similar events that are left out, since there are too many.
    #[serde(default)]
    pub similar_left_out: usize,
    /// What the reporter may want to know before, in order of rows.
    pub warnings: Vec<WarningView>,
}

/// A row of a preview: its event, or its refusals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PreviewRow {
    /// The number of the row, from 1: its index in the array, or its line in NDJSON.
    pub row: usize,
    /// The event as it would be stored; null if the row is refused. An event without an id gets one
    /// here, which depends on its content and the number of its row alone, so that causes can name
    /// it; a report of the row makes another one, unless the row has this one then.
    pub event: Option<EventDto>,
    /// The refusals of the row; none if it is valid.
    pub refusals: Vec<Refusal>,
}

/// The event of a valid row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RowEvent {
    /// The event.
    pub event: Event,
    /// True if the row has its id, false if it was derived.
    pub has_own_id: bool,
}

/// An event of the log that a row may repeat.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SimilarView {
    /// The number of the row.
    pub row: usize,
    /// The id of the event.
    pub id: Uuid,
    /// The code of its kind.
    pub kind: String,
    /// The codes of its actors.
    pub actors: Vec<String>,
    /// The codes of its recipients.
    pub recipients: Vec<String>,
    /// Its date, in EDTF.
    pub occurred: String,
    /// Its titles, by language.
    pub title: BTreeMap<String, String>,
    /// The publisher of its first report.
    pub publisher: String,
    /// The grade that counts.
    pub grade: String,
    /// The number of its independent publishers.
    pub publishers: usize,
    /// The days between both dates; 0 if they overlap.
    pub days_apart: u32,
    /// The amendment that adds the row's publication to this event, instead of a new event.
    pub corroborate: AmendmentHint,
    /// The amendment that links the row's event with this one, once it is reported; null for a row
    /// without an id, since its event gets one when it is reported.
    pub link: Option<AmendmentHint>,
}

/// An amendment that can be sent as it is, with `POST`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct AmendmentHint {
    /// The path.
    pub path: String,
    /// The body.
    pub body: Value,
}

// === impl PreviewRow ===

impl PreviewRow {
    /// Creates the row of a submission, with its event if it is valid.
    ///
    /// Amendments are refused with `events_only`.
    #[must_use]
    pub fn new(
        row: usize,
        submitted: Result<Submission, Vec<Refusal>>,
    ) -> (Self, Option<RowEvent>) {
        let event = submitted.and_then(|submitted| match submitted {
            Submission::Event(draft) => Ok(with_id(draft, row)),
            Submission::Amendment(amendment) => Err(vec![events_only(&amendment)]),
        });
        let (event, refusals) = match event {
            Ok(event) => (Some(event), Vec::new()),
            Err(refusals) => (None, refusals),
        };
        let shown = event.as_ref().map(|valid| EventDto::from(&valid.event));
        let shown = Self {
            row,
            event: shown,
            refusals,
        };
        (shown, event)
    }
}

fn events_only(amendment: &Amendment) -> Refusal {
    let message = "this is an amendment; a preview is of events";
    let refusal = Refusal::new(Code::EventsOnly, message);
    match amendment.operation() {
        Some((amend, target)) => refusal.field(amend.as_str()).value(&target.to_string()),
        None => refusal,
    }
}

/// Returns the event of a draft, with the id that it has, or that its content and row give.
fn with_id(draft: Draft, row: usize) -> RowEvent {
    let own = draft.id;
    let mut event = draft.into_event(EventId(own.unwrap_or_default()));
    if own.is_none() {
        let namespace = Uuid::new_v5(&Uuid::NAMESPACE_URL, b"urn:detente:preview");
        let content = json!([row, EventDto::from(&event)]).to_string();
        event.id = EventId(Uuid::new_v5(&namespace, content.as_bytes()));
    }
    RowEvent {
        event,
        has_own_id: own.is_some(),
    }
}

// === impl SimilarView ===

impl SimilarView {
    /// Creates the view of an event that the event of a row may repeat.
    #[must_use]
    pub fn new(row: usize, of: &RowEvent, similar: &EventView, days_apart: u32) -> Self {
        let RowEvent { event, has_own_id } = of;
        let dto = &similar.event;
        let id = dto.id.unwrap_or_default();
        let hint = |amend: Amend, body: Value| AmendmentHint {
            path: format!("/v1/events/{id}/{}", amend.path_segment()),
            body,
        };
        let report = ReportDto::from(&event.report);
        Self {
            row,
            id,
            kind: dto.kind.clone(),
            actors: dto.actors.clone(),
            recipients: dto.recipients.clone(),
            occurred: dto.occurred.clone(),
            title: dto.title.clone(),
            publisher: dto.report.publisher.clone(),
            grade: similar.standing.grade.clone(),
            publishers: similar.standing.publishers,
            days_apart,
            corroborate: hint(Amend::Corroborate, json!({"report": report})),
            link: has_own_id.then(|| hint(Amend::Link, json!({"other": event.id.0}))),
        }
    }
}
