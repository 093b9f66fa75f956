//! Filters of changes, as text.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Request as _, request};
use crate::limits;
use crate::refusal::{Code, Refusal};

/// The most values of a list in JSON.
const VALUES_MAX: usize = limits::FILTER_VALUES;

request! {
    /// Selects changes; an empty list selects all.
    ///
    /// The values stay as they are given, so that a filter can be stored and shown. The change feed
    /// parses them.
    #[derive(Default, Serialize, Deserialize, schemars::JsonSchema)]
    #[serde(default, deny_unknown_fields)]
    pub struct FilterRequest {
        /// Only relations of these states, by code or name.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        pub country: Vec<String>,
        /// Only changes in which these states, authorities, groups or organisations take part.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        pub party: Vec<String>,
        /// Only these relations, such as `AFG-TJK`; with `country`, a match of either is enough.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        pub pair: Vec<String>,
        /// Only changes of these dimensions or registers.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        pub dimension: Vec<String>,
        /// Only changes of these registers; with `dimension`, a match of either is enough.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        pub register: Vec<String>,
        /// Only changes of one state's conduct towards another, such as `TJK-AFG`.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        pub direction: Vec<String>,
        /// Only changes with these occasions: `happened`, `learned` or `lapsed`.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        pub occasion: Vec<String>,
        /// Only changes for which this expression of the Common Expression Language is true, such
        /// as `change.dimension == "recognition" && change.to == "de_jure"`.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub filter: Option<String>,
    }
}

impl FilterRequest {
    /// Returns the names of the fields.
    pub fn names() -> impl Iterator<Item = &'static str> {
        Self::parameters()
            .into_iter()
            .map(|parameter| parameter.name)
    }

    /// Reads the fields from a JSON object, where a list may also be a single text. Other fields
    /// are ignored.
    ///
    /// # Errors
    /// `wrong_type` for anything but a text or a list of at most 300 texts.
    pub fn from_json(fields: &Map<String, Value>) -> Result<Self, Refusal> {
        let mut own = Map::new();
        for name in Self::names() {
            let value = match (name, fields.get(name)) {
                (_, None | Some(Value::Null)) => continue,
                ("filter", Some(text @ Value::String(_))) => text.clone(),
                ("filter", Some(other)) => return Err(wrong(name, other, "a string is wanted")),
                (_, Some(text @ Value::String(_))) => vec![text.clone()].into(),
                (_, Some(Value::Array(list))) if list.len() <= VALUES_MAX => {
                    if let Some(other) = list.iter().find(|value| !value.is_string()) {
                        return Err(wrong(name, other, "a list of strings is wanted"));
                    }
                    list.clone().into()
                }
                (_, Some(other)) => {
                    let message = format!("a list of at most {VALUES_MAX} strings is wanted");
                    return Err(wrong(name, other, &message));
                }
            };
            own.insert(name.to_owned(), value);
        }
        let read = serde_json::from_value(own.into());
        read.map_err(|error| Refusal::new(Code::WrongType, error.to_string()))
    }
}

fn wrong(name: &str, value: &Value, message: &str) -> Refusal {
    let refusal = Refusal::new(Code::WrongType, message).field(name);
    refusal.value(&value.to_string())
}
