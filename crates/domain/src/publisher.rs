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
/// The longest chain of owners.
const CHAIN_MAX: usize = 8;

/// The code of the independent publisher, by normalised name.
static BY_NAME: LazyLock<BTreeMap<String, &'static str>> = LazyLock::new(|| parse(FILE));

/// An independent publisher. Reports of equal publishers count once.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Publisher {
    /// The code of a publisher of the registry, or of its owner.
    Known(&'static str),
    /// The normalised name of a publisher that is not in the registry.
    Unknown(Box<str>),
}

/// The embedded file, for a hash of the registry.
pub const REGISTRY_FILES: [&[u8]; 1] = [FILE.as_bytes()];

impl Publisher {
    /// Finds the publisher with a name or domain. Case, accents and punctuation are ignored.
    #[must_use]
    pub fn resolve(name: &str) -> Self {
        let name = comparable(name);
        match BY_NAME.get(&name) {
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

/// Parses the file. A test checks that no row is left out and no name has two publishers.
fn parse(file: &'static str) -> BTreeMap<String, &'static str> {
    let rows: Vec<[&'static str; 3]> = tsv::rows(file).filter_map(tsv::columns).collect();
    let owners = rows
        .iter()
        .map(|[code, owner, _]| (*code, *owner))
        .collect();
    let mut by_name = BTreeMap::new();
    for [code, _, names] in rows {
        let root = root(&owners, code).unwrap_or(code);
        for name in tsv::names(names).chain([code]) {
            by_name.entry(comparable(name)).or_insert(root);
        }
    }
    by_name
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
    use std::collections::BTreeSet;

    #[track_caller]
    fn one_publisher(names: &[&str]) {
        let resolved = names.iter().map(|name| Publisher::resolve(name));
        let publishers: BTreeSet<Publisher> = resolved.collect();
        assert_eq!(publishers.len(), 1, "{publishers:?}");
    }

    #[test]
    fn every_row_parses_and_every_name_has_one_publisher() {
        let rows = tsv::rows(FILE).map(|row| tsv::columns(row).unwrap());
        let rows: Vec<[&str; 3]> = rows.collect();
        let owners = rows.iter().map(|[code, owner, _]| (*code, *owner));
        let owners: BTreeMap<&str, &str> = owners.collect();
        assert_eq!(owners.len(), rows.len(), "two publishers of one code");
        for [code, _, names] in rows {
            let root = root(&owners, code).expect("the chain of owners ends");
            for name in tsv::names(names).chain([code]) {
                assert_eq!(Publisher::resolve(name), Publisher::Known(root), "{name}");
            }
        }
        assert!(BY_NAME.len() > 150);
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
        let publishers: BTreeSet<Publisher> =
            names.iter().map(|name| Publisher::resolve(name)).collect();
        assert_eq!(publishers.len(), 7);
    }
}
