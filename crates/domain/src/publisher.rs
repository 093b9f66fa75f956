//! Publishers: whose voice a report is.
//!
//! Corroboration counts independent voices, so names that one publisher goes by are one voice, as
//! are publishers that one owner has, or one of which hands on what the other writes. A registry
//! that is compiled in says which; a publisher that it does not know is a voice of its own, by its
//! name.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::party::words;

const FILE: &str = include_str!("../data/publishers.tsv");
static FILES: [&[u8]; 1] = [FILE.as_bytes()];
/// Between the names of a publisher.
const SEPARATOR: char = '|';
/// Owners own owners, and no further than this.
const CHAIN_MAX: usize = 8;

static REGISTRY: LazyLock<Registry> = LazyLock::new(|| Registry::read(FILE));

/// The embedded file, byte for byte, for a hash of what the words mean.
#[must_use]
pub fn registry_bytes() -> &'static [&'static [u8]] {
    &FILES
}

/// Who speaks. Two reports of one voice are one publisher's word.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Voice {
    /// A publisher of the registry, or the one that it belongs to: its code.
    Known(&'static str),
    /// One that is not in it: its name as names are compared.
    Own(Box<str>),
}

impl Voice {
    /// The voice of a publisher, by a name or the domain that it publishes under. Case, accents
    /// and punctuation do not matter.
    #[must_use]
    pub fn of(publisher: &str) -> Self {
        let name = comparable(publisher);
        match REGISTRY.by_name.get(&name) {
            Some(code) => Self::Known(code),
            None => Self::Own(name.into()),
        }
    }

    /// The code of a publisher of the registry, or the name of one that is not in it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Known(code) => code,
            Self::Own(name) => name,
        }
    }
}

fn comparable(publisher: &str) -> String {
    let folded = words::fold(publisher);
    let bare = folded.strip_prefix("www ").unwrap_or(&folded);
    bare.strip_prefix("the ").unwrap_or(bare).to_owned()
}

#[derive(Default)]
struct Registry {
    /// By name: the code of the voice.
    by_name: BTreeMap<String, &'static str>,
    /// Rows that were not understood, kept empty by a test.
    faults: Vec<String>,
}

impl Registry {
    fn read(file: &'static str) -> Self {
        let mut registry = Self::default();
        let mut rows = Vec::new();
        let mut of: BTreeMap<&'static str, &'static str> = BTreeMap::new();
        let lines = file.lines();
        for line in lines.filter(|line| !line.starts_with('#')).skip(1) {
            let columns: Vec<&'static str> = line.split('\t').collect();
            let [code, belongs_to, names] = columns[..] else {
                registry.faults.push(format!("not a publisher: {line}"));
                continue;
            };
            if of.insert(code, belongs_to).is_some() {
                let fault = format!("two publishers of one code: {code}");
                registry.faults.push(fault);
            }
            rows.push((code, names));
        }
        for (code, names) in rows {
            let voice = voice(&of, code);
            if voice.is_none() {
                let fault = format!("no end of owners, or one that is not there: {code}");
                registry.faults.push(fault);
            }
            let names = names.split(SEPARATOR).filter(|name| !name.is_empty());
            for name in names.chain([code]) {
                let voice = voice.unwrap_or(code);
                let held = *registry.by_name.entry(comparable(name)).or_insert(voice);
                if held != voice {
                    let fault = format!("two publishers of one name: {name}");
                    registry.faults.push(fault);
                }
            }
        }
        registry
    }
}

/// The code at the end of a chain of owners.
fn voice(of: &BTreeMap<&'static str, &'static str>, code: &'static str) -> Option<&'static str> {
    let mut at = code;
    for _ in 0..CHAIN_MAX {
        match *of.get(at)? {
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
    fn one_voice(names: &[&str]) {
        let voices: Vec<Voice> = names.iter().map(|name| Voice::of(name)).collect();
        assert!(voices.windows(2).all(|two| two[0] == two[1]), "{voices:?}");
    }

    #[test]
    fn every_row_is_understood() {
        assert_eq!(REGISTRY.faults, Vec::<String>::new());
        assert!(REGISTRY.by_name.len() > 150);
    }

    #[test]
    fn names_domains_and_languages_of_one_publisher_are_one_voice() {
        one_voice(&["Reuters", "REUTERS", "www.reuters.com", "رويترز", "Рейтер"]);
        one_voice(&["24.kg", "24 KG", "www.24.kg"]);
        one_voice(&["A small paper", "a  small paper.", "A SMALL PAPER"]);
    }

    #[test]
    fn services_and_owners_are_one_voice_and_rivals_are_not() {
        one_voice(&[
            "RFE/RL",
            "Azattyq",
            "Radio Ozodi",
            "Radio Azadi",
            "Voice of America",
        ]);
        one_voice(&["TASS", "RIA Novosti", "Sputnik"]);
        let voices = [
            "Reuters", "AP", "AFP", "Interfax", "TASS", "Xinhua", "A paper",
        ];
        let voices: std::collections::BTreeSet<Voice> =
            voices.iter().map(|name| Voice::of(name)).collect();
        assert_eq!(voices.len(), 7);
    }
}
