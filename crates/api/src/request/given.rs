//! What a caller gave, before it is understood.

use serde_json::{Map, Value as Json};

use super::{Pairs, Parameter, Part, Value};
use crate::refusal::{Code, Refusal};

/// The most values of a list in JSON.
const VALUES_MAX: usize = 300;

/// The parameters of a request, by name, as a caller gave them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    path: Vec<(String, String)>,
    pairs: Vec<(String, String)>,
    is_json: bool,
}

impl Given {
    /// Takes the decoded pairs after the question mark of an address.
    #[must_use]
    pub fn new(pairs: Vec<(String, String)>) -> Self {
        Self {
            pairs,
            ..Self::default()
        }
    }

    /// Adds a part of the path, decoded.
    #[must_use]
    pub fn path(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.path.push((name.into(), value.into()));
        self
    }

    /// Takes those fields of a JSON object that are parameters; null is not given.
    pub(super) fn json(fields: &Map<String, Json>, known: &[Parameter]) -> Result<Self, Refusal> {
        let mut pairs = Vec::new();
        for parameter in known {
            let wrong = |given: &Json, message: &str| {
                let refusal = Refusal::new(Code::WrongType, message).field(parameter.name);
                refusal.given(&given.to_string())
            };
            let mut push = |text: &str| pairs.push((parameter.name.to_owned(), text.to_owned()));
            match fields.get(parameter.name) {
                None | Some(Json::Null) => {}
                Some(Json::String(text)) => push(text),
                Some(Json::Array(list)) if parameter.is_list && list.len() <= VALUES_MAX => {
                    for one in list {
                        let text = one.as_str();
                        push(text.ok_or_else(|| wrong(one, "a list of strings is wanted"))?);
                    }
                }
                Some(other) if parameter.is_list => {
                    let message = format!("a list of at most {VALUES_MAX} strings is wanted");
                    return Err(wrong(other, &message));
                }
                Some(other) => return Err(wrong(other, "a string is wanted")),
            }
        }
        Ok(Self {
            pairs,
            is_json: true,
            ..Self::default()
        })
    }

    /// Refuses a name that is not known.
    pub(super) fn only(&self, known: &[&str]) -> Result<(), Refusal> {
        match self
            .pairs
            .iter()
            .find(|(name, _)| !known.contains(&&**name))
        {
            None => Ok(()),
            Some((name, _)) => {
                let message = format!("there is no parameter {name:?} here");
                let refusal = Refusal::new(Code::BadQuery, message).field(name.clone());
                Err(refusal.given(name).allowed(known.iter().copied()))
            }
        }
    }

    /// Returns a part of the path; empty where the route has none of that name.
    pub(super) fn part(&self, name: &str) -> &str {
        let found = self.path.iter().find(|(held, _)| held == name);
        found.map_or("", |(_, value)| value)
    }

    /// Returns the value of a parameter that may be given once.
    ///
    /// # Errors
    /// `bad_query` where it is given twice.
    pub fn one(&self, name: &str) -> Result<Option<&str>, Refusal> {
        let mut values = self.pairs.iter().filter(|(held, _)| held == name);
        let first = values.next().map(|(_, value)| value.as_str());
        match values.next() {
            None => Ok(first),
            Some((_, second)) => {
                let refusal = Refusal::new(Code::BadQuery, format!("{name} is given twice"));
                Err(refusal.field(name).given(second))
            }
        }
    }

    /// Returns the values of a parameter that may be given often. In an address they may have
    /// commas between them, and empty ones are not given.
    fn many<'g>(&'g self, name: &'g str) -> impl Iterator<Item = &'g str> {
        let values = self.pairs.iter().filter(move |(held, _)| held == name);
        values
            .flat_map(move |(_, value)| value.split(move |c| c == ',' && !self.is_json))
            .map(move |value| if self.is_json { value } else { value.trim() })
            .filter(move |value| self.is_json || !value.is_empty())
    }
}

impl<T: Value> Part for Option<T> {
    fn describe(name: &'static str, description: &'static str, parameters: &mut Vec<Parameter>) {
        parameters.push(Parameter {
            name,
            description,
            is_path: false,
            is_list: false,
            schema: T::schema,
        });
    }

    fn read_from(name: &'static str, given: &Given) -> Result<Self, Refusal> {
        given.one(name)?.map(|text| T::read(name, text)).transpose()
    }

    fn write_to(&self, name: &'static str, pairs: &mut Pairs) {
        pairs.extend(self.iter().map(|value| (name, value.write())));
    }
}

impl<T: Value> Part for Vec<T> {
    fn describe(name: &'static str, description: &'static str, parameters: &mut Vec<Parameter>) {
        parameters.push(Parameter {
            name,
            description,
            is_path: false,
            is_list: true,
            schema: || schemars::json_schema!({"type": "array", "items": T::schema()}),
        });
    }

    fn read_from(name: &'static str, given: &Given) -> Result<Self, Refusal> {
        given.many(name).map(|text| T::read(name, text)).collect()
    }

    fn write_to(&self, name: &'static str, pairs: &mut Pairs) {
        pairs.extend(self.iter().map(|value| (name, value.write())));
    }
}
