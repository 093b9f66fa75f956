//! Refusals: errors of clients, each with a stable code and advice.
//!
//! Failures of the service are not refusals. The codes, their statuses and their advice are in one
//! table, in [`Code`].

mod code;
mod grpc;
mod problem;

use std::fmt;

use detente_domain::details::{Field, Type, schema};
use detente_domain::edtf::Edtf;
use detente_domain::kind::Kind;
use detente_domain::party::{Lang, Party, PartyKind};
use detente_domain::suggest::suggest;
use serde::{Deserialize, Serialize};

use crate::text;

pub use code::Code;
pub use grpc::GrpcCode;
pub use problem::Problem;

/// The most characters of a refused value that a refusal repeats.
pub const VALUE_MAX: usize = 80;

/// One error in a request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Refusal {
    /// The stable code.
    pub code: Code,
    /// The field, such as `details.host` or `actors[1]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// The refused value, truncated to [`VALUE_MAX`] characters.
    #[serde(rename = "given", default, skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// The values that are allowed instead, or similar ones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<String>,
    /// A message for people.
    pub message: String,
}

// === impl Refusal ===

impl Refusal {
    /// Creates a refusal with a code and a message.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            field: None,
            value: None,
            allowed: Vec::new(),
            message: message.into(),
        }
    }

    /// Sets the field.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Sets the refused value.
    #[must_use]
    pub fn value(mut self, value: &str) -> Self {
        self.value = Some(truncated(value));
        self
    }

    /// Sets the values that are allowed.
    #[must_use]
    pub fn allowed<T: Into<String>>(mut self, allowed: impl IntoIterator<Item = T>) -> Self {
        self.allowed = allowed.into_iter().map(Into::into).collect();
        self
    }

    /// Refuses a party that is not in the registry.
    #[must_use]
    pub fn unknown_party(field: impl Into<String>, text: &str) -> Self {
        let near = Party::suggest(text);
        let names: Vec<_> = near.iter().map(|party| named(*party)).collect();
        let message = format!("no party has the code or name {:?}", truncated(text));
        Self::unknown(Code::UnknownParty, message, text, &names)
            .field(field)
            .allowed(near.into_iter().map(Party::code))
    }

    /// Refuses a party that did not exist on any day of a date; names those that took its place, or
    /// whose place it took, and existed then.
    #[must_use]
    pub fn did_not_exist(field: impl Into<String>, party: Party, date: &Edtf) -> Self {
        let (earliest, latest) = (date.earliest(), date.latest());
        let life = party.life();
        let is_over = life.to.is_some_and(|last| last < earliest);
        let others: Vec<Party> = if is_over {
            party.successors().to_vec()
        } else {
            party.predecessors().collect()
        };
        let existed = |other: &Party| other.life().overlaps(earliest, latest);
        let others: Vec<Party> = others.into_iter().filter(existed).collect();
        let mut message = format!(
            "{} exists only {life}, and the date is {date}",
            named(party)
        );
        if !others.is_empty() {
            message += if is_over {
                "; its successors: "
            } else {
                "; before it: "
            };
            let names: Vec<String> = others.iter().map(|other| named(*other)).collect();
            message += &names.join(", ");
        }
        Self::new(Code::PartyDidNotExist, message)
            .field(field)
            .value(party.code())
            .allowed(others.into_iter().map(Party::code))
    }

    /// Refuses the code of a kind that does not exist.
    #[must_use]
    pub fn unknown_kind(field: impl Into<String>, code: &str) -> Self {
        let near: Vec<_> = Kind::suggest(code).into_iter().map(Kind::as_str).collect();
        let message = format!("no kind of event is called {:?}", truncated(code));
        let mut refusal = Self::unknown(Code::UnknownKind, message, code, &near);
        refusal.message += "; `detente kinds` and /v1/kinds list all";
        refusal.field(field).allowed(near)
    }

    /// Refuses a detail that the kind does not take.
    #[must_use]
    pub fn unknown_detail(kind: Kind, word: &str) -> Self {
        let words: Vec<_> = schema(kind).fields().map(Field::as_str).collect();
        let near = suggest(word, words.iter().copied());
        let message = format!("{} takes no detail {:?}", kind.as_str(), truncated(word));
        let mut refusal = Self::unknown(Code::UnknownDetail, message, word, &near);
        refusal.message += &explained(kind);
        let field = format!("details.{}", truncated(word));
        refusal.field(field).allowed(words)
    }

    /// Refuses details that lack one that the kind needs.
    #[must_use]
    pub fn missing_detail(kind: Kind, field: Field) -> Self {
        let needs = format!("{} needs the detail `{}`", kind.as_str(), field.as_str());
        let message = needs + &explained(kind);
        Self::new(Code::MissingDetail, message)
            .field(format!("details.{}", field.as_str()))
            .allowed(allowed_values(field))
    }

    /// Refuses a value that does not fit the detail, of a kind if that is known.
    #[must_use]
    pub fn bad_detail(kind: Option<Kind>, field: Field, value: &str) -> Self {
        let wanted = match field.ty() {
            Type::Party(kinds) => kinds
                .iter()
                .map(party_kind)
                .collect::<Vec<_>>()
                .join(" or "),
            Type::Choice(words) => format!("one of {}", words.join(", ")),
            Type::Text => "text that is not blank".to_owned(),
            Type::Count => "a whole number, 0 or more".to_owned(),
        };
        let mut message = format!("`{}` must be {wanted}", field.as_str());
        message += &kind.map(explained).unwrap_or_default();
        Self::new(Code::BadDetail, message)
            .field(format!("details.{}", field.as_str()))
            .value(value)
            .allowed(allowed_values(field))
    }

    /// Refuses a key that is not in the list.
    #[must_use]
    pub fn unknown_field(field: impl Into<String>, key: &str, known: &[&str]) -> Self {
        let near = suggest(key, known.iter().copied());
        let message = format!("there is no field {:?} here", truncated(key));
        Self::unknown(Code::UnknownField, message, key, &near)
            .field(field)
            .allowed(known.iter().copied())
    }

    /// Refuses a word; the message goes on with those that are similar.
    fn unknown<T: AsRef<str>>(code: Code, mut message: String, word: &str, near: &[T]) -> Self {
        for (place, name) in near.iter().enumerate() {
            message += if place == 0 { "; similar: " } else { ", " };
            message += name.as_ref();
        }
        Self::new(code, message).value(word)
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            // A key that is not known may have any characters.
            Some(field) => write!(f, "{}: {}", text::line(field), self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for Refusal {}

/// Returns where the details of a kind are explained, as the rest of a message.
fn explained(kind: Kind) -> String {
    format!("; `detente kinds {kind}` explains its details")
}

/// Returns the words that a field allows, if it takes one of a list.
fn allowed_values(field: Field) -> Vec<&'static str> {
    match field.ty() {
        Type::Choice(words) => words.to_vec(),
        Type::Party(_) | Type::Text | Type::Count => Vec::new(),
    }
}

/// The code of a party, and its name.
fn named(party: Party) -> String {
    format!("{} ({})", party.code(), party.name(Lang::En))
}

const fn party_kind(kind: &PartyKind) -> &'static str {
    match kind {
        PartyKind::State => "a state",
        PartyKind::DeFacto => "a de facto state",
        PartyKind::Authority => "an authority",
        PartyKind::Group => "an armed group",
        PartyKind::Organisation => "an organisation",
    }
}

pub(crate) fn truncated(text: &str) -> String {
    text.chars().take(VALUE_MAX).collect()
}
