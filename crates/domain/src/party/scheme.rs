//! Codes of other schemes, each said together with its scheme.

use super::{Party, registry::REGISTRY};

/// A scheme of country or actor codes other than ISO 3166-1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scheme {
    /// FIPS 10-4: two letters, withdrawn in 2008 and still GDELT's geography. Many of its codes
    /// are ISO alpha-2 codes of other countries (`AJ` is Azerbaijan, `AU` Austria).
    Fips,
    /// CAMEO: three letters for countries and for known groups.
    Cameo,
    /// Correlates of War: a number for each member of the state system, from 1816.
    Cow,
    /// Gleditsch and Ward: a number for each independent state, from 1816; UCDP's numbers.
    GleditschWard,
}

impl Scheme {
    /// The scheme's name in the registry file: `fips`, `cameo`, `cow`, `gw`.
    #[must_use]
    pub const fn slug(self) -> &'static str {
        match self {
            Scheme::Fips => "fips",
            Scheme::Cameo => "cameo",
            Scheme::Cow => "cow",
            Scheme::GleditschWard => "gw",
        }
    }

    /// The scheme of that name in the registry file.
    pub(super) fn from_slug(slug: &str) -> Option<Scheme> {
        [
            Scheme::Fips,
            Scheme::Cameo,
            Scheme::Cow,
            Scheme::GleditschWard,
        ]
        .into_iter()
        .find(|scheme| scheme.slug() == slug)
    }
}

/// One code of one scheme, the party that it stands for, and when it did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SchemeCode {
    /// The scheme.
    pub scheme: Scheme,
    /// The code as the scheme writes it; numbers without leading zeros.
    pub code: &'static str,
    /// The party that it stands for.
    pub party: Party,
    /// The first year in which it held, inclusive; `None` when not known or from the start.
    pub from: Option<i32>,
    /// The last year in which it held, inclusive; `None` when it still does or is not known.
    pub to: Option<i32>,
}

impl SchemeCode {
    /// Everything that a code has stood for in its scheme, in any year; empty when nothing.
    ///
    /// The code is matched exactly, save that white space around it and leading zeros of a number
    /// are dropped.
    #[must_use]
    pub fn find(scheme: Scheme, code: &str) -> Vec<SchemeCode> {
        let code = code.trim();
        let code = match scheme {
            Scheme::Cow | Scheme::GleditschWard => code.trim_start_matches('0'),
            Scheme::Fips | Scheme::Cameo => code,
        };
        REGISTRY.coded(scheme, code).to_vec()
    }

    /// The one party that a code stood for in that year, or `None` when there is none or when the
    /// registry leaves more than one.
    #[must_use]
    pub fn party_in(scheme: Scheme, code: &str, year: i32) -> Option<Party> {
        let mut held = SchemeCode::find(scheme, code)
            .into_iter()
            .filter(|row| row.held_in(year));
        let party = held.next()?.party;
        held.all(|row| row.party == party).then_some(party)
    }

    /// Whether the code stood for the party in that year, as far as the registry knows.
    #[must_use]
    pub fn held_in(self, year: i32) -> bool {
        self.from.is_none_or(|from| from <= year) && self.to.is_none_or(|to| year <= to)
    }
}
