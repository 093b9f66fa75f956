//! The embedded registry of parties, parsed once. Fields are slices of the file itself.

use super::Party;
use super::life::Life;
use super::rivals::Rivals;
use crate::background;
use crate::normalize::normalize;
use crate::string_enum::string_enum;
use crate::tsv;
use std::collections::BTreeMap;
use std::sync::LazyLock;

const PARTIES: &str = include_str!("../../data/parties.tsv");
/// Codes of other schemes; no code reads them yet, but their bytes are part of the registry's hash.
const SCHEMES: &str = include_str!("../../data/party_schemes.tsv");

/// Names of official lists. They resolve what clients write, and nothing that is stored depends on
/// them; so they are no part of the registry's hash.
pub(super) const OFFICIAL_NAMES: &str = include_str!("../../data/official_names.tsv");

const RIVALS_FILE: &str = include_str!("../../data/rivals.tsv");

/// The longest text that is looked up, in bytes: more than twice the longest name of the registry.
/// It bounds the cost of a lookup.
pub(super) const TEXT_MAX: usize = 256;

pub(super) static REGISTRY: LazyLock<Registry> = LazyLock::new(|| Registry::parse(PARTIES));
pub(super) static RIVALS: LazyLock<Vec<Rivals>> =
    LazyLock::new(|| Rivals::parse(RIVALS_FILE, &REGISTRY));

string_enum! {
    /// A kind of party.
    PartyKind {
        /// A country or territory of ISO 3166-1, Kosovo (`XKX`), or one that has ended (`SUN`,
        /// `ANT`). Relations are between states and de facto states.
        State "state",
        /// A de facto state: it governs a territory and claims to be a state, and few states or
        /// none recognise it.
        DeFacto "de_facto_state",
        /// An authority that governs a state or claims to: see
        /// [`Party::claims`](super::Party::claims).
        Authority "authority",
        /// An armed group. Its acts are not the conduct of the state that it acts from.
        Group "group",
        /// An organisation of states, or one that acts among them.
        Organisation "organisation",
    }
}

/// A row of the registry.
pub(super) struct Entry {
    pub(super) code: &'static str,
    pub(super) kind: PartyKind,
    pub(super) iso2: Option<&'static str>,
    /// The state that an authority claims.
    pub(super) claims: Option<Party>,
    pub(super) en: &'static str,
    pub(super) ar: &'static str,
    pub(super) ru: &'static str,
    pub(super) aliases: Vec<&'static str>,
    pub(super) life: Life,
    /// The parties that took its place, the continuing state first.
    pub(super) successors: Vec<Party>,
}

/// The rows, with indices to find them.
#[derive(Default)]
pub(super) struct Registry {
    /// In order of their codes.
    entries: Vec<Entry>,
    pub(super) by_iso2: BTreeMap<&'static str, Party>,
    /// By the keys of codes, names and aliases, see [`name_key`].
    pub(super) by_name: BTreeMap<String, Party>,
}

/// The embedded files, for a hash of the registry.
pub const REGISTRY_FILES: [&[u8]; 5] = [
    PARTIES.as_bytes(),
    SCHEMES.as_bytes(),
    RIVALS_FILE.as_bytes(),
    background::FILE_BYTES[0],
    background::FILE_BYTES[1],
];

impl Registry {
    /// Parses the file. Tests check that no row is left out and no name has two parties.
    fn parse(parties: &'static str) -> Registry {
        let mut rows: Vec<(Entry, Links)> = tsv::rows(parties).filter_map(entry).collect();
        rows.sort_by_key(|(entry, _)| entry.code);
        let (entries, links): (Vec<Entry>, Vec<Links>) = rows.into_iter().unzip();
        let mut registry = Registry {
            entries,
            ..Registry::default()
        };
        for (place, links) in links.into_iter().enumerate() {
            let claims = registry.find(links.claims);
            let successors = tsv::names(links.successors);
            let successors = successors.filter_map(|code| registry.find(code)).collect();
            if let Some(entry) = registry.entries.get_mut(place) {
                entry.claims = claims;
                entry.successors = successors;
            }
        }
        registry.build_indices();
        registry
    }

    pub(super) fn len(&self) -> u16 {
        u16::try_from(self.entries.len()).unwrap_or(u16::MAX)
    }

    pub(super) fn entry(&self, index: u16) -> Option<&Entry> {
        self.entries.get(usize::from(index))
    }

    pub(super) fn find(&self, code: &str) -> Option<Party> {
        let place = self.entries.binary_search_by_key(&code, |entry| entry.code);
        u16::try_from(place.ok()?).ok().map(Party)
    }

    /// Iterates over the parties that have successors.
    pub(super) fn ended(&self) -> impl Iterator<Item = Party> {
        let parties = self.entries.iter().zip((0..=u16::MAX).map(Party));
        let ended = parties.filter(|(entry, _)| !entry.successors.is_empty());
        ended.map(|(_, party)| party)
    }

    fn build_indices(&mut self) {
        for (entry, party) in self.entries.iter().zip((0..=u16::MAX).map(Party)) {
            self.by_iso2.extend(entry.iso2.map(|iso2| (iso2, party)));
            let names = [entry.code, entry.en, entry.ar, entry.ru];
            let names = names.iter().chain(&entry.aliases);
            for name in names.filter(|name| !name.is_empty()) {
                self.by_name.entry(name_key(name)).or_insert(party);
            }
        }
        for [code, name, _] in tsv::rows(OFFICIAL_NAMES).filter_map(tsv::columns) {
            if let Some(party) = self.find(code) {
                self.by_name.entry(name_key(name)).or_insert(party);
            }
        }
    }
}

/// Returns the form in which names of parties are compared: normalised, without the article, and
/// with "saint" written out.
pub(super) fn name_key(name: &str) -> String {
    let normal = normalize(name);
    let words = normal.split(' ').filter(|word| *word != "the");
    let words = words.map(|word| if word == "st" { "saint" } else { word });
    words.collect::<Vec<_>>().join(" ")
}

/// The codes of other parties in a row, which are looked up when all rows are parsed.
struct Links {
    claims: &'static str,
    successors: &'static str,
}

/// Parses a row: a party, and its links to others.
fn entry(row: &'static str) -> Option<(Entry, Links)> {
    let [
        code,
        kind,
        iso2,
        claims,
        en,
        ar,
        ru,
        aliases,
        from,
        to,
        successors,
    ] = tsv::columns(row)?;
    let is_code = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'-';
    if code.is_empty() || !code.bytes().all(is_code) || en.is_empty() {
        return None;
    }
    let entry = Entry {
        code,
        kind: PartyKind::parse(kind)?,
        iso2: Some(iso2).filter(|iso2| !iso2.is_empty()),
        claims: None,
        en,
        ar,
        ru,
        aliases: tsv::names(aliases).collect(),
        life: Life::parse(from, to)?,
        successors: Vec::new(),
    };
    Some((entry, Links { claims, successors }))
}
