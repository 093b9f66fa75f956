//! Reads JSON values and gathers what is wrong with them.

use detente_domain::edtf::Edtf;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::refusal::{Code, Refusal};

/// A JSON object.
pub(super) type Object = Map<String, Value>;

/// The most faults of one row that are told: to look for what is near each of a million wrong
/// names would keep the gateway busy with one hostile row.
const FAULTS_MAX: usize = 24;

/// Everything that was wrong so far.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<Refusal>);

impl Faults {
    pub(super) fn add(&mut self, refusal: Refusal) {
        if !self.is_full() {
            self.0.push(refusal);
        }
    }

    /// Enough was told.
    pub(super) const fn is_full(&self) -> bool {
        self.0.len() >= FAULTS_MAX
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The value, if nothing was wrong.
    pub(super) fn done<T>(self, value: Option<T>) -> Result<T, Vec<Refusal>> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(self.0),
        }
    }

    /// The value is of another type; without a place it is the row itself.
    pub(super) fn wrong_type(&mut self, at: &str, wanted: &str, value: &Value) {
        let message = format!("this is {}; {wanted} is wanted", type_of(value));
        let refusal = Refusal::new(Code::WrongType, message).given(&value.to_string());
        self.add(if at.is_empty() {
            refusal
        } else {
            refusal.field(at)
        });
    }

    pub(super) fn missing(&mut self, at: &str, wanted: &str) {
        self.add(Refusal::new(Code::MissingField, format!("{wanted} is needed")).field(at));
    }

    /// Refuses the keys that are not known.
    pub(super) fn known(&mut self, prefix: &str, object: &Object, known: &[&str]) {
        let unknown = object.keys().filter(|key| !known.contains(&key.as_str()));
        for key in unknown.take(FAULTS_MAX) {
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

    /// A mandatory object within another.
    pub(super) fn needed_object<'v>(
        &mut self,
        at: &str,
        object: &'v Object,
        wanted: &str,
    ) -> Option<&'v Object> {
        match get(object, at) {
            Some(value) => self.object(at, value),
            None => {
                self.missing(at, wanted);
                None
            }
        }
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

    /// Text that is not blank, has no control characters, and at most so many bytes.
    pub(super) fn text(&mut self, at: &str, value: &Value, bytes_max: usize) -> Option<String> {
        let text = self.string(at, value)?;
        let refusal = if text.len() > bytes_max {
            let message = format!(
                "{} bytes were given; at most {bytes_max} are kept",
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
        self.add(refusal.field(at).given(text));
        None
    }

    pub(super) fn date(&mut self, at: &str, value: &Value) -> Option<Edtf> {
        let text = self.string(at, value)?;
        Edtf::parse(text)
            .map_err(|error| {
                let refusal = Refusal::new(Code::BadDate, error.to_string());
                self.add(refusal.field(at).given(text));
            })
            .ok()
    }

    /// An id that was given. The nil and the max UUID are nobody's.
    pub(super) fn id(&mut self, at: &str, value: &Value) -> Option<Uuid> {
        let text = self.string(at, value)?;
        let id = Uuid::try_parse(text)
            .ok()
            .filter(|id| !id.is_nil() && !id.is_max());
        if id.is_none() {
            let refusal = Refusal::new(Code::BadId, "an id is a UUID, and neither nil nor max");
            self.add(refusal.field(at).given(text));
        }
        id
    }
}

/// The value of a key; null is as good as absent.
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
