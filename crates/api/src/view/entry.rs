//! Entries of registers.

use std::collections::BTreeMap;

use detente_domain::details::{Field, Value};
use detente_domain::dimension::Register;
use detente_domain::kind::Kind;
use detente_domain::routes::Pair;
use detente_domain::state::{EntryKey, EntryState};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::relation::ids;
use super::{UNKNOWN, Word, borrowed, code, since};
use crate::json::DetailForm;

/// An entry of a register: the details that name it, and how it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct EntryView {
    /// Whose act it is, where the entry is one side's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Word>,
    /// The details that name it, beside the other keys: for a mission `type`, `host`, `sender` and
    /// `city`.
    #[serde(flatten)]
    pub key: BTreeMap<Word, DetailForm>,
    /// The authority that holds the premises; missions always have it, and may say `unknown`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub controlled_by: Option<Word>,
    /// Its status, as its latest event left it.
    pub status: Word,
    /// Whether it still stands.
    pub open: bool,
    /// Since when the status holds.
    pub since: String,
    /// The day is within the bounds of an imprecise date that the status rests on.
    pub uncertain: bool,
    /// It rests on a disputed event.
    pub disputed: bool,
    /// Its events, latest first.
    pub evidence: Vec<Uuid>,
    /// How many there are in all.
    pub evidence_count: usize,
}

impl EntryView {
    /// The view of an entry.
    #[must_use]
    pub fn of(entry: &EntryState, pair: Pair) -> Self {
        let unknown = (entry.key.register == Register::Missions).then_some(borrowed(UNKNOWN));
        Self {
            by: entry.key.by.map(|direction| code(pair.ends(direction).0)),
            key: key(&entry.key),
            controlled_by: entry.controlled_by.map(code).or(unknown),
            status: borrowed(entry.status),
            open: entry.open,
            since: since(entry.since),
            uncertain: entry.basis.uncertain,
            disputed: entry.basis.disputed,
            evidence: ids(&entry.basis.evidence),
            evidence_count: entry.basis.count,
        }
    }

    /// A detail of its key, such as `host`, as text.
    #[must_use]
    pub fn detail(&self, word: &str) -> Option<&str> {
        match self.key.get(word) {
            Some(DetailForm::Text(text)) => Some(text),
            Some(DetailForm::Count(_)) | None => None,
        }
    }
}

/// The details of a key. The type of a mission is its `type`: within `missions`, `mission` would
/// say nothing. Where kinds of several families write one register (`alert` and `forces`), the
/// `family` tells them apart.
pub(super) fn key(key: &EntryKey) -> BTreeMap<Word, DetailForm> {
    let named = |(field, value): &(Field, Value)| {
        let word = match field {
            Field::Mission => "type",
            field => field.as_str(),
        };
        (borrowed(word), value.into())
    };
    let family = has_families(key.register)
        .then(|| (borrowed("family"), DetailForm::Text(key.family.to_owned())));
    key.fields.iter().map(named).chain(family).collect()
}

fn has_families(register: Register) -> bool {
    let mut writers = Kind::ALL
        .iter()
        .filter(|kind| kind.register() == Some(register));
    let first = writers.next().map(|kind| kind.family());
    writers.any(|kind| Some(kind.family()) != first)
}
