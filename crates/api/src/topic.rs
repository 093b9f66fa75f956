//! Topics: the dimension or register that a change is about.

use detente_domain::dimension::{Dimension, Register};
use detente_domain::state::Subject;

use crate::{Code, Refusal};

/// A dimension of a conduct, or a register of the relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// A dimension.
    Dimension(Dimension),
    /// A register.
    Register(Register),
}

impl Topic {
    /// Returns all dimensions, then all registers.
    pub fn all() -> impl Iterator<Item = Self> {
        let registers = Register::ALL.into_iter().map(Self::Register);
        Dimension::ALL
            .into_iter()
            .map(Self::Dimension)
            .chain(registers)
    }

    /// Parses the word of a dimension or register.
    ///
    /// # Errors
    /// `unknown_dimension`, with all words.
    pub fn parse(word: &str) -> Result<Self, Refusal> {
        let found = Self::all().find(|topic| topic.as_str() == word);
        found.ok_or_else(|| {
            let message = format!("no dimension or register is called {word:?}");
            let refusal = Refusal::new(Code::UnknownDimension, message);
            let words = Self::all().map(Self::as_str);
            refusal.field("dimension").value(word).allowed(words)
        })
    }

    /// Returns the stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dimension(dimension) => dimension.as_str(),
            Self::Register(register) => register.as_str(),
        }
    }

    /// Returns true if a subject belongs to this dimension or register.
    #[must_use]
    pub fn is_of(self, subject: &Subject) -> bool {
        self == Self::from(subject)
    }
}

impl From<&Subject> for Topic {
    fn from(subject: &Subject) -> Self {
        match subject {
            Subject::Conduct(_, dimension) => Self::Dimension(*dimension),
            Subject::Entry(key) => Self::Register(key.register),
        }
    }
}
