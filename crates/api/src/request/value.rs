//! What a value is, and those that are numbers or text.

use schemars::{Schema, json_schema};

use crate::refusal::{Code, Refusal};

/// The value of a parameter.
pub trait Value: Sized {
    /// Reads the value of a field.
    ///
    /// # Errors
    /// A refusal of that field, with what was given and, where it can be told, what is allowed.
    fn read(field: &str, text: &str) -> Result<Self, Refusal>;

    /// Writes the value, so that it reads back.
    fn write(&self) -> String;

    /// Describes all values.
    #[must_use]
    fn schema() -> Schema {
        json_schema!({"type": "string"})
    }
}

/// How many items a page has: 1 to `MAX`, and `DEFAULT` when nobody says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit<const DEFAULT: usize, const MAX: usize>(usize);

/// How many items a page of a list has.
pub type PageLimit = Limit<100, 1_000>;
/// How many entries a page of an Atom feed has: each asks for the time of its commit.
pub type AtomLimit = Limit<50, 200>;

/// Refuses a value with `bad_query`.
pub(super) fn bad(field: &str, given: &str, message: &str) -> Refusal {
    Refusal::new(Code::BadQuery, message)
        .field(field)
        .given(given)
}

/// Reads a plain number: no sign, no blank.
pub(super) fn number(text: &str) -> Option<u64> {
    let plain = text.bytes().all(|byte| byte.is_ascii_digit());
    plain.then(|| text.parse().ok())?
}

// === impl Limit ===

impl<const DEFAULT: usize, const MAX: usize> Limit<DEFAULT, MAX> {
    /// Takes a number within the bounds.
    ///
    /// # Errors
    /// `bad_query` of `limit` for any other.
    pub fn new(limit: usize) -> Result<Self, Refusal> {
        let within = (1..=MAX).contains(&limit).then_some(Self(limit));
        let message = || format!("a page has 1 to {MAX} items");
        within.ok_or_else(|| bad("limit", &limit.to_string(), &message()))
    }

    /// Returns the number.
    #[must_use]
    pub const fn get(self) -> usize {
        self.0
    }
}

impl<const DEFAULT: usize, const MAX: usize> Default for Limit<DEFAULT, MAX> {
    fn default() -> Self {
        Self(DEFAULT)
    }
}

impl<const DEFAULT: usize, const MAX: usize> Value for Limit<DEFAULT, MAX> {
    fn read(field: &str, text: &str) -> Result<Self, Refusal> {
        let limit = number(text).and_then(|limit| usize::try_from(limit).ok());
        // 0 is no limit, as anything else that is no number.
        Self::new(limit.unwrap_or(0)).map_err(|refusal| refusal.field(field).given(text))
    }

    fn write(&self) -> String {
        self.0.to_string()
    }

    fn schema() -> Schema {
        json_schema!({"type": "integer", "minimum": 1, "maximum": MAX, "default": DEFAULT})
    }
}

// === impl Value ===

impl Value for u64 {
    fn read(field: &str, text: &str) -> Result<Self, Refusal> {
        number(text).ok_or_else(|| bad(field, text, "a position is a number"))
    }

    fn write(&self) -> String {
        self.to_string()
    }

    fn schema() -> Schema {
        json_schema!({"type": "integer", "minimum": 0})
    }
}

/// Text that whoever answers checks.
impl Value for String {
    fn read(_: &str, text: &str) -> Result<Self, Refusal> {
        Ok(text.to_owned())
    }

    fn write(&self) -> String {
        self.clone()
    }
}
