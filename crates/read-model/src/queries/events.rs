//! Lists of events.

use std::collections::VecDeque;

use detente_api::request::{EventsRequest, Order};
use detente_api::view::Page;
use detente_chronicle::{BelievedEvent, Point, Position};
use detente_domain::day::Day;
use detente_domain::details::Field;
use detente_domain::event::{Act, EventId};
use detente_domain::party::Party;
use detente_domain::relations::Pair;

use crate::archive::Archive;

/// The fewest events that are gathered at once.
const GATHERED_MIN: usize = 1_024;
/// The most events that are gathered at once, unless they are those of a relation.
const GATHERED_MAX: usize = 65_536;
/// The events that are examined before a pause is asked for.
const EXAMINED_MIN: usize = 256;

/// A page of events as known at a position, in order of arrival, which is searched for in steps.
#[derive(Clone, Debug)]
pub struct EventSearch {
    request: EventsRequest,
    known: u64,
    /// The number of events that were gathered.
    gathered: usize,
    /// Those of them that are not examined yet.
    upcoming: VecDeque<EventId>,
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
            gathered: 0,
            upcoming: VecDeque::new(),
            before: 0,
            found: Vec::new(),
        }
    }

    /// Examines further events, until the page is found, there are no more, or `pause` returns true,
    /// which is asked after some hundred events. Returns true if the page is found.
    pub fn step(&mut self, archive: &Archive, mut pause: impl FnMut() -> bool) -> bool {
        let (place, limit) = (self.request.page.place(), self.limit());
        let mut examined = 0;
        while self.found.len() <= limit {
            let Some(event) = self.next(archive) else {
                break;
            };
            let believed = archive.chronicle().event(event, Some(Position(self.known)));
            if believed.is_some_and(|event| matches(&event, &self.request)) {
                if self.before < place {
                    self.before += 1;
                } else {
                    self.found.push(event);
                }
            }
            examined += 1;
            if examined >= EXAMINED_MIN && pause() {
                return false;
            }
        }
        true
    }

    /// Returns the next event to examine.
    fn next(&mut self, archive: &Archive) -> Option<EventId> {
        if self.upcoming.is_empty() {
            let events = self.gather(archive);
            self.gathered += events.len();
            self.upcoming = events.into();
        }
        self.upcoming.pop_front()
    }

    /// Returns the events after those that were gathered: all of a relation, or more each time, so
    /// that those before are passed over a few times only.
    fn gather(&self, archive: &Archive) -> Vec<EventId> {
        let chronicle = archive.chronicle();
        let position = Position(self.known);
        let order = self.request.order.unwrap_or_default();
        // The events of a relation are found without examining any others.
        if let Some(pair) = self.request.pair {
            if self.gathered > 0 {
                return Vec::new();
            }
            let mut arrived = chronicle.arrivals_of(pair, Some(position));
            match order {
                Order::Oldest => {}
                Order::Newest => arrived.reverse(),
            }
            return arrived;
        }
        // Events that arrive between two steps are not among them.
        let known = chronicle.events().filter(move |(_, at)| *at <= position);
        let arrived = known.map(|(event, _)| event);
        let count = self.gathered.clamp(GATHERED_MIN, GATHERED_MAX);
        match order {
            Order::Oldest => arrived.skip(self.gathered).take(count).collect(),
            Order::Newest => arrived.rev().skip(self.gathered).take(count).collect(),
        }
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use detente_api::request::{PageFrom, PageLimit, PageRequest, ParamValue as _};
    use detente_api::submission::{BodyFormat, submissions};
    use detente_domain::event::Authorship;
    use detente_rulebook as rulebook;
    use time::OffsetDateTime;

    use super::*;

    /// Every third event is of another relation.
    const EVENTS: u128 = 3_000;

    fn archive() -> Archive {
        let mut archive = Archive::new(Arc::new(rulebook::default_rulebook().unwrap().clone()));
        let row = |number: u128| {
            let host = if number.is_multiple_of(3) {
                "TKM"
            } else {
                "UZB"
            };
            format!(
                r#"{{"id":"00000000-0000-7000-8000-{number:012x}","kind":"visit.made","actors":["AFG"],"recipients":["{host}"],"occurred":"2022-05-01","title":{{"en":"A visit"}},"report":{{"publisher":"One","grade":"B2"}}}}"#
            )
        };
        let rows: Vec<String> = (1..=EVENTS).map(row).collect();
        let rows = rows.join("\n");
        for ((_, entry), position) in submissions(rows.as_bytes(), BodyFormat::Ndjson).zip(1..) {
            let entry = entry.unwrap();
            let id = entry.id().unwrap();
            let authorship = Authorship {
                author: "test".to_owned(),
                recorded: OffsetDateTime::UNIX_EPOCH,
            };
            archive.apply(position, &entry.into_record(id, authorship));
        }
        archive
    }

    #[test]
    fn a_long_list_that_is_paused_is_whole_and_takes_few_steps() {
        let archive = archive();
        let party = |code| Party::parse_param("country", code).unwrap();
        let pair = Pair::new(party("AFG"), party("UZB"));
        for (pair, order) in [
            (None, Order::Oldest),
            (None, Order::Newest),
            (pair, Order::Oldest),
            (pair, Order::Newest),
        ] {
            let known: u128 = 2_900;
            let mut expected: Vec<u128> = (1..=known)
                .filter(|number| pair.is_none() || !number.is_multiple_of(3))
                .collect();
            if order == Order::Newest {
                expected.reverse();
            }
            let request = |page| EventsRequest {
                pair,
                order: Some(order),
                page,
                ..EventsRequest::default()
            };
            let mut page = PageRequest {
                limit: Some(PageLimit::parse_param("limit", "1000").unwrap()),
                ..PageRequest::default()
            };
            let (mut all, mut steps) = (Vec::new(), 0);
            loop {
                let mut search = EventSearch::new(request(page), 2_900);
                steps += 1;
                while !search.step(&archive, || true) {
                    steps += 1;
                }
                let found = search.page();
                all.extend(found.items.iter().map(|event| event.0.as_u128() & 0xffff));
                let Some(next) = found.next else { break };
                page.from = Some(PageFrom::parse_param("from", &next).unwrap());
            }
            assert_eq!(all, expected);
            assert!(steps <= 40, "{steps}");
        }
    }
}
