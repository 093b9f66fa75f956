//! In which keys two rulebook files differ, and what a key matters for.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use toml::de::{DeTable, DeValue};

use super::decimal;

/// The dimensions that are sums of weights, by their words.
const WEIGHED: [&str; 6] = [
    "political",
    "security",
    "economic",
    "humanitarian",
    "societal",
    "threat",
];
const POSTURE: &str = "posture";
const THREAT: &str = "threat";

/// A key in which two rulebooks differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Where: a dotted path into the file.
    pub at: String,
    /// What the one says; null where it has no such key.
    pub from: Option<String>,
    /// What the other says.
    pub to: Option<String>,
    #[serde(skip)]
    keys: Vec<String>,
}

/// What a reading rests on, as far as it decides which keys matter for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rests {
    /// The codes of the kinds of its evidence.
    pub kinds: BTreeSet<&'static str>,
    /// The grades of its evidence, such as `B2`.
    pub grades: BTreeSet<String>,
    /// Some of it is disputed.
    pub is_disputed: bool,
}

/// The keys in which two rulebooks differ, in order; none for text that is no TOML. Numbers are
/// compared by what they are, and comments not at all.
#[must_use]
pub fn differences(one: &str, other: &str) -> Vec<Difference> {
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
        .map(|keys| Difference {
            at: path(keys),
            from: from.get(keys).cloned(),
            to: to.get(keys).cloned(),
            keys: keys.clone(),
        })
        .collect()
}

impl Difference {
    /// Whether the key can move a reading of a dimension or register, named by its word, that
    /// rests on such evidence. A section that is not known here can move all of them.
    #[must_use]
    pub fn matters(&self, topic: &str, rests: &Rests) -> bool {
        let is_posture = topic == POSTURE;
        let is_felt = is_posture || WEIGHED.contains(&topic);
        let is_of = |dimension: &str| topic == dimension || is_posture;
        let keys: Vec<&str> = self.keys.iter().map(String::as_str).collect();
        match *keys.as_slice() {
            ["version"] | ["trajectory", ..] => false,
            ["grades", "source", letter] => {
                is_felt && rests.grades.iter().any(|grade| grade.starts_with(letter))
            }
            ["grades", "information", digit] => {
                is_felt && rests.grades.iter().any(|grade| grade.ends_with(digit))
            }
            ["grades", "disputed"] => is_felt && rests.is_disputed,
            ["authority", ..] => is_felt,
            ["machine", ..] => is_felt && rests.kinds.contains("coded"),
            ["dimensions", _, POSTURE] => is_posture,
            ["dimensions", dimension, ..] => is_of(dimension),
            ["levels", ..] => is_felt && topic != THREAT,
            [THREAT, ..] => topic == THREAT,
            ["kinds", kind, key] => {
                rests.kinds.contains(kind)
                    && match key {
                        "mutual" => is_felt,
                        "contact" | "signal" => topic == "recognition",
                        dimension => is_of(dimension),
                    }
            }
            ["coded", _, dimension] => rests.kinds.contains("coded") && is_of(dimension),
            _ => true,
        }
    }
}

fn flatten(
    around: &mut Vec<String>,
    table: &DeTable<'_>,
    into: &mut BTreeMap<Vec<String>, String>,
) {
    for (key, value) in table {
        around.push(key.get_ref().to_string());
        match value.get_ref() {
            DeValue::Table(table) => flatten(around, table, into),
            value => {
                into.insert(around.clone(), literal(value));
            }
        }
        around.pop();
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
            let values: Vec<String> = values.iter().map(|one| literal(one.get_ref())).collect();
            format!("[{}]", values.join(", "))
        }
        DeValue::Table(table) => {
            let mut leaves = BTreeMap::new();
            flatten(&mut Vec::new(), table, &mut leaves);
            let leaves: Vec<String> = leaves
                .iter()
                .map(|(keys, value)| format!("{} = {value}", path(keys)))
                .collect();
            format!("{{ {} }}", leaves.join(", "))
        }
    }
}

/// A number as it would be written in the shortest way.
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

fn path(keys: &[String]) -> String {
    let quoted = keys.iter().map(|key| {
        if key.contains('.') {
            format!("{key:?}")
        } else {
            key.clone()
        }
    });
    quoted.collect::<Vec<_>>().join(".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::DEFAULT;

    fn told(other: &str) -> Vec<String> {
        let none = || "none".to_owned();
        differences(DEFAULT, other)
            .into_iter()
            .map(|one| {
                let (from, to) = (one.from.unwrap_or_else(none), one.to.unwrap_or_else(none));
                format!("{}: {from} to {to}", one.at)
            })
            .collect()
    }

    #[test]
    fn comments_and_ways_of_writing_a_number_are_no_difference() {
        let other = DEFAULT.replace("damping = 6.0", "damping = 6 # as before");
        assert_eq!(told(&other), Vec::<String>::new());
    }

    #[test]
    fn each_key_that_differs_is_told_with_both_values() {
        let other = DEFAULT
            .replace("disputed = 0.5", "disputed = 0.25")
            .replace(
                "[kinds.\"visit.made\"]\npolitical = 2.0",
                "[kinds.\"visit.made\"]\npolitical = 3.5\nsecurity = -0.5",
            )
            .replace("ladder = \"C3\"", "ladder = \"B2\"");
        assert_eq!(
            told(&other),
            [
                "grades.disputed: 0.5 to 0.25",
                "grades.ladder: \"C3\" to \"B2\"",
                "kinds.\"visit.made\".political: 2 to 3.5",
                "kinds.\"visit.made\".security: none to -0.5",
            ]
        );
    }

    #[test]
    fn a_key_matters_where_its_evidence_and_its_dimension_are() {
        let other = DEFAULT
            .replace("source = { A = 1.0, B = 0.9", "source = { A = 1.0, B = 0.8")
            .replace("step = 0.5", "step = 0.6")
            .replace(
                "[kinds.\"visit.made\"]\npolitical = 2.0",
                "[kinds.\"visit.made\"]\npolitical = 3.0",
            )
            .replace("hostile = -6.0", "hostile = -7.0");
        let differences = differences(DEFAULT, &other);
        let rests = |kind: &'static str, grade: &str| Rests {
            kinds: [kind].into(),
            grades: [grade.to_owned()].into(),
            is_disputed: false,
        };
        let mattering = |topic: &str, rests: &Rests| -> Vec<&str> {
            let matter = differences.iter().filter(|one| one.matters(topic, rests));
            matter.map(|one| one.at.as_str()).collect()
        };
        let visit = rests("visit.made", "B2");
        let all = [
            "grades.source.B",
            "kinds.\"visit.made\".political",
            "levels.hostile",
        ];
        assert_eq!(mattering("political", &visit), all);
        assert_eq!(mattering("posture", &visit), all);
        assert_eq!(
            mattering("security", &visit),
            ["grades.source.B", "levels.hostile"]
        );
        assert_eq!(mattering("threat", &visit), ["grades.source.B"]);
        assert_eq!(
            mattering("political", &rests("talks.held", "C3")),
            ["levels.hostile"]
        );
        assert_eq!(mattering("missions", &visit), Vec::<&str>::new());
    }
}
