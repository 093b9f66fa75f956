//! Parameter values that name parties, and the segments of a path.

use detente_domain::dimension::{Dimension, Register};
use detente_domain::event::EventId;
use detente_domain::kind::Kind;
use detente_domain::party::{Lang, Party, PartyKind};
use detente_domain::relations::{Direction, Pair};
use schemars::{Schema, json_schema};

use super::value::bad_query;
use super::{ParamValue, Parameter, Params, Part};
use crate::refusal::{Code, Refusal};

/// A party that is a state or a de facto state: an end of relations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Country(Party);

/// Two states: the conduct of the first towards the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DirectedPair {
    /// The relation.
    pub pair: Pair,
    /// The conduct.
    pub direction: Direction,
}

/// Parses two states, split at the first of these separators that the text contains.
fn parse_pair(name: &str, text: &str, separators: &[char]) -> Result<DirectedPair, Refusal> {
    let states = separators
        .iter()
        .find_map(|separator| text.split_once(*separator));
    let message = || format!("a {name} is two states, such as AFG-TJK");
    let (from, to) = states.ok_or_else(|| bad_query(name, text, message()))?;
    DirectedPair::between(from.trim(), to.trim()).map_err(|refusal| refusal.field(name))
}

impl Country {
    /// Returns the party.
    #[must_use]
    pub const fn party(self) -> Party {
        self.0
    }
}

impl DirectedPair {
    /// Parses the conduct of one state towards another, each by code or name.
    ///
    /// # Errors
    /// `unknown_party` or `unknown_relation` of `from` or `to`; `unknown_relation` for a state and
    /// itself.
    pub fn between(from: &str, to: &str) -> Result<Self, Refusal> {
        let subject = Country::parse_param("from", from)?.party();
        let object = Country::parse_param("to", to)?.party();
        let relation = Pair::new(subject, object).and_then(|pair| {
            let direction = pair.from(subject)?;
            Some(Self { pair, direction })
        });
        relation.ok_or_else(|| {
            let message = format!("{} has no relation with itself", subject.code());
            let refusal = Refusal::new(Code::UnknownRelation, message);
            refusal.field("to").value(to)
        })
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
        let party = Party::parse_param(name, text)?;
        let kind = match (party.kind(), party.claims()) {
            (PartyKind::State | PartyKind::DeFacto, _) => return Ok(Self(party)),
            (PartyKind::Authority, Some(_)) => "an authority",
            (PartyKind::Authority, None) => "an authority of no one state",
            (PartyKind::Group, _) => "an armed group",
            (PartyKind::Organisation, _) => "an organisation",
        };
        let state = party.claims();
        let name_en = party.name(Lang::En);
        let mut message = format!("{name_en} is {kind}, and relations are between states");
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
        parse_pair(name, text, &[',', '-']).map(|relation| relation.pair)
    }
}

/// A conduct such as `TJK-AFG`. In lists, commas separate the pairs.
impl ParamValue for DirectedPair {
    fn parse_param(name: &str, text: &str) -> Result<Self, Refusal> {
        parse_pair(name, text, &['-'])
    }
}

impl Part for DirectedPair {
    fn describe(_: &'static str, _: &'static str, parameters: &mut Vec<Parameter>) {
        let from = "Whose conduct: a code (`TJK`), an ISO alpha-2 code or a name.";
        parameters.push(Parameter::path::<Country>("from", from));
        parameters.push(Parameter::path::<Country>("to", "Towards whom."));
    }

    fn parse_part(_: &str, params: &Params) -> Result<Self, Refusal> {
        Self::between(params.segment("from"), params.segment("to"))
    }
}

/// Implements [`Part`] for values that are a segment of the path, with its name in the route.
macro_rules! segments {
    ($($type:ty: $segment:literal;)+) => {$(
        impl Part for $type {
            fn describe(_: &'static str, description: &'static str, all: &mut Vec<Parameter>) {
                all.push(Parameter::path::<Self>($segment, description));
            }

            fn parse_part(name: &str, params: &Params) -> Result<Self, Refusal> {
                Self::parse_param(name, params.segment($segment))
            }
        }
    )+};
}

segments! {
    Country: "code";
    Dimension: "dimension";
    EventId: "id";
    Kind: "kind";
    Register: "name";
}
