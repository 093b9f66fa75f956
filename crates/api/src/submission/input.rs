//! Submitted values: JSON and the fields of messages as one type, so that one set of rules with one
//! order of refusals checks both.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// A submitted value.
#[derive(Clone, Copy)]
pub(super) enum Input<'v> {
    /// Any value of JSON.
    Json(&'v Value),
    /// A string of a message.
    Text(&'v str),
    /// A number of a message.
    Count(u64),
    /// A list of strings of a message.
    Texts(&'v [String]),
    /// A message within another, or a map.
    Object(&'v dyn Object),
}

/// An object: of JSON, or a message with the field names of the JSON.
pub(super) trait Object {
    /// Returns the value of a key, which may be null.
    fn raw(&self, key: &str) -> Option<Input<'_>>;

    /// Calls `visit` with each entry, in order of their keys. A message has none, since it cannot
    /// have other fields than its own.
    fn for_each<'v>(&'v self, _visit: &mut dyn FnMut(&'v str, Input<'v>)) {}

    /// Returns the value of a key; null counts as absent.
    fn get(&self, key: &str) -> Option<Input<'_>> {
        self.raw(key).filter(|value| !value.is_null())
    }
}

// === impl Input ===

impl<'v> Input<'v> {
    pub(super) const fn is_null(self) -> bool {
        matches!(self, Self::Json(Value::Null))
    }

    pub(super) fn as_str(self) -> Option<&'v str> {
        match self {
            Self::Json(value) => value.as_str(),
            Self::Text(text) => Some(text),
            Self::Count(_) | Self::Texts(_) | Self::Object(_) => None,
        }
    }

    pub(super) fn as_object(self) -> Option<&'v dyn Object> {
        match self {
            Self::Json(Value::Object(object)) => Some(object),
            Self::Object(object) => Some(object),
            Self::Json(_) | Self::Text(_) | Self::Count(_) | Self::Texts(_) => None,
        }
    }

    /// Returns the name of the type in JSON, with its article.
    pub(super) const fn type_name(self) -> &'static str {
        match self {
            Self::Json(Value::Null) => "null",
            Self::Json(Value::Bool(_)) => "a boolean",
            Self::Json(Value::Number(_)) | Self::Count(_) => "a number",
            Self::Json(Value::String(_)) | Self::Text(_) => "a string",
            Self::Json(Value::Array(_)) | Self::Texts(_) => "an array",
            Self::Json(Value::Object(_)) | Self::Object(_) => "an object",
        }
    }

    /// Returns the value as JSON, for a refusal.
    pub(super) fn to_json(self) -> String {
        match self {
            Self::Json(value) => value.to_string(),
            Self::Text(text) => Value::from(text).to_string(),
            Self::Count(count) => count.to_string(),
            // The types of these are checked when the message is decoded.
            Self::Texts(_) | Self::Object(_) => self.type_name().to_owned(),
        }
    }
}

impl<'v> From<&'v String> for Input<'v> {
    fn from(text: &'v String) -> Self {
        Self::Text(text)
    }
}

// === impl Object ===

impl Object for Map<String, Value> {
    fn raw(&self, key: &str) -> Option<Input<'_>> {
        self.get(key).map(Input::Json)
    }

    fn for_each<'v>(&'v self, visit: &mut dyn FnMut(&'v str, Input<'v>)) {
        for (key, value) in self {
            visit(key, Input::Json(value));
        }
    }
}

impl<T> Object for BTreeMap<String, T>
where
    for<'v> Input<'v>: From<&'v T>,
{
    fn raw(&self, key: &str) -> Option<Input<'_>> {
        self.get(key).map(Input::from)
    }

    fn for_each<'v>(&'v self, visit: &mut dyn FnMut(&'v str, Input<'v>)) {
        for (key, value) in self {
            visit(key, Input::from(value));
        }
    }
}
