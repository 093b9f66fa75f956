//! The words of severity of a kind.

use detente_domain::details::{Field, SEVERITIES, schema};
use detente_domain::kind::Kind;
use detente_domain::party::Lang;
use detente_domain::rulebook::KindRule;
use serde::{Deserialize, Serialize};

use super::rule::decimal;
use super::texts;
use crate::view::{Text, borrowed};

/// The severity of acts of a kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SeverityView {
    /// The words, from the least.
    pub words: Vec<SeverityWordView>,
    /// The detail whose number tells the severity of an act that does not name it; null if none
    /// does.
    pub counted_by: Option<Text>,
    /// The severity of an act that neither names nor counts one.
    pub otherwise: Text,
}

/// A word of severity.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct SeverityWordView {
    /// The word.
    pub word: Text,
    /// What it means for this kind.
    pub description: Text,
    /// The factor of the weights.
    pub factor: f64,
    /// The least number of `counted_by` that means it; null if none does.
    pub from: Option<u64>,
}

impl SeverityView {
    /// Returns the severity of a kind; `None` if it takes none.
    pub(super) fn new(kind: Kind, rule: &KindRule, lang: Lang) -> Option<Self> {
        let takes = schema(kind).fields().any(|field| field == Field::Severity);
        let counts = rule.counts;
        let from = [
            counts.map(|_| 0),
            counts.map(|counts| counts.serious),
            counts.map(|counts| counts.major),
        ];
        let words = SEVERITIES.iter().zip(rule.severity).zip(from);
        let word = |((word, factor), from): ((&&'static str, u32), Option<u64>)| SeverityWordView {
            word: borrowed(word),
            description: borrowed(texts::severity(kind, word, lang)),
            factor: decimal(factor),
            from,
        };
        takes.then(|| Self {
            words: words.map(word).collect(),
            counted_by: counts.map(|counts| borrowed(counts.field.as_str())),
            otherwise: borrowed(KindRule::UNNAMED),
        })
    }
}
