//! Queries: pure functions of an archive, without I/O or a clock.

mod compare;
mod country;
mod diff;
mod event;
mod events;
mod history;
mod register;
mod replay;
mod rulebooks;
mod why;

#[cfg(test)]
mod tests;

use detente_api::request::DirectedPair;
use detente_api::view::RelationView;
use detente_chronicle::Point;

use crate::archive::Archive;

pub use compare::{Side, Window, compare};
pub use country::{conducts, countries, country};
pub use diff::diff;
pub use event::{event, pending, unknown_event};
pub use events::{EventSearch, is_later, relation_events};
pub use history::{history, history_step};
pub use register::register;
pub use replay::{DayReplay, PublishedReplay, ReplayPlace};
pub use rulebooks::rulebooks;
pub use why::why;

/// Returns the state of one state's conduct towards another.
pub fn relation(
    archive: &mut Archive,
    projection: &str,
    relation: DirectedPair,
    point: Point,
) -> RelationView {
    let DirectedPair { pair, direction } = relation;
    let known = Some(point.known);
    let chronicle = archive.chronicle_mut();
    let state = chronicle.state(pair, direction, point.at, known);
    RelationView::new(&state, point.known.0, projection)
}
