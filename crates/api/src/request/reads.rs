//! Requests of relations, countries, events and changes.

use std::ops::RangeInclusive;

use detente_domain::day::Day;
use detente_domain::dimension::Dimension;
use detente_domain::event::EventId;
use detente_domain::kind::Kind;
use detente_domain::party::{Lang, Party};
use detente_domain::relations::Pair;

use super::value::bad_query;
use super::{
    AtomLimit, Country, Ends, Envelope, FilterRequest, KnownAt, Order, PageFrom, PageLimit,
    ReplayClock, Speed, Topic, request,
};
use crate::refusal::Refusal;
use crate::view::Page;

request! {
    /// The two clocks of a read.
    #[derive(Copy, Default)]
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
    /// Two points of the two clocks. What is not given of the first is as in the second.
    #[derive(Copy, Default)]
    pub struct DiffPoints {
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
}

request! {
    /// A page of a list.
    #[derive(Copy, Default)]
    pub struct PageRequest {
        /// The most items of a page.
        pub limit: Option<PageLimit>,
        /// Where the page begins: `start`, or `next` of the page before.
        pub from: Option<PageFrom>,
    }
}

request! {
    /// Asks for the state of one state's conduct towards another.
    pub struct RelationRequest {
        /// The conduct.
        pub ends: Ends,
        /// The point of both clocks.
        pub clocks: Clocks,
    }
}

request! {
    /// Asks for the steps of a relation.
    pub struct HistoryRequest {
        /// The conduct.
        pub ends: Ends,
        /// The last day, and what was known.
        pub clocks: Clocks,
        /// The page of the list.
        pub page: PageRequest,
        /// Only this dimension or register.
        pub dimension: Option<Topic>,
    }
}

request! {
    /// Asks for the rule and the evidence behind a level.
    pub struct WhyRequest {
        /// The conduct.
        pub ends: Ends,
        /// A dimension, `declared` or `posture`.
        pub dimension: Dimension,
        /// The point of both clocks.
        pub clocks: Clocks,
        /// The most pieces of evidence.
        pub limit: Option<PageLimit>,
    }
}

request! {
    /// Asks for the differences between two points of the two clocks.
    pub struct DiffRequest {
        /// The conduct.
        pub ends: Ends,
        /// The points.
        pub points: DiffPoints,
    }
}

request! {
    /// Asks for the events of a relation.
    pub struct RelationEventsRequest {
        /// The relation.
        pub ends: Ends,
        /// The last day, and what was known.
        pub clocks: Clocks,
        /// The page of the list.
        pub page: PageRequest,
    }
}

request! {
    /// Asks for the relations of a country.
    pub struct CountryRequest {
        /// A code (`KAZ`), an ISO alpha-2 code or a name.
        pub country: Country,
        /// The point of both clocks.
        pub clocks: Clocks,
    }
}

request! {
    /// Asks for the countries that have a relation.
    #[derive(Default)]
    pub struct CountriesRequest {
        /// The point of both clocks.
        pub clocks: Clocks,
        /// The page of the list.
        pub page: PageRequest,
    }
}

request! {
    /// Asks for events. Without a day, events that lie ahead are listed too.
    #[derive(Default)]
    pub struct EventsRequest {
        /// The last day, and what was known.
        pub clocks: Clocks,
        /// The page of the list.
        pub page: PageRequest,
        /// Only events that this party has a part in.
        pub country: Option<Party>,
        /// Only events of this relation, such as `AFG-TJK`.
        pub pair: Option<Pair>,
        /// Only events of this kind, such as `visit.made`.
        pub kind: Option<Kind>,
        /// Which first to arrive.
        pub order: Option<Order>,
        /// Only what is pending.
        pub pending: Option<bool>,
    }
}

request! {
    /// Asks for the ids that records name and no event has.
    #[derive(Default)]
    pub struct PendingRequest {
        /// The known clock; the day is not used.
        pub clocks: Clocks,
        /// The page of the list.
        pub page: PageRequest,
    }
}

request! {
    /// Asks for what is known of an id.
    pub struct EventRequest {
        /// Its id.
        pub id: EventId,
        /// The last day on which it may begin, if one is given, and what was known.
        pub clocks: Clocks,
    }
}

request! {
    /// Asks for changes, in pages or as they come.
    #[derive(Default)]
    pub struct ChangesRequest {
        /// The filter.
        pub filter: FilterRequest,
        /// The most items of a page.
        pub limit: Option<PageLimit>,
        /// Where to begin: a cursor, `start` or `now`.
        pub from: Option<String>,
        /// What the frames of an event stream are: as in a page, or CloudEvents 1.0.
        pub form: Option<Envelope>,
    }
}

request! {
    /// Asks for changes once more, at a pace.
    #[derive(Default)]
    pub struct ReplayRequest {
        /// The first day.
        pub from: Option<Day>,
        /// The last day.
        pub to: Option<Day>,
        /// Days a second, such as `30d/s`; without it, as fast as they are read.
        pub speed: Option<Speed>,
        /// By the days on which it was so, or as it came to be known.
        pub clock: Option<ReplayClock>,
        /// What the log held: a position, or an RFC 3339 time; the head without it.
        pub known_at: Option<KnownAt>,
        /// Waits, within a limit, until the log was folded up to this position.
        pub min_position: Option<u64>,
        /// The filter.
        pub filter: FilterRequest,
    }
}

request! {
    /// Asks for a page of an Atom feed. The path says whose changes it is about, so `country` and
    /// `pair` of the filter are not used.
    #[derive(Default)]
    pub struct AtomRequest {
        /// The most entries of a page.
        pub limit: Option<AtomLimit>,
        /// Only what came before this cursor.
        pub before: Option<String>,
        /// The language.
        pub lang: Option<Lang>,
        /// The filter.
        pub filter: FilterRequest,
    }
}

request! {
    /// Asks for the Atom feed of a country.
    pub struct CountryAtomRequest {
        /// A code (`KAZ`), an ISO alpha-2 code or a name.
        pub country: Country,
        /// The page.
        pub feed: AtomRequest,
    }
}

request! {
    /// Asks for the Atom feed of a relation.
    pub struct RelationAtomRequest {
        /// The relation.
        pub ends: Ends,
        /// The page.
        pub feed: AtomRequest,
    }
}

impl Clocks {
    /// Returns what is given as the pairs of a query.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        pairs([
            ("at", text(self.at)),
            ("known_at", text(self.known_at)),
            ("min_position", text(self.min_position)),
        ])
    }
}

impl DiffPoints {
    /// Returns what is given as the pairs of a query.
    #[must_use]
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        pairs([
            ("from", text(self.from)),
            ("to", text(self.to)),
            ("known_from", text(self.known_from)),
            ("known_to", text(self.known_to)),
            ("min_position", text(self.min_position)),
        ])
    }
}

impl PageRequest {
    /// Takes the page from a list as known at a position.
    pub fn cut<T>(&self, items: impl Iterator<Item = T>, known: u64) -> Page<T> {
        let from = self.from.unwrap_or_default().place;
        Page::cut(items, known, from, self.limit.unwrap_or_default().get())
    }
}

impl ReplayRequest {
    /// Returns the days of the replay, both ends included; all days without any.
    ///
    /// # Errors
    /// `bad_query` where the last day is before the first.
    pub fn days(&self) -> Result<RangeInclusive<Day>, Refusal> {
        let days = self.from.unwrap_or(Day::MIN)..=self.to.unwrap_or(Day::LAST);
        if !days.is_empty() {
            return Ok(days);
        }
        let message = format!("a replay from {} cannot end before it", days.start());
        Err(bad_query("to", &days.end().to_string(), message))
    }
}

fn text(value: Option<impl ToString>) -> Option<String> {
    value.map(|value| value.to_string())
}

fn pairs<const N: usize>(
    given: [(&'static str, Option<String>); N],
) -> Vec<(&'static str, String)> {
    let given = given.into_iter();
    given
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}
