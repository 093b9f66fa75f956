//! What a reader of changes asks for, as it is written: in an address, or in a webhook.

use detente_api::{Code, Refusal};
use detente_domain::dimension::Register;
use detente_domain::state::Occasion;
use serde::{Deserialize, Serialize};

use super::{Expression, Filter};
use detente_api::parse::Ends;
use detente_api::parse::{self, Topic};

/// The parts of a filter, as they are written. An empty list asks for all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Wanted {
    /// Relations of these states, by code or name.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub country: Vec<String>,
    /// Changes that concern these parties: states, authorities, armed groups, organisations.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub party: Vec<String>,
    /// These relations, such as `AFG-TJK`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub pair: Vec<String>,
    /// Dimensions and registers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub dimension: Vec<String>,
    /// Registers only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub register: Vec<String>,
    /// Whose conduct towards whom, such as `TJK-AFG`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub direction: Vec<String>,
    /// `happened`, `learned`, `lapsed`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub occasion: Vec<String>,
    /// An expression over the change; see [`Expression`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
}

impl Wanted {
    /// The names of the parts.
    pub const PARTS: [&str; 8] = [
        "country",
        "party",
        "pair",
        "dimension",
        "register",
        "direction",
        "occasion",
        "filter",
    ];

    /// The filter that is meant.
    ///
    /// # Errors
    /// A refusal of the first part that is not understood.
    pub fn read(&self) -> Result<Filter, Refusal> {
        let state = |given: &str| parse::state("country", given);
        let party = |given: &str| parse::party("party", given);
        let mut topics: Vec<Topic> = all(&self.dimension, Topic::parse)?;
        topics.extend(all::<_, Vec<_>>(&self.register, register)?);
        Ok(Filter {
            countries: all(&self.country, state)?,
            parties: all(&self.party, party)?,
            pairs: all(&self.pair, |given| Ok(ends("pair", given)?.pair))?,
            topics,
            directions: all(&self.direction, direction)?,
            occasions: all(&self.occasion, occasion)?,
            expression: self.filter.as_deref().map(Expression::parse).transpose()?,
        })
    }
}

fn all<T, C: FromIterator<T>>(
    given: &[String],
    read: impl Fn(&str) -> Result<T, Refusal>,
) -> Result<C, Refusal> {
    given.iter().map(|one| read(one)).collect()
}

fn register(given: &str) -> Result<Topic, Refusal> {
    let register = Register::parse(given).map(Topic::Register);
    register.ok_or_else(|| {
        let message = format!("no register is called {given:?}");
        let refusal = Refusal::new(Code::UnknownDimension, message).field("register");
        refusal
            .given(given)
            .allowed(Register::ALL.into_iter().map(Register::as_str))
    })
}

/// Two states, with a dash, as commas part one pair from the next.
fn ends(field: &str, given: &str) -> Result<Ends, Refusal> {
    let two = given.split_once('-').ok_or_else(|| {
        let message = format!("a {field} is two states, such as AFG-TJK");
        Refusal::new(Code::BadQuery, message)
            .field(field)
            .given(given)
    })?;
    parse::ends(two.0.trim(), two.1.trim()).map_err(|refusal| Refusal {
        field: Some(field.to_owned()),
        ..refusal
    })
}

fn direction(given: &str) -> Result<(String, String), Refusal> {
    let Ends { pair, direction } = ends("direction", given)?;
    let (from, to) = pair.ends(direction);
    Ok((from.code().to_owned(), to.code().to_owned()))
}

fn occasion(given: &str) -> Result<Occasion, Refusal> {
    let all = [Occasion::Happened, Occasion::Learned, Occasion::Lapsed];
    let found = all.into_iter().find(|one| one.as_str() == given);
    found.ok_or_else(|| {
        let message = "a change happened, was learned, or lapsed";
        let refusal = Refusal::new(Code::BadQuery, message).field("occasion");
        refusal.given(given).allowed(all.map(Occasion::as_str))
    })
}
