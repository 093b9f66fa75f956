//! Events with every record about them, and ids whose event has not arrived.

use std::collections::{BTreeMap, BTreeSet};

use detente_domain::event::{Authorship, Event};
use detente_domain::record::{Body, RecordId};
use schemars::Schema;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use super::json_len;
use super::record::{CommittedRecord, RecordView, concerns, moment, retractions};
use crate::submission::EventDto;

/// The most bytes of the records of one view, as JSON: with an event beside them, it stays below
/// [`VIEW_BYTES_MAX`](super::VIEW_BYTES_MAX).
pub const RECORDS_BYTES_MAX: usize = 512 << 10;

/// An event with its corrections, and the records about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[schemars(transform = require_id)]
pub struct EventView {
    /// The event, with its corrections applied.
    #[serde(flatten)]
    pub event: EventDto,
    /// Always false: see [`PendingView`].
    pub pending: bool,
    /// Its grade and corroboration.
    #[serde(flatten)]
    pub standing: StandingView,
    /// Its position in the log.
    pub position: u64,
    /// The author: the name of the token that submitted it.
    pub author: String,
    /// The time at which it was admitted, in RFC 3339.
    pub recorded: Option<String>,
    /// The retraction, if it was retracted.
    pub retracted: Option<RecordView>,
    /// True if a record in effect denies or contradicts it.
    pub disputed: bool,
    /// Further publications.
    pub reports: Vec<RecordView>,
    /// Denials and contradictions of the event.
    pub disputes: Vec<RecordView>,
    /// Corrections, whether in effect or not.
    pub corrections: Vec<RecordView>,
    /// Links with other events, and their ends.
    pub links: Vec<RecordView>,
    /// Retractions: of the event, of those records, and of each other.
    pub retractions: Vec<RecordView>,
    /// The number of all records about it, if these are not all: they are the newest, or those of
    /// the page that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records_total: Option<usize>,
    /// The cursor at which older records follow: `from` of a request of the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// Describes the id as always there: only an event that is submitted may lack it.
fn require_id(schema: &mut Schema) {
    if let Some(types) = schema.pointer_mut("/properties/id/type") {
        *types = json!("string");
    }
    if let Some(Value::Array(required)) = schema.pointer_mut("/required") {
        required.push(json!("id"));
    }
}

/// The grade and corroboration of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct StandingView {
    /// The grade that counts: that of its best-weighted report, raised for further publishers by
    /// the rulebook.
    pub grade: String,
    /// The grade of its best-weighted report alone.
    pub reported_grade: String,
    /// The number of independent publishers, including that of the first report; services, copies
    /// and outlets of one owner count as one.
    pub publishers: usize,
    /// The number of publishers whose grade the rulebook counts.
    pub vouching: usize,
    /// The events that are linked with it as the same, at most the first 100; the one with the
    /// earliest id represents all.
    #[schemars(length(max = 100))]
    pub same_as: Vec<Uuid>,
    /// The number of all of these, if there are more than `same_as` names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub same_as_total: Option<usize>,
}

/// Records about an id that no event or record has yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PendingView {
    /// The id.
    pub id: Uuid,
    /// Always true: the records take effect when the event arrives.
    pub pending: bool,
    /// The records, in order of arrival.
    pub records: Vec<RecordView>,
    /// The number of all records, if these are not all: they are the newest, or those of the page
    /// that was asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub records_total: Option<usize>,
    /// The cursor at which older records follow: `from` of a request of the id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
}

/// The answer for the id of an event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum EventLookup {
    /// An event.
    Event(Box<EventView>),
    /// Records about it, without the event.
    Pending(PendingView),
}

// === impl EventView ===

impl EventView {
    /// Creates the view of a corrected event, first reported by `authorship` at `position`.
    /// `about` holds every record about it, and the retractions of those, in any order; other
    /// records are ignored.
    #[must_use]
    pub fn new(
        event: &Event,
        standing: StandingView,
        position: u64,
        authorship: &Authorship,
        about: &[CommittedRecord],
    ) -> Self {
        let about = ordered(about);
        let retracted = retractions(&about);
        let view = |known: &CommittedRecord| RecordView::new(known, event.id.0, &retracted);
        let records = |wanted: fn(&Body) -> bool| {
            let chosen = about.iter().filter(|known| {
                wanted(&known.record.body) && concerns(&known.record.body, event.id.0)
            });
            chosen.map(|known| view(known)).collect::<Vec<_>>()
        };
        let disputes = records(|body| matches!(body, Body::Disputed { .. }));
        let own = retracted.get(&RecordId(event.id.0));
        let is_retraction =
            |known: &&&CommittedRecord| matches!(known.record.body, Body::Retracted { .. });
        Self {
            event: event.into(),
            pending: false,
            standing,
            position,
            author: authorship.author.clone(),
            recorded: moment(authorship.recorded),
            retracted: own.map(|known| view(known)),
            disputed: disputes.iter().any(|dispute| !dispute.retracted),
            reports: records(|body| matches!(body, Body::Corroborated { .. })),
            disputes,
            corrections: records(|body| matches!(body, Body::Corrected { .. })),
            links: records(|body| matches!(body, Body::Linked { .. } | Body::Unlinked { .. })),
            retractions: about
                .iter()
                .filter(is_retraction)
                .map(|known| view(known))
                .collect(),
            records_total: None,
            next: None,
        }
    }

    /// Keeps the first of these records, and no others: at least one, and as many as have
    /// [`RECORDS_BYTES_MAX`] together. Returns their number.
    pub fn keep_records(&mut self, records: &[Uuid]) -> usize {
        let Self {
            reports,
            disputes,
            corrections,
            links,
            retractions,
            ..
        } = self;
        keep_records(
            [reports, disputes, corrections, links, retractions],
            records,
        )
    }

    /// Returns every record about it, list by list.
    pub fn records_mut(&mut self) -> impl Iterator<Item = &mut RecordView> {
        let Self {
            reports,
            disputes,
            corrections,
            links,
            retractions,
            retracted,
            ..
        } = self;
        let lists = [reports, disputes, corrections, links, retractions];
        lists.into_iter().flatten().chain(retracted)
    }
}

// === impl PendingView ===

impl PendingView {
    /// Creates the view of an id whose event has not arrived. `about` holds every record about it,
    /// and the retractions of those, in any order.
    #[must_use]
    pub fn new(id: Uuid, about: &[CommittedRecord]) -> Self {
        let about = ordered(about);
        let retracted = retractions(&about);
        let view = |known: &&CommittedRecord| RecordView {
            counts: false,
            ..RecordView::new(known, id, &retracted)
        };
        Self {
            id,
            pending: true,
            records: about.iter().map(view).collect(),
            records_total: None,
            next: None,
        }
    }

    /// Keeps the first of these records, and no others: at least one, and as many as have
    /// [`RECORDS_BYTES_MAX`] together. Returns their number.
    pub fn keep_records(&mut self, records: &[Uuid]) -> usize {
        keep_records([&mut self.records], records)
    }
}

impl StandingView {
    /// The most linked events that are named.
    pub const SAME_AS_MAX: usize = 100;
}

/// Keeps the first of some records in lists, as many as fit. Returns their number.
fn keep_records<const N: usize>(lists: [&mut Vec<RecordView>; N], records: &[Uuid]) -> usize {
    let sizes = lists.iter().flat_map(|list| list.iter());
    let sizes: BTreeMap<Uuid, usize> = sizes.map(|view| (view.id, json_len(view))).collect();
    let mut bytes = 0;
    let fits = |record: &&Uuid| {
        bytes += sizes.get(*record).copied().unwrap_or_default();
        bytes <= RECORDS_BYTES_MAX
    };
    let count = records.iter().take_while(fits).count();
    let count = count.max(1).min(records.len());
    let kept: BTreeSet<&Uuid> = records.iter().take(count).collect();
    for list in lists {
        list.retain(|view| kept.contains(&view.id));
    }
    count
}

/// Returns the views by the ids of their events.
pub(super) fn by_id(views: &[EventView]) -> BTreeMap<Uuid, &EventView> {
    let views = views.iter();
    views
        .filter_map(|view| Some((view.event.id?, view)))
        .collect()
}

fn ordered(about: &[CommittedRecord]) -> Vec<&CommittedRecord> {
    let mut about: Vec<&CommittedRecord> = about.iter().collect();
    about.sort_by_key(|known| (known.position, known.record.id));
    about
}
