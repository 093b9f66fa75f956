//! Requests of relations, countries, events and changes.

use std::ops::RangeInclusive;

use detente_domain::day::Day;
use detente_domain::dimension::{Dimension, Register};
use detente_domain::event::EventId;
use detente_domain::kind::Kind;
use detente_domain::party::{Lang, Party};
use detente_domain::relations::Pair;

use super::value::bad_query;
use super::{
    AtomLimit, Country, DirectedPair, Envelope, FilterRequest, KnownAt, Order, PageFrom, PageLimit,
    ReplayClock, Speed, Topic, request,
};
use crate::limits;
use crate::refusal::Refusal;
use crate::view::Page;

/// The bytes at which a page ends: with one more view, of at most
/// [`VIEW_BYTES_MAX`](crate::view::VIEW_BYTES_MAX), it stays below the 4 MiB that gRPC clients accept.
pub const PAGE_BYTES_MAX: usize = limits::PAGE_BYTES;

request! {
    /// The two clocks of a read.
    #[derive(Copy, Default)]
    pub struct Clocks {
        /// The valid day: `YYYY-MM-DD`, or an RFC 3339 time; today by default.
        pub at: Option<Day>,
        /// The known clock: a log position, or an RFC 3339 time; the head of the log by default.
        pub known_at: Option<KnownAt>,
        /// Waits, within a time limit, until the log is folded up to this position.
        pub min_position: Option<u64>,
    }
}

request! {
    /// Two points of the two clocks. The first point defaults to the second.
    #[derive(Copy, Default)]
    pub struct DiffPoints {
        /// The first day; `to` by default.
        pub from: Option<Day>,
        /// The second day; today by default.
        pub to: Option<Day>,
        /// The first point of the known clock: a position or a time; `known_to` by default.
        pub known_from: Option<KnownAt>,
        /// The second point of the known clock: a position or a time; the head by default.
        pub known_to: Option<KnownAt>,
        /// Waits, within a time limit, until the log is folded up to this position.
        pub min_position: Option<u64>,
    }
}

request! {
    /// A page of a list.
    #[derive(Copy, Default)]
    pub struct PageRequest {
        /// The most items of a page.
        pub limit: Option<PageLimit>,
        /// The cursor at which the page begins: `start`, or `next` of the previous page.
        pub from: Option<PageFrom>,
    }
}

request! {
    /// Asks for the state of one state's conduct towards another.
    pub struct RelationRequest {
        /// The conduct.
        pub relation: DirectedPair,
        /// The point of both clocks.
        pub clocks: Clocks,
    }
}

request! {
    /// The language of a view that is written as a page for people.
    #[derive(Copy, Default)]
    pub struct LanguageRequest {
        /// The language of a Markdown page: `en`, `ar` or `ru`; English by default. JSON is the same
        /// in every language.
        pub lang: Option<Lang>,
    }
}

request! {
    /// Asks for the steps of a relation.
    pub struct HistoryRequest {
        /// The conduct.
        pub relation: DirectedPair,
        /// The last day, and the point of the known clock.
        pub clocks: Clocks,
        /// The page of the list.
        pub page: PageRequest,
        /// Only this dimension or register.
        pub dimension: Option<Topic>,
    }
}

request! {
    /// Asks for the entries of one register of a conduct, the newest first.
    pub struct RegisterRequest {
        /// The conduct.
        pub relation: DirectedPair,
        /// The register, such as `missions`.
        pub name: Register,
        /// The point of both clocks.
        pub clocks: Clocks,
        /// The page of the list.
        pub page: PageRequest,
    }
}

request! {
    /// Asks for the rule and the evidence behind a level.
    pub struct WhyRequest {
        /// The conduct.
        pub relation: DirectedPair,
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
        pub relation: DirectedPair,
        /// The points.
        pub points: DiffPoints,
    }
}

request! {
    /// Asks for the events of a relation.
    pub struct RelationEventsRequest {
        /// The relation.
        pub relation: DirectedPair,
        /// The last day, and the point of the known clock.
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
    /// Asks for events. Without a day, future events are listed too.
    #[derive(Default)]
    pub struct EventsRequest {
        /// The last day, and the point of the known clock.
        pub clocks: Clocks,
        /// The page of the list.
        pub page: PageRequest,
        /// Only events in which this party takes part.
        pub country: Option<Party>,
        /// Only events of this relation, such as `AFG-TJK`.
        pub pair: Option<Pair>,
        /// Only events of this kind, such as `visit.made`.
        pub kind: Option<Kind>,
        /// The order by arrival: the oldest or the newest first.
        pub order: Option<Order>,
        /// Lists pending ids instead of events: those that records name and that no event has.
        pub pending: Option<bool>,
    }
}

request! {
    /// Asks for pending ids: those that records name and that no event has.
    #[derive(Default)]
    pub struct PendingRequest {
        /// The known clock; the day is not used.
        pub clocks: Clocks,
        /// The page of the list.
        pub page: PageRequest,
    }
}

request! {
    /// Asks for an event, or for the records about its id.
    pub struct EventRequest {
        /// The id of the event.
        pub id: EventId,
        /// The last day on which the event may begin, if given, and the point of the known clock.
        pub clocks: Clocks,
        /// The page of the records about it, the newest first.
        pub page: PageRequest,
    }
}

request! {
    /// Asks for changes, in pages or as a stream.
    #[derive(Default)]
    pub struct ChangesRequest {
        /// The filter.
        pub filter: FilterRequest,
        /// The most items of a page.
        pub limit: Option<PageLimit>,
        /// The place at which to begin: a cursor, `start` or `now`.
        pub from: Option<String>,
        /// The form of the frames of an event stream: as in a page, or CloudEvents 1.0.
        pub form: Option<Envelope>,
    }
}

request! {
    /// Asks for a replay of past changes, at a given speed.
    #[derive(Default)]
    pub struct ReplayRequest {
        /// The first day.
        pub from: Option<Day>,
        /// The last day.
        pub to: Option<Day>,
        /// The speed, such as `30d/s` or `12h/s`; without it, as fast as the client reads.
        pub speed: Option<Speed>,
        /// The order of the changes: by valid day, or as they became known.
        pub clock: Option<ReplayClock>,
        /// The known clock: a log position, or an RFC 3339 time; the head of the log by default.
        pub known_at: Option<KnownAt>,
        /// Waits, within a time limit, until the log is folded up to this position.
        pub min_position: Option<u64>,
        /// The filter.
        pub filter: FilterRequest,
    }
}

request! {
    /// Asks for a page of an Atom feed. The path names the country or the relation, so `country`
    /// and `pair` of the filter are not used.
    #[derive(Default)]
    pub struct AtomRequest {
        /// The most entries of a page.
        pub limit: Option<AtomLimit>,
        /// Only entries before this cursor.
        pub before: Option<String>,
        /// The language of the entries.
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
        pub relation: DirectedPair,
        /// The page.
        pub feed: AtomRequest,
    }
}

impl PageRequest {
    /// Takes the page from a list as known at a position. The cursor of the next page keeps the
    /// position, so all pages show the same list.
    pub fn cut<T>(&self, items: impl Iterator<Item = T>, known: u64) -> Page<T> {
        self.cut_sized(items, known, |_| 0)
    }

    /// Takes the page from a list of items of given sizes. It ends once it has [`PAGE_BYTES_MAX`]
    /// bytes.
    pub fn cut_sized<T>(
        &self,
        items: impl Iterator<Item = T>,
        known: u64,
        size: impl Fn(&T) -> usize,
    ) -> Page<T> {
        self.cut_as(items, known, |item| item, size)
    }

    /// Takes the page from a list whose items are converted: those of the page alone.
    pub fn cut_as<T, V>(
        &self,
        items: impl Iterator<Item = T>,
        known: u64,
        mut view: impl FnMut(T) -> V,
        size: impl Fn(&V) -> usize,
    ) -> Page<V> {
        let mut rest = items.skip(self.place());
        let limit = self.limit.unwrap_or_default().get();
        let (mut items, mut bytes) = (Vec::new(), 0_usize);
        while items.len() < limit
            && bytes < PAGE_BYTES_MAX
            && let Some(item) = rest.next()
        {
            let item = view(item);
            bytes = bytes.saturating_add(size(&item));
            items.push(item);
        }
        let next = rest.next().map(|_| self.after(items.len(), known));
        Page {
            items,
            next,
            known_at: Some(known),
            total: None,
        }
    }

    /// Returns the number of items before the page.
    #[must_use]
    pub fn place(&self) -> usize {
        self.from.unwrap_or_default().place
    }

    /// Returns the cursor after some items of the page, of a list as known at a position.
    #[must_use]
    pub fn after(&self, items: usize, known: u64) -> String {
        let next = PageFrom {
            known: Some(known),
            place: self.place().saturating_add(items),
        };
        next.to_string()
    }
}

impl ReplayRequest {
    /// Returns the days of the replay, both ends included; all days if none is given.
    ///
    /// # Errors
    /// `bad_query` if the last day is before the first.
    pub fn days(&self) -> Result<RangeInclusive<Day>, Refusal> {
        let days = self.from.unwrap_or(Day::MIN)..=self.to.unwrap_or(Day::LAST);
        if !days.is_empty() {
            return Ok(days);
        }
        let message = format!("a replay from {} cannot end before it", days.start());
        Err(bad_query("to", &days.end().to_string(), message))
    }
}
