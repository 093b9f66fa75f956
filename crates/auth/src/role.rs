//! Roles; each includes those before it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The permissions of a caller. Each role includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Read, and subscribe.
    Reader,
    /// Report events.
    Reporter,
    /// Amend: correct, retract, dispute, corroborate, link.
    Editor,
    /// Manage webhooks.
    Admin,
}

impl Role {
    /// All roles, the lowest first.
    pub const ALL: [Self; 4] = [Self::Reader, Self::Reporter, Self::Editor, Self::Admin];

    /// Returns the stable name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reader => "reader",
            Self::Reporter => "reporter",
            Self::Editor => "editor",
            Self::Admin => "admin",
        }
    }

    /// Returns this role and the higher ones.
    pub(crate) fn and_above(self) -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(move |role| *role >= self)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
