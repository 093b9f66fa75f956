//! Imprecise dates: EDTF (ISO 8601-2, levels 0 and 1), with the days that they span.

mod bounds;

use crate::day::Day;
use std::fmt;
use thiserror::Error;

pub use bounds::{canonical, extended};

/// The longest text that is parsed, in bytes. The longest valid form has 23
/// (`2021-08-15?/2021-08-16?`).
pub const MAX_BYTES: usize = 64;

/// A date as written, with the first and last UTC day that it spans.
///
/// Levels 0 and 1 without times of day: `2021-08-15`, `2021-08`, `2021`, seasons (`2021-21`
/// spring to `2021-24` winter), unspecified digits (`202X`, `20XX`, `2021-XX`, `2021-08-XX`,
/// `2021-XX-XX`), the marks `?`, `~` and `%`, and intervals `a/b` whose ends may be open
/// (`../b`, `a/..`) or unknown (`/b`, `a/`).
///
/// The marks do not widen the bounds. Dates are equal if their texts are: `2021` and
/// `2021-01-01/2021-12-31` have the same bounds and are not equal.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edtf {
    text: String,
    earliest: Day,
    latest: Day,
}

/// The error returned for a text that is not a valid date. It has the text; messages name it and
/// what is allowed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EdtfError {
    /// Longer than [`MAX_BYTES`].
    #[error("a date of {bytes} bytes was given; at most {MAX_BYTES} bytes are read")]
    TooLong {
        /// The length of the text, in bytes.
        bytes: usize,
    },
    /// Not one of the forms of EDTF levels 0 and 1.
    #[error(
        "{0:?} is not an EDTF date; allowed are YYYY-MM-DD, YYYY-MM, YYYY, seasons YYYY-21 \
         to YYYY-24, X for unknown digits (202X, 2021-XX, 2021-08-XX), a mark ?, ~ or % at the \
         end, and intervals a/b, ../b, a/.., /b, a/"
    )]
    Form(String),
    /// A date in the basic form of ISO 8601, without its hyphens.
    #[error("{given:?} is the basic form of ISO 8601; write the hyphens: {extended}")]
    Basic {
        /// The text.
        given: String,
        /// The same date with its hyphens.
        extended: String,
    },
    /// A time of day.
    #[error("{0:?} has a time of day; dates are whole UTC days, such as 2021-08-15")]
    TimeOfDay(String),
    /// A year before 1 or after 9999.
    #[error("{0:?} has a year outside 0001 to 9999")]
    YearOutOfRange(String),
    /// A month or a day that does not exist.
    #[error("{0:?} names a month or a day that the calendar does not have")]
    NoSuchDay(String),
    /// An interval that ends before it begins.
    #[error("{0:?} ends before it begins; write the earlier end first")]
    Reversed(String),
}

impl Edtf {
    /// Parses a date. White space is not trimmed.
    ///
    /// # Errors
    ///
    /// Returns [`EdtfError`] for any text that is not a date of levels 0 or 1, and for times of
    /// day, years outside 1 to 9999, days that do not exist, reversed intervals, and more than
    /// [`MAX_BYTES`] bytes.
    pub fn parse(text: &str) -> Result<Edtf, EdtfError> {
        bounds::resolve(text).map(|(earliest, latest)| Edtf {
            text: text.to_owned(),
            earliest,
            latest,
        })
    }

    /// Makes the date of exactly one day; an open end gives `../..`, which cannot be parsed.
    #[must_use]
    pub fn day(day: Day) -> Edtf {
        Edtf {
            text: canonical(day, day),
            earliest: day,
            latest: day,
        }
    }

    /// The text as written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The first day that it can be (or begin on); [`Day::MIN`] if that end is open or unknown.
    #[must_use]
    pub const fn earliest(&self) -> Day {
        self.earliest
    }

    /// The last day that it can be (or end on); [`Day::MAX`] if that end is open or unknown.
    #[must_use]
    pub const fn latest(&self) -> Day {
        self.latest
    }
}

impl fmt::Display for Edtf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Edtf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "Edtf({} = {:?} to {:?})",
            self.text, self.earliest, self.latest
        )
    }
}

#[cfg(test)]
mod tests;
