//! A detail that a kind takes.

use detente_domain::details::{COMMON, Field, Type};
use detente_domain::party::{Lang, PartyKind};
use serde::{Deserialize, Serialize};

use super::texts;
use crate::view::{Text, borrowed};

/// A detail that a kind takes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct DetailView {
    /// The name of the detail.
    pub detail: Text,
    /// What it holds.
    pub description: Text,
    /// The type of its value: `party` (a code or a name), `choice` (one of `words`), `text`, or
    /// `count` (a whole number, 0 and up).
    #[serde(rename = "type")]
    pub value: Text,
    /// The words of a choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub words: Vec<Text>,
    /// The kinds of parties that a party may be of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parties: Vec<Text>,
    /// True if every kind takes it; it may then stand beside the details, too.
    pub common: bool,
}

impl DetailView {
    pub(super) fn new(field: Field, lang: Lang) -> Self {
        let (value, words, parties): (_, &[&'static str], &[PartyKind]) = match field.ty() {
            Type::Party(kinds) => ("party", &[], kinds),
            Type::Choice(words) => ("choice", words, &[]),
            Type::Text => ("text", &[], &[]),
            Type::Count => ("count", &[], &[]),
        };
        Self {
            detail: borrowed(field.as_str()),
            description: borrowed(texts::detail(field, lang)),
            value: borrowed(value),
            words: words.iter().copied().map(borrowed).collect(),
            parties: parties.iter().map(|kind| borrowed(kind.as_str())).collect(),
            common: COMMON.contains(&field),
        }
    }
}
