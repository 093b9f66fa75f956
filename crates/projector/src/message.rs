//! The messages of a group: views and changes as JSON, with the checkpoint in their headers.
//!
//! What a message says depends on the log alone: no clock is read, and a view is of the day that
//! the log had reached when its relation was last touched.

use detente_api::view::{ChangeView, RelationMessage, RelationView};
use detente_chronicle::{Chronicle, Position};
use detente_domain::day::Day;
use detente_domain::routes::{Direction, Pair};
use detente_jetstream::Checkpoint;
use detente_jetstream::relations::Outgoing;
use detente_jetstream::topology::Projection;

use crate::error::Error;
use crate::group::{Group, Part};

/// The messages of a group, without those that are published already. The chronicle stands at the
/// group's end.
///
/// # Errors
/// [`Error::Diverged`] where what is published speaks of another number of messages.
pub fn messages(
    chronicle: &mut Chronicle,
    projection: &Projection,
    group: Group,
    published: Option<Checkpoint>,
) -> Result<Vec<Outgoing>, Error> {
    let (from, position) = (group.from, group.position);
    let all = group.parts();
    let parts = all.len();
    let skip = match published {
        Some(told) if told.parts != parts => {
            return Err(Error::Diverged {
                position,
                told: told.parts,
                derived: parts,
            });
        }
        Some(told) => told.part,
        None => 0,
    };
    let mut seen: Option<(Pair, [RelationView; 2])> = None;
    let mut messages = Vec::with_capacity(parts - skip);
    for (place, part) in all.into_iter().enumerate().skip(skip) {
        let conducts = match seen.take() {
            Some((pair, conducts)) if pair == part.pair => conducts,
            _ => conducts(chronicle, projection, &part),
        };
        let Part {
            pair,
            last,
            changes,
        } = part;
        let (a, b) = (pair.a().code(), pair.b().code());
        let message = RelationMessage {
            relation: format!("{a}-{b}"),
            position: last.position,
            changes: changes
                .iter()
                .map(|(at, change)| {
                    let disputes = chronicle.disputes(&change.causes, Position(at.position));
                    ChangeView::of(change, *at).with_disputes(&disputes)
                })
                .collect(),
            conducts,
        };
        let checkpoint = Checkpoint {
            from,
            position,
            part: place + 1,
            parts,
        };
        messages.push(Outgoing {
            subject_suffix: format!("{a}.{b}"),
            headers: checkpoint.write(),
            payload: serde_json::to_vec(&message)?.into(),
        });
        seen = Some((pair, message.conducts));
    }
    Ok(messages)
}

fn conducts(chronicle: &mut Chronicle, projection: &Projection, part: &Part) -> [RelationView; 2] {
    let known_at = part.last.position;
    let at = day_of(chronicle, part.pair, Position(known_at));
    Direction::BOTH.map(|direction| {
        // Nothing has touched the relation since, so what is known now was known then.
        let state = chronicle.state(part.pair, direction, at, None);
        RelationView::of(&state, known_at, projection.as_str())
    })
}

/// The day that the log had reached; before any tick, the latest day that an event speaks of.
fn day_of(chronicle: &Chronicle, pair: Pair, known: Position) -> Day {
    chronicle.ticked(known).unwrap_or_else(|| {
        let events = chronicle.events_of(pair, None);
        let believed = events
            .into_iter()
            .filter_map(|event| chronicle.event(event, None));
        let days = believed.flat_map(|event| [event.earliest, event.latest]);
        days.filter(|day| !day.is_open()).max().unwrap_or(Day::MIN)
    })
}
