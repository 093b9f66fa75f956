//! Parties: who acts and who is acted upon, from a registry that is compiled in.

mod registry;
mod scheme;
pub(crate) mod words;

use std::fmt;

use registry::{Entry, REGISTRY};

pub use registry::registry_bytes;
pub use scheme::{Scheme, SchemeCode};

/// A party of the embedded registry: a state, an authority, an armed group or an organisation.
///
/// It is an index into the registry, whose rows are in the order of their codes; so parties order
/// by code. The index is good within one build of the program: what leaves the process is the code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Party(u16);

/// What a party is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PartyKind {
    /// A country or territory of ISO 3166-1, or Kosovo (`XKX`). Relations are between these.
    State,
    /// Who governs a state or claims to: see [`Party::claims`].
    Authority,
    /// An armed group. Its acts are not the conduct of the state that it acts from.
    Group,
    /// An organisation of states, or one that acts among them.
    Organisation,
}

/// A language that names are kept in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Lang {
    /// English; every party has a name in it.
    #[default]
    En,
    /// Arabic.
    Ar,
    /// Russian.
    Ru,
}

impl Lang {
    /// Every language, English first.
    pub const ALL: [Self; 3] = [Self::En, Self::Ar, Self::Ru];

    /// The ISO 639-1 code: `en`, `ar` or `ru`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ar => "ar",
            Self::Ru => "ru",
        }
    }

    /// Parses an ISO 639-1 code; `None` for any other language.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|lang| lang.as_str() == code)
    }
}

impl Party {
    /// The party of exactly this code, in upper case: ISO 3166-1 alpha-3 for states (`KAZ`), our
    /// own for others (`TALIBAN`). Use [`Party::resolve`] for what people type.
    #[must_use]
    pub fn find(code: &str) -> Option<Party> {
        REGISTRY.find(code)
    }

    /// The party that a person means: by code, then by ISO 3166-1 alpha-2, then by a name or an
    /// alias in English, Arabic or Russian.
    ///
    /// Case, accents, punctuation and white space do not matter, nor do Arabic vowel marks,
    /// tatweel and the seats of hamza. A two-letter code is ISO's, never FIPS 10-4's: for other
    /// schemes see [`SchemeCode::find`].
    #[must_use]
    pub fn resolve(text: &str) -> Option<Party> {
        REGISTRY.resolve(text)
    }

    /// Up to three parties whose code or name is near the text, nearest first, for an error
    /// message; none when nothing is near.
    #[must_use]
    pub fn suggest(text: &str) -> Vec<Party> {
        words::suggest(&REGISTRY, text)
    }

    /// Every party, in the order of the codes.
    pub fn all() -> impl Iterator<Item = Party> {
        (0..REGISTRY.len()).map(Party)
    }

    /// The party at this index, if the registry reaches that far; the reverse of
    /// [`Party::index`], for dense tables.
    #[must_use]
    pub fn at(index: u16) -> Option<Party> {
        (index < REGISTRY.len()).then_some(Party(index))
    }

    /// The place in the registry, from 0; below the count of [`Party::all`].
    #[must_use]
    pub const fn index(self) -> u16 {
        self.0
    }

    /// The code: upper-case ASCII letters and hyphens.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.entry().map_or("", |entry| entry.code)
    }

    /// What the party is.
    #[must_use]
    pub fn kind(self) -> PartyKind {
        self.entry().map_or(PartyKind::State, |entry| entry.kind)
    }

    /// The name in a language; in English where the registry has none in it.
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

    /// Other names, in any of the languages and in no order that matters.
    #[must_use]
    pub fn aliases(self) -> &'static [&'static str] {
        self.entry().map_or(&[], |entry| &entry.aliases)
    }

    /// The ISO 3166-1 alpha-2 code (`XK`, by common use, for Kosovo); states only.
    #[must_use]
    pub fn iso2(self) -> Option<&'static str> {
        self.entry()?.iso2
    }

    /// The state that this authority governs or claims; `None` for every other kind. Which of the
    /// authorities governs, and since when, is for events to say.
    #[must_use]
    pub fn claims(self) -> Option<Party> {
        self.entry()?.claims
    }

    /// The codes that other schemes have for this party, with their years.
    pub fn scheme_codes(self) -> impl Iterator<Item = SchemeCode> {
        REGISTRY
            .schemes
            .iter()
            .copied()
            .filter(move |row| row.party == self)
    }

    /// `None` cannot be met: a party is only made with an index that the registry has.
    fn entry(self) -> Option<&'static Entry> {
        REGISTRY.entry(self)
    }
}

// === impl Party ===

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
