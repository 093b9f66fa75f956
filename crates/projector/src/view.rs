//! The latest view of a relation as JSON.
//!
//! A view depends on the log alone: no clock is read, and it is of the day that the log had reached
//! at its position.

use detente_api::view::{LatestView, RelationView};
use detente_chronicle::{Chronicle, Position};
use detente_domain::day::Day;
use detente_domain::relations::{Direction, Pair};
use detente_jetstream::topology::Projection;

/// Returns the view of a relation as known at a position, in at most `bytes_max` bytes; `None` if
/// it is larger even without its lists.
///
/// # Errors
/// If it cannot be serialised.
pub fn latest_view(
    chronicle: &mut Chronicle,
    projection: &Projection,
    pair: Pair,
    position: u64,
    bytes_max: usize,
) -> Result<Option<Vec<u8>>, serde_json::Error> {
    let at = day_of(chronicle, pair, Position(position));
    // If nothing has touched it since, its current state is that of the position.
    let is_past = Position(position) < chronicle.last_touched(pair);
    let known = is_past.then_some(Position(position));
    let conducts = Direction::BOTH.map(|direction| {
        let state = chronicle.state(pair, direction, at, known);
        RelationView::new(&state, position, projection.as_str())
    });
    LatestView::new(pair, position, conducts).into_json(bytes_max)
}

/// Returns the day that the log had reached; before any tick, the latest day of the pair's events.
fn day_of(chronicle: &Chronicle, pair: Pair, known: Position) -> Day {
    chronicle.ticked(known).unwrap_or_else(|| {
        let known = Some(known);
        let events = chronicle.events_of(pair, known).into_iter();
        let events = events.filter_map(|event| chronicle.event(event, known));
        let days = events.flat_map(|event| [event.earliest, event.latest]);
        days.filter(|day| !day.is_open()).max().unwrap_or(Day::MIN)
    })
}
