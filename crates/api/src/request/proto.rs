//! Requests in protobuf. An empty text and 0 are not given, and a refusal names the field of the
//! message.

use detente_domain::state::Occasion;

use super::{
    ChangesRequest, Clocks, CountriesRequest, CountryRequest, DiffRequest, Ends, EventRequest,
    EventsRequest, FilterRequest, HistoryRequest, Order, PageLimit, PageRequest, PendingRequest,
    RelationEventsRequest, RelationRequest, Value, WatchRequest, WhyRequest, Word as _,
};
use crate::proto;
use crate::refusal::Refusal;

fn one<T: Value>(field: &str, text: &str) -> Result<Option<T>, Refusal> {
    let text = Some(text).filter(|text| !text.is_empty());
    text.map(|text| T::read(field, text)).transpose()
}

fn all<T: Value>(field: &str, texts: &[String]) -> Result<Vec<T>, Refusal> {
    texts.iter().map(|text| T::read(field, text)).collect()
}

fn part<M: Default, T: TryFrom<M, Error = Refusal>>(message: Option<M>) -> Result<T, Refusal> {
    message.unwrap_or_default().try_into()
}

fn limit(given: u32) -> Result<Option<PageLimit>, Refusal> {
    let limit = usize::try_from(given).unwrap_or(usize::MAX);
    (limit > 0).then(|| PageLimit::new(limit)).transpose()
}

fn position(given: u64) -> Option<u64> {
    (given > 0).then_some(given)
}

fn order(number: i32) -> Result<Option<Order>, Refusal> {
    match proto::EventOrder::try_from(number) {
        Ok(proto::EventOrder::Unspecified) => Ok(None),
        Ok(proto::EventOrder::Oldest) => Ok(Some(Order::Oldest)),
        Ok(proto::EventOrder::Newest) => Ok(Some(Order::Newest)),
        Err(_) => Err(Order::refused("order", &number.to_string())),
    }
}

fn occasion(number: &i32) -> Result<Occasion, Refusal> {
    match proto::Occasion::try_from(*number) {
        Ok(proto::Occasion::Happened) => Ok(Occasion::Happened),
        Ok(proto::Occasion::Learned) => Ok(Occasion::Learned),
        Ok(proto::Occasion::Lapsed) => Ok(Occasion::Lapsed),
        Ok(proto::Occasion::Unspecified) => Err(Occasion::refused("occasion", "unspecified")),
        Err(_) => Err(Occasion::refused("occasion", &number.to_string())),
    }
}

/// Reads each field of a request from a message.
macro_rules! read {
    ($message:ident => $request:ident, $m:ident { $($field:ident: $value:expr,)+ }) => {
        impl TryFrom<proto::$message> for $request {
            type Error = Refusal;

            fn try_from($m: proto::$message) -> Result<Self, Refusal> {
                Ok(Self { $($field: $value,)+ })
            }
        }
    };
}

read!(Clocks => Clocks, m {
    at: one("at", &m.at)?,
    known_at: one("known_at", &m.known_at)?,
    min_position: position(m.min_position),
});

read!(PageRequest => PageRequest, m {
    limit: limit(m.limit)?,
    from: one("from", &m.from)?,
});

read!(GetRelationRequest => RelationRequest, m {
    ends: Ends::between(&m.from, &m.to)?,
    clocks: part(m.clocks)?,
});

read!(GetHistoryRequest => HistoryRequest, m {
    ends: Ends::between(&m.from, &m.to)?,
    dimension: one("dimension", &m.dimension)?,
    page: part(m.page)?,
    clocks: part(m.clocks)?,
});

read!(WhyRequest => WhyRequest, m {
    ends: Ends::between(&m.from, &m.to)?,
    dimension: Value::read("dimension", &m.dimension)?,
    limit: limit(m.limit)?,
    clocks: part(m.clocks)?,
});

read!(ListRelationEventsRequest => RelationEventsRequest, m {
    ends: Ends::between(&m.from, &m.to)?,
    page: part(m.page)?,
    clocks: part(m.clocks)?,
});

read!(GetCountryRequest => CountryRequest, m {
    country: Value::read("country", &m.country)?,
    clocks: part(m.clocks)?,
});

read!(ListCountriesRequest => CountriesRequest, m {
    page: part(m.page)?,
    clocks: part(m.clocks)?,
});

read!(ListEventsRequest => EventsRequest, m {
    pending: None,
    page: part(m.page)?,
    country: one("country", &m.country)?,
    kind: one("kind", &m.kind)?,
    order: order(m.order)?,
    pair: one("pair", &m.pair)?,
    clocks: part(m.clocks)?,
});

read!(ListPendingEventsRequest => PendingRequest, m {
    page: part(m.page)?,
    clocks: part(m.clocks)?,
});

read!(GetEventRequest => EventRequest, m {
    id: Value::read("id", &m.id)?,
    clocks: part(m.clocks)?,
});

impl TryFrom<proto::DiffRequest> for DiffRequest {
    type Error = Refusal;

    fn try_from(m: proto::DiffRequest) -> Result<Self, Refusal> {
        let request = Self {
            ends: Ends::between(&m.from, &m.to)?,
            from: one("at_from", &m.at_from)?,
            to: one("at_to", &m.at_to)?,
            known_from: one("known_from", &m.known_from)?,
            known_to: one("known_to", &m.known_to)?,
            min_position: position(m.min_position),
        };
        request.has_two_points(["at_from", "at_to"])?;
        Ok(request)
    }
}

read!(ChangeFilter => FilterRequest, m {
    country: all("country", &m.country)?,
    party: all("party", &m.party)?,
    pair: all("pair", &m.pair)?,
    dimension: all("dimension", &m.dimension)?,
    register: all("register", &m.register)?,
    direction: all("direction", &m.direction)?,
    occasion: m.occasion.iter().map(occasion).collect::<Result<_, _>>()?,
    filter: m.filter,
});

read!(WatchRequest => WatchRequest, m {
    from: one("from", &m.from)?,
    filter: part(m.wanted)?,
    form: None,
});

read!(ListChangesRequest => ChangesRequest, m {
    from: one("from", &m.from)?,
    filter: part(m.wanted)?,
    limit: limit(m.limit)?,
    form: None,
});
