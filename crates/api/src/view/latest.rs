//! The latest view of a relation, as the `relations` bucket holds it, bounded in bytes.

use std::collections::BTreeMap;

use detente_domain::dimension::Register;
use detente_domain::relations::Pair;
use serde::{Deserialize, Serialize};

use super::{CutLists, Fit, RelationView, Text};

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
    /// The path at which a query service gives the first code's conduct, cut to more bytes; the
    /// events behind all disputes and signals are at its `/events`, in pages.
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
        let fits = self.fit(bytes_max);
        fits.then(|| serde_json::to_vec(&self)).transpose()
    }
}

impl Fit for LatestView {
    fn longest(&self) -> usize {
        self.conducts.iter().map(Fit::longest).max().unwrap_or(0)
    }

    /// Keeps the newest entries.
    fn shorten(&mut self, limit: usize) {
        let (one, other) = self.relation.split_once('-').unwrap_or_default();
        let cut = self.cut.get_or_insert_with(|| CutRegisters {
            entries_total: BTreeMap::new(),
            read_at: format!("/v1/relations/{one}/{other}"),
            pages: BTreeMap::new(),
        });
        for conduct in &mut self.conducts {
            conduct.shorten(limit);
            let CutLists {
                entries_total,
                pages,
            } = conduct.cut.take().unwrap_or_default();
            for (name, total) in entries_total {
                // A later, narrower cut must not replace the number of all entries.
                let noted = cut.entries_total.entry(name).or_default();
                *noted = total.max(*noted);
            }
            // The view is that of the head, so no day is named.
            let registers = pages.into_keys().filter(|name| is_register(name));
            cut.pages.extend(registers.map(|name| {
                let path = |from, to| format!("/v1/relations/{from}/{to}/registers/{name}");
                let paths = [path(one, other), path(other, one)];
                (name, paths)
            }));
        }
    }
}

fn is_register(name: &str) -> bool {
    Register::ALL
        .into_iter()
        .any(|register| register.as_str() == name)
}
