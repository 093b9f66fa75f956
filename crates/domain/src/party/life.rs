//! The life of a party: the days between its beginning and its end.

use super::{Party, REGISTRY};
use crate::day::Day;
use crate::edtf::Edtf;
use std::fmt;

/// The days on which a party exists, as far as the registry knows them.
///
/// Where a date is not exact, the life has every day that it may have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Life {
    /// The first day; `None` if it is open or does not matter.
    pub from: Option<Day>,
    /// The last day; `None` if the party exists still.
    pub to: Option<Day>,
}

impl Life {
    /// Parses both dates, in EDTF; an empty one is open. Returns `None` if one is not a date, or
    /// if the life ends before it begins.
    pub(super) fn parse(from: &str, to: &str) -> Option<Self> {
        let date = |text: &str| match text {
            "" => Some(None),
            text => Edtf::parse(text).ok().map(Some),
        };
        let (from, to) = (date(from)?, date(to)?);
        let life = Self {
            from: from
                .map(|date| date.earliest())
                .filter(|day| !day.is_open()),
            to: to.map(|date| date.latest()).filter(|day| !day.is_open()),
        };
        (life.first() <= life.last()).then_some(life)
    }

    /// Returns true if the party exists on a day.
    #[must_use]
    pub fn contains(self, day: Day) -> bool {
        self.overlaps(day, day)
    }

    /// Returns true if the party exists on any of the days from `earliest` to `latest`.
    #[must_use]
    pub fn overlaps(self, earliest: Day, latest: Day) -> bool {
        earliest <= self.last() && self.first() <= latest
    }

    fn first(self) -> Day {
        self.from.unwrap_or(Day::MIN)
    }

    fn last(self) -> Day {
        self.to.unwrap_or(Day::MAX)
    }
}

/// Such as `from 1922-12-30 to 1991-12-26`, `from 1991-12-12`, `to 1990-10-03`; `at any time` if
/// both ends are open.
impl fmt::Display for Life {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.from, self.to) {
            (Some(from), Some(to)) => write!(f, "from {from} to {to}"),
            (Some(from), None) => write!(f, "from {from}"),
            (None, Some(to)) => write!(f, "to {to}"),
            (None, None) => f.write_str("at any time"),
        }
    }
}

impl Party {
    /// The days on which the party exists, as far as the registry knows them; both ends are open
    /// for authorities, groups and organisations.
    #[must_use]
    pub fn life(self) -> Life {
        self.entry().map_or(Life::default(), |entry| entry.life)
    }

    /// The parties that took the place of this one, the continuing state first; none if it exists
    /// still.
    #[must_use]
    pub fn successors(self) -> &'static [Party] {
        self.entry().map_or(&[], |entry| &entry.successors)
    }

    /// Iterates over the parties whose place this one took, in order of their codes.
    pub fn predecessors(self) -> impl Iterator<Item = Party> {
        REGISTRY
            .ended()
            .filter(move |party| party.successors().contains(&self))
    }
}
