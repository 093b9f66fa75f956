//! Conversions of the values of views to the fields of messages.

use std::collections::BTreeMap;

use detente_domain::level::{Declared, Level, Recognition, Representation, Threat, Trajectory};
use detente_domain::state::Occasion;
use uuid::Uuid;

use crate::proto::detail_value::Value;
use crate::proto::{self, DetailValue, PartyList};
use crate::refusal::Code;
use crate::submission::{DetailDto, EventDto};
use crate::view::{Decimal1, Named, RuleView, Text, Vocabulary, WarningCode};

/// A value of a view that converts to a message field of type `F`.
pub(super) trait ToField<F> {
    fn to_field(&self) -> F;
}

/// Converts values of one type, each with one expression.
macro_rules! fields {
    ($($value:ty => $field:ty: |$name:ident| $to:expr;)+) => {$(
        impl ToField<$field> for $value {
            fn to_field(&self) -> $field {
                let $name = self;
                $to
            }
        }
    )+};
}

fields! {
    bool => bool: |value| *value;
    i32 => i32: |value| *value;
    i64 => i64: |value| *value;
    u32 => u32: |value| *value;
    u64 => u64: |value| *value;
    // A request has far fewer rows than bytes.
    usize => u32: |value| u32::try_from(*value).unwrap_or(u32::MAX);
    usize => u64: |value| *value as u64;
    Decimal1 => f64: |value| value.to_f64();
    f64 => f64: |value| *value;
    String => String: |value| value.clone();
    Text => String: |value| value.to_string();
    Uuid => String: |value| value.to_string();
    Option<Uuid> => String: |value| value.as_ref().map(ToField::to_field).unwrap_or_default();
    Code => String: |value| value.as_str().to_owned();
    WarningCode => String: |value| value.as_str().to_owned();
    serde_json::Value => String: |value| value.to_string();
    // Serialising a rule cannot fail.
    RuleView => String: |value| serde_json::to_string(value).unwrap_or_default();
    // Serialising an event cannot fail.
    EventDto => String: |value| serde_json::to_string(value).unwrap_or_default();
    Vec<String> => PartyList: |value| PartyList { codes: value.clone() };
    DetailDto => DetailValue: |value| DetailValue {
        value: Some(match value {
            DetailDto::Text(text) => Value::Text(text.clone()),
            DetailDto::Count(count) => Value::Count(*count),
        }),
    };
    // In a patch, a detail without a value is cleared.
    Option<DetailDto> => DetailValue: |value| {
        value.as_ref().map(ToField::to_field).unwrap_or_default()
    };
}

impl<T: Vocabulary> ToField<String> for Named<T> {
    fn to_field(&self) -> String {
        self.as_str().to_owned()
    }
}

fields! {
    Named<Level> => i32: |value| proto::Level::from(*value).into();
    Named<Option<Level>> => i32: |value| proto::Level::from(*value).into();
    Named<Option<Threat>> => i32: |value| proto::ThreatLevel::from(*value).into();
    Named<Option<Recognition>> => i32: |value| proto::RecognitionLevel::from(*value).into();
    Named<Option<Declared>> => i32: |value| proto::Declaration::from(*value).into();
    Named<Option<Representation>> => i32: |value| proto::Rank::from(*value).into();
    Named<Option<Trajectory>> => i32: |value| proto::Trajectory::from(*value).into();
    Named<Occasion> => i32: |value| proto::Occasion::from(*value).into();
}

impl<T: ToField<F>, F> ToField<Option<F>> for Option<T> {
    fn to_field(&self) -> Option<F> {
        self.as_ref().map(T::to_field)
    }
}

impl<T: ToField<F>, F> ToField<Vec<F>> for Vec<T> {
    fn to_field(&self) -> Vec<F> {
        self.iter().map(T::to_field).collect()
    }
}

impl<K: ToString, T: ToField<F>, F> ToField<BTreeMap<String, F>> for BTreeMap<K, T> {
    fn to_field(&self) -> BTreeMap<String, F> {
        let fields = self.iter();
        fields
            .map(|(key, value)| (key.to_string(), value.to_field()))
            .collect()
    }
}

impl<K: ToString, T: ToField<F>, F> ToField<BTreeMap<String, F>> for Option<BTreeMap<K, T>> {
    fn to_field(&self) -> BTreeMap<String, F> {
        self.as_ref().map(ToField::to_field).unwrap_or_default()
    }
}
