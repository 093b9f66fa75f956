//! Queries: pure functions of an archive, without I/O or a clock.

mod compare;
mod country;
mod diff;
mod event;
mod events;
mod history;
mod replay;
mod rulebooks;
mod why;

#[cfg(test)]
mod tests;

use detente_api::request::Ends;
use detente_api::view::RelationView;
use detente_chronicle::Position;
use detente_domain::day::Day;

use crate::archive::Archive;

pub use compare::{Side, Window, compare};
pub use country::{countries, country};
pub use diff::diff;
pub use event::{event, pending, unknown_event};
pub use events::{events, is_later, relation_events};
pub use history::history;
pub use replay::{published_frames, replay_frames, sort_replay};
pub use rulebooks::rulebooks;
pub use why::why;

/// A resolved point of the two clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The valid day.
    pub at: Day,
    /// The position up to which the log is known; at most the head.
    pub known: u64,
}

impl Moment {
    pub(crate) const fn position(self) -> Position {
        Position(self.known)
    }
}

/// Returns the state of one state's conduct towards another.
pub fn relation(
    archive: &mut Archive,
    projection: &str,
    ends: Ends,
    moment: Moment,
) -> RelationView {
    let Ends { pair, direction } = ends;
    let known = Some(moment.position());
    let chronicle = archive.chronicle_mut();
    let state = chronicle.state(pair, direction, moment.at, known);
    RelationView::new(&state, moment.known, projection)
}
