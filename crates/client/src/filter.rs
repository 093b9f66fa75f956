//! Which changes and which events are asked for.

use crate::client::Params;

/// Which changes are asked for. A part may be said several times and asks for any of these; parts
/// ask for changes that fit them all. What they may say is told at `/v1/docs`; what a server does
/// not understand it refuses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    params: Params,
}

/// Where a reader of changes begins.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// At the first change that there ever was.
    Start,
    /// With what comes next.
    #[default]
    Now,
    /// After a cursor, as a server gave it.
    After(String),
}

/// Which events are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Which {
    params: Params,
}

// === impl Filter ===

impl Filter {
    /// All changes.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// Relations of a state, by code or name.
    #[must_use]
    pub fn country(self, country: impl Into<String>) -> Self {
        self.with("country", country.into())
    }

    /// Changes that concern a party: a state, an authority, an armed group, an organisation.
    #[must_use]
    pub fn party(self, party: impl Into<String>) -> Self {
        self.with("party", party.into())
    }

    /// A relation, such as `AFG-TJK`.
    #[must_use]
    pub fn pair(self, pair: impl Into<String>) -> Self {
        self.with("pair", pair.into())
    }

    /// A dimension or a register.
    #[must_use]
    pub fn dimension(self, dimension: impl Into<String>) -> Self {
        self.with("dimension", dimension.into())
    }

    /// A register.
    #[must_use]
    pub fn register(self, register: impl Into<String>) -> Self {
        self.with("register", register.into())
    }

    /// Whose conduct towards whom, such as `TJK-AFG`.
    #[must_use]
    pub fn direction(self, direction: impl Into<String>) -> Self {
        self.with("direction", direction.into())
    }

    /// `happened`, `learned` or `lapsed`.
    #[must_use]
    pub fn occasion(self, occasion: impl Into<String>) -> Self {
        self.with("occasion", occasion.into())
    }

    /// Changes of which an expression is true (CEL), such as `change.to == "de_jure"`. Only the
    /// last one counts.
    #[must_use]
    pub fn expression(mut self, expression: impl Into<String>) -> Self {
        self.params.retain(|(name, _)| *name != "filter");
        self.with("filter", expression.into())
    }

    fn with(mut self, name: &'static str, value: String) -> Self {
        self.params.push((name, value));
        self
    }

    pub(crate) fn params(&self) -> Params {
        self.params.clone()
    }
}

// === impl Place ===

impl Place {
    /// As it is written in an address.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Start => "start",
            Self::Now => "now",
            Self::After(cursor) => cursor,
        }
    }
}

impl From<&str> for Place {
    /// `start`, `now`, or a cursor.
    fn from(word: &str) -> Self {
        match word {
            "start" => Self::Start,
            "now" => Self::Now,
            cursor => Self::After(cursor.to_owned()),
        }
    }
}

// === impl Which ===

impl Which {
    /// All events, the first to arrive first.
    #[must_use]
    pub fn all() -> Self {
        Self::default()
    }

    /// Those in which a party has a part.
    #[must_use]
    pub fn party(self, party: impl Into<String>) -> Self {
        self.with("country", party.into())
    }

    /// Those of a relation, such as `AFG-TJK`.
    #[must_use]
    pub fn pair(self, pair: impl Into<String>) -> Self {
        self.with("pair", pair.into())
    }

    /// Those of a kind, such as `mission.handed_over`.
    #[must_use]
    pub fn kind(self, kind: impl Into<String>) -> Self {
        self.with("kind", kind.into())
    }

    /// The last to arrive first.
    #[must_use]
    pub fn newest(self) -> Self {
        self.with("order", "newest".to_owned())
    }

    fn with(mut self, name: &'static str, value: String) -> Self {
        self.params.retain(|(held, _)| *held != name);
        self.params.push((name, value));
        self
    }

    pub(crate) fn params(&self) -> Params {
        self.params.clone()
    }
}
