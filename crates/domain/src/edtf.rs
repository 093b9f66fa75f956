//! Imprecise dates: EDTF (ISO 8601-2, levels 0 and 1), kept as written and resolved to days.

mod bounds;

use std::fmt;

use thiserror::Error;

use crate::day::Day;

pub use bounds::canonical;

/// The longest text that is read, in bytes. The longest form that means anything has 23
/// (`2021-08-15?/2021-08-16?`); the rest is room for a clear message instead of a cut one.
pub const MAX_BYTES: usize = 64;

/// What the text says about its own certainty. It does not widen the bounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Qualifier {
    /// No mark: the writer is sure.
    #[default]
    None,
    /// `?`: the source of the date is doubtful.
    Uncertain,
    /// `~`: the date is an estimate.
    Approximate,
    /// `%`, or an interval with one end of each mark: doubtful and an estimate.
    Both,
}

/// A date as somebody wrote it, with the whole UTC days between which it lies.
///
/// Levels 0 and 1 without times of day: `2021-08-15`, `2021-08`, `2021`, seasons (`2021-21`
/// spring to `2021-24` winter), unspecified digits (`202X`, `20XX`, `2021-XX`, `2021-08-XX`,
/// `2021-XX-XX`), the marks `?`, `~` and `%`, and intervals `a/b` whose ends may be open
/// (`../b`, `a/..`) or unknown (`/b`, `a/`).
///
/// Two dates are equal when they are written alike. `2021` and `2021-01-01/2021-12-31` have the
/// same bounds and are not equal.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Edtf {
    text: String,
    earliest: Day,
    latest: Day,
    qualifier: Qualifier,
}

/// Why a text is not a date that we keep. Each names what was given and what is allowed.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum EdtfError {
    /// Longer than [`MAX_BYTES`].
    #[error("a date of {bytes} bytes was given; at most {MAX_BYTES} bytes are read")]
    TooLong {
        /// The length that was given, in bytes.
        bytes: usize,
    },
    /// Not one of the forms of EDTF levels 0 and 1.
    #[error(
        "{given:?} is not an EDTF date; allowed are YYYY-MM-DD, YYYY-MM, YYYY, seasons YYYY-21 \
         to YYYY-24, X for unknown digits (202X, 2021-XX, 2021-08-XX), a mark ?, ~ or % at the \
         end, and intervals a/b, ../b, a/.., /b, a/"
    )]
    Form {
        /// The text that was given.
        given: String,
    },
    /// A time of day, which is finer than what we keep.
    #[error("{given:?} has a time of day; dates are whole UTC days, such as 2021-08-15")]
    TimeOfDay {
        /// The text that was given.
        given: String,
    },
    /// A year before 1 or after 9999.
    #[error("{given:?} has a year outside 0001 to 9999")]
    YearOutOfRange {
        /// The text that was given.
        given: String,
    },
    /// A month or a day that the calendar does not have.
    #[error("{given:?} names a month or a day that the calendar does not have")]
    NoSuchDay {
        /// The text that was given.
        given: String,
    },
    /// An interval that ends before it begins.
    #[error("{given:?} ends before it begins; write the earlier end first")]
    Reversed {
        /// The text that was given.
        given: String,
    },
}

impl Edtf {
    /// Reads a date; the text is kept as it is.
    ///
    /// # Errors
    ///
    /// [`EdtfError`] when the text is no date of levels 0 or 1, or one that we do not keep: a time
    /// of day, a year outside 1 to 9999, a day that does not exist, an interval that runs
    /// backwards, more than [`MAX_BYTES`] bytes. White space is not trimmed.
    pub fn parse(text: &str) -> Result<Edtf, EdtfError> {
        bounds::resolve(text).map(|(earliest, latest, qualifier)| Edtf {
            text: text.to_owned(),
            earliest,
            latest,
            qualifier,
        })
    }

    /// The date that is exactly this day; the open ends give `../..`, which no text parses to.
    #[must_use]
    pub fn day(day: Day) -> Edtf {
        Edtf {
            text: canonical(day, day),
            earliest: day,
            latest: day,
            qualifier: Qualifier::None,
        }
    }

    /// The text as it was written.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The first day on which it may lie (or begin); [`Day::MIN`] when that end is open or unknown.
    #[must_use]
    pub const fn earliest(&self) -> Day {
        self.earliest
    }

    /// The last day on which it may lie (or end), inclusive; [`Day::MAX`] when that end is open or
    /// unknown.
    #[must_use]
    pub const fn latest(&self) -> Day {
        self.latest
    }

    /// Whether the bounds leave exactly one civil day. A mark does not change that.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        self.earliest == self.latest && !self.earliest.is_open()
    }

    /// The marks of the text; of an interval, those of both ends together.
    #[must_use]
    pub const fn qualifier(&self) -> Qualifier {
        self.qualifier
    }
}

// === impl Edtf ===

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
