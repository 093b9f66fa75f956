//! Lists of events.

use detente_api::request::{EventsRequest, Order};
use detente_api::view::Page;
use detente_chronicle::{BelievedEvent, Point, Position};
use detente_domain::day::Day;
use detente_domain::details::Field;
use detente_domain::event::{Act, EventId};
use detente_domain::party::Party;
use detente_domain::relations::Pair;

use crate::archive::Archive;

/// A page of events as known at a position, in order of arrival, which is searched for in steps.
#[derive(Clone, Debug)]
pub struct EventSearch {
    request: EventsRequest,
    known: u64,
    /// The number of events that were examined.
    examined: usize,
    /// The number of events before the page that match.
    before: usize,
    /// The events of the page, and one more if there is a further page.
    found: Vec<EventId>,
}

impl EventSearch {
    /// Begins to search.
    #[must_use]
    pub const fn new(request: EventsRequest, known: u64) -> Self {
        Self {
            request,
            known,
            examined: 0,
            before: 0,
            found: Vec::new(),
        }
    }

    /// Examines further events, until the page is found, there are no more, or `pause` returns true.
    /// Returns true if the page is found.
    pub fn step(&mut self, archive: &Archive, mut pause: impl FnMut() -> bool) -> bool {
        let chronicle = archive.chronicle();
        let position = Position(self.known);
        // The events of a relation are found without examining any others.
        let arrived: Box<dyn DoubleEndedIterator<Item = EventId>> = match self.request.pair {
            Some(pair) => Box::new(chronicle.arrivals_of(pair, Some(position)).into_iter()),
            None => {
                // Events that arrive between two steps are not among them.
                let known = chronicle.events().filter(move |(_, at)| *at <= position);
                Box::new(known.map(|(event, _)| event))
            }
        };
        let arrived: Box<dyn Iterator<Item = EventId>> =
            match self.request.order.unwrap_or_default() {
                Order::Oldest => arrived,
                Order::Newest => Box::new(arrived.rev()),
            };
        let (place, limit) = (self.request.page.place(), self.limit());
        for event in arrived.skip(self.examined) {
            let believed = chronicle.event(event, Some(position));
            if believed.is_some_and(|event| matches(&event, &self.request)) {
                if self.before < place {
                    self.before += 1;
                } else {
                    self.found.push(event);
                }
            }
            self.examined += 1;
            if self.found.len() > limit {
                break;
            }
            if pause() {
                return false;
            }
        }
        true
    }

    /// Returns the page, once it is found.
    #[must_use]
    pub fn page(mut self) -> Page<EventId> {
        let limit = self.limit();
        let has_more = self.found.len() > limit;
        self.found.truncate(limit);
        Page {
            next: has_more.then(|| self.request.page.after(limit, self.known)),
            items: self.found,
            known_at: Some(self.known),
            total: None,
        }
    }

    fn limit(&self) -> usize {
        self.request.page.limit.unwrap_or_default().get()
    }
}

/// Returns true if an event begins after a day, as known at a position.
#[must_use]
pub fn is_later(archive: &Archive, event: EventId, day: Day, known: u64) -> bool {
    let believed = archive.chronicle().event(event, Some(Position(known)));
    believed.is_some_and(|event| event.earliest > day)
}

/// Returns a relation's events up to a day, in order of their days.
#[must_use]
pub fn relation_events(archive: &Archive, pair: Pair, point: Point) -> Vec<EventId> {
    let chronicle = archive.chronicle();
    let known = Some(point.known);
    let mut events = chronicle.events_of(pair, known);
    events.retain(|event| {
        let believed = chronicle.event(*event, known);
        believed.is_some_and(|event| event.earliest <= point.at)
    });
    events
}

fn matches(event: &BelievedEvent<'_>, request: &EventsRequest) -> bool {
    let has_part = |party| has_part(event.act, party);
    request.kind.is_none_or(|kind| event.act.kind == kind)
        && request.country.is_none_or(has_part)
        && request
            .clocks
            .at
            .is_none_or(|until| event.earliest <= until)
}

/// Returns true if a party, or for a state one of its authorities, takes part in an act.
fn has_part(act: &Act, party: Party) -> bool {
    let named = [
        Field::Host,
        Field::Sender,
        Field::Of,
        Field::Listed,
        Field::State,
        Field::Authority,
        Field::From,
        Field::Group,
        Field::ControlledBy,
    ];
    let named = named
        .into_iter()
        .filter_map(|field| act.details.party(field));
    act.actors
        .iter()
        .chain(&act.recipients)
        .copied()
        .chain(named)
        .any(|named| named == party || named.state() == Some(party))
}
