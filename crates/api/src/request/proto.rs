//! Requests from protobuf. An empty text or a 0 counts as not given.

use detente_domain::event::EventId;

use super::{
    ChangesRequest, Clocks, CountriesRequest, Country, CountryRequest, DiffPoints, DiffRequest,
    DirectedPair, EventRequest, EventsRequest, FilterRequest, HistoryRequest, KindRequest,
    KindsRequest, Order, PageRequest, ParamValue, PendingRequest, PreviewRequest, RegisterRequest,
    RelationEventsRequest, RelationRequest, WhyRequest,
};
use crate::proto::{self, EventOrder};
use crate::refusal::Refusal;

fn text<T: ParamValue>(name: &str, text: &str) -> Result<Option<T>, Refusal> {
    let text = Some(text).filter(|text| !text.is_empty());
    text.map(|text| T::parse_param(name, text)).transpose()
}

fn number<T: ParamValue>(name: &str, number: impl Into<u64>) -> Result<Option<T>, Refusal> {
    let number = Some(number.into()).filter(|number| *number > 0);
    let value = number.map(|number| T::parse_param(name, &number.to_string()));
    value.transpose()
}

fn part<M: Default, T: TryFrom<M, Error = Refusal>>(message: Option<M>) -> Result<T, Refusal> {
    message.unwrap_or_default().try_into()
}

fn order(number: i32) -> Result<Option<Order>, Refusal> {
    match EventOrder::try_from(number) {
        Ok(EventOrder::Unspecified) => Ok(None),
        Ok(EventOrder::Oldest) => Ok(Some(Order::Oldest)),
        Ok(EventOrder::Newest) => Ok(Some(Order::Newest)),
        // A number that is not an order is refused like any other word.
        Err(_) => Order::parse_param("order", &number.to_string()).map(Some),
    }
}

/// Returns the word of an occasion; an unknown number is kept as a number, and refused later.
fn occasion(number: i32) -> String {
    let name = proto::Occasion::try_from(number).map(|occasion| occasion.as_str_name());
    let word = name.ok().and_then(|name| name.strip_prefix("OCCASION_"));
    word.map_or_else(|| number.to_string(), str::to_ascii_lowercase)
}

/// Implements the conversion of a message: each field of the request with its value.
macro_rules! from_proto {
    ($($message:ident => $request:ident |$m:ident| { $($field:ident: $value:expr,)+ })+) => {$(
        impl TryFrom<proto::$message> for $request {
            type Error = Refusal;

            fn try_from($m: proto::$message) -> Result<Self, Refusal> {
                Ok(Self { $($field: $value,)+ })
            }
        }
    )+};
}

from_proto! {
    Clocks => Clocks |m| {
        at: text("at", &m.at)?,
        known_at: text("known_at", &m.known_at)?,
        min_position: number("min_position", m.min_position)?,
    }
    PageRequest => PageRequest |m| {
        limit: number("limit", m.limit)?,
        from: text("from", &m.from)?,
    }
    GetRelationRequest => RelationRequest |m| {
        relation: DirectedPair::between(&m.from, &m.to)?,
        clocks: part(m.clocks)?,
    }
    GetHistoryRequest => HistoryRequest |m| {
        relation: DirectedPair::between(&m.from, &m.to)?,
        dimension: text("dimension", &m.dimension)?,
        page: part(m.page)?,
        clocks: part(m.clocks)?,
    }
    ListRegisterEntriesRequest => RegisterRequest |m| {
        relation: DirectedPair::between(&m.from, &m.to)?,
        name: ParamValue::parse_param("name", &m.name)?,
        page: part(m.page)?,
        clocks: part(m.clocks)?,
    }
    WhyRequest => WhyRequest |m| {
        relation: DirectedPair::between(&m.from, &m.to)?,
        dimension: ParamValue::parse_param("dimension", &m.dimension)?,
        limit: number("limit", m.limit)?,
        clocks: part(m.clocks)?,
    }
    DiffRequest => DiffRequest |m| {
        relation: DirectedPair::between(&m.from, &m.to)?,
        points: DiffPoints {
            from: text("at_from", &m.at_from)?,
            to: text("at_to", &m.at_to)?,
            known_from: text("known_from", &m.known_from)?,
            known_to: text("known_to", &m.known_to)?,
            min_position: number("min_position", m.min_position)?,
        },
    }
    PreviewRequest => PreviewRequest |m| {
        lang: text("lang", &m.lang)?,
        min_position: number("min_position", m.min_position)?,
    }
    ListRelationEventsRequest => RelationEventsRequest |m| {
        relation: DirectedPair::between(&m.from, &m.to)?,
        page: part(m.page)?,
        clocks: part(m.clocks)?,
    }
    GetCountryRequest => CountryRequest |m| {
        country: Country::parse_param("country", &m.country)?,
        clocks: part(m.clocks)?,
    }
    ListCountriesRequest => CountriesRequest |m| {
        page: part(m.page)?,
        clocks: part(m.clocks)?,
    }
    ListEventsRequest => EventsRequest |m| {
        page: part(m.page)?,
        country: text("country", &m.country)?,
        kind: text("kind", &m.kind)?,
        order: order(m.order)?,
        pair: text("pair", &m.pair)?,
        clocks: part(m.clocks)?,
        pending: None,
    }
    ListPendingEventsRequest => PendingRequest |m| {
        page: part(m.page)?,
        clocks: part(m.clocks)?,
    }
    GetEventRequest => EventRequest |m| {
        id: EventId::parse_param("id", &m.id)?,
        clocks: part(m.clocks)?,
        page: part(m.page)?,
    }
    ListKindsRequest => KindsRequest |m| {
        lang: text("lang", &m.lang)?,
    }
    GetKindRequest => KindRequest |m| {
        kind: ParamValue::parse_param("kind", &m.kind)?,
        lang: text("lang", &m.lang)?,
    }
    ChangeFilter => FilterRequest |m| {
        country: m.country,
        party: m.party,
        pair: m.pair,
        dimension: m.dimension,
        register: m.register,
        direction: m.direction,
        occasion: m.occasion.into_iter().map(occasion).collect(),
        filter: m.filter,
    }
    WatchRequest => ChangesRequest |m| {
        from: text("from", &m.from)?,
        filter: part(m.wanted)?,
        limit: None,
        form: None,
    }
    ListChangesRequest => ChangesRequest |m| {
        from: text("from", &m.from)?,
        filter: part(m.wanted)?,
        limit: number("limit", m.limit)?,
        form: None,
    }
}
