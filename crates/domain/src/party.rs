//! Parties: states, de facto states, authorities, armed groups and organisations, from an embedded
//! registry.

mod life;
mod registry;
mod rivals;

use crate::string_enum::string_enum;
use crate::suggest::{allowed_edits, closest};
use registry::{Entry, REGISTRY, RIVALS, Registry, TEXT_MAX, name_key};
use std::collections::BTreeMap;
use std::fmt;

pub use life::Life;
pub use registry::{PartyKind, REGISTRY_FILES};

/// The number of characters from which a prefix of a name counts as near to it.
const PREFIX_CHARS: usize = 4;

/// A party of the embedded registry.
///
/// It is an index into the registry, whose rows are in order of their codes; so parties order by
/// code. The index is valid within one build of the program: what leaves the process is the code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Party(u16);

string_enum! {
    /// A language of names and texts.
    #[derive(Default)]
    Lang {
        /// English; every party has a name in it.
        #[default]
        En "en",
        /// Arabic.
        Ar "ar",
        /// Russian.
        Ru "ru",
    }
}

impl Party {
    /// Returns the party with exactly this code, in upper case: ISO 3166-1 alpha-3 for states
    /// (`KAZ`), ISO 3166-3 for most states that have ended (`SUN`), a code of this registry for
    /// others (`TALIBAN`). Use [`Party::resolve`] for user input.
    #[must_use]
    pub fn find(code: &str) -> Option<Party> {
        REGISTRY.find(code)
    }

    /// Finds a party by code, then by ISO 3166-1 alpha-2 code, then by a name or an alias in
    /// English, Arabic or Russian, an official name of ISO 3166 or of the World Bank, or a code of
    /// ISO 3166-3.
    ///
    /// Case, accents, punctuation, white space, the article "the", Arabic vowel marks, tatweel and
    /// forms of hamza are ignored. A two-letter code is an ISO code, never one of FIPS 10-4.
    #[must_use]
    pub fn resolve(text: &str) -> Option<Party> {
        let text = text.trim();
        if text.len() > TEXT_MAX {
            return None;
        }
        let upper = text.to_ascii_uppercase();
        Party::find(&upper)
            .or_else(|| REGISTRY.by_iso2.get(upper.as_str()).copied())
            .or_else(|| REGISTRY.by_name.get(&name_key(text)).copied())
    }

    /// Returns up to three parties with a code or name near the text, nearest first.
    #[must_use]
    pub fn suggest(text: &str) -> Vec<Party> {
        let sought: String = name_key(text).chars().take(TEXT_MAX).collect();
        let length = sought.chars().count();
        if length == 0 || text.len() > TEXT_MAX {
            return Vec::new();
        }
        let allowed = allowed_edits(length);
        let mut nearest: BTreeMap<Party, usize> = BTreeMap::new();
        for (name, party) in &REGISTRY.by_name {
            let distance = if length >= PREFIX_CHARS && name.starts_with(&sought) {
                1
            } else if name.chars().count().abs_diff(length) > allowed {
                continue;
            } else {
                strsim::levenshtein(&sought, name)
            };
            if distance <= allowed {
                let best = nearest.entry(*party).or_insert(distance);
                *best = distance.min(*best);
            }
        }
        closest(nearest.into_iter().map(|(party, edits)| (edits, party)))
    }

    /// Iterates over all parties, in order of their codes.
    pub fn all() -> impl Iterator<Item = Party> {
        (0..REGISTRY.len()).map(Party)
    }

    /// Returns the party with an index: the reverse of [`Party::index`], for dense tables.
    #[must_use]
    pub fn at(index: u16) -> Option<Party> {
        (index < REGISTRY.len()).then_some(Party(index))
    }

    /// The index in the registry, from 0; less than the count of [`Party::all`].
    #[must_use]
    pub const fn index(self) -> u16 {
        self.0
    }

    /// The code: upper-case ASCII letters, digits and hyphens.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.entry().map_or("", |entry| entry.code)
    }

    /// The kind of party.
    #[must_use]
    pub fn kind(self) -> PartyKind {
        self.entry().map_or(PartyKind::State, |entry| entry.kind)
    }

    /// The name in a language; in English if the registry has none in it.
    #[must_use]
    pub fn name(self, lang: Lang) -> &'static str {
        let Some(entry) = self.entry() else { return "" };
        let name = match lang {
            Lang::En => entry.en,
            Lang::Ar => entry.ar,
            Lang::Ru => entry.ru,
        };
        if name.is_empty() { entry.en } else { name }
    }

    /// Other names, in any language.
    #[must_use]
    pub fn aliases(self) -> &'static [&'static str] {
        self.entry().map_or(&[], |entry| &entry.aliases)
    }

    /// The state that this authority governs or claims; `None` for other kinds. Which authority
    /// governs, and since when, follows from events.
    #[must_use]
    pub fn claims(self) -> Option<Party> {
        self.entry()?.claims
    }

    /// The state or de facto state that this party is, or the state that it governs or claims;
    /// `None` for groups and organisations.
    #[must_use]
    pub fn state(self) -> Option<Party> {
        match self.kind() {
            PartyKind::State | PartyKind::DeFacto => Some(self),
            PartyKind::Authority => self.claims(),
            PartyKind::Group | PartyKind::Organisation => None,
        }
    }

    /// The row of the registry. A party is only made with an index that the registry has.
    fn entry(self) -> Option<&'static Entry> {
        REGISTRY.entry(self.0)
    }
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Party({})", self.code())
    }
}

#[cfg(test)]
mod tests;
