//! The messages of a group: views and changes as JSON, with the checkpoint in their headers.
//!
//! A message depends on the log alone: no clock is read, and a view is of the day that the log had
//! reached when its relation was last changed.

use detente_api::view::{ChangeView, RelationMessage, RelationView};
use detente_chronicle::{Chronicle, Position};
use detente_domain::day::Day;
use detente_domain::relations::{Direction, Pair};
use detente_jetstream::Checkpoint;
use detente_jetstream::feed_writer::Outgoing;
use detente_jetstream::topology::Projection;

use crate::error::Error;
use crate::group::{Group, Part};

/// Returns the messages of a group that are not published yet. The chronicle must be at the end of
/// the group.
///
/// # Errors
/// Returns [`Error::Diverged`] if the published part has another number of messages.
pub fn messages(
    chronicle: &mut Chronicle,
    projection: &Projection,
    group: Group,
    published: Option<Checkpoint>,
) -> Result<Vec<Outgoing>, Error> {
    let (from, position) = (group.from, group.position);
    let all = group.parts();
    let parts = all.len();
    if let Some(published) = published.filter(|published| published.parts != parts) {
        return Err(Error::Diverged {
            position,
            published: published.parts,
            derived: parts,
        });
    }
    let skip = published.map_or(0, |published| published.part);
    let mut previous: Option<(Pair, [RelationView; 2])> = None;
    let mut messages = Vec::with_capacity(parts - skip);
    for (index, part) in all.into_iter().enumerate().skip(skip) {
        let conducts = match previous.take() {
            Some((pair, conducts)) if pair == part.pair => conducts,
            _ => conducts(chronicle, projection, &part),
        };
        let (a, b) = (part.pair.a().code(), part.pair.b().code());
        let changes = part.changes.iter().map(|(at, change)| {
            let disputes = chronicle.disputes(&change.causes, Position(at.position));
            ChangeView::new(change, *at).with_disputes(&disputes)
        });
        let message = RelationMessage {
            relation: format!("{a}-{b}"),
            position: part.last.position,
            changes: changes.collect(),
            conducts,
        };
        let checkpoint = Checkpoint {
            from,
            position,
            part: index + 1,
            parts,
        };
        messages.push(Outgoing {
            subject_suffix: format!("{a}.{b}"),
            headers: checkpoint.to_headers(),
            payload: serde_json::to_vec(&message)?.into(),
        });
        previous = Some((part.pair, message.conducts));
    }
    Ok(messages)
}

fn conducts(chronicle: &mut Chronicle, projection: &Projection, part: &Part) -> [RelationView; 2] {
    let known_at = part.last.position;
    let at = day_of(chronicle, part.pair, Position(known_at));
    Direction::BOTH.map(|direction| {
        // The relation has not changed since, so its current state is that of the commit.
        let state = chronicle.state(part.pair, direction, at, None);
        RelationView::new(&state, known_at, projection.as_str())
    })
}

/// Returns the day that the log had reached; before any tick, the latest day of the pair's events.
fn day_of(chronicle: &Chronicle, pair: Pair, known: Position) -> Day {
    chronicle.ticked(known).unwrap_or_else(|| {
        let events = chronicle.events_of(pair, None).into_iter();
        let events = events.filter_map(|event| chronicle.event(event, None));
        let days = events.flat_map(|event| [event.earliest, event.latest]);
        days.filter(|day| !day.is_open()).max().unwrap_or(Day::MIN)
    })
}
