//! Exclusive claims: two states of which each claimed to be the only government of one country.

use super::{Party, RIVALS, Registry};
use crate::day::Day;
use crate::tsv;

/// Two states with exclusive claims, and for how long.
pub(super) struct Rivals {
    parties: [Party; 2],
    /// The first day of the claims.
    from: Day,
    /// The first day on which they no longer stand; [`Day::MAX`] if they stand still.
    to: Day,
}

impl Rivals {
    /// Parses the file. A test checks that no row is left out.
    pub(super) fn parse(file: &'static str, registry: &Registry) -> Vec<Rivals> {
        let row = |row| {
            let [one, other, from, to] = tsv::columns(row)?;
            let to = if to.is_empty() {
                Day::MAX
            } else {
                Day::parse(to)?
            };
            Some(Self {
                parties: [registry.find(one)?, registry.find(other)?],
                from: Day::parse(from)?,
                to,
            })
        };
        tsv::rows(file).filter_map(row).collect()
    }

    fn other(&self, party: Party) -> Option<Party> {
        match self.parties {
            [one, other] if one == party => Some(other),
            [one, other] if other == party => Some(one),
            _ => None,
        }
    }
}

impl Party {
    /// The state whose claim excludes that of this one on a day: whoever recognises one of them
    /// does not recognise the other.
    #[must_use]
    pub fn rival(self, day: Day) -> Option<Party> {
        let stands = |rivals: &&Rivals| (rivals.from..rivals.to).contains(&day);
        let mut standing = RIVALS.iter().filter(stands);
        standing.find_map(|rivals| rivals.other(self))
    }

    /// Iterates over the states that were rivals of this one on any day.
    pub fn ever_rivals(self) -> impl Iterator<Item = Party> {
        RIVALS.iter().filter_map(move |rivals| rivals.other(self))
    }
}
