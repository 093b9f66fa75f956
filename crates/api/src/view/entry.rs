//! Entries of registers.

use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeMap;

use detente_domain::details::{Field, Value};
use detente_domain::dimension::Register;
use detente_domain::fold::registers::key_fields;
use detente_domain::kind::{Effect, Kind};
use detente_domain::party::Lang;
use detente_domain::relations::Pair;
use detente_domain::state::{EntryKey, EntryState};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::kinds::detail_text;
use super::relation::ids;
use super::{Text, UNKNOWN, borrowed, code, json_len, since};
use crate::submission::DetailDto;

/// The key of the family in a key of an entry.
const FAMILY: &str = "family";

/// An entry of a register: the details that name it, and its status.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EntryView {
    /// The state whose act it is, if the entry belongs to one side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Text>,
    /// The organisation whose act it is, which counts for its members.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub via: Option<Text>,
    /// The details that name it, in addition to the other keys: for a mission `type`, `host`,
    /// `sender` and `city`.
    #[serde(flatten)]
    #[schemars(with = "KeySchema")]
    pub key: BTreeMap<Text, DetailDto>,
    /// The authority that holds the premises; always set for missions, where it may be `unknown`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub controlled_by: Option<Text>,
    /// The status that its latest event set.
    pub status: Text,
    /// True if it is still open.
    pub open: bool,
    /// The date since which the status holds.
    pub since: String,
    /// True if the day is within the bounds of an imprecise date that the status rests on.
    pub uncertain: bool,
    /// True if it rests on a disputed event.
    pub disputed: bool,
    /// Its events, latest first.
    pub evidence: Vec<Uuid>,
    /// The number of its events.
    pub evidence_count: usize,
}

/// The schema of the details that name an entry: all that may be there, none of them required.
struct KeySchema;

impl JsonSchema for KeySchema {
    fn schema_name() -> Cow<'static, str> {
        "EntryKey".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let family = "The family of the kind, if those of several families open such entries.";
        let fields = Register::ALL.into_iter().flat_map(key_fields);
        let fields = fields.map(|field| (key_word(*field), detail_text(*field, Lang::En)));
        let properties: BTreeMap<&str, Schema> = fields
            .chain([(FAMILY, family)])
            .map(|(name, text)| (name, json_schema!({"type": "string", "description": text})))
            .collect();
        json_schema!({"type": "object", "properties": properties})
    }
}

impl EntryView {
    /// Creates the view of an entry.
    #[must_use]
    pub fn new(entry: &EntryState, pair: Pair) -> Self {
        let unknown = (entry.key.register == Register::Missions).then_some(borrowed(UNKNOWN));
        Self {
            by: entry.key.by.map(|direction| code(pair.ends(direction).0)),
            via: entry.key.via.map(code),
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

    /// Compares the dates since which the statuses of two entries hold: the later one comes first.
    #[must_use]
    pub fn newest_first(&self, other: &Self) -> Ordering {
        other.since.cmp(&self.since)
    }

    /// Returns its length as JSON, in bytes.
    #[must_use]
    pub fn json_len(&self) -> usize {
        json_len(self)
    }

    /// Returns a detail of its key, such as `host`, if that is text.
    #[must_use]
    pub fn detail(&self, word: &str) -> Option<&str> {
        match self.key.get(word) {
            Some(DetailDto::Text(text)) => Some(text),
            Some(DetailDto::Count(_)) | None => None,
        }
    }
}

/// Returns the details of a key. The type of a mission is called `type`. If kinds of several
/// families open entries of one register (`alert` and `forces`), `family` distinguishes them.
pub(super) fn key(key: &EntryKey) -> BTreeMap<Text, DetailDto> {
    let named = |(field, value): &(Field, Value)| (borrowed(key_word(*field)), value.into());
    let family = has_families(key.register)
        .then(|| (borrowed(FAMILY), DetailDto::Text(key.family.to_owned())));
    key.fields.iter().map(named).chain(family).collect()
}

/// Returns the name of a detail in a key.
fn key_word(field: Field) -> &'static str {
    match field {
        Field::Mission => "type",
        field => field.as_str(),
    }
}

fn has_families(register: Register) -> bool {
    let mut writers = Kind::ALL
        .iter()
        .filter(|kind| kind.register() == Some(register))
        .filter(|kind| matches!(kind.effect(), Effect::Sets(_) | Effect::Notes(_)));
    let first = writers.next().map(|kind| kind.family());
    writers.any(|kind| Some(kind.family()) != first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Row as _;

    #[test]
    fn every_detail_of_a_key_is_a_described_field_and_a_column() {
        let schema = schemars::schema_for!(EntryView).to_value();
        assert_eq!(schema.get("additionalProperties"), None);
        let fields = Register::ALL.into_iter().flat_map(key_fields);
        for word in fields.map(|field| key_word(*field)).chain([FAMILY]) {
            let described = &schema["properties"][word];
            assert_eq!(described["type"], "string", "{word}");
            assert_ne!(described["description"], "", "{word}");
            let is_column = |(name, _): &(&str, &str)| *name == word;
            assert!(EntryView::COLUMNS.iter().any(is_column), "{word}");
        }
    }
}
