//! Parameter values: numbers, texts and words.

use std::fmt;

use detente_domain::dimension::{Dimension, Register};
use detente_domain::event::EventId;
use detente_domain::kind::Kind;
use detente_domain::party::Lang;
use detente_domain::state::Occasion;
use detente_domain::string_enum;
use schemars::{Schema, json_schema};
use uuid::Uuid;

use super::Topic;
use crate::limits;
use crate::refusal::{Code, Refusal};

/// The value of a parameter.
pub trait ParamValue: Sized {
    /// Parses the value of the parameter of that name.
    ///
    /// # Errors
    /// A refusal with the name, the text and, if they are few, the allowed values.
    fn parse_param(name: &str, text: &str) -> Result<Self, Refusal>;

    /// Returns the JSON schema of the values.
    #[must_use]
    fn schema() -> Schema {
        json_schema!({"type": "string"})
    }
}

/// The cursor of a page of a list, as `next` of the page before has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PageFrom {
    /// The position at which the list was known; `None` at its start.
    pub known: Option<u64>,
    /// The number of items before the page.
    pub place: usize,
}

/// Returns a `bad_query` refusal.
pub(super) fn bad_query(name: &str, text: &str, message: impl Into<String>) -> Refusal {
    let refusal = Refusal::new(Code::BadQuery, message).field(name);
    refusal.value(text)
}

/// Parses a number without a sign.
pub(super) fn number(text: &str) -> Option<u64> {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    is_plain.then(|| text.parse().ok())?
}

/// Defines the sizes of pages: 1 to a maximum.
macro_rules! limits {
    ($($(#[$doc:meta])+ $name:ident: default $default:literal, max $max:expr, $parse:expr;)+) => {$(
        $(#[$doc])+
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub struct $name(usize);

        impl $name {
            /// The largest.
            pub const MAX: Self = Self($max);

            /// Returns the number.
            #[must_use]
            pub const fn get(self) -> usize {
                self.0
            }
        }

        impl Default for $name {
            fn default() -> Self {
                Self($default)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }

        impl ParamValue for $name {
            fn parse_param(name: &str, text: &str) -> Result<Self, Refusal> {
                let parse: fn(&str) -> Option<usize> = $parse;
                let limit = parse(text).filter(|limit| (1..=$max).contains(limit));
                let message = || format!("a page has 1 to {} items", $max);
                limit.map(Self).ok_or_else(|| bad_query(name, text, message()))
            }

            fn schema() -> Schema {
                json_schema!({
                    "type": "integer", "minimum": 1, "maximum": $max, "default": $default
                })
            }
        }
    )+};
}

limits! {
    /// The number of items of a page of a list: 1 to 1,000; 100 by default.
    PageLimit: default 100, max limits::PAGE_ITEMS, |text| number(text)?.try_into().ok();
    /// The number of entries of a page of an Atom feed: 1 to 200; 50 by default. Each one needs a
    /// read of the log.
    AtomLimit: default 50, max 200, |text| text.parse().ok();
}

impl fmt::Display for PageFrom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.known {
            Some(known) => write!(f, "{known}-{}", self.place),
            None => f.write_str("start"),
        }
    }
}

impl ParamValue for PageFrom {
    fn parse_param(name: &str, text: &str) -> Result<Self, Refusal> {
        if text == "start" {
            return Ok(Self::default());
        }
        let parse = || {
            let (known, place) = text.split_once('-')?;
            Some(Self {
                known: Some(number(known)?),
                place: usize::try_from(number(place)?).ok()?,
            })
        };
        parse().ok_or_else(|| {
            let refusal = Refusal::new(Code::BadCursor, "this list gave no such cursor");
            refusal.field(name).value(text).allowed(["start"])
        })
    }
}

impl ParamValue for u64 {
    fn parse_param(name: &str, text: &str) -> Result<Self, Refusal> {
        number(text).ok_or_else(|| bad_query(name, text, "a position is a number"))
    }

    fn schema() -> Schema {
        json_schema!({"type": "integer", "minimum": 0})
    }
}

impl ParamValue for String {
    fn parse_param(_: &str, text: &str) -> Result<Self, Refusal> {
        Ok(text.to_owned())
    }
}

impl ParamValue for bool {
    fn parse_param(name: &str, text: &str) -> Result<Self, Refusal> {
        let message = || format!("{name} is true or false");
        let refusal = || bad_query(name, text, message()).allowed(["true", "false"]);
        text.parse().map_err(|_| refusal())
    }

    fn schema() -> Schema {
        json_schema!({"type": "boolean"})
    }
}

impl ParamValue for Kind {
    fn parse_param(name: &str, text: &str) -> Result<Self, Refusal> {
        Self::parse(text).ok_or_else(|| Refusal::unknown_kind(name, text))
    }
}

impl ParamValue for EventId {
    fn parse_param(name: &str, text: &str) -> Result<Self, Refusal> {
        Uuid::try_parse(text).map(Self).map_err(|_| {
            let refusal = Refusal::new(Code::UnknownEvent, "an id is a UUID");
            refusal.field(name).value(text)
        })
    }

    fn schema() -> Schema {
        json_schema!({"type": "string", "format": "uuid"})
    }
}

/// Implements [`ParamValue`] for enums that have `as_str`: the values, the code and the message of
/// the refusal.
macro_rules! words {
    ($($type:ty: $all:expr, $code:ident, $message:literal;)+) => {$(
        impl ParamValue for $type {
            fn parse_param(name: &str, text: &str) -> Result<Self, Refusal> {
                let value = $all.into_iter().find(|value| value.as_str() == text);
                value.ok_or_else(|| {
                    let refusal = Refusal::new(Code::$code, $message).field(name);
                    refusal.value(text).allowed($all.into_iter().map(Self::as_str))
                })
            }

            fn schema() -> Schema {
                let words: Vec<_> = $all.into_iter().map(Self::as_str).collect();
                json_schema!({"type": "string", "enum": words})
            }
        }
    )+};
}

string_enum! {
    /// The order of a list of events.
    #[derive(Default)]
    Order {
        /// By arrival, the earliest first.
        #[default]
        Oldest "oldest",
        /// By arrival, the latest first.
        Newest "newest",
    }
}

string_enum! {
    /// The order of a replay.
    #[derive(Default)]
    ReplayClock {
        /// By valid day, as known at one position.
        #[default]
        Valid "valid",
        /// In the order in which the change feed published them.
        Known "known",
    }
}

string_enum! {
    /// The form of the frames of an event stream.
    #[derive(Default)]
    Envelope {
        /// As in a page.
        #[default]
        Plain "plain",
        /// CloudEvents 1.0.
        CloudEvents "cloudevents",
    }
}

words! {
    Order: Self::ALL, BadQuery, "events are in order of arrival: oldest or newest first";
    ReplayClock: Self::ALL, BadQuery, "a replay goes by the valid clock, or by the known one";
    Envelope: Self::ALL, BadQuery,
        "frames of an event stream are plain, or CloudEvents; a page is plain";
    Lang: Self::ALL, BadQuery, "sentences are in en, ar or ru";
    Occasion: Self::ALL, BadQuery,
        "a change happened, was learned, or lapsed";
    Dimension: Self::ALL, UnknownDimension, "there is no such dimension";
    Register: Self::ALL, UnknownDimension, "there is no such register";
    Topic: Self::all(), UnknownDimension, "there is no such dimension or register";
}
