//! The place of a frame in a replay by valid day.

use std::fmt;
use std::num::NonZeroUsize;

use detente_domain::day::Day;
use detente_domain::party::Party;
use detente_domain::relations::Pair;

/// A day of a relation, as a cursor names it: `19465.AFG.TJK`, with the day counted from 1970-01-01.
/// A frame that is not the last of that day has its number too: `19465.AFG.TJK.1`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReplayPlace {
    /// The day.
    pub day: Day,
    /// The relation.
    pub pair: Pair,
    /// The frames of that day and relation up to this one, if it is not the last of them.
    pub part: Option<NonZeroUsize>,
}

impl ReplayPlace {
    /// Parses what [`fmt::Display`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let day = Day::new(parts.next()?.parse().ok()?);
        let pair = Pair::new(Party::find(parts.next()?)?, Party::find(parts.next()?)?)?;
        let part = parts.next().map(str::parse).transpose().ok()?;
        let place = Self { day, pair, part };
        (place.to_string() == text).then_some(place)
    }
}

impl fmt::Display for ReplayPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (a, b) = (self.pair.a().code(), self.pair.b().code());
        write!(f, "{}.{a}.{b}", self.day.ordinal())?;
        self.part.map_or(Ok(()), |part| write!(f, ".{part}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_reads_back_and_other_text_is_none() {
        for text in ["19465.AFG.TJK", "-3000.AFG.TJK", "19465.AFG.TJK.12"] {
            let place = ReplayPlace::parse(text);
            assert_eq!(place.map(|place| place.to_string()).as_deref(), Some(text));
        }
        for text in [
            "",
            "19465",
            "+1.AFG.TJK",
            "1.TJK.AFG",
            "1.AFG.AFG",
            "1.AFG.TJK.",
            "1.AFG.TJK.0",
            "1.AFG.TJK.01",
            "1.AFG.TJK.1.1",
            "1.AFG.XXX",
        ] {
            assert_eq!(ReplayPlace::parse(text), None, "{text}");
        }
    }
}
