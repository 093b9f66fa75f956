//! Parses submitted values and collects refusals.

use detente_domain::edtf::{Edtf, EdtfError};
use uuid::Uuid;

use super::input::{Input, Object};
use crate::limits;
use crate::refusal::{Code, Refusal, truncated};

/// The most refusals of one row.
const REFUSALS_MAX: usize = limits::ROW_REFUSALS;
/// The most unknown words of one body for which similar ones are sought: each search compares the
/// word with all known ones, which takes milliseconds.
pub const SUGGESTIONS_MAX: usize = limits::BODY_SUGGESTIONS;

/// The number of unknown words for which similar ones are still sought, in all rows of a body.
#[derive(Clone, Copy)]
pub(super) struct Suggestions(usize);

/// The refusals of a row.
pub(super) struct Validator {
    refusals: Vec<Refusal>,
    suggestions: Suggestions,
}

/// Parses a row; returns its value, or all refusals.
pub(super) fn validated<T>(
    suggestions: &mut Suggestions,
    parse: impl FnOnce(&mut Validator) -> Option<T>,
) -> Result<T, Vec<Refusal>> {
    let mut validator = Validator {
        refusals: Vec::new(),
        suggestions: *suggestions,
    };
    let parsed = parse(&mut validator);
    *suggestions = validator.suggestions;
    match parsed {
        Some(value) if validator.is_empty() => Ok(value),
        _ => Err(validator.refusals),
    }
}

impl Default for Suggestions {
    fn default() -> Self {
        Self(SUGGESTIONS_MAX)
    }
}

impl Validator {
    pub(super) fn add(&mut self, refusal: Refusal) {
        if !self.is_full() {
            self.refusals.push(refusal);
        }
    }

    /// Returns true if the limit is reached.
    pub(super) const fn is_full(&self) -> bool {
        self.refusals.len() >= REFUSALS_MAX
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.refusals.is_empty()
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

    /// Adds the refusal of an unknown word, which names similar ones if those of the body are not
    /// too many.
    pub(super) fn unknown(
        &mut self,
        code: Code,
        at: &str,
        word: &str,
        with_similar: impl FnOnce() -> Refusal,
    ) {
        if self.is_full() {
            return;
        }
        let Some(left) = self.suggestions.0.checked_sub(1) else {
            let message = format!(
                "{:?} is not known; similar words are named for the first {SUGGESTIONS_MAX} \
                 unknown ones of a body",
                truncated(word)
            );
            return self.add(Refusal::new(code, message).field(at).value(word));
        };
        self.suggestions.0 = left;
        self.add(with_similar());
    }

    /// Refuses keys that are not in the list.
    pub(super) fn allow_keys(&mut self, prefix: &str, object: &dyn Object, known: &[&str]) {
        object.for_each(&mut |key, _| {
            if !known.contains(&key) {
                let at = format!("{prefix}{key}");
                self.unknown(Code::UnknownField, &at, key, || {
                    Refusal::unknown_field(&at, key, known)
                });
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
