//! An event with every record about it, and one that is yet to come.

use detente_domain::event::{Authorship, Event};
use detente_domain::record::{Body, RecordId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::record::{Known, RecordView, concerns, moment, retractions};
use crate::json::EventForm;

/// An event as it now stands, and all that was said about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct EventView {
    /// The event, with its corrections.
    #[serde(flatten)]
    pub event: EventForm,
    /// Always false: see [`PendingView`].
    pub pending: bool,
    /// On whose word it stands.
    #[serde(flatten)]
    pub standing: StandingView,
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
    /// Retractions: of the event, of those records, and of each other.
    pub retractions: Vec<RecordView>,
}

/// On whose word an event stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct StandingView {
    /// The grade that it counts with: of its best-weighted report, raised by further publishers as
    /// the rulebook says.
    pub grade: String,
    /// The grade of its best-weighted report alone.
    pub reported_grade: String,
    /// Independent publishers, the first report's among them: services, copies and owners of one
    /// publisher are one.
    pub publishers: usize,
    /// Those of a grade that the rulebook counts.
    pub vouching: usize,
    /// The other events that are one with it; the earliest id tells for all.
    pub same_as: Vec<Uuid>,
}

/// Records about an id that no event or record has, yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct PendingView {
    /// The id that they name.
    pub id: Uuid,
    /// Always true: they take effect when it comes.
    pub pending: bool,
    /// The records, in order of arrival.
    pub records: Vec<RecordView>,
}

/// What is known of an id.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(untagged)]
pub enum Shown {
    /// An event.
    Event(Box<EventView>),
    /// Nothing but records about it.
    Pending(PendingView),
}

// === impl EventView ===

impl EventView {
    /// The view of an event as it now stands, first reported by `authorship` at `position`.
    /// `about` holds every record about it, and the retractions of those, in any order; records
    /// about something else are left out.
    #[must_use]
    pub fn of(
        event: &Event,
        standing: StandingView,
        position: u64,
        authorship: &Authorship,
        about: &[Known],
    ) -> Self {
        let about = ordered(about);
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
        let takes_back = |known: &&&Known| matches!(known.record.body, Body::Retracted { .. });
        Self {
            event: event.into(),
            pending: false,
            standing,
            position,
            author: authorship.author.clone(),
            recorded: moment(authorship.recorded),
            retracted: own.map(|known| RecordView::of(known, event.id.0, &retracted)),
            disputed: disputes.iter().any(|dispute| !dispute.retracted),
            reports: records(|body| matches!(body, Body::Corroborated { .. })),
            disputes,
            corrections: records(|body| matches!(body, Body::Corrected { .. })),
            links: records(|body| matches!(body, Body::Linked { .. } | Body::Unlinked { .. })),
            retractions: about
                .iter()
                .filter(takes_back)
                .map(|known| RecordView::of(known, event.id.0, &retracted))
                .collect(),
        }
    }

    /// Every record about it, list by list.
    pub fn records_mut(&mut self) -> impl Iterator<Item = &mut RecordView> {
        let lists = [
            &mut self.reports,
            &mut self.disputes,
            &mut self.corrections,
            &mut self.links,
            &mut self.retractions,
        ];
        lists.into_iter().flatten().chain(&mut self.retracted)
    }
}

// === impl PendingView ===

impl PendingView {
    /// The view of an id that is yet to come. `about` holds every record about it, and the
    /// retractions of those, in any order.
    #[must_use]
    pub fn of(id: Uuid, about: &[Known]) -> Self {
        let about = ordered(about);
        let retracted = retractions(&about);
        let view = |known: &&Known| RecordView {
            counts: false,
            ..RecordView::of(known, id, &retracted)
        };
        Self {
            id,
            pending: true,
            records: about.iter().map(view).collect(),
        }
    }
}

fn ordered(about: &[Known]) -> Vec<&Known> {
    let mut about: Vec<&Known> = about.iter().collect();
    about.sort_by_key(|known| (known.position, known.record.id));
    about
}
