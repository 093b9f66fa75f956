//! The latest view of a relation, as the `relations` bucket holds it, bounded in bytes.

use std::collections::{BTreeMap, BTreeSet};

use detente_domain::dimension::Register;
use detente_domain::relations::Pair;
use serde::{Deserialize, Serialize};

use super::{EntryView, RelationView, Text, borrowed};

/// The latest view of a relation: both conducts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct LatestView {
    /// The relation: both codes, in order, such as `AFG-TJK`.
    pub relation: String,
    /// The projection.
    pub projection: String,
    /// The position of the last commit that touched the relation, or with which time alone changed
    /// it: the view holds from there on.
    pub position: u64,
    /// Both conducts at that position: of the first code towards the second, and back.
    pub conducts: [RelationView; 2],
    /// What was left out so that the view fits into a message; null if it is whole.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cut: Option<CutRegisters>,
}

/// The lists of a view that hold their newest entries only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, schemars::JsonSchema)]
pub struct CutRegisters {
    /// By register, `disputes` or `implicit_signals`: the number of all entries, in the longer of
    /// both conducts.
    pub entries_total: BTreeMap<Text, usize>,
    /// The path at which a query service gives all of them, in one view.
    pub read_at: String,
    /// By register: the paths at which a query service gives all of its entries in pages, those of
    /// the first code's conduct and those of the second's.
    #[serde(default)]
    pub pages: BTreeMap<Text, [String; 2]>,
}

impl LatestView {
    /// Creates the view of a relation, whose conducts are those at the position.
    #[must_use]
    pub fn new(pair: Pair, position: u64, conducts: [RelationView; 2]) -> Self {
        Self {
            relation: pair.to_string(),
            projection: conducts[0].projection.clone(),
            position,
            conducts,
            cut: None,
        }
    }

    /// Returns it as JSON of at most `bytes_max` bytes, if need be with only the newest entries of
    /// its longest lists; `None` if it is too large without any.
    ///
    /// # Errors
    /// If it cannot be serialised.
    pub fn into_json(mut self, bytes_max: usize) -> Result<Option<Vec<u8>>, serde_json::Error> {
        let mut limit = self.longest();
        loop {
            let json = serde_json::to_vec(&self)?;
            if json.len() <= bytes_max {
                return Ok(Some(json));
            }
            if limit == 0 {
                return Ok(None);
            }
            limit /= 2;
            self.keep_newest(limit);
        }
    }

    /// Returns the length of its longest list.
    fn longest(&self) -> usize {
        let lengths = self.conducts.iter().flat_map(|conduct| {
            let registers = conduct.registers().map(|(_, entries)| entries.len());
            let signals = conduct.recognition.implicit_signals.len();
            registers.chain([conduct.disputes.len(), signals])
        });
        lengths.max().unwrap_or(0)
    }

    /// Keeps at most this many entries of each list, the newest.
    fn keep_newest(&mut self, limit: usize) {
        let (one, other) = self.relation.split_once('-').unwrap_or_default();
        let cut = self.cut.get_or_insert_with(|| CutRegisters {
            entries_total: BTreeMap::new(),
            read_at: format!("/v1/relations/{one}/{other}"),
            pages: BTreeMap::new(),
        });
        let mut note = |name: &'static str, total: usize| {
            let is_cut = total > limit;
            if is_cut {
                // A later, narrower cut must not replace the number of all entries.
                let noted = cut.entries_total.entry(borrowed(name)).or_default();
                *noted = total.max(*noted);
            }
            is_cut
        };
        for conduct in &mut self.conducts {
            for register in Register::ALL {
                let (name, entries) = (register.as_str(), conduct.register_mut(register));
                if note(name, entries.len()) {
                    let path = |from, to| format!("/v1/relations/{from}/{to}/registers/{name}");
                    let paths = [path(one, other), path(other, one)];
                    cut.pages.insert(borrowed(name), paths);
                }
                keep_latest_since(entries, limit);
            }
            // Later events come last.
            note("disputes", conduct.disputes.len());
            keep_last(&mut conduct.disputes, limit);
            let signals = &mut conduct.recognition.implicit_signals;
            note("implicit_signals", signals.len());
            keep_last(signals, limit);
        }
    }
}

fn keep_last<T>(entries: &mut Vec<T>, limit: usize) {
    entries.drain(..entries.len().saturating_sub(limit));
}

/// Keeps the entries whose status is the latest, in their order.
fn keep_latest_since(entries: &mut Vec<EntryView>, limit: usize) {
    if entries.len() <= limit {
        return;
    }
    let mut newest: Vec<usize> = (0..entries.len()).collect();
    newest.sort_by(|one, other| entries[*one].newest_first(&entries[*other]));
    let newest: BTreeSet<usize> = newest.into_iter().take(limit).collect();
    let mut indices = 0..;
    entries.retain(|_| indices.next().is_some_and(|index| newest.contains(&index)));
}
