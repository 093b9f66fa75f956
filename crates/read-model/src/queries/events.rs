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

/// Returns a page of events as known at a position, in order of arrival.
pub fn events(archive: &Archive, request: &EventsRequest, known: u64) -> Page<EventId> {
    let chronicle = archive.chronicle();
    let position = Position(known);
    let matches = |event: &EventId| {
        let believed = chronicle.event(*event, Some(position));
        believed.is_some_and(|event| matches(&event, request))
    };
    // The events of a relation are found without examining any others.
    let arrived: Box<dyn DoubleEndedIterator<Item = EventId>> = match request.pair {
        Some(pair) => Box::new(chronicle.arrivals_of(pair, Some(position)).into_iter()),
        None => {
            let known = chronicle.events().filter(move |(_, at)| *at <= position);
            Box::new(known.map(|(event, _)| event))
        }
    };
    match request.order.unwrap_or_default() {
        Order::Oldest => request.page.cut(arrived.filter(matches), known),
        Order::Newest => request.page.cut(arrived.rev().filter(matches), known),
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
