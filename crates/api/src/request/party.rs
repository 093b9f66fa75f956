//! Values that name parties, and the parts of a path.

use detente_domain::dimension::Dimension;
use detente_domain::event::EventId;
use detente_domain::party::{Lang, Party, PartyKind};
use detente_domain::routes::{Direction, Pair};
use schemars::{Schema, json_schema};

use super::value::bad;
use super::{Given, Pairs, Parameter, Part, Value};
use crate::refusal::{Code, Refusal};

/// A party that is a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct State(Party);

/// The two ends of a conduct.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends {
    /// The relation.
    pub pair: Pair,
    /// The conduct.
    pub direction: Direction,
}

impl State {
    /// Returns the party.
    #[must_use]
    pub const fn party(self) -> Party {
        self.0
    }
}

impl Ends {
    /// Reads the conduct of one state towards another, each by code or name.
    ///
    /// # Errors
    /// `unknown_party` or `unknown_relation` of `from` or `to`; `unknown_relation` for a state and
    /// itself.
    pub fn between(from: &str, to: &str) -> Result<Self, Refusal> {
        let (State(one), State(other)) = (Value::read("from", from)?, Value::read("to", to)?);
        let ends = Pair::new(one, other).and_then(|pair| {
            let direction = pair.from(one)?;
            Some(Self { pair, direction })
        });
        ends.ok_or_else(|| {
            let message = format!("{} has no relation with itself", one.code());
            let refusal = Refusal::new(Code::UnknownRelation, message).field("to");
            refusal.given(to)
        })
    }

    /// Returns the state whose conduct it is, and the other.
    #[must_use]
    pub const fn states(self) -> (Party, Party) {
        self.pair.ends(self.direction)
    }
}

/// Reads two states with one of these characters between them.
fn ends(field: &str, text: &str, between: &[char]) -> Result<Ends, Refusal> {
    let found = between.iter().find_map(|one| text.split_once(*one));
    let message = || format!("a {field} is two states, such as AFG-TJK");
    let (from, to) = found.ok_or_else(|| bad(field, text, &message()))?;
    Ends::between(from.trim(), to.trim()).map_err(|refusal| refusal.field(field))
}

fn path<T: Value>(name: &'static str, description: &'static str, parameters: &mut Vec<Parameter>) {
    parameters.push(Parameter {
        name,
        description,
        is_path: true,
        is_list: false,
        schema: T::schema,
    });
}

// === impl Value ===

impl Value for Party {
    fn read(field: &str, text: &str) -> Result<Self, Refusal> {
        Self::resolve(text).ok_or_else(|| Refusal::unknown_party(field, text))
    }

    fn write(&self) -> String {
        self.code().to_owned()
    }

    fn schema() -> Schema {
        json_schema!({"type": "string", "examples": ["TJK", "AFG"]})
    }
}

impl Value for State {
    fn read(field: &str, text: &str) -> Result<Self, Refusal> {
        let found = Party::read(field, text)?;
        let name = found.name(Lang::En);
        let refused = |what: &str| {
            let message = format!("{name} is {what}, and relations are between states");
            Refusal::new(Code::UnknownRelation, message)
        };
        let refusal = match (found.kind(), found.claims()) {
            (PartyKind::State, _) => return Ok(Self(found)),
            (PartyKind::Authority, Some(state)) => {
                let (code, of) = (state.code(), state.name(Lang::En));
                let mut refusal = refused("an authority").allowed([code]);
                refusal
                    .message
                    .push_str(&format!(": ask for {code} ({of})"));
                refusal
            }
            (PartyKind::Authority, None) => refused("an authority of no one state"),
            (PartyKind::Group, _) => refused("an armed group"),
            (PartyKind::Organisation, _) => refused("an organisation"),
        };
        Err(refusal.field(field).given(text))
    }

    fn write(&self) -> String {
        self.0.write()
    }

    fn schema() -> Schema {
        Party::schema()
    }
}

impl Value for Pair {
    fn read(field: &str, text: &str) -> Result<Self, Refusal> {
        ends(field, text, &[',', '-']).map(|ends| ends.pair)
    }

    fn write(&self) -> String {
        format!("{}-{}", self.a().code(), self.b().code())
    }
}

impl Value for Ends {
    fn read(field: &str, text: &str) -> Result<Self, Refusal> {
        ends(field, text, &['-'])
    }

    fn write(&self) -> String {
        let (from, to) = self.states();
        format!("{}-{}", from.code(), to.code())
    }
}

// === impl Part ===

impl Part for Ends {
    fn describe(_: &'static str, _: &'static str, parameters: &mut Vec<Parameter>) {
        let from = "Whose conduct: a code (`TJK`), an ISO alpha-2 code or a name.";
        path::<State>("from", from, parameters);
        path::<State>("to", "Towards whom.", parameters);
    }

    fn read_from(_: &'static str, given: &Given) -> Result<Self, Refusal> {
        Self::between(given.part("from"), given.part("to"))
    }

    fn write_to(&self, _: &'static str, _: &mut Pairs) {}
}

/// Parts of the path that are one value, with the names that they have there.
macro_rules! in_path {
    ($($type:ty = $in_path:literal)*) => {$(
        impl Part for $type {
            fn describe(_: &'static str, description: &'static str, all: &mut Vec<Parameter>) {
                path::<Self>($in_path, description, all);
            }

            fn read_from(name: &'static str, given: &Given) -> Result<Self, Refusal> {
                Value::read(name, given.part($in_path))
            }

            fn write_to(&self, _: &'static str, _: &mut Pairs) {}
        }
    )*};
}
in_path! { State = "code" Dimension = "dimension" EventId = "id" }
