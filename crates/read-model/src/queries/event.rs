//! One event, with all that was said about it; or what is said about one that is yet to come.

use detente_api::view::{EventView, Known, PendingView, StandingView};
use detente_api::{Code, Refusal};
use detente_chronicle::Position;
use detente_chronicle::read::Believed;
use detente_domain::edtf::{Edtf, canonical};
use detente_domain::event::{Event, EventId};
use detente_domain::record::{Authority, Body, Patch, RecordId};
use uuid::Uuid;

use crate::archive::Archive;

/// An event by what was believed at a position, with all that was said about it. `records` holds
/// its first report and every record that [`Archive::about`] names; others do no harm.
#[must_use]
pub fn event(
    archive: &Archive,
    event: EventId,
    known: u64,
    records: &[Known],
) -> Option<EventView> {
    let believed = archive.chronicle().event(event, Some(Position(known)))?;
    let first = records.iter().find(|one| one.record.id.0 == event.0)?;
    let Body::Reported(reported) = &first.record.body else {
        return None;
    };
    let about: Vec<Known> = records
        .iter()
        .filter(|one| one.position <= known)
        .cloned()
        .collect();
    let view = |event: &Event| {
        let standing = standing(archive, &believed, known);
        let mut view = EventView::of(
            event,
            standing,
            first.position,
            &first.record.authorship,
            &about,
        );
        // It may be one with an event that is denied.
        view.disputed |= believed.disputed && !believed.silent;
        for link in &mut view.links {
            link.counts &= link.other.is_none_or(|other| archive.has(other, known));
        }
        view
    };
    // The first view says which corrections stand.
    let plain = view(reported);
    if plain.corrections.is_empty() {
        return Some(plain);
    }
    let standing = |one: &&Known| {
        plain
            .corrections
            .iter()
            .any(|held| held.id == one.record.id.0 && !held.retracted)
    };
    let mut patches: Vec<(Authority, &Patch)> = about
        .iter()
        .filter(standing)
        .filter_map(|one| match &one.record.body {
            Body::Corrected { patch, report, .. } => {
                Some((Authority::new(report, one.record.id), patch))
            }
            _ => None,
        })
        .collect();
    patches.sort_by_key(|(authority, _)| *authority);
    Some(view(&corrected(reported, &believed, &patches)))
}

fn standing(archive: &Archive, believed: &Believed<'_>, known: u64) -> StandingView {
    let same_as = archive.chronicle().same_as(believed.event, Position(known));
    StandingView {
        grade: believed.grade.to_string(),
        reported_grade: believed.reported_grade.to_string(),
        publishers: believed.publishers,
        vouching: believed.vouching,
        same_as: same_as.into_iter().map(|event| event.0).collect(),
    }
}

/// What is said about an id that no record has, by what was known at a position; `None` where
/// nothing is. `records` holds every record that [`Archive::about`] names.
#[must_use]
pub fn pending(archive: &Archive, id: Uuid, known: u64, records: &[Known]) -> Option<PendingView> {
    let about: Vec<Known> = records
        .iter()
        .filter(|one| one.position <= known)
        .cloned()
        .collect();
    (!archive.has(id, known) && !about.is_empty()).then(|| PendingView::of(id, &about))
}

/// Why there is nothing to show of an id: nobody named it, or it is the id of a record that is
/// itself about something.
#[must_use]
pub fn unknown_event(archive: &Archive, given: &str, known: u64) -> Refusal {
    let id = Uuid::try_parse(given).unwrap_or_default();
    let about = if archive.has(id, known) {
        archive.chronicle().subjects(RecordId(id))
    } else {
        Vec::new()
    };
    let message = if about.is_empty() {
        "no event has this id"
    } else {
        "this is the id of no event, but of a record about another one"
    };
    Refusal::new(Code::UnknownEvent, message)
        .field("id")
        .given(given)
        .allowed(about.into_iter().map(|record| record.0.to_string()))
}

/// The event with its corrections: the act as it is believed, and what the fold does not keep
/// (the date as it was written, the titles) from the corrections that stand, the best last.
fn corrected(event: &Event, believed: &Believed<'_>, patches: &[(Authority, &Patch)]) -> Event {
    let mut corrected = event.clone();
    corrected.act = believed.act.clone();
    for (_, patch) in patches {
        if let Some(occurred) = &patch.occurred {
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
