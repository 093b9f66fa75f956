//! Topics: the dimension or register that a change is about.

use std::fmt;

use detente_domain::dimension::{Dimension, Register};
use detente_domain::state::Subject;

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

    /// Returns the stable word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Dimension(dimension) => dimension.as_str(),
            Self::Register(register) => register.as_str(),
        }
    }
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
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
