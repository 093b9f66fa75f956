//! The parameters of a request as text, before they are parsed.

use std::fmt;

use detente_domain::string_enum;
use schemars::Schema;
use serde_json::Value;

use super::ParamValue;
use crate::refusal::{Code, Refusal};

/// The parameters of a request by name, as text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params {
    path: Vec<(String, String)>,
    pairs: Vec<(String, String)>,
}

string_enum! {
    /// The place of a parameter, in the words of OpenAPI.
    ParameterIn {
        /// A segment of the path.
        Path "path",
        /// The query.
        Query "query",
        /// A header.
        Header "header",
    }
}

/// The description of a parameter.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// Its description.
    pub description: &'static str,
    /// Its place. A parameter in the path is required, others are optional.
    pub place: ParameterIn,
    /// The JSON schema of its values.
    pub schema: Value,
}

/// A field of a request: a parameter, or another request whose parameters are added to the others.
pub trait Part: Sized {
    /// Adds the parameters of the field.
    fn describe(name: &'static str, description: &'static str, parameters: &mut Vec<Parameter>);

    /// Parses the field.
    ///
    /// # Errors
    /// The refusal of the first parameter that is invalid.
    fn parse_part(name: &str, params: &Params) -> Result<Self, Refusal>;

    /// Adds the names of the query parameters of the field: those that [`Part::describe`] has, without
    /// their schemas, which take longer to make than a request to read. A segment of the path has
    /// none.
    fn add_names(_name: &'static str, _names: &mut Vec<&'static str>) {}

    /// Adds the query parameters of the field that are given. A segment of the path adds none.
    fn add_pairs(&self, _name: &'static str, _pairs: &mut Vec<(&'static str, String)>) {}
}

impl Parameter {
    /// Describes a parameter of the path.
    pub(super) fn path<T: ParamValue>(name: &'static str, description: &'static str) -> Self {
        Self {
            name,
            description,
            place: ParameterIn::Path,
            schema: T::schema().to_value(),
        }
    }

    fn query(name: &'static str, description: &'static str, schema: Schema) -> Self {
        Self {
            name,
            description,
            place: ParameterIn::Query,
            schema: schema.to_value(),
        }
    }
}

impl Params {
    /// Creates the parameters of a request from the decoded segments of its path and pairs of its
    /// query.
    #[must_use]
    pub const fn new(path: Vec<(String, String)>, pairs: Vec<(String, String)>) -> Self {
        Self { path, pairs }
    }

    /// Returns the pairs of the query, as they were given.
    pub fn pairs(&self) -> impl Iterator<Item = (&str, &str)> {
        let pairs = self.pairs.iter();
        pairs.map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Returns a segment of the path; empty if the route has none of that name.
    #[must_use]
    pub fn segment(&self, name: &str) -> &str {
        let mut segments = self.path.iter();
        let segment = segments.find(|(other, _)| other == name);
        segment.map_or("", |(_, value)| value)
    }

    /// Returns the value of a parameter that may be given once.
    ///
    /// # Errors
    /// `bad_query` if it is given twice.
    pub fn get(&self, name: &str) -> Result<Option<&str>, Refusal> {
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
        let values = self.pairs().filter(move |(other, _)| *other == name);
        values.map(|(_, value)| value)
    }
}

/// A part without parameters.
impl Part for () {
    fn describe(_: &'static str, _: &'static str, _: &mut Vec<Parameter>) {}

    fn parse_part(_: &str, _: &Params) -> Result<Self, Refusal> {
        Ok(())
    }
}

impl<T: ParamValue + fmt::Display> Part for Option<T> {
    fn describe(name: &'static str, description: &'static str, parameters: &mut Vec<Parameter>) {
        parameters.push(Parameter::query(name, description, T::schema()));
    }

    fn add_names(name: &'static str, names: &mut Vec<&'static str>) {
        names.push(name);
    }

    fn parse_part(name: &str, params: &Params) -> Result<Self, Refusal> {
        let text = params.get(name)?;
        text.map(|text| T::parse_param(name, text)).transpose()
    }

    fn add_pairs(&self, name: &'static str, pairs: &mut Vec<(&'static str, String)>) {
        pairs.extend(self.iter().map(|value| (name, value.to_string())));
    }
}

/// A parameter that may be repeated, or have commas between its values. Empty values are ignored.
impl Part for Vec<String> {
    fn describe(name: &'static str, description: &'static str, parameters: &mut Vec<Parameter>) {
        let schema = schemars::json_schema!({"type": "array", "items": {"type": "string"}});
        parameters.push(Parameter::query(name, description, schema));
    }

    fn add_names(name: &'static str, names: &mut Vec<&'static str>) {
        names.push(name);
    }

    fn parse_part(name: &str, params: &Params) -> Result<Self, Refusal> {
        let values = params.values(name).flat_map(|text| text.split(','));
        let values = values.map(str::trim).filter(|value| !value.is_empty());
        Ok(values.map(str::to_owned).collect())
    }

    fn add_pairs(&self, name: &'static str, pairs: &mut Vec<(&'static str, String)>) {
        pairs.extend(self.iter().map(|value| (name, value.clone())));
    }
}
