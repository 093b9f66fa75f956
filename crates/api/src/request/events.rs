//! Questions about countries and events.

use detente_domain::event::EventId;
use detente_domain::kind::Kind;
use detente_domain::party::Party;
use detente_domain::routes::Pair;

use super::value::bad;
use super::{Clocks, Given, Order, PageRequest, State, request};
use crate::refusal::Refusal;

request! {
    /// Asks how a country stands with every other.
    pub struct CountryRequest {
        /// A code (`KAZ`), an ISO alpha-2 code or a name.
        pub country: State,
        /// When, and as known when.
        pub clocks: Clocks,
    }
}

request! {
    /// Asks for every country that has a relation.
    #[derive(Default)]
    pub struct CountriesRequest {
        /// Which part of the list.
        pub page: PageRequest,
        /// When, and as known when.
        pub clocks: Clocks,
    }
}

request! {
    /// Asks for events. Without a day, those that lie ahead are listed too.
    #[derive(Default)]
    pub struct EventsRequest {
        /// Only what is pending, of which neither parties nor kind are known.
        pub pending: Option<bool>,
        /// Which part of the list.
        pub page: PageRequest,
        /// Only events that this party has a part in.
        pub country: Option<Party>,
        /// Only events of this kind, such as `visit.made`.
        pub kind: Option<Kind>,
        /// Which first to arrive.
        pub order: Option<Order>,
        /// Only events of this relation, such as `AFG-TJK`.
        pub pair: Option<Pair>,
        /// When, and as known when.
        pub clocks: Clocks,
    }
    check EventsRequest::check;
}

request! {
    /// Asks what is said about events that nobody has reported yet. The day has no say.
    #[derive(Default)]
    pub struct PendingRequest {
        /// Which part of the list.
        pub page: PageRequest,
        /// As known when.
        pub clocks: Clocks,
    }
}

request! {
    /// Asks what is known of an id.
    pub struct EventRequest {
        /// Its id.
        pub id: EventId,
        /// Up to which day it must have begun, if one is given, and as known when.
        pub clocks: Clocks,
    }
}

impl EventsRequest {
    fn check(&self, given: &Given) -> Result<(), Refusal> {
        for name in ["country", "pair", "kind", "order"] {
            if let (Some(true), Some(text)) = (self.pending, given.one(name)?) {
                let message = "of what is pending neither parties nor kind are known";
                return Err(bad(name, text, message));
            }
        }
        Ok(())
    }
}

impl From<EventsRequest> for PendingRequest {
    fn from(EventsRequest { page, clocks, .. }: EventsRequest) -> Self {
        Self { page, clocks }
    }
}
