//! Answers: pure readings of an archive, without HTTP, a socket or a clock.
//!
//! The HTTP doors and the command line (`--file`) give out what these give, so they cannot say
//! different things.

mod compare;
mod country;
mod diff;
mod event;
mod events;
mod history;
mod page;
mod relation;
mod replay;
mod rulebooks;
mod why;

#[cfg(test)]
mod tests;

pub use compare::{Side, Window, compare};
pub use country::{countries, country};
pub use detente_api::view::{CountryItem, Page, Replayed};
pub use diff::diff;
pub use event::{event, pending, unknown_event};
pub use events::{Order, Selection, events, is_later, relation_events};
pub use history::history;
pub use page::{LIMIT_DEFAULT, LIMIT_MAX, parse as page_from};
pub use relation::relation;
pub use replay::{
    Clock as ReplayClock, Span, ordered as replay_ordered, steps as replay_steps,
    told as replay_told,
};
pub use rulebooks::shelf;
pub use why::{dimension, why};

use detente_chronicle::Position;
use detente_domain::day::Day;

/// The two clocks of a read, resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    /// The valid day.
    pub at: Day,
    /// The position up to which the log is known; at most the head.
    pub known: u64,
}

impl Moment {
    const fn position(self) -> Position {
        Position(self.known)
    }
}
