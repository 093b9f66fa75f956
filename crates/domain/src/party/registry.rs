//! The embedded registry of parties, parsed once. Fields are slices of the file itself.

use crate::normalize::normalize;
use crate::tsv;
use std::collections::BTreeMap;
use std::sync::LazyLock;

const PARTIES: &str = include_str!("../../data/parties.tsv");
/// Codes of other schemes; no code reads them yet, but their bytes are part of the registry's hash.
const SCHEMES: &str = include_str!("../../data/party_schemes.tsv");
static FILES: [&[u8]; 2] = [PARTIES.as_bytes(), SCHEMES.as_bytes()];

/// The longest text that is looked up, in bytes: more than twice the longest name of the registry.
/// It bounds the cost of a lookup.
pub(super) const TEXT_MAX: usize = 256;

pub(super) static REGISTRY: LazyLock<Registry> = LazyLock::new(|| Registry::parse(PARTIES));

/// A kind of party.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartyKind {
    /// A country or territory of ISO 3166-1, or Kosovo (`XKX`). Relations are between states.
    State,
    /// An authority that governs a state or claims to: see [`Party::claims`](super::Party::claims).
    Authority,
    /// An armed group. Its acts are not the conduct of the state that it acts from.
    Group,
    /// An organisation of states, or one that acts among them.
    Organisation,
}

/// A row of the registry.
pub(super) struct Entry {
    pub(super) code: &'static str,
    pub(super) kind: PartyKind,
    pub(super) iso2: Option<&'static str>,
    /// The index of the state that an authority claims.
    pub(super) claims: Option<u16>,
    pub(super) en: &'static str,
    pub(super) ar: &'static str,
    pub(super) ru: &'static str,
    pub(super) aliases: Vec<&'static str>,
}

/// The rows, with indices to find them.
#[derive(Default)]
pub(super) struct Registry {
    /// In order of their codes.
    entries: Vec<Entry>,
    by_iso2: BTreeMap<&'static str, u16>,
    /// By normalised code, name and alias.
    pub(super) by_name: BTreeMap<String, u16>,
    /// Rows that cannot be parsed, and names that two parties have. A test keeps this empty.
    pub(super) faults: Vec<String>,
}

/// Returns the embedded files, byte for byte and in a fixed order, for a hash of the registry.
#[must_use]
pub fn registry_bytes() -> &'static [&'static [u8]] {
    &FILES
}

impl Registry {
    /// Parses the file. Rows that cannot be parsed are left out and listed in the faults.
    pub(super) fn parse(parties: &'static str) -> Registry {
        let mut registry = Registry::default();
        let mut rows: Vec<(Entry, &str)> = Vec::new();
        for row in tsv::rows(parties) {
            match entry(row) {
                Some(entry) if rows.len() < usize::from(u16::MAX) => rows.push(entry),
                _ => registry.faults.push(format!("not a party: {row}")),
            }
        }
        rows.sort_by_key(|(entry, _)| entry.code);
        rows.dedup_by(|(later, _), (earlier, _)| {
            let twice = later.code == earlier.code;
            if twice {
                let fault = format!("two parties of one code: {}", later.code);
                registry.faults.push(fault);
            }
            twice
        });
        let (entries, claims): (Vec<Entry>, Vec<&str>) = rows.into_iter().unzip();
        registry.entries = entries;
        registry.link_claims(&claims);
        registry.build_indices();
        registry
    }

    pub(super) fn len(&self) -> u16 {
        u16::try_from(self.entries.len()).unwrap_or(u16::MAX)
    }

    pub(super) fn entry(&self, index: u16) -> Option<&Entry> {
        self.entries.get(usize::from(index))
    }

    pub(super) fn find(&self, code: &str) -> Option<u16> {
        let place = self.entries.binary_search_by_key(&code, |entry| entry.code);
        u16::try_from(place.ok()?).ok()
    }

    pub(super) fn resolve(&self, text: &str) -> Option<u16> {
        let text = text.trim();
        if text.len() > TEXT_MAX {
            return None;
        }
        let upper = text.to_ascii_uppercase();
        self.find(&upper)
            .or_else(|| self.by_iso2.get(upper.as_str()).copied())
            .or_else(|| self.by_name.get(&normalize(text)).copied())
    }

    fn link_claims(&mut self, claims: &[&str]) {
        for (place, code) in claims.iter().enumerate() {
            if code.is_empty() {
                continue;
            }
            let claimed = self.find(code);
            if claimed.is_none() {
                let fault = format!("claim of an unknown party: {code}");
                self.faults.push(fault);
            }
            if let Some(entry) = self.entries.get_mut(place) {
                entry.claims = claimed;
            }
        }
    }

    fn build_indices(&mut self) {
        for (entry, index) in self.entries.iter().zip(0..=u16::MAX) {
            if let Some(iso2) = entry.iso2
                && self.by_iso2.insert(iso2, index).is_some()
            {
                let fault = format!("two parties of one alpha-2 code: {iso2}");
                self.faults.push(fault);
            }
            let names = [entry.code, entry.en, entry.ar, entry.ru];
            let names = names.iter().chain(&entry.aliases);
            for name in names.filter(|name| !name.is_empty()) {
                let first = *self.by_name.entry(normalize(name)).or_insert(index);
                if first != index {
                    self.faults.push(format!("two parties of one name: {name}"));
                }
            }
        }
    }
}

/// Parses a row: a party, and the code of the state that it claims.
fn entry(row: &'static str) -> Option<(Entry, &'static str)> {
    let [code, kind, iso2, claims, en, ar, ru, aliases] = tsv::columns(row)?;
    let is_code = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';
    if code.is_empty() || !code.bytes().all(is_code) || en.is_empty() {
        return None;
    }
    let kind = match kind {
        "state" => PartyKind::State,
        "authority" => PartyKind::Authority,
        "group" => PartyKind::Group,
        "organisation" => PartyKind::Organisation,
        _ => return None,
    };
    let entry = Entry {
        code,
        kind,
        iso2: Some(iso2).filter(|iso2| !iso2.is_empty()),
        claims: None,
        en,
        ar,
        ru,
        aliases: tsv::names(aliases).collect(),
    };
    Some((entry, claims))
}
