//! Parties, relations, dimensions and days, as people name them in a request.

use detente_domain::day::Day;
use detente_domain::dimension::{Dimension, Register};
use detente_domain::party::{Lang, Party, PartyKind};
use detente_domain::routes::{Direction, Pair};
use detente_domain::state::Subject;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::{Code, Refusal};

/// The two ends of a conduct.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ends {
    /// The relation.
    pub pair: Pair,
    /// The conduct.
    pub direction: Direction,
}

/// Any party, by code or name.
///
/// # Errors
/// `unknown_party`, with those that are near.
pub fn party(field: &str, given: &str) -> Result<Party, Refusal> {
    Party::resolve(given).ok_or_else(|| Refusal::unknown_party(field, given))
}

/// A state, by code or name.
///
/// # Errors
/// `unknown_party`; and `unknown_relation` for a party that is no state, which says whose it is.
pub fn state(field: &str, given: &str) -> Result<Party, Refusal> {
    let found = party(field, given)?;
    let name = found.name(Lang::En);
    let refused = |message: String| Refusal::new(Code::UnknownRelation, message);
    let refusal = match (found.kind(), found.claims()) {
        (PartyKind::State, _) => return Ok(found),
        (PartyKind::Authority, Some(state)) => {
            let (code, of) = (state.code(), state.name(Lang::En));
            let message = format!(
                "{name} is an authority, and relations are between states: ask for {code} ({of})"
            );
            refused(message).allowed([code])
        }
        (PartyKind::Authority, None) => refused(format!(
            "{name} is an authority of no one state, and relations are between states"
        )),
        (PartyKind::Group, _) => refused(format!(
            "{name} is an armed group, and relations are between states"
        )),
        (PartyKind::Organisation, _) => refused(format!(
            "{name} is an organisation, and relations are between states"
        )),
    };
    Err(refusal.field(field).given(given))
}

/// The conduct of one state towards another.
///
/// # Errors
/// As [`state`]; and `unknown_relation` for a state and itself.
pub fn ends(from: &str, to: &str) -> Result<Ends, Refusal> {
    let (one, other) = (state("from", from)?, state("to", to)?);
    Pair::new(one, other)
        .and_then(|pair| {
            Some(Ends {
                pair,
                direction: pair.from(one)?,
            })
        })
        .ok_or_else(|| {
            let message = format!("{} has no relation with itself", one.code());
            Refusal::new(Code::UnknownRelation, message)
                .field("to")
                .given(to)
        })
}

/// A dimension of a conduct, or a register of the relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// A dimension.
    Dimension(Dimension),
    /// A register.
    Register(Register),
}

impl Topic {
    /// Reads the word of a dimension or register.
    ///
    /// # Errors
    /// `unknown_dimension`, with all words.
    pub fn parse(word: &str) -> Result<Self, Refusal> {
        let dimension = Dimension::parse(word).map(Self::Dimension);
        dimension
            .or_else(|| Register::parse(word).map(Self::Register))
            .ok_or_else(|| {
                let dimensions = Dimension::ALL.into_iter().map(Dimension::as_str);
                let words = dimensions.chain(Register::ALL.into_iter().map(Register::as_str));
                let message = format!("no dimension or register is called {word:?}");
                let refusal = Refusal::new(Code::UnknownDimension, message);
                refusal.field("dimension").given(word).allowed(words)
            })
    }

    /// The stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dimension(dimension) => dimension.as_str(),
            Self::Register(register) => register.as_str(),
        }
    }

    /// Whether a timeline is of this dimension or register.
    #[must_use]
    pub fn is_of(self, subject: &Subject) -> bool {
        match (self, subject) {
            (Self::Dimension(wanted), Subject::Conduct(_, dimension)) => wanted == *dimension,
            (Self::Register(wanted), Subject::Entry(key)) => wanted == key.register,
            (Self::Dimension(_), Subject::Entry(_)) | (Self::Register(_), Subject::Conduct(..)) => {
                false
            }
        }
    }
}

/// Parses a day: a date, or the UTC day of an RFC 3339 time.
#[must_use]
pub fn day(text: &str) -> Option<Day> {
    Day::parse(text).or_else(|| {
        let time = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        Some(Day::of_utc(time)).filter(|day| !day.is_open())
    })
}
