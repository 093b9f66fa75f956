//! The values that a key of a rulebook can change.

use std::collections::BTreeSet;

use detente_domain::dimension::Weighed;
use detente_domain::kind::Kind;
use detente_domain::rulebook::MEMORY_WORDS;

use super::{EvidenceSummary, KeyDifference, Leaves};

const POSTURE: &str = "posture";
const THREAT: &str = "threat";

impl KeyDifference {
    /// Returns true if the key can change the value of `topic`, the name of a dimension or
    /// register, given its evidence. A key of an unknown section can change every value.
    #[must_use]
    pub fn affects(&self, topic: &str, evidence: &EvidenceSummary) -> bool {
        let is_weighed = topic == POSTURE || Weighed::parse(topic).is_some();
        let has_level = is_weighed && topic != THREAT;
        let keys: Vec<&str> = self.keys.iter().map(String::as_str).collect();
        match *keys.as_slice() {
            ["version"] | ["trajectory", ..] => false,
            // Of what is told of one day, the better graded counts: also on ladders and in registers.
            ["grades", "source", letter] => {
                let mut grades = evidence.grades.iter();
                grades.any(|grade| grade.starts_with(letter))
            }
            ["grades", "information", digit] => {
                let mut grades = evidence.grades.iter();
                grades.any(|grade| grade.ends_with(digit))
            }
            ["grades", "disputed" | "accused"] => is_weighed && evidence.is_disputed,
            ["authority", ..] | ["organisations", "via"] => is_weighed,
            ["machine", ..] => is_weighed && evidence.kinds.contains("coded"),
            ["memory" | "severity", ..] => is_weighed && !self.kinds.is_disjoint(&evidence.kinds),
            ["dimensions", dimension, ..] => is_of(topic, dimension),
            [POSTURE, ..] => topic == POSTURE,
            ["levels", ..] | ["floors", ..] => has_level,
            [THREAT, ..] => topic == THREAT,
            ["organisations", "limits", _, _, limited] => is_of(topic, limited),
            ["kinds", kind, ref keys @ ..] => {
                evidence.kinds.contains(kind) && is_of_rule(topic, keys)
            }
            ["coded", _, dimension] => evidence.kinds.contains("coded") && is_of(topic, dimension),
            _ => true,
        }
    }
}

/// Returns true if a key of a kind can change a topic.
fn is_of_rule(topic: &str, keys: &[&str]) -> bool {
    let is_weighed = topic == POSTURE || Weighed::parse(topic).is_some();
    match *keys {
        ["when", _, _, ref keys @ ..] => is_of_rule(topic, keys),
        ["contact" | "signal"] => topic == "recognition",
        ["mutual" | "memory"] | ["severity" | "counts", ..] => is_weighed,
        ["days"] => is_weighed && topic != THREAT,
        ["ceiling" | "floor" | "ceiling_back", limited] => is_of(topic, limited),
        [dimension] => is_of(topic, dimension),
        _ => true,
    }
}

/// Returns true if a topic depends on a dimension: it is the dimension, or the posture.
fn is_of(topic: &str, dimension: &str) -> bool {
    topic == dimension || topic == POSTURE
}

/// Returns the kinds, in one file or the other, whose memory is of a class or whose factor of a
/// severity is the general one. Empty for keys of other sections.
pub(super) fn kinds(keys: &[String], files: [&Leaves; 2]) -> BTreeSet<&'static str> {
    let [section, word] = keys else {
        return BTreeSet::new();
    };
    let at = |kind: Kind, keys: &[&str]| -> Vec<String> {
        let path = ["kinds", kind.as_str()];
        let keys = path.iter().chain(keys);
        keys.map(|key| (*key).to_owned()).collect()
    };
    let applies = |kind: Kind, leaves: &Leaves| match section.as_str() {
        "memory" => {
            let class = leaves.get(&at(kind, &["memory"]));
            let class = class.map_or(MEMORY_WORDS[0], |class| class.trim_matches('"'));
            class == word
        }
        "severity" => !leaves.contains_key(&at(kind, &["severity", word])),
        _ => false,
    };
    let kinds = Kind::ALL.into_iter();
    let kinds = kinds.filter(|kind| files.iter().any(|leaves| applies(*kind, leaves)));
    kinds.map(Kind::as_str).collect()
}
