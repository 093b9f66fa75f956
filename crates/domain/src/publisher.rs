//! Publishers, by which independent reports are counted.
//!
//! Several names can stand for one publisher: spellings, domains, services that republish its
//! reports, publishers of one owner. An embedded registry lists them; a publisher that it does not
//! list counts for itself.

use crate::normalize::normalize;
use crate::tsv;
use std::collections::BTreeMap;
use std::sync::LazyLock;

const FILE: &str = include_str!("../data/publishers.tsv");
static FILES: [&[u8]; 1] = [FILE.as_bytes()];
/// The longest chain of owners.
const CHAIN_MAX: usize = 8;

static REGISTRY: LazyLock<Registry> = LazyLock::new(|| Registry::parse(FILE));

/// An independent publisher. Reports of equal publishers count once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Publisher {
    /// The code of a publisher of the registry, or of its owner.
    Known(&'static str),
    /// The normalised name of a publisher that is not in the registry.
    Unknown(Box<str>),
}

#[derive(Default)]
struct Registry {
    /// The code of the independent publisher, by normalised name.
    by_name: BTreeMap<String, &'static str>,
    /// Rows that cannot be parsed, and conflicts. A test keeps this empty.
    faults: Vec<String>,
}

/// Returns the embedded file, byte for byte, for a hash of the registry.
#[must_use]
pub fn registry_bytes() -> &'static [&'static [u8]] {
    &FILES
}

impl Publisher {
    /// Finds the publisher with a name or domain. Case, accents and punctuation are ignored.
    #[must_use]
    pub fn resolve(name: &str) -> Self {
        let name = comparable(name);
        match REGISTRY.by_name.get(&name) {
            Some(code) => Self::Known(code),
            None => Self::Unknown(name.into()),
        }
    }

    /// The code of a publisher of the registry, or the normalised name of another.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Known(code) => code,
            Self::Unknown(name) => name,
        }
    }
}

fn comparable(name: &str) -> String {
    let normal = normalize(name);
    let bare = normal.strip_prefix("www ").unwrap_or(&normal);
    bare.strip_prefix("the ").unwrap_or(bare).to_owned()
}

impl Registry {
    fn parse(file: &'static str) -> Self {
        let mut registry = Self::default();
        let mut rows = Vec::new();
        let mut owners: BTreeMap<&'static str, &'static str> = BTreeMap::new();
        for row in tsv::rows(file) {
            let Some([code, owner, names]) = tsv::columns(row) else {
                registry.faults.push(format!("not a publisher: {row}"));
                continue;
            };
            if owners.insert(code, owner).is_some() {
                let fault = format!("two publishers of one code: {code}");
                registry.faults.push(fault);
            }
            rows.push((code, names));
        }
        for (code, names) in rows {
            let root = root(&owners, code);
            if root.is_none() {
                let fault = format!("no end of owners, or an unknown one: {code}");
                registry.faults.push(fault);
            }
            let root = root.unwrap_or(code);
            for name in tsv::names(names).chain([code]) {
                let held = *registry.by_name.entry(comparable(name)).or_insert(root);
                if held != root {
                    let fault = format!("two publishers of one name: {name}");
                    registry.faults.push(fault);
                }
            }
        }
        registry
    }
}

/// Returns the code at the end of a chain of owners.
fn root(owners: &BTreeMap<&'static str, &'static str>, code: &'static str) -> Option<&'static str> {
    let mut at = code;
    for _ in 0..CHAIN_MAX {
        match *owners.get(at)? {
            "" => return Some(at),
            next => at = next,
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn one_publisher(names: &[&str]) {
        let found: Vec<Publisher> = names.iter().map(|name| Publisher::resolve(name)).collect();
        assert!(found.windows(2).all(|two| two[0] == two[1]), "{found:?}");
    }

    #[test]
    fn every_row_parses() {
        assert_eq!(REGISTRY.faults, Vec::<String>::new());
        assert!(REGISTRY.by_name.len() > 150);
    }

    #[test]
    fn names_domains_and_languages_of_one_publisher_are_one_publisher() {
        one_publisher(&["Reuters", "REUTERS", "www.reuters.com", "رويترز", "Рейтер"]);
        one_publisher(&["24.kg", "24 KG", "www.24.kg"]);
        one_publisher(&["A small paper", "a  small paper.", "A SMALL PAPER"]);
    }

    #[test]
    fn services_and_owners_are_one_publisher_and_rivals_are_not() {
        one_publisher(&[
            "RFE/RL",
            "Azattyq",
            "Radio Ozodi",
            "Radio Azadi",
            "Voice of America",
        ]);
        one_publisher(&["TASS", "RIA Novosti", "Sputnik"]);
        let names = [
            "Reuters", "AP", "AFP", "Interfax", "TASS", "Xinhua", "A paper",
        ];
        let found: std::collections::BTreeSet<Publisher> =
            names.iter().map(|name| Publisher::resolve(name)).collect();
        assert_eq!(found.len(), 7);
    }
}
