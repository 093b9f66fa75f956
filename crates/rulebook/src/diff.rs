//! The keys in which two rulebook files differ, and the values that a key can change.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use detente_domain::dimension::Weighed;
use serde::{Deserialize, Serialize};
use toml::de::{DeTable, DeValue};

use crate::decimal;
use crate::reader::quoted;

const POSTURE: &str = "posture";
const THREAT: &str = "threat";

/// A key in which two rulebooks differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyDifference {
    /// A dotted path into the file.
    pub at: String,
    /// The value in the first file; `None` if it has no such key.
    pub from: Option<String>,
    /// The value in the second file.
    pub to: Option<String>,
    #[serde(skip)]
    keys: Vec<String>,
}

/// The evidence of a value, as far as it decides which keys can change the value.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EvidenceSummary {
    /// The codes of the kinds of its evidence.
    pub kinds: BTreeSet<&'static str>,
    /// The grades of its evidence, such as `B2`.
    pub grades: BTreeSet<String>,
    /// True if any evidence is disputed.
    pub is_disputed: bool,
}

/// Returns the keys in which two rulebook files differ, in order. Numbers are compared by value;
/// comments are ignored. Text that is not TOML counts as empty.
#[must_use]
pub fn differences(one: &str, other: &str) -> Vec<KeyDifference> {
    let [from, to] = [one, other].map(|text| {
        let mut leaves = BTreeMap::new();
        if let Ok(table) = DeTable::parse(text) {
            flatten(&mut Vec::new(), table.get_ref(), &mut leaves);
        }
        leaves
    });
    let keys: BTreeSet<&Vec<String>> = from.keys().chain(to.keys()).collect();
    let differ = keys
        .into_iter()
        .filter(|keys| from.get(*keys) != to.get(*keys));
    differ
        .map(|keys| KeyDifference {
            at: join(keys),
            from: from.get(keys).cloned(),
            to: to.get(keys).cloned(),
            keys: keys.clone(),
        })
        .collect()
}

impl KeyDifference {
    /// Returns true if the key can change the value of `topic`, the name of a dimension or
    /// register, given its evidence. A key of an unknown section can change every value.
    #[must_use]
    pub fn affects(&self, topic: &str, evidence: &EvidenceSummary) -> bool {
        let is_posture = topic == POSTURE;
        let is_weighed = is_posture || Weighed::parse(topic).is_some();
        let is_topic = |dimension: &str| topic == dimension || is_posture;
        let keys: Vec<&str> = self.keys.iter().map(String::as_str).collect();
        match *keys.as_slice() {
            ["version"] | ["trajectory", ..] => false,
            ["grades", "source", letter] => {
                is_weighed
                    && evidence
                        .grades
                        .iter()
                        .any(|grade| grade.starts_with(letter))
            }
            ["grades", "information", digit] => {
                is_weighed && evidence.grades.iter().any(|grade| grade.ends_with(digit))
            }
            ["grades", "disputed"] => is_weighed && evidence.is_disputed,
            ["authority", ..] => is_weighed,
            ["machine", ..] => is_weighed && evidence.kinds.contains("coded"),
            ["dimensions", _, POSTURE] => is_posture,
            ["dimensions", dimension, ..] => is_topic(dimension),
            ["levels", ..] => is_weighed && topic != THREAT,
            [THREAT, ..] => topic == THREAT,
            ["kinds", kind, key] => {
                evidence.kinds.contains(kind)
                    && match key {
                        "mutual" => is_weighed,
                        "contact" | "signal" => topic == "recognition",
                        dimension => is_topic(dimension),
                    }
            }
            ["coded", _, dimension] => evidence.kinds.contains("coded") && is_topic(dimension),
            _ => true,
        }
    }
}

fn flatten(
    path: &mut Vec<String>,
    table: &DeTable<'_>,
    leaves: &mut BTreeMap<Vec<String>, String>,
) {
    for (key, value) in table {
        path.push(key.get_ref().to_string());
        match value.get_ref() {
            DeValue::Table(table) => flatten(path, table, leaves),
            value => {
                leaves.insert(path.clone(), literal(value));
            }
        }
        path.pop();
    }
}

fn literal(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) => format!("{text:?}"),
        DeValue::Integer(number) => canonical(number.as_str()),
        DeValue::Float(number) => canonical(number.as_str()),
        DeValue::Boolean(flag) => flag.to_string(),
        DeValue::Datetime(moment) => moment.to_string(),
        DeValue::Array(values) => {
            let values = values.iter().map(|value| literal(value.get_ref()));
            let values: Vec<String> = values.collect();
            format!("[{}]", values.join(", "))
        }
        DeValue::Table(table) => {
            let mut leaves = BTreeMap::new();
            flatten(&mut Vec::new(), table, &mut leaves);
            let leaves: Vec<String> = leaves
                .iter()
                .map(|(keys, value)| format!("{} = {value}", join(keys)))
                .collect();
            format!("{{ {} }}", leaves.join(", "))
        }
    }
}

/// Formats a number in its shortest form.
fn canonical(digits: &str) -> String {
    let Some(thousandths) = decimal::thousandths(digits) else {
        return digits.to_owned();
    };
    let sign = if thousandths < 0 { "-" } else { "" };
    let size = thousandths.unsigned_abs();
    let part = format!("{:03}", size % 1000);
    let part = part.trim_end_matches('0');
    let dot = if part.is_empty() { "" } else { "." };
    format!("{sign}{}{dot}{part}", size / 1000)
}

fn join(keys: &[String]) -> String {
    let keys: Vec<Cow<'_, str>> = keys.iter().map(|key| quoted(key)).collect();
    keys.join(".")
}
