//! Typed details of an event: the fields that a kind takes, their types, and those that it
//! requires.
//!
//! One table serves the JSON and protobuf forms, the refusals, the keys of register entries, and
//! corrections of any field.

use crate::kind::Kind;
use crate::party::{Party, PartyKind};
use crate::string_enum::string_enum;

mod table;
mod words;
pub use table::{COMMON, schema};

/// The longest text that a detail may hold, in characters.
pub const TEXT_MAX: usize = 400;
/// The greatest number that is accepted: more than anything that is counted, and few enough digits for
/// every reader of JSON, also with a fraction of zero. The log may hold greater ones.
pub const COUNT_MAX: u64 = 1_000_000_000_000;

/// The type of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// A party of one of these kinds.
    Party(&'static [PartyKind]),
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Free text of 1 to [`TEXT_MAX`] characters.
    Text,
    /// A whole number, from 0 to [`COUNT_MAX`].
    Count,
}

macro_rules! fields {
    ($($variant:ident $word:literal $ty:expr, $doc:literal;)*) => {
        string_enum! {
            /// A field of an event's details.
            #[repr(u8)]
            Field { $(#[doc = $doc] $variant $word,)* }
        }

        impl Field {
            /// The type of its value.
            #[must_use]
            pub const fn ty(self) -> Type {
                match self { $(Self::$variant => $ty,)* }
            }
        }
    };
}

/// Types of mission, as the Lowy Global Diplomacy Index and the Vienna conventions name them.
pub const MISSIONS: &[&str] = &[
    "embassy",
    "consulate_general",
    "consulate",
    "liaison",
    "interests_section",
];
/// Ranks of envoys: those of the Vienna Convention on Diplomatic Relations (art. 14), then
/// consuls, then diplomats of no known rank, then special envoys.
pub const RANKS: &[&str] = &[
    "ambassador",
    "minister",
    "charge",
    "consul",
    "diplomat",
    "special_envoy",
];
/// Obligations of an alliance, as the ATOP project codes them.
pub const OBLIGATIONS: &[&str] = &["defence", "neutrality", "non_aggression", "consultation"];
/// Types of agreement.
pub const AGREEMENTS: &[&str] = &[
    "peace",
    "friendship",
    "partnership",
    "free_trade",
    "customs_union",
    "free_movement",
    "economic",
    "security",
    "arms",
    "water",
    "border",
    "principles",
];
/// The severity of an act, from the least; each kind says what the words mean for it.
pub const SEVERITIES: &[&str] = &["minor", "serious", "major"];
/// Stances towards the other state.
pub const STANCES: &[&str] = &["friendly", "hostile"];
/// Targets of arrests and operations: fighters whom the other state is against, too, or the other
/// state's citizens and forces.
pub const TARGETS: &[&str] = &["fighters", "nationals"];
/// Consent of the state on whose territory something is done.
pub const CONSENTS: &[&str] = &["given", "refused"];
/// Forms of explicit recognition.
pub const FORMS: &[&str] = &["de_facto", "de_jure"];
/// Levels of a visit or meeting.
pub const LEVELS: &[&str] = &[
    "head_of_state",
    "head_of_government",
    "minister",
    "senior_official",
    "official",
];
/// The 16 events of PLOVER 2.0 (draft).
pub const PLOVER: &[&str] = &[
    "AGREE",
    "CONSULT",
    "SUPPORT",
    "CONCEDE",
    "COOPERATE",
    "AID",
    "RETREAT",
    "REQUEST",
    "ACCUSE",
    "REJECT",
    "THREATEN",
    "PROTEST",
    "SANCTION",
    "MOBILIZE",
    "COERCE",
    "ASSAULT",
];

const STATE: Type = Type::Party(&[PartyKind::State, PartyKind::DeFacto]);
const AUTHORITY: Type = Type::Party(&[PartyKind::Authority, PartyKind::State, PartyKind::DeFacto]);
const GROUP: Type = Type::Party(&[PartyKind::Group, PartyKind::Authority]);
const ANY: Type = Type::Party(&PartyKind::ALL);

fields! {
    Mission "mission" Type::Choice(MISSIONS), "Type of mission.";
    Host "host" STATE, "The state on whose soil the mission or envoy is.";
    Sender "sender" STATE, "The state that the mission or envoy represents.";
    City "city" Type::Text, "City of the mission.";
    ControlledBy "controlled_by" AUTHORITY, "The authority that holds the premises.";
    Rank "rank" Type::Choice(RANKS), "Rank of the envoy.";
    Name "name" Type::Text, "Proper name of the person, meeting, project, agreement or measure.";
    Of "of" AUTHORITY, "The authority whose recognition is meant.";
    Form "form" Type::Choice(FORMS), "Form of recognition.";
    List "list" Type::Text, "The list.";
    Listed "listed" ANY, "The party that is listed.";
    State "state" STATE, "The state whose authority changes.";
    Authority "authority" AUTHORITY, "The authority that governs from then on.";
    Place "place" Type::Text, "The place.";
    Level "level" Type::Choice(LEVELS), "Level of the visit or meeting.";
    Topic "topic" Type::Text, "The topic.";
    Group "group" GROUP, "The armed group.";
    From "from" STATE, "The territory from which it comes.";
    Means "means" Type::Text, "Means of the attack, such as rockets.";
    Casualties "casualties" Type::Count, "Number of people killed or hurt; 0 states that there were none.";
    Fighters "fighters" Type::Count, "Number of fighters claimed.";
    Bases "bases" Type::Count, "Number of bases and camps claimed.";
    Provinces "provinces" Type::Count, "Number of provinces claimed.";
    People "people" Type::Count, "Number of people.";
    What "what" Type::Text, "The goods or services given, traded, trafficked or restricted.";
    Crossing "crossing" Type::Text, "The border crossing.";
    Strength "strength" Type::Text, "How many troops, in words or figures.";
    LengthKm "length_km" Type::Count, "Length, in kilometres.";
    Plover "plover" Type::Choice(PLOVER), "PLOVER event, where it came coded.";
    PloverMode "plover_mode" Type::Text, "PLOVER mode, where it came coded.";
    PloverContext "plover_context" Type::Text, "PLOVER contexts, comma-separated.";
    Cameo "cameo" Type::Text, "CAMEO code, where it came coded.";
    Score "score" Type::Text, "Incoming Goldstein or PLOVER score, kept as it came.";
    Severity "severity" Type::Choice(SEVERITIES), "Severity of the act; `serious` if it is not given.";
    Type "type" Type::Choice(AGREEMENTS), "Type of the agreement.";
    Obligation "obligation" Type::Choice(OBLIGATIONS), "Obligation of the alliance.";
    Stance "stance" Type::Choice(STANCES), "Stance of the policy.";
    Target "target" Type::Choice(TARGETS), "Who was the target.";
    Consent "consent" Type::Choice(CONSENTS), "Whether the state on whose territory it is consents.";
    Territory "territory" Type::Text, "The territory.";
}

/// A value of a field.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Value {
    /// A party.
    Party(Party),
    /// A word of the field's list.
    Choice(&'static str),
    /// Text.
    Text(Box<str>),
    /// A number.
    Count(u64),
}

/// Values by field, in order of fields. [`schema`] lists the fields that a kind allows.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Details(Vec<(Field, Value)>);

impl Details {
    /// No details.
    #[must_use]
    pub const fn none() -> Self {
        Self(Vec::new())
    }

    /// Sets a field, replacing its value.
    pub fn set(&mut self, field: Field, value: Value) {
        match self.0.binary_search_by_key(&field, |(field, _)| *field) {
            Ok(place) => self.0[place].1 = value,
            Err(place) => self.0.insert(place, (field, value)),
        }
    }

    /// Removes a field.
    pub fn clear(&mut self, field: Field) {
        self.0.retain(|(other, _)| *other != field);
    }

    /// The value of a field.
    #[must_use]
    pub fn get(&self, field: Field) -> Option<&Value> {
        let place = self.0.binary_search_by_key(&field, |(field, _)| *field);
        Some(&self.0[place.ok()?].1)
    }

    /// The party in a field.
    #[must_use]
    pub fn party(&self, field: Field) -> Option<Party> {
        match self.get(field) {
            Some(Value::Party(party)) => Some(*party),
            _ => None,
        }
    }

    /// The word or text in a field.
    #[must_use]
    pub fn text(&self, field: Field) -> Option<&str> {
        match self.get(field) {
            Some(Value::Choice(word)) => Some(word),
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The number in a field.
    #[must_use]
    pub fn count(&self, field: Field) -> Option<u64> {
        match self.get(field) {
            Some(Value::Count(count)) => Some(*count),
            _ => None,
        }
    }

    /// Iterates over the fields with their values, in order.
    pub fn iter(&self) -> impl Iterator<Item = (Field, &Value)> {
        self.0.iter().map(|(field, value)| (*field, value))
    }

    /// Returns true if there are no details.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The error returned for invalid details.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DetailError {
    /// The kind takes no such field.
    #[error("{} takes no detail `{field}`", kind.as_str())]
    Unknown {
        /// The kind.
        kind: Kind,
        /// The field as given.
        field: String,
    },
    /// A mandatory field is missing.
    #[error("{} needs the detail `{}`", kind.as_str(), field.as_str())]
    Missing {
        /// The kind.
        kind: Kind,
        /// The field.
        field: Field,
    },
    /// The value is not of the field's type.
    #[error("detail `{}` does not hold {given:?}", field.as_str())]
    Value {
        /// The field.
        field: Field,
        /// The value as given.
        given: String,
    },
}

impl Field {
    /// Parses a value of this field as the log has it; [`Self::word`] knows other names of the words
    /// of a list.
    ///
    /// # Errors
    /// Returns [`DetailError::Value`] if the text is not of the field's type.
    pub fn parse_value(self, given: &str) -> Result<Value, DetailError> {
        let refused = || DetailError::Value {
            field: self,
            given: given.chars().take(80).collect(),
        };
        match self.ty() {
            Type::Party(kinds) => Party::find(given)
                .filter(|party| kinds.contains(&party.kind()))
                .map(Value::Party)
                .ok_or_else(refused),
            Type::Choice(words) => words
                .iter()
                .find(|word| **word == given)
                .map(|word| Value::Choice(word))
                .ok_or_else(refused),
            Type::Text if given.trim().is_empty() || given.chars().count() > TEXT_MAX => {
                Err(refused())
            }
            Type::Text => Ok(Value::Text(given.into())),
            Type::Count => given.parse().map(Value::Count).map_err(|_| refused()),
        }
    }
}

/// The fields of a kind.
#[derive(Clone, Copy, Debug)]
pub struct Schema {
    /// Mandatory fields.
    pub needs: &'static [Field],
    /// Optional fields, beside [`COMMON`].
    pub takes: &'static [Field],
}

impl Schema {
    /// Iterates over all allowed fields, mandatory ones first.
    pub fn fields(&self) -> impl Iterator<Item = Field> {
        self.needs.iter().chain(self.takes).chain(COMMON).copied()
    }
}

impl Details {
    /// Checks that the kind allows each field and that no mandatory field is missing.
    ///
    /// # Errors
    /// Returns the first [`DetailError`] found.
    pub fn check(&self, kind: Kind) -> Result<(), DetailError> {
        let schema = schema(kind);
        for (field, _) in self.iter() {
            if !schema.fields().any(|allowed| allowed == field) {
                return Err(DetailError::Unknown {
                    kind,
                    field: field.as_str().to_owned(),
                });
            }
        }
        let missing = |field: &&Field| self.get(**field).is_none();
        match schema.needs.iter().find(missing).copied() {
            Some(field) => Err(DetailError::Missing { kind, field }),
            None => Ok(()),
        }
    }
}
