//! Refusals: what was wrong with what somebody gave us, and what to do about it.
//!
//! A refusal is their fault and has a stable code; a failure is ours, and is never one of these.
//! The codes, their HTTP statuses and their advice are one table, in [`Code`].

mod code;
mod grpc;
mod problem;

#[cfg(test)]
mod tests;

use std::fmt;

use detente_domain::details::{Field, Type, schema};
use detente_domain::kind::Kind;
use detente_domain::party::{Lang, Party, PartyKind};
use serde::{Deserialize, Serialize};

use detente_domain::suggest::suggest;

pub use code::Code;
pub use grpc::Grpc;
pub use problem::Problem;

/// The most characters of what was given that a refusal repeats.
pub const GIVEN_MAX: usize = 80;

/// One thing that was wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct Refusal {
    /// What is wrong, as a stable word.
    pub code: Code,
    /// The field that it is about, such as `details.host` or `actors[1]`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// What was given, cut to [`GIVEN_MAX`] characters.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub given: Option<String>,
    /// What is allowed in its place, or near to it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allowed: Vec<String>,
    /// A sentence for a person.
    pub message: String,
}

// === impl Refusal ===

impl Refusal {
    /// A refusal with nothing but a code and a sentence.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            field: None,
            given: None,
            allowed: Vec::new(),
            message: message.into(),
        }
    }

    /// Names the field.
    #[must_use]
    pub fn field(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// Repeats what was given.
    #[must_use]
    pub fn given(mut self, given: &str) -> Self {
        self.given = Some(clipped(given));
        self
    }

    /// Says what is allowed.
    #[must_use]
    pub fn allowed<T: Into<String>>(mut self, allowed: impl IntoIterator<Item = T>) -> Self {
        self.allowed = allowed.into_iter().map(Into::into).collect();
        self
    }

    /// Nobody of that code or name is in the registry.
    #[must_use]
    pub fn unknown_party(field: impl Into<String>, given: &str) -> Self {
        let near = Party::suggest(given);
        let message = match near.as_slice() {
            [] => format!("no party has the code or name {:?}", clipped(given)),
            near => {
                let names = near
                    .iter()
                    .map(|p| format!("{} ({})", p.code(), p.name(Lang::En)));
                let names = names.collect::<Vec<_>>().join(", ");
                format!(
                    "no party has the code or name {:?}; near: {names}",
                    clipped(given)
                )
            }
        };
        Self::new(Code::UnknownParty, message)
            .field(field)
            .given(given)
            .allowed(near.into_iter().map(Party::code))
    }

    /// No kind has that code.
    #[must_use]
    pub fn unknown_kind(field: impl Into<String>, given: &str) -> Self {
        let near = suggest(given, Kind::ALL.iter().map(|kind| kind.code()));
        Self::new(
            Code::UnknownKind,
            format!(
                "no kind of event is called {:?}{}",
                clipped(given),
                meant(&near)
            ),
        )
        .field(field)
        .given(given)
        .allowed(near)
    }

    /// The kind takes no such detail.
    #[must_use]
    pub fn unknown_detail(kind: Kind, given: &str) -> Self {
        let words: Vec<_> = schema(kind).fields().map(Field::as_str).collect();
        let near = suggest(given, words.iter().copied());
        let message = format!(
            "{} takes no detail {:?}{}",
            kind.code(),
            clipped(given),
            meant(&near)
        );
        Self::new(Code::UnknownDetail, message)
            .field(format!("details.{}", clipped(given)))
            .given(given)
            .allowed(words)
    }

    /// The kind needs a detail that is not there.
    #[must_use]
    pub fn missing_detail(kind: Kind, field: Field) -> Self {
        let message = format!("{} needs the detail `{}`", kind.code(), field.as_str());
        Self::new(Code::MissingDetail, message)
            .field(format!("details.{}", field.as_str()))
            .allowed(allowed_values(field))
    }

    /// The value does not fit the detail.
    #[must_use]
    pub fn bad_detail(field: Field, given: &str) -> Self {
        let message = match field.ty() {
            Type::Party(kinds) => {
                let kinds: Vec<_> = kinds.iter().map(|kind| party_kind(*kind)).collect();
                format!("`{}` is {}", field.as_str(), kinds.join(" or "))
            }
            Type::Choice(words) => format!("`{}` is one of {}", field.as_str(), words.join(", ")),
            Type::Text => format!("`{}` is text that is not blank", field.as_str()),
            Type::Count => format!("`{}` is a whole number, 0 or more", field.as_str()),
        };
        Self::new(Code::BadDetail, message)
            .field(format!("details.{}", field.as_str()))
            .given(given)
            .allowed(allowed_values(field))
    }

    /// A key that is not read.
    #[must_use]
    pub fn unknown_field(field: impl Into<String>, key: &str, known: &[&str]) -> Self {
        let near = suggest(key, known.iter().copied());
        Self::new(
            Code::UnknownField,
            format!("there is no field {:?} here{}", clipped(key), meant(&near)),
        )
        .field(field)
        .given(key)
        .allowed(known.iter().copied())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.field {
            Some(field) => write!(f, "{field}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for Refusal {}

/// What may stand in a field, where it can be told.
fn allowed_values(field: Field) -> Vec<&'static str> {
    match field.ty() {
        Type::Choice(words) => words.to_vec(),
        Type::Party(_) | Type::Text | Type::Count => Vec::new(),
    }
}

const fn party_kind(kind: PartyKind) -> &'static str {
    match kind {
        PartyKind::State => "a state",
        PartyKind::Authority => "an authority",
        PartyKind::Group => "an armed group",
        PartyKind::Organisation => "an organisation",
    }
}

fn meant(near: &[&str]) -> String {
    match near {
        [] => String::new(),
        near => format!("; near: {}", near.join(", ")),
    }
}

pub(crate) fn clipped(text: &str) -> String {
    text.chars().take(GIVEN_MAX).collect()
}
