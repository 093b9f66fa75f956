//! Requests: one struct for each question, read from an address, from JSON or from protobuf.
//!
//! A request is defined once, with `request!`. Its fields and their comments give the parameters
//! and the OpenAPI description, and each [`Value`] is parsed once, into a type of the domain.
//! Whatever is wrong becomes a [`Refusal`] that names the field as the caller knows it. Serde is
//! used where JSON is kept, and not for addresses: its errors cannot hold a refusal.

mod changes;
mod clock;
mod events;
mod given;
mod party;
mod place;
mod proto;
mod relations;
mod topic;
mod value;
mod word;

#[cfg(test)]
mod tests;

use schemars::Schema;
use serde_json::{Map, json};

use crate::refusal::Refusal;

pub use changes::{AtomRequest, ChangesRequest, FilterRequest, ReplayRequest, WatchRequest};
pub use clock::{KnownAt, Speed};
pub use events::{CountriesRequest, CountryRequest, EventRequest, EventsRequest, PendingRequest};
pub use given::Given;
pub use party::{Ends, State};
pub use place::{PageFrom, Place};
pub use relations::{
    Clocks, DiffRequest, HistoryRequest, PageRequest, RelationEventsRequest, RelationRequest,
    WhyRequest,
};
pub use topic::Topic;
pub use value::{AtomLimit, Limit, PageLimit, Value};
pub use word::{AtomLang, Envelope, Order, ReplayClock, Word};

/// Names and values, as they stand in an address after the question mark.
pub type Pairs = Vec<(&'static str, String)>;

/// A parameter of a request, described.
#[derive(Clone, Copy, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it means.
    pub description: &'static str,
    /// Stands in the path, and is required; others stand after the question mark and are not.
    pub is_path: bool,
    /// May be given often, or with commas.
    pub is_list: bool,
    /// Describes the values: type, bounds, words, default.
    pub schema: fn() -> Schema,
}

/// A field of a request, or several that stand together, such as [`Clocks`].
pub trait Part: Sized {
    /// Adds the parameters of the part.
    fn describe(name: &'static str, description: &'static str, parameters: &mut Vec<Parameter>);

    /// Reads the part.
    ///
    /// # Errors
    /// A refusal of the first parameter that is wrong.
    fn read_from(name: &'static str, given: &Given) -> Result<Self, Refusal>;

    /// Adds what is given, except what stands in the path.
    fn write_to(&self, name: &'static str, pairs: &mut Pairs);
}

/// A question, with all its parameters.
pub trait Request: Part {
    /// Returns the parameters, in the order in which they are read.
    #[must_use]
    fn parameters() -> Vec<Parameter> {
        let mut parameters = Vec::new();
        Self::describe("", "", &mut parameters);
        parameters
    }

    /// Reads an address. `beside` are the names that others read, such as `format`.
    ///
    /// # Errors
    /// `bad_query` for a name that is not known, with those that are, or for a value that is given
    /// twice; otherwise the refusal of the first value that is wrong.
    fn parse(given: &Given, beside: &[&str]) -> Result<Self, Refusal> {
        let own = Self::parameters().into_iter();
        let own = own.filter(|one| !one.is_path).map(|one| one.name);
        given.only(&own.chain(beside.iter().copied()).collect::<Vec<_>>())?;
        Self::read_from("", given)
    }

    /// Reads the fields of a JSON object: texts, and lists of texts. Other fields are left alone.
    ///
    /// # Errors
    /// `wrong_type` for anything but a text or a list of texts, or as [`Request::parse`].
    fn from_json(fields: &Map<String, serde_json::Value>) -> Result<Self, Refusal> {
        Self::read_from("", &Given::json(fields, &Self::parameters())?)
    }

    /// Returns what is given as the pairs of an address, which reads back.
    #[must_use]
    fn pairs(&self) -> Pairs {
        let mut pairs = Vec::new();
        self.write_to("", &mut pairs);
        pairs
    }
}

/// Describes a request as an object.
fn object<R: Request>() -> Schema {
    let parameters = R::parameters().into_iter().filter(|one| !one.is_path);
    let properties: Map<_, _> = parameters
        .map(|one| {
            let mut schema = (one.schema)();
            schema.insert("description".to_owned(), one.description.trim().into());
            (one.name.to_owned(), schema.into())
        })
        .collect();
    let mut schema = schemars::json_schema!({"type": "object", "additionalProperties": false});
    schema.insert("properties".to_owned(), json!(properties));
    schema
}

/// Defines a request. Each field is a [`Part`]: an `Option` or a `Vec` of a [`Value`], a required
/// part of the path, or another request, whose parameters stand beside the others. `check` holds
/// what one field alone cannot.
macro_rules! request {
    (
        $(#[$meta:meta])*
        pub struct $name:ident {
            $($(#[doc = $doc:literal])+ pub $field:ident: $part:ty,)+
        }
        $(check $check:path;)?
    ) => {
        $(#[$meta])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            $($(#[doc = $doc])+ pub $field: $part,)+
        }

        impl crate::request::Part for $name {
            fn describe(_: &'static str, _: &'static str, all: &mut Vec<crate::request::Parameter>) {
                $(<$part>::describe(stringify!($field), concat!($($doc),+), all);)+
            }

            fn read_from(_: &'static str, given: &crate::request::Given) -> Result<Self, Refusal> {
                let request = Self {
                    $($field: crate::request::Part::read_from(stringify!($field), given)?,)+
                };
                $($check(&request, given)?;)?
                Ok(request)
            }

            fn write_to(&self, _: &'static str, pairs: &mut crate::request::Pairs) {
                $(self.$field.write_to(stringify!($field), pairs);)+
            }
        }

        impl crate::request::Request for $name {}

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                crate::request::object::<Self>()
            }
        }
    };
}
use request;
