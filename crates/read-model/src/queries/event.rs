//! One event with all records about it, or the records about an id that no record has.

use std::collections::{BTreeMap, BTreeSet};

use detente_api::view::{CommittedRecord, EventView, PendingView, StandingView};
use detente_api::{Code, Refusal};
use detente_chronicle::{BelievedEvent, Correction, Position};
use detente_domain::background;
use detente_domain::edtf::{Edtf, canonical};
use detente_domain::event::{Authorship, Event, EventId, Report};
use detente_domain::party::Lang;
use detente_domain::record::{Body, Patch, RecordId};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::archive::Archive;

/// Returns an event as known at a position, with records about it. `records` holds its first report,
/// the corrections in effect, those of the records that [`Archive::about`] returns that are to be
/// shown, and the retractions in effect of these.
#[must_use]
pub fn event(
    archive: &Archive,
    event: EventId,
    known: u64,
    records: &[CommittedRecord],
) -> Option<EventView> {
    let believed = archive.chronicle().event(event, Some(Position(known)))?;
    if archive.chronicle().record(event.into()).is_none() {
        return background_event(archive, &believed, known);
    }
    let first = records.iter().find(|known| known.record.id.0 == event.0)?;
    let Body::Reported(reported) = &first.record.body else {
        return None;
    };
    let about = up_to(records, known);
    let view = |event: &Event| {
        let standing = standing(archive, &believed, known);
        let mut view = EventView::new(
            event,
            standing,
            first.position,
            &first.record.authorship,
            &about,
        );
        // It may be the same as an event that is denied.
        view.disputed |= believed.disputed && !believed.hidden;
        for link in &mut view.links {
            link.counts &= link.other.is_none_or(|other| archive.has(other, known));
        }
        view
    };
    let chronicle = archive.chronicle();
    let corrections = chronicle.corrections(event, Position(known));
    let bodies = about
        .iter()
        .map(|about| (about.record.id, &about.record.body));
    let bodies: BTreeMap<RecordId, &Body> = bodies.collect();
    let patch = |correction: &Correction| match bodies.get(&correction.record)? {
        Body::Corrected { patch, .. } => Some((*correction, patch)),
        _ => None,
    };
    let patches: Vec<(Correction, &Patch)> = corrections.iter().filter_map(patch).collect();
    let mut view = view(&corrected(reported, &believed, &patches));
    // The others stand beside it: they are not graded well enough.
    let counting = corrections.iter().map(|correction| correction.record.0);
    let counting: BTreeSet<Uuid> = counting.collect();
    for shown in &mut view.corrections {
        shown.counts &= counting.contains(&shown.id);
    }
    Some(view)
}

/// Returns an event of the background, which has no records.
fn background_event(
    archive: &Archive,
    believed: &BelievedEvent<'_>,
    known: u64,
) -> Option<EventView> {
    let event = background::find(believed.event)?;
    let occurred = Edtf::parse(&canonical(event.earliest, event.latest)).ok()?;
    let report = Report {
        publisher: background::PUBLISHER.to_owned(),
        url: None,
        language: None,
        published: None,
        quote: None,
        grade: event.grade,
    };
    let event = Event {
        id: event.id,
        act: event.act.clone(),
        occurred,
        title: Lang::ALL.map(|lang| (lang, event.title(lang))).into(),
        report,
    };
    let authorship = Authorship {
        author: background::PUBLISHER.to_owned(),
        recorded: OffsetDateTime::UNIX_EPOCH,
    };
    let standing = standing(archive, believed, known);
    let view = EventView::new(&event, standing, 0, &authorship, &[]);
    Some(EventView {
        recorded: None,
        ..view
    })
}

/// Returns the records up to a position.
fn up_to(records: &[CommittedRecord], known: u64) -> Vec<CommittedRecord> {
    let records = records.iter().filter(|record| record.position <= known);
    records.cloned().collect()
}

fn standing(archive: &Archive, believed: &BelievedEvent<'_>, known: u64) -> StandingView {
    let same_as = archive.chronicle().same_as(believed.event, Position(known));
    let total = same_as.len();
    let named = same_as.into_iter().take(StandingView::SAME_AS_MAX);
    StandingView {
        grade: believed.grade.to_string(),
        reported_grade: believed.reported_grade.to_string(),
        publishers: believed.publishers,
        vouching: believed.vouching,
        same_as: named.map(|event| event.0).collect(),
        same_as_total: (total > StandingView::SAME_AS_MAX).then_some(total),
    }
}

/// Returns the records about an id that no record has, as known at a position; `None` if there are
/// none. `records` holds those of the records that [`Archive::about`] returns that are to be shown,
/// and the retractions in effect of these.
#[must_use]
pub fn pending(
    archive: &Archive,
    id: Uuid,
    known: u64,
    records: &[CommittedRecord],
) -> Option<PendingView> {
    let about = up_to(records, known);
    (!archive.has(id, known) && !about.is_empty()).then(|| PendingView::new(id, &about))
}

/// Returns the refusal of an id that no event has: no record names it, or it is the id of a record
/// about others, which are allowed.
#[must_use]
pub fn unknown_event(archive: &Archive, id: Uuid, known: u64) -> Refusal {
    let about = if archive.has(id, known) {
        archive.chronicle().subjects(RecordId(id))
    } else {
        Vec::new()
    };
    let message = if about.is_empty() {
        "no event has this id"
    } else {
        "this is the id of a record about another event"
    };
    Refusal::new(Code::UnknownEvent, message)
        .field("id")
        .value(&id.to_string())
        .allowed(about.into_iter().map(|record| record.0.to_string()))
}

/// Returns the event with its corrections: the act as believed, and what the fold does not keep
/// (the date as it was written, the titles) from the corrections that have effect, the best last.
fn corrected(
    event: &Event,
    believed: &BelievedEvent<'_>,
    patches: &[(Correction, &Patch)],
) -> Event {
    let mut corrected = event.clone();
    corrected.act = believed.act.clone();
    for (correction, patch) in patches {
        if let Some(occurred) = patch.occurred.as_ref().filter(|_| correction.gives_date) {
            corrected.occurred = occurred.clone();
        }
        corrected.title.extend(patch.title.iter().cloned());
    }
    let bounds = (corrected.occurred.earliest(), corrected.occurred.latest());
    if bounds != (believed.earliest, believed.latest)
        && let Ok(believed) = Edtf::parse(&canonical(believed.earliest, believed.latest))
    {
        corrected.occurred = believed;
    }
    corrected
}
