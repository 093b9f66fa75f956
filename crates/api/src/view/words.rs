//! Enums whose values JSON writes as words, and protobuf as enums.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use detente_domain::dimension::{Dimension, Weighed};
use detente_domain::fold::why::EvidenceRole;
use detente_domain::level::{Declared, Level, Recognition, Representation, Threat, Trajectory};
use detente_domain::state::Occasion;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::UNKNOWN;
use super::record::RecordKind;
use super::why::{Rounding, Side};
use crate::proto;
use crate::topic::Topic;

/// An enum whose values are stable words.
pub trait Vocabulary: Copy + 'static {
    /// Returns all values, in order.
    fn all() -> impl Iterator<Item = Self>;

    /// Returns the word of the value.
    fn as_str(self) -> &'static str;
}

/// A value of a closed list, which JSON writes as its word.
///
/// Other words are refused when it is read: both sides must know the same list. An `Option` is
/// `unknown` when it is `None`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Named<T>(pub T);

/// Implements [`Vocabulary`] for enums with words, and maps them to their protobuf enums; with
/// `or Unknown`, `None` is `unknown`. A variant that is missing in a protobuf enum does not compile.
macro_rules! vocabulary {
    () => {};
    ($name:ident; $($rest:tt)*) => {
        impl Vocabulary for $name {
            fn all() -> impl Iterator<Item = Self> {
                Self::ALL.into_iter()
            }

            fn as_str(self) -> &'static str {
                Self::as_str(self)
            }
        }
        vocabulary! { $($rest)* }
    };
    ($name:ident { $($variant:ident),+ } => $message:ident; $($rest:tt)*) => {
        impl From<Named<$name>> for proto::$message {
            fn from(Named(value): Named<$name>) -> Self {
                match value { $($name::$variant => Self::$variant,)+ }
            }
        }
        vocabulary! { $name; $($rest)* }
    };
    ($name:ident $variants:tt => $message:ident or Unknown; $($rest:tt)*) => {
        impl From<Named<Option<$name>>> for proto::$message {
            fn from(Named(value): Named<Option<$name>>) -> Self {
                value.map_or(Self::Unknown, |value| Named(value).into())
            }
        }
        vocabulary! { $name $variants => $message; $($rest)* }
    };
}

vocabulary! {
    Level { Hostile, Strained, Neutral, Cooperative, Close } => Level or Unknown;
    Threat { None, Low, Elevated, High } => ThreatLevel or Unknown;
    Recognition { None, Dealings, DeFacto, DeJure } => RecognitionLevel or Unknown;
    Declared { Refuses, Withholds, Recognises } => Declaration or Unknown;
    Representation {
        None, SpecialEnvoy, InterestsSection, Liaison, Consular, Charge, Ambassador
    } => Rank or Unknown;
    Trajectory { Cooling, Steady, Warming } => Trajectory or Unknown;
    Occasion { Happened, Learned, Lapsed } => Occasion;
    EvidenceRole; Weighed; Dimension; RecordKind; Side; Rounding;
}

impl Vocabulary for Topic {
    fn all() -> impl Iterator<Item = Self> {
        Self::all()
    }

    fn as_str(self) -> &'static str {
        Self::as_str(self)
    }
}

impl<T: Vocabulary> Vocabulary for Option<T> {
    fn all() -> impl Iterator<Item = Self> {
        std::iter::once(None).chain(T::all().map(Some))
    }

    fn as_str(self) -> &'static str {
        self.map_or(UNKNOWN, T::as_str)
    }
}

// === impl Named ===

impl<T: Vocabulary> Named<T> {
    /// Returns the word of the value.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.0.as_str()
    }
}

impl<T: Vocabulary> fmt::Display for Named<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl<T: Vocabulary> Serialize for Named<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de, T: Vocabulary> Deserialize<'de> for Named<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(Reader(PhantomData))
    }
}

impl<T: Vocabulary> JsonSchema for Named<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        Cow::Borrowed(std::any::type_name::<T>())
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let words: Vec<_> = T::all().map(T::as_str).collect();
        schemars::json_schema!({"type": "string", "enum": words})
    }
}

/// Reads a word.
struct Reader<T>(PhantomData<T>);

impl<T: Vocabulary> Visitor<'_> for Reader<T> {
    type Value = Named<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = T::all().map(T::as_str).collect();
        write!(f, "one of {}", words.join(", "))
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<Self::Value, E> {
        let value = T::all().find(|value| value.as_str() == word);
        value
            .map(Named)
            .ok_or_else(|| E::invalid_value(Unexpected::Str(word), &self))
    }
}
