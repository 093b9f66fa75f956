//! Parses submitted values and collects refusals.

use detente_domain::edtf::{Edtf, EdtfError};
use uuid::Uuid;

use super::input::{Input, Object};
use crate::refusal::{Code, Refusal};

/// The most refusals of one row. Without a limit, searching for suggestions for a million wrong
/// names would keep the gateway busy with one hostile row.
const REFUSALS_MAX: usize = 24;

/// The refusals of a row.
pub(super) struct Validator(Vec<Refusal>);

/// Parses a row; returns its value, or all refusals.
pub(super) fn validated<T>(
    parse: impl FnOnce(&mut Validator) -> Option<T>,
) -> Result<T, Vec<Refusal>> {
    let mut validator = Validator(Vec::new());
    match parse(&mut validator) {
        Some(value) if validator.is_empty() => Ok(value),
        _ => Err(validator.0),
    }
}

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

    /// Refuses a value of another type; an empty `at` means the row itself.
    pub(super) fn wrong_type(&mut self, at: &str, wanted: &str, value: Input<'_>) {
        let message = format!("this is {}; {wanted} is expected", value.type_name());
        let mut refusal = Refusal::new(Code::WrongType, message).value(&value.to_json());
        refusal.field = (!at.is_empty()).then(|| at.to_owned());
        self.add(refusal);
    }

    pub(super) fn missing(&mut self, at: &str, wanted: &str) {
        self.add(Refusal::new(Code::MissingField, format!("{wanted} is needed")).field(at));
    }

    /// Refuses keys that are not in the list.
    pub(super) fn allow_keys(&mut self, prefix: &str, object: &dyn Object, known: &[&str]) {
        object.for_each(&mut |key, _| {
            if !known.contains(&key) && !self.is_full() {
                self.add(Refusal::unknown_field(format!("{prefix}{key}"), key, known));
            }
        });
    }

    /// Parses the value at a path, whose last key is one of the object, if there is one.
    pub(super) fn optional<'v, T>(
        &mut self,
        at: &str,
        object: &'v dyn Object,
        parse: impl FnOnce(&mut Self, &str, Input<'v>) -> Option<T>,
    ) -> Option<T> {
        parse(self, at, object.get(last_key(at))?)
    }

    /// Parses the mandatory value at a path.
    pub(super) fn required<'v, T>(
        &mut self,
        at: &str,
        object: &'v dyn Object,
        wanted: &str,
        parse: impl FnOnce(&mut Self, &str, Input<'v>) -> Option<T>,
    ) -> Option<T> {
        let value = object.get(last_key(at));
        if value.is_none() {
            self.missing(at, wanted);
        }
        parse(self, at, value?)
    }

    pub(super) fn object<'v>(&mut self, at: &str, value: Input<'v>) -> Option<&'v dyn Object> {
        self.object_as("an object", at, value)
    }

    pub(super) fn event<'v>(&mut self, at: &str, value: Input<'v>) -> Option<&'v dyn Object> {
        self.object_as("an event, which is an object,", at, value)
    }

    fn object_as<'v>(
        &mut self,
        wanted: &str,
        at: &str,
        value: Input<'v>,
    ) -> Option<&'v dyn Object> {
        let object = value.as_object();
        if object.is_none() {
            self.wrong_type(at, wanted, value);
        }
        object
    }

    pub(super) fn string<'v>(&mut self, at: &str, value: Input<'v>) -> Option<&'v str> {
        let text = value.as_str();
        if text.is_none() {
            self.wrong_type(at, "a string", value);
        }
        text
    }

    /// Parses a string; a refusal gets the field and the string.
    pub(super) fn parse<T>(
        &mut self,
        at: &str,
        value: Input<'_>,
        parse: impl FnOnce(&str) -> Result<T, Refusal>,
    ) -> Option<T> {
        let text = self.string(at, value)?;
        let refused = |refusal: Refusal| self.add(refusal.field(at).value(text));
        parse(text).map_err(refused).ok()
    }

    /// Parses text of at most `MAX` characters that is neither blank nor has control characters.
    pub(super) fn text<const MAX: usize>(&mut self, at: &str, value: Input<'_>) -> Option<String> {
        self.parse(at, value, |text| {
            let length = text.chars().count();
            let is_control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
            if length > MAX {
                let message =
                    format!("the text has {length} characters; at most {MAX} are allowed");
                Err(Refusal::new(Code::TextTooLong, message))
            } else if text.trim().is_empty() {
                Err(Refusal::new(Code::BadText, "the text is blank"))
            } else if text.contains(is_control) {
                let message = "the text has control characters";
                Err(Refusal::new(Code::BadText, message))
            } else {
                Ok(text.to_owned())
            }
        })
    }

    pub(super) fn date(&mut self, at: &str, value: Input<'_>) -> Option<Edtf> {
        self.parse(at, value, |text| {
            Edtf::parse(text).map_err(|error| {
                let refusal = Refusal::new(Code::BadDate, error.to_string());
                match error {
                    EdtfError::Basic { extended, .. } => refusal.allowed([extended]),
                    _ => refusal,
                }
            })
        })
    }

    /// Parses an id, which may be neither the nil nor the max UUID.
    pub(super) fn id(&mut self, at: &str, value: Input<'_>) -> Option<Uuid> {
        self.parse(at, value, |text| {
            let id = Uuid::try_parse(text).ok();
            id.filter(|id| !id.is_nil() && !id.is_max()).ok_or_else(|| {
                Refusal::new(Code::BadId, "an id is a UUID, and neither nil nor max")
            })
        })
    }
}

fn last_key(path: &str) -> &str {
    path.rsplit('.').next().unwrap_or(path)
}
