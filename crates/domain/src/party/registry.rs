//! The embedded registry files, read once. Fields are slices of the files themselves.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::scheme::{Scheme, SchemeCode};
use super::{Party, PartyKind, words};

const PARTIES: &str = include_str!("../../data/parties.tsv");
const SCHEMES: &str = include_str!("../../data/party_schemes.tsv");
static FILES: [&[u8]; 2] = [PARTIES.as_bytes(), SCHEMES.as_bytes()];

/// Between the aliases of a party.
const ALIAS_SEPARATOR: char = '|';

pub(super) static REGISTRY: LazyLock<Registry> = LazyLock::new(|| Registry::read(PARTIES, SCHEMES));

/// The embedded files, byte for byte and in a fixed order, for a hash of what the words mean.
#[must_use]
pub fn registry_bytes() -> &'static [&'static [u8]] {
    &FILES
}

/// One party.
pub(super) struct Entry {
    pub(super) code: &'static str,
    pub(super) kind: PartyKind,
    pub(super) iso2: Option<&'static str>,
    pub(super) claims: Option<Party>,
    pub(super) en: &'static str,
    pub(super) ar: &'static str,
    pub(super) ru: &'static str,
    pub(super) aliases: Vec<&'static str>,
}

/// Both files, indexed.
pub(super) struct Registry {
    /// In the order of their codes; a [`Party`] is a place here.
    entries: Vec<Entry>,
    by_iso2: BTreeMap<&'static str, Party>,
    /// By folded code, name and alias.
    pub(super) by_word: BTreeMap<String, Party>,
    /// In the order of scheme, code, party and years.
    pub(super) schemes: Vec<SchemeCode>,
    /// Rows that were not understood, and words that two parties lay claim to. They are left out
    /// of everything above; a test keeps this empty, so a broken file is found before it ships.
    pub(super) faults: Vec<String>,
}

impl Registry {
    /// Reads both files. What cannot be read goes to the faults.
    pub(super) fn read(parties: &'static str, schemes: &'static str) -> Registry {
        let mut faults = Vec::new();
        let mut rows: Vec<(Entry, &str)> = Vec::new();
        for line in data_lines(parties) {
            match entry(line) {
                Some(row) if rows.len() < usize::from(u16::MAX) => rows.push(row),
                _ => faults.push(format!("not a party: {line}")),
            }
        }
        rows.sort_by_key(|(entry, _)| entry.code);
        rows.dedup_by(|(later, _), (earlier, _)| {
            let twice = later.code == earlier.code;
            if twice {
                faults.push(format!("two parties of one code: {}", later.code));
            }
            twice
        });
        let (entries, claims): (Vec<Entry>, Vec<&str>) = rows.into_iter().unzip();
        let mut registry = Registry {
            entries,
            by_iso2: BTreeMap::new(),
            by_word: BTreeMap::new(),
            schemes: Vec::new(),
            faults,
        };
        registry.claim(&claims);
        registry.index();
        registry.code(schemes);
        registry
    }

    pub(super) fn len(&self) -> u16 {
        u16::try_from(self.entries.len()).unwrap_or(u16::MAX)
    }

    pub(super) fn entry(&self, party: Party) -> Option<&Entry> {
        self.entries.get(usize::from(party.0))
    }

    pub(super) fn find(&self, code: &str) -> Option<Party> {
        let place = self
            .entries
            .binary_search_by_key(&code, |entry| entry.code)
            .ok()?;
        u16::try_from(place).ok().map(Party)
    }

    pub(super) fn resolve(&self, text: &str) -> Option<Party> {
        let text = text.trim();
        if text.len() > words::MAX_BYTES {
            return None;
        }
        let upper = text.to_ascii_uppercase();
        self.find(&upper)
            .or_else(|| self.by_iso2.get(upper.as_str()).copied())
            .or_else(|| self.by_word.get(&words::fold(text)).copied())
    }

    /// The rows of one code of one scheme.
    pub(super) fn coded(&self, scheme: Scheme, code: &str) -> &[SchemeCode] {
        let key = (scheme, code);
        let start = self
            .schemes
            .partition_point(|row| (row.scheme, row.code) < key);
        let rest = self.schemes.get(start..).unwrap_or_default();
        let length = rest.partition_point(|row| (row.scheme, row.code) == key);
        rest.get(..length).unwrap_or_default()
    }

    fn claim(&mut self, claims: &[&str]) {
        for (place, code) in claims.iter().enumerate() {
            if code.is_empty() {
                continue;
            }
            let claimed = self.find(code);
            if claimed.is_none() {
                self.faults
                    .push(format!("claim of an unknown party: {code}"));
            }
            if let Some(entry) = self.entries.get_mut(place) {
                entry.claims = claimed;
            }
        }
    }

    fn index(&mut self) {
        for (entry, party) in self.entries.iter().zip((0..=u16::MAX).map(Party)) {
            if let Some(iso2) = entry.iso2
                && self.by_iso2.insert(iso2, party).is_some()
            {
                self.faults
                    .push(format!("two parties of one alpha-2 code: {iso2}"));
            }
            let names = [entry.code, entry.en, entry.ar, entry.ru];
            for word in names
                .iter()
                .chain(&entry.aliases)
                .filter(|word| !word.is_empty())
            {
                let first = *self.by_word.entry(words::fold(word)).or_insert(party);
                if first != party {
                    self.faults.push(format!("two parties of one name: {word}"));
                }
            }
        }
    }

    fn code(&mut self, schemes: &'static str) {
        for line in data_lines(schemes) {
            match self.scheme_code(line) {
                Some(row) => self.schemes.push(row),
                None => self.faults.push(format!("not a scheme's code: {line}")),
            }
        }
        self.schemes.sort();
    }

    fn scheme_code(&self, line: &'static str) -> Option<SchemeCode> {
        let [scheme, code, party, from, to] = fields(line)?;
        let row = SchemeCode {
            scheme: Scheme::from_slug(scheme)?,
            code: Some(code).filter(|code| !code.is_empty())?,
            party: self.find(party)?,
            from: year(from)?,
            to: year(to)?,
        };
        let ordered = row.from.zip(row.to).is_none_or(|(from, to)| from <= to);
        ordered.then_some(row)
    }
}

// === reading ===

/// The lines that hold data: not the comments, not the heading, which is the first of the others.
fn data_lines(file: &'static str) -> impl Iterator<Item = &'static str> {
    file.lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty())
        .skip(1)
}

/// The fields of a line, when it has as many as its file has columns. Nothing is quoted: no name
/// holds a tab.
fn fields<const COLUMNS: usize>(line: &'static str) -> Option<[&'static str; COLUMNS]> {
    let fields: Vec<&'static str> = line.split('\t').collect();
    fields.try_into().ok()
}

/// A party, and the code of the party that it claims.
fn entry(line: &'static str) -> Option<(Entry, &'static str)> {
    let [code, kind, iso2, claims, en, ar, ru, aliases] = fields(line)?;
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
    let aliases = aliases
        .split(ALIAS_SEPARATOR)
        .filter(|alias| !alias.is_empty())
        .collect();
    let iso2 = Some(iso2).filter(|iso2| !iso2.is_empty());
    Some((
        Entry {
            code,
            kind,
            iso2,
            claims: None,
            en,
            ar,
            ru,
            aliases,
        },
        claims,
    ))
}

/// A year, or nothing where the field is empty; no value at all when it is something else.
fn year(field: &str) -> Option<Option<i32>> {
    if field.is_empty() {
        Some(None)
    } else {
        field.parse().ok().map(Some)
    }
}
