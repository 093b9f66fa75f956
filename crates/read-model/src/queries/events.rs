//! Events: which, and in which order.

use detente_chronicle::Position;
use detente_chronicle::read::Believed;
use detente_domain::day::Day;
use detente_domain::details::Field;
use detente_domain::event::{Act, EventId};
use detente_domain::kind::Kind;
use detente_domain::party::Party;
use detente_domain::routes::{Pair, state_of};

use super::{Moment, Page};
use crate::archive::Archive;

/// Which way a list of events runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// As they arrived.
    #[default]
    Oldest,
    /// The last to arrive first.
    Newest,
}

/// Which events are asked for; without any word, all.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Those that a party has a part in; of a state also those of its authorities.
    pub party: Option<Party>,
    /// Those of a relation.
    pub pair: Option<Pair>,
    /// Those of a kind.
    pub kind: Option<Kind>,
    /// Those that may have been so on that day or before.
    pub until: Option<Day>,
    /// Which way.
    pub order: Order,
}

/// A page of events, by what was believed at a position: ids, in order of arrival.
pub fn events(
    archive: &Archive,
    selection: Selection,
    known: u64,
    from: usize,
    limit: usize,
) -> Page<EventId> {
    let chronicle = archive.chronicle();
    let position = Position(known);
    let wanted = |event: &EventId| {
        chronicle
            .event(*event, Some(position))
            .is_some_and(|held| fits(&held, selection))
    };
    let of_pair = selection
        .pair
        .map(|pair| chronicle.arrivals_of(pair, Some(position)));
    // A relation's own are found without looking at any other.
    let arrived: Box<dyn DoubleEndedIterator<Item = EventId>> = match of_pair {
        Some(events) => Box::new(events.into_iter()),
        None => Box::new(
            chronicle
                .events()
                .filter(move |(_, at)| *at <= position)
                .map(|(event, _)| event),
        ),
    };
    match selection.order {
        Order::Oldest => Page::cut(arrived.filter(wanted), known, from, limit),
        Order::Newest => Page::cut(arrived.rev().filter(wanted), known, from, limit),
    }
}

/// Whether an event begins after a day, by what was believed at a position.
#[must_use]
pub fn is_later(archive: &Archive, event: EventId, day: Day, known: u64) -> bool {
    let held = archive.chronicle().event(event, Some(Position(known)));
    held.is_some_and(|held| held.earliest > day)
}

/// A page of a relation's events up to a day, in order of the days on which they were so.
pub fn relation_events(
    archive: &Archive,
    pair: Pair,
    moment: Moment,
    from: usize,
    limit: usize,
) -> Page<EventId> {
    let chronicle = archive.chronicle();
    let known = Some(moment.position());
    let events = chronicle.events_of(pair, known).into_iter();
    let begun = events.filter(|event| {
        chronicle
            .event(*event, known)
            .is_some_and(|held| held.earliest <= moment.at)
    });
    Page::cut(begun, moment.known, from, limit)
}

fn fits(held: &Believed<'_>, selection: Selection) -> bool {
    selection.kind.is_none_or(|kind| held.act.kind == kind)
        && selection
            .party
            .is_none_or(|party| has_part(held.act, party))
        && selection.until.is_none_or(|until| held.earliest <= until)
}

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
        .any(|one| one == party || state_of(one) == Some(party))
}
