//! Parameter values that name parties, and the segments of a path.

use detente_domain::dimension::Dimension;
use detente_domain::event::EventId;
use detente_domain::party::{Lang, Party, PartyKind};
use detente_domain::relations::{Direction, Pair};
use schemars::{Schema, json_schema};

use super::given::path_parameter;
use super::value::bad_query;
use super::{Given, ParamValue, Parameter, Part};
use crate::refusal::{Code, Refusal};

/// A party that is a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Country(Party);

/// Two states: the conduct of the first towards the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends {
    /// The relation.
    pub pair: Pair,
    /// The conduct.
    pub direction: Direction,
}

/// Parses two states, split at the first of these separators that the text contains.
fn parse_ends(name: &str, text: &str, separators: &[char]) -> Result<Ends, Refusal> {
    let found = separators.iter().find_map(|one| text.split_once(*one));
    let message = || format!("a {name} is two states, such as AFG-TJK");
    let (from, to) = found.ok_or_else(|| bad_query(name, text, message()))?;
    Ends::between(from.trim(), to.trim()).map_err(|refusal| refusal.field(name))
}

impl Country {
    /// Returns the party.
    #[must_use]
    pub const fn party(self) -> Party {
        self.0
    }
}

impl Ends {
    /// Parses the conduct of one state towards another, each by code or name.
    ///
    /// # Errors
    /// `unknown_party` or `unknown_relation` of `from` or `to`; `unknown_relation` for a state and
    /// itself.
    pub fn between(from: &str, to: &str) -> Result<Self, Refusal> {
        let one = Country::parse_param("from", from)?.party();
        let other = Country::parse_param("to", to)?.party();
        let ends = Pair::new(one, other).and_then(|pair| {
            let direction = pair.from(one)?;
            Some(Self { pair, direction })
        });
        ends.ok_or_else(|| {
            let message = format!("{} has no relation with itself", one.code());
            let refusal = Refusal::new(Code::UnknownRelation, message);
            refusal.field("to").value(to)
        })
    }

    /// Parses a conduct such as `TJK-AFG`.
    ///
    /// # Errors
    /// As [`Ends::between`], for this parameter; `bad_query` if there is no dash.
    pub fn parse(name: &str, text: &str) -> Result<Self, Refusal> {
        // In lists, commas separate the pairs.
        parse_ends(name, text, &['-'])
    }

    /// Returns the state whose conduct it is, and the other.
    #[must_use]
    pub const fn states(self) -> (Party, Party) {
        self.pair.ends(self.direction)
    }
}

impl ParamValue for Party {
    fn parse_param(name: &str, text: &str) -> Result<Self, Refusal> {
        Self::resolve(text).ok_or_else(|| Refusal::unknown_party(name, text))
    }
}

impl ParamValue for Country {
    fn parse_param(name: &str, text: &str) -> Result<Self, Refusal> {
        let found = Party::parse_param(name, text)?;
        let kind = match (found.kind(), found.claims()) {
            (PartyKind::State, _) => return Ok(Self(found)),
            (PartyKind::Authority, Some(_)) => "an authority",
            (PartyKind::Authority, None) => "an authority of no one state",
            (PartyKind::Group, _) => "an armed group",
            (PartyKind::Organisation, _) => "an organisation",
        };
        let state = found.claims();
        let party = found.name(Lang::En);
        let mut message = format!("{party} is {kind}, and relations are between states");
        if let Some(state) = state {
            message += &format!(": ask for {} ({})", state.code(), state.name(Lang::En));
        }
        let refusal = Refusal::new(Code::UnknownRelation, message).field(name);
        Err(refusal.value(text).allowed(state.map(Party::code)))
    }

    fn schema() -> Schema {
        json_schema!({"type": "string", "examples": ["TJK", "AFG"]})
    }
}

impl ParamValue for Pair {
    fn parse_param(name: &str, text: &str) -> Result<Self, Refusal> {
        parse_ends(name, text, &[',', '-']).map(|ends| ends.pair)
    }
}

impl Part for Ends {
    fn describe(_: &'static str, _: &'static str, parameters: &mut Vec<Parameter>) {
        let from = "Whose conduct: a code (`TJK`), an ISO alpha-2 code or a name.";
        path_parameter::<Country>("from", from, parameters);
        path_parameter::<Country>("to", "Towards whom.", parameters);
    }

    fn parse_part(_: &str, given: &Given) -> Result<Self, Refusal> {
        Self::between(given.segment("from"), given.segment("to"))
    }
}

/// Implements [`Part`] for values that are a segment of the path, with its name in the route.
macro_rules! segments {
    ($($type:ty: $segment:literal;)+) => {$(
        impl Part for $type {
            fn describe(_: &'static str, description: &'static str, all: &mut Vec<Parameter>) {
                path_parameter::<Self>($segment, description, all);
            }

            fn parse_part(name: &str, given: &Given) -> Result<Self, Refusal> {
                Self::parse_param(name, given.segment($segment))
            }
        }
    )+};
}

segments! {
    Country: "code";
    Dimension: "dimension";
    EventId: "id";
}
