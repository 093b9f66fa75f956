//! Grades of the Admiralty code: two independent axes.
//!
//! Source reliability (A completely reliable … E unreliable, F cannot be judged) and information
//! credibility (1 confirmed … 5 improbable, 6 cannot be judged). Each is judged in isolation, as in
//! NATO AJP-2.1. The rulebook gives the weight of a grade.

use std::fmt;

/// An Admiralty grade such as `B2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Grade(u8);

/// The text is not a letter A–F followed by a digit 1–6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a grade is a source letter A-F and an information digit 1-6, such as B2")]
pub struct ParseGradeError;

impl Grade {
    /// `F6`: neither source nor information can be judged. The grade of every machine-coded row.
    pub const UNJUDGED: Self = Self(35);

    /// Parses two characters, letter then digit; lower case is accepted.
    ///
    /// # Errors
    /// Returns [`ParseGradeError`] for any other text.
    pub fn parse(text: &str) -> Result<Self, ParseGradeError> {
        let &[letter, digit] = text.as_bytes() else {
            return Err(ParseGradeError);
        };
        let source = letter.to_ascii_uppercase().wrapping_sub(b'A');
        let information = digit.wrapping_sub(b'1');
        if source < 6 && information < 6 {
            Ok(Self::new(source, information))
        } else {
            Err(ParseGradeError)
        }
    }

    /// Makes a grade from its axes, each 0 to 5; `F6` if out of range.
    #[must_use]
    pub const fn new(source: u8, information: u8) -> Self {
        if source < 6 && information < 6 {
            Self(source * 6 + information)
        } else {
            Self::UNJUDGED
        }
    }

    /// Makes a grade from its packed form (`source * 6 + information`, 0 to 35); `F6` if out of
    /// range.
    #[must_use]
    pub const fn from_packed(packed: u8) -> Self {
        if packed < 36 {
            Self(packed)
        } else {
            Self::UNJUDGED
        }
    }

    /// The packed form, 0 (`A1`) to 35 (`F6`).
    #[must_use]
    pub const fn packed(self) -> u8 {
        self.0
    }

    /// Returns true if neither axis is weaker than that of another grade.
    #[must_use]
    pub const fn reaches(self, weakest: Self) -> bool {
        self.source() <= weakest.source() && self.information() <= weakest.information()
    }

    /// The source reliability, 0 for A to 5 for F.
    #[must_use]
    pub const fn source(self) -> u8 {
        self.0 / 6
    }

    /// The information credibility, 0 for 1 to 5 for 6.
    #[must_use]
    pub const fn information(self) -> u8 {
        self.0 % 6
    }
}

impl fmt::Display for Grade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}{}",
            char::from(b'A' + self.source()),
            self.information() + 1
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grades_round_trip_through_text() {
        for packed in 0..36 {
            let grade = Grade::from_packed(packed);
            assert_eq!(Grade::parse(&grade.to_string()), Ok(grade));
        }
        assert_eq!(
            Grade::parse("b2").map(|g| g.to_string()),
            Ok("B2".to_owned())
        );
    }

    #[test]
    fn other_text_is_refused() {
        for text in ["", "B", "B7", "G1", "B22", "2B", "ب2", "B0"] {
            assert_eq!(Grade::parse(text), Err(ParseGradeError), "{text}");
        }
    }
}
