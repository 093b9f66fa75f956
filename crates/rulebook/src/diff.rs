//! The keys in which two rulebook files differ, and the values that a key can change.

mod scope;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use toml::de::{DeTable, DeValue};

use crate::decimal;
use crate::reader::quoted;

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
    /// The codes of the kinds to which the key applies, for a key that applies to many.
    #[serde(skip)]
    kinds: BTreeSet<&'static str>,
}

/// The values of a file by their keys.
type Leaves = BTreeMap<Vec<String>, String>;

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
        let mut leaves = Leaves::new();
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
            kinds: scope::kinds(keys, [&from, &to]),
        })
        .collect()
}

fn flatten(path: &mut Vec<String>, table: &DeTable<'_>, leaves: &mut Leaves) {
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
            let mut leaves = Leaves::new();
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
