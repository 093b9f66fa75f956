//! Questions about relations, and what other questions share.

use detente_domain::day::Day;
use detente_domain::dimension::Dimension;

use super::{Ends, Given, KnownAt, PageFrom, PageLimit, Topic, request};
use crate::refusal::{Code, Refusal};

request! {
    /// Both clocks.
    #[derive(Default)]
    pub struct Clocks {
        /// The day in the world: `YYYY-MM-DD`, or an RFC 3339 time; today without it.
        pub at: Option<Day>,
        /// What the log held: a position, or an RFC 3339 time; the head without it.
        pub known_at: Option<KnownAt>,
        /// Waits, within a limit, until the log was folded up to this position.
        pub min_position: Option<u64>,
    }
}

request! {
    /// A part of a list.
    #[derive(Default)]
    pub struct PageRequest {
        /// The most items of a page.
        pub limit: Option<PageLimit>,
        /// Where the page begins: `start`, or `next` of the page before.
        pub from: Option<PageFrom>,
    }
}

request! {
    /// Asks how one state stands towards another.
    pub struct RelationRequest {
        /// Whose conduct, and towards whom.
        pub ends: Ends,
        /// When, and as known when.
        pub clocks: Clocks,
    }
}

request! {
    /// Asks for the steps of a relation.
    pub struct HistoryRequest {
        /// Whose conduct, and towards whom.
        pub ends: Ends,
        /// Only this dimension or register.
        pub dimension: Option<Topic>,
        /// Which part of the list.
        pub page: PageRequest,
        /// Up to which day, and as known when.
        pub clocks: Clocks,
    }
}

request! {
    /// Asks why a dimension stands where it does.
    pub struct WhyRequest {
        /// Whose conduct, and towards whom.
        pub ends: Ends,
        /// A dimension, `declared` or `posture`.
        pub dimension: Dimension,
        /// The most events that counted, and as many that did not.
        pub limit: Option<PageLimit>,
        /// When, and as known when.
        pub clocks: Clocks,
    }
}

request! {
    /// Asks what differs between two points of the two clocks. What is not given of the first point
    /// is as in the second.
    pub struct DiffRequest {
        /// Whose conduct, and towards whom.
        pub ends: Ends,
        /// The first day.
        pub from: Option<Day>,
        /// The second day; today without it.
        pub to: Option<Day>,
        /// What the log held at the first point.
        pub known_from: Option<KnownAt>,
        /// What the log held at the second point; the head without it.
        pub known_to: Option<KnownAt>,
        /// Waits, within a limit, until the log was folded up to this position.
        pub min_position: Option<u64>,
    }
    check DiffRequest::check;
}

request! {
    /// Asks for the events of a relation.
    pub struct RelationEventsRequest {
        /// The relation.
        pub ends: Ends,
        /// Which part of the list.
        pub page: PageRequest,
        /// Up to which day, and as known when.
        pub clocks: Clocks,
    }
}

impl DiffRequest {
    fn check(&self, _: &Given) -> Result<(), Refusal> {
        self.has_two_points(["from", "to"])
    }

    /// Refuses a comparison of a point with itself. `days` are the names of the two days.
    pub(super) fn has_two_points(&self, days: [&str; 2]) -> Result<(), Refusal> {
        if self.from.is_some() || self.known_from.is_some() {
            return Ok(());
        }
        let [from, to] = days;
        let message = format!("a comparison needs two points: give {from}, or known_from, or both");
        let refusal = Refusal::new(Code::BadQuery, message).field(from);
        Err(refusal.allowed([from, to, "known_from", "known_to", "min_position"]))
    }
}
