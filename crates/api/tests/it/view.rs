//! Views, byte for byte.

mod changes;
mod events;
mod golden;
mod kinds;
mod latest;
mod preview;

use detente_domain::day::Day;
use detente_domain::event::EventId;
use detente_domain::party::Party;
use detente_domain::relations::Pair;
use uuid::Uuid;

fn party(code: &str) -> Party {
    Party::find(code).expect("is known")
}

fn day(text: &str) -> Day {
    Day::parse(text).expect("is a day")
}

fn event(number: u128) -> EventId {
    EventId(Uuid::from_u128(number))
}

fn pair() -> Pair {
    Pair::new(party("TJK"), party("AFG")).expect("is a pair")
}
