//! Requests: one struct for each read, parsed from a query, from JSON or from protobuf.
//!
//! A request is defined once, with `request!`: its fields and their comments give the parameters
//! and the OpenAPI description, and each [`ParamValue`] is parsed into a type of the domain. An
//! invalid value becomes a [`Refusal`] that names the field as the caller knows it.

mod clock;
mod filter;
mod kinds;
mod params;
mod party;
mod preview;
mod proto;
mod reads;
mod value;

use crate::refusal::Refusal;

pub use crate::topic::Topic;
pub use clock::{KnownAt, Speed, parse_day};
pub use filter::FilterRequest;
pub use kinds::{KindRequest, KindsRequest};
pub use params::{Parameter, ParameterIn, Params, Part};
pub use party::{Country, DirectedPair};
pub use preview::PreviewRequest;
pub use reads::{
    AtomRequest, ChangesRequest, Clocks, CountriesRequest, CountryAtomRequest, CountryRequest,
    DiffPoints, DiffRequest, EventRequest, EventsRequest, HistoryRequest, LanguageRequest,
    PAGE_BYTES_MAX, PageRequest, PendingRequest, RegisterRequest, RelationAtomRequest,
    RelationEventsRequest, RelationRequest, ReplayRequest, WhyRequest,
};
pub use value::{AtomLimit, Envelope, Order, PageFrom, PageLimit, ParamValue, ReplayClock};

// The types of the domain that requests have.
pub use detente_domain::{
    day::Day,
    dimension::{Dimension, Register},
    event::EventId,
    kind::Kind,
    party::Party,
    relations::{Direction, Pair},
};

/// A read with all its parameters.
pub trait Request: Part {
    /// Returns the parameters in the order of the fields.
    #[must_use]
    fn parameters() -> Vec<Parameter> {
        let mut parameters = Vec::new();
        Self::describe("", "", &mut parameters);
        parameters
    }

    /// Returns the given query parameters; parsing them gives the same request.
    #[must_use]
    fn pairs(&self) -> Vec<(&'static str, String)> {
        let mut pairs = Vec::new();
        self.add_pairs("", &mut pairs);
        pairs
    }

    /// Refuses query parameters that the request does not have. `others` are the names that the
    /// caller reads itself, such as `format`.
    ///
    /// # Errors
    /// `bad_query` with the names that are known.
    fn check_names(params: &Params, others: &[&str]) -> Result<(), Refusal> {
        let mut own = Vec::new();
        Self::add_names("", &mut own);
        let mut names: Vec<&str> = own;
        names.extend(others);
        params.check_names(&names)
    }

    /// Parses the request.
    ///
    /// # Errors
    /// The refusal of the first parameter that is invalid, or given twice.
    fn parse(params: &Params) -> Result<Self, Refusal> {
        Self::parse_part("", params)
    }
}

impl Request for () {}

/// Defines a request. Each field is a [`Part`]: an `Option` of a [`ParamValue`], a list of texts, a
/// segment of the path, or another request, whose parameters are added to the others.
macro_rules! request {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $(
                $(#[doc = $doc:literal])+
                $(#[serde($($serde:tt)+)])?
                pub $field:ident: $part:ty,
            )+
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            $(
                $(#[doc = $doc])+
                $(#[serde($($serde)+)])?
                pub $field: $part,
            )+
        }

        impl $crate::request::Part for $name {
            fn describe(
                _: &'static str,
                _: &'static str,
                parameters: &mut Vec<$crate::request::Parameter>,
            ) {
                $(<$part>::describe(
                    stringify!($field),
                    concat!($($doc),+).trim_ascii(),
                    parameters,
                );)+
            }

            fn add_names(_: &'static str, names: &mut Vec<&'static str>) {
                $(<$part as $crate::request::Part>::add_names(stringify!($field), names);)+
            }

            fn parse_part(
                _: &str,
                params: &$crate::request::Params,
            ) -> Result<Self, $crate::refusal::Refusal> {
                Ok(Self {
                    $($field: $crate::request::Part::parse_part(stringify!($field), params)?,)+
                })
            }

            fn add_pairs(&self, _: &'static str, pairs: &mut Vec<(&'static str, String)>) {
                $($crate::request::Part::add_pairs(&self.$field, stringify!($field), pairs);)+
            }
        }

        impl $crate::request::Request for $name {}
    };
}
use request;
