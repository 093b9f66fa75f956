//! Values that name dimensions, registers, kinds and events.

use detente_domain::dimension::{Dimension, Register};
use detente_domain::event::EventId;
use detente_domain::kind::Kind;
use schemars::{Schema, json_schema};
use uuid::Uuid;

use super::Value;
use crate::refusal::{Code, Refusal};

/// A dimension of a conduct, or a register of the relation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Topic {
    /// A dimension.
    Dimension(Dimension),
    /// A register.
    Register(Register),
}

fn unknown(what: &str, field: &str, text: &str) -> Refusal {
    let message = format!("no {what} is called {text:?}");
    let refusal = Refusal::new(Code::UnknownDimension, message);
    refusal.field(field).given(text)
}

impl Value for Dimension {
    fn read(field: &str, text: &str) -> Result<Self, Refusal> {
        let words = || Self::ALL.into_iter().map(Self::as_str);
        Self::parse(text).ok_or_else(|| unknown("dimension", field, text).allowed(words()))
    }

    fn write(&self) -> String {
        self.as_str().to_owned()
    }

    fn schema() -> Schema {
        json_schema!({"type": "string", "enum": Self::ALL.map(Self::as_str)})
    }
}

impl Value for Register {
    fn read(field: &str, text: &str) -> Result<Self, Refusal> {
        let words = || Self::ALL.into_iter().map(Self::as_str);
        Self::parse(text).ok_or_else(|| unknown("register", field, text).allowed(words()))
    }

    fn write(&self) -> String {
        self.as_str().to_owned()
    }

    fn schema() -> Schema {
        json_schema!({"type": "string", "enum": Self::ALL.map(Self::as_str)})
    }
}

impl Topic {
    /// Returns the words of all dimensions and registers.
    fn words() -> Vec<&'static str> {
        let dimensions = Dimension::ALL.into_iter().map(Dimension::as_str);
        let registers = Register::ALL.into_iter().map(Register::as_str);
        dimensions.chain(registers).collect()
    }
}

impl Value for Topic {
    fn read(field: &str, text: &str) -> Result<Self, Refusal> {
        let register = || Register::parse(text).map(Self::Register);
        let topic = Dimension::parse(text)
            .map(Self::Dimension)
            .or_else(register);
        topic.ok_or_else(|| unknown("dimension or register", field, text).allowed(Self::words()))
    }

    fn write(&self) -> String {
        match self {
            Self::Dimension(dimension) => dimension.write(),
            Self::Register(register) => register.write(),
        }
    }

    fn schema() -> Schema {
        json_schema!({"type": "string", "enum": Self::words()})
    }
}

impl Value for Kind {
    fn read(field: &str, text: &str) -> Result<Self, Refusal> {
        Self::parse(text).ok_or_else(|| Refusal::unknown_kind(field, text))
    }

    fn write(&self) -> String {
        self.code().to_owned()
    }
}

impl Value for EventId {
    fn read(field: &str, text: &str) -> Result<Self, Refusal> {
        Uuid::try_parse(text).map(Self).map_err(|_| {
            let refusal = Refusal::new(Code::UnknownEvent, "no event has this id");
            refusal.field(field).given(text)
        })
    }

    fn write(&self) -> String {
        self.0.to_string()
    }

    fn schema() -> Schema {
        json_schema!({"type": "string", "format": "uuid"})
    }
}
