//! The parameters of a request as text, before they are parsed.

use schemars::Schema;

use super::ParamValue;
use crate::refusal::{Code, Refusal};

/// The parameters of a request by name, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    path: Vec<(String, String)>,
    pairs: Vec<(String, String)>,
}

/// The description of a parameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Its description.
    pub description: &'static str,
    /// True if it is in the path, and so required; others are in the query and optional.
    pub is_path: bool,
    /// The type, bounds and words of its values.
    pub schema: Schema,
}

/// A field of a request: a parameter, or another request whose parameters are added to the others.
pub trait Part: Sized {
    /// Adds the parameters of the field.
    fn describe(name: &'static str, description: &'static str, parameters: &mut Vec<Parameter>);

    /// Parses the field.
    ///
    /// # Errors
    /// The refusal of the first parameter that is invalid.
    fn parse_part(name: &str, given: &Given) -> Result<Self, Refusal>;
}

/// Adds a parameter of the path.
pub(super) fn path_parameter<T: ParamValue>(
    name: &'static str,
    description: &'static str,
    parameters: &mut Vec<Parameter>,
) {
    parameters.push(Parameter {
        name,
        description,
        is_path: true,
        schema: T::schema(),
    });
}

impl Given {
    /// Creates the parameters of a request from the decoded pairs of its query.
    #[must_use]
    pub fn new(pairs: Vec<(String, String)>) -> Self {
        let path = Vec::new();
        Self { path, pairs }
    }

    /// Adds a decoded segment of the path.
    #[must_use]
    pub fn path(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.path.push((name.into(), value.into()));
        self
    }

    /// Returns the pairs of the query, as they were given.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.pairs.iter();
        pairs.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns a segment of the path; empty if the route has none of that name.
    #[must_use]
    pub fn segment(&self, name: &str) -> &str {
        let found = self.path.iter().find(|(held, _)| held == name);
        found.map_or("", |(_, value)| value)
    }

    /// Returns the value of a parameter that may be given once.
    ///
    /// # Errors
    /// `bad_query` if it is given twice.
    pub fn one(&self, name: &str) -> Result<Option<&str>, Refusal> {
        let mut values = self.values(name);
        let first = values.next();
        match values.next() {
            None => Ok(first),
            Some(second) => {
                let refusal = Refusal::new(Code::BadQuery, format!("{name} is given twice"));
                Err(refusal.field(name).value(second))
            }
        }
    }

    /// Refuses a name that is not known.
    pub(super) fn check_names(&self, known: &[&str]) -> Result<(), Refusal> {
        let Some((name, _)) = self.pairs().find(|(name, _)| !known.contains(name)) else {
            return Ok(());
        };
        let message = format!("there is no parameter {name:?} here");
        let refusal = Refusal::new(Code::BadQuery, message).field(name);
        Err(refusal.value(name).allowed(known.iter().copied()))
    }

    fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        let values = self.pairs().filter(move |(held, _)| *held == name);
        values.map(|(_, value)| value)
    }
}

/// A part without parameters.
impl Part for () {
    fn describe(_: &'static str, _: &'static str, _: &mut Vec<Parameter>) {}

    fn parse_part(_: &str, _: &Given) -> Result<Self, Refusal> {
        Ok(())
    }
}

impl<T: ParamValue> Part for Option<T> {
    fn describe(name: &'static str, description: &'static str, parameters: &mut Vec<Parameter>) {
        parameters.push(Parameter {
            name,
            description,
            is_path: false,
            schema: T::schema(),
        });
    }

    fn parse_part(name: &str, given: &Given) -> Result<Self, Refusal> {
        let text = given.one(name)?;
        text.map(|text| T::parse_param(name, text)).transpose()
    }
}

/// A parameter that may be repeated, or have commas between its values. Empty values are ignored.
impl Part for Vec<String> {
    fn describe(name: &'static str, description: &'static str, parameters: &mut Vec<Parameter>) {
        parameters.push(Parameter {
            name,
            description,
            is_path: false,
            schema: schemars::json_schema!({"type": "array", "items": {"type": "string"}}),
        });
    }

    fn parse_part(name: &str, given: &Given) -> Result<Self, Refusal> {
        let values = given.values(name).flat_map(|text| text.split(','));
        let values = values.map(str::trim).filter(|value| !value.is_empty());
        Ok(values.map(str::to_owned).collect())
    }
}
