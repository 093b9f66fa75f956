//! Parses JSON values and collects refusals.

use detente_domain::edtf::Edtf;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::refusal::{Code, Refusal};

/// A JSON object.
pub(super) type Object = Map<String, Value>;

/// The most refusals of one row. Without a limit, searching for suggestions for a million wrong
/// names would keep the gateway busy with one hostile row.
const REFUSALS_MAX: usize = 24;

/// The refusals of a row.
#[derive(Debug, Default)]
pub(super) struct Validator(Vec<Refusal>);

impl Validator {
    pub(super) fn add(&mut self, refusal: Refusal) {
        if !self.is_full() {
            self.0.push(refusal);
        }
    }

    /// Returns true if the limit is reached.
    pub(super) const fn is_full(&self) -> bool {
        self.0.len() >= REFUSALS_MAX
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the value, or all refusals.
    pub(super) fn finish<T>(self, value: Option<T>) -> Result<T, Vec<Refusal>> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(self.0),
        }
    }

    /// Refuses a value of another type; an empty `at` means the row itself.
    pub(super) fn wrong_type(&mut self, at: &str, wanted: &str, value: &Value) {
        let message = format!("this is {}; {wanted} is expected", type_of(value));
        let mut refusal = Refusal::new(Code::WrongType, message).value(&value.to_string());
        refusal.field = (!at.is_empty()).then(|| at.to_owned());
        self.add(refusal);
    }

    pub(super) fn missing(&mut self, at: &str, wanted: &str) {
        self.add(Refusal::new(Code::MissingField, format!("{wanted} is needed")).field(at));
    }

    /// Refuses keys that are not in the list.
    pub(super) fn allow_keys(&mut self, prefix: &str, object: &Object, known: &[&str]) {
        let unknown = object.keys().filter(|key| !known.contains(&key.as_str()));
        for key in unknown.take(REFUSALS_MAX) {
            self.add(Refusal::unknown_field(format!("{prefix}{key}"), key, known));
        }
    }

    pub(super) fn object<'v>(&mut self, at: &str, value: &'v Value) -> Option<&'v Object> {
        match value {
            Value::Object(object) => Some(object),
            other => {
                self.wrong_type(at, "an object", other);
                None
            }
        }
    }

    /// Returns a mandatory value within an object; `at` is its full path.
    pub(super) fn required<'v>(
        &mut self,
        at: &str,
        object: &'v Object,
        wanted: &str,
    ) -> Option<&'v Value> {
        let key = at.rsplit('.').next().unwrap_or(at);
        let value = get(object, key);
        if value.is_none() {
            self.missing(at, wanted);
        }
        value
    }

    /// Returns a mandatory object within another.
    pub(super) fn required_object<'v>(
        &mut self,
        at: &str,
        object: &'v Object,
        wanted: &str,
    ) -> Option<&'v Object> {
        let value = self.required(at, object, wanted)?;
        self.object(at, value)
    }

    pub(super) fn string<'v>(&mut self, at: &str, value: &'v Value) -> Option<&'v str> {
        match value {
            Value::String(text) => Some(text),
            other => {
                self.wrong_type(at, "a string", other);
                None
            }
        }
    }

    /// Parses text of at most this many bytes that is neither blank nor has control characters.
    pub(super) fn text(&mut self, at: &str, value: &Value, bytes_max: usize) -> Option<String> {
        let text = self.string(at, value)?;
        let refusal = if text.len() > bytes_max {
            let message = format!(
                "the text has {} bytes; at most {bytes_max} are allowed",
                text.len()
            );
            Refusal::new(Code::TextTooLong, message)
        } else if text.trim().is_empty() {
            Refusal::new(Code::BadText, "the text is blank")
        } else if text
            .chars()
            .any(|c| c.is_control() && !matches!(c, '\n' | '\r' | '\t'))
        {
            Refusal::new(Code::BadText, "the text has control characters")
        } else {
            return Some(text.to_owned());
        };
        self.add(refusal.field(at).value(text));
        None
    }

    pub(super) fn date(&mut self, at: &str, value: &Value) -> Option<Edtf> {
        let text = self.string(at, value)?;
        Edtf::parse(text)
            .map_err(|error| {
                let refusal = Refusal::new(Code::BadDate, error.to_string());
                self.add(refusal.field(at).value(text));
            })
            .ok()
    }

    /// Parses an id, which may be neither the nil nor the max UUID.
    pub(super) fn id(&mut self, at: &str, value: &Value) -> Option<Uuid> {
        let text = self.string(at, value)?;
        let id = Uuid::try_parse(text)
            .ok()
            .filter(|id| !id.is_nil() && !id.is_max());
        if id.is_none() {
            let refusal = Refusal::new(Code::BadId, "an id is a UUID, and neither nil nor max");
            self.add(refusal.field(at).value(text));
        }
        id
    }
}

/// Returns the value of a key; null counts as absent.
pub(super) fn get<'v>(object: &'v Object, key: &str) -> Option<&'v Value> {
    object.get(key).filter(|value| !value.is_null())
}

const fn type_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
