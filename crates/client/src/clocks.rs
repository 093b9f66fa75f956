//! Both clocks of a read.

use crate::client::Params;

/// The two clocks of a read: today and the head of the log, where nothing else is said.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clocks {
    at: Option<String>,
    known_at: Option<String>,
    min_position: Option<u64>,
}

/// From one point of the two clocks to another. What is not said of the first is as in the second;
/// of the second, today and the head.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Way {
    from: Option<String>,
    to: Option<String>,
    known_from: Option<String>,
    known_to: Option<String>,
}

/// What the log held: a position, or at an RFC 3339 time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KnownAt(pub(crate) String);

// === impl KnownAt ===

impl From<u64> for KnownAt {
    fn from(position: u64) -> Self {
        Self(position.to_string())
    }
}

impl From<&str> for KnownAt {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for KnownAt {
    fn from(text: String) -> Self {
        Self(text)
    }
}

// === impl Clocks ===

impl Clocks {
    /// Today, and all that is known.
    #[must_use]
    pub fn now() -> Self {
        Self::default()
    }

    /// The day in the world: `YYYY-MM-DD`, or an RFC 3339 time.
    #[must_use]
    pub fn at(mut self, day: impl Into<String>) -> Self {
        self.at = Some(day.into());
        self
    }

    /// What the log held: a position, or an RFC 3339 time.
    #[must_use]
    pub fn known_at(mut self, known: impl Into<KnownAt>) -> Self {
        self.known_at = Some(known.into().0);
        self
    }

    /// Waits for a position, within the server's limit: so one reads one's own report.
    #[must_use]
    pub const fn min_position(mut self, position: u64) -> Self {
        self.min_position = Some(position);
        self
    }

    /// The clock of what was known alone.
    #[must_use]
    pub fn known(&self) -> Self {
        Self {
            at: None,
            ..self.clone()
        }
    }

    /// The way from another point to this one.
    #[must_use]
    pub fn way(&self) -> Way {
        Way {
            to: self.at.clone(),
            known_to: self.known_at.clone(),
            ..Way::default()
        }
    }

    pub(crate) fn params(&self) -> Params {
        let least = self.min_position.map(|position| position.to_string());
        given([
            ("at", self.at.clone()),
            ("known_at", self.known_at.clone()),
            ("min_position", least),
        ])
    }
}

// === impl Way ===

impl Way {
    /// The first day.
    #[must_use]
    pub fn from(mut self, day: impl Into<String>) -> Self {
        self.from = Some(day.into());
        self
    }

    /// The last day.
    #[must_use]
    pub fn to(mut self, day: impl Into<String>) -> Self {
        self.to = Some(day.into());
        self
    }

    /// The first belief: a position, or an RFC 3339 time.
    #[must_use]
    pub fn known_from(mut self, known: impl Into<KnownAt>) -> Self {
        self.known_from = Some(known.into().0);
        self
    }

    /// The last belief: a position, or an RFC 3339 time.
    #[must_use]
    pub fn known_to(mut self, known: impl Into<KnownAt>) -> Self {
        self.known_to = Some(known.into().0);
        self
    }

    pub(crate) fn params(&self) -> Params {
        given([
            ("from", self.from.clone()),
            ("to", self.to.clone()),
            ("known_from", self.known_from.clone()),
            ("known_to", self.known_to.clone()),
        ])
    }
}

fn given<const N: usize>(pairs: [(&'static str, Option<String>); N]) -> Params {
    let given = pairs.into_iter();
    given
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
}
