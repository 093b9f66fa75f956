//! The caller of a request, over any transport.

use std::sync::Arc;

use detente_api::refusal::{Code, Refusal};

use crate::record::{LOCAL, Record};
use crate::role::Role;
use crate::token::TokenId;

/// An authenticated caller: its name as an author, and its role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    name: Arc<str>,
    role: Role,
    token: Option<TokenId>,
}

impl Caller {
    /// Returns the caller if no token is required: `local`, with every right.
    #[must_use]
    pub fn local() -> Self {
        Self {
            name: LOCAL.into(),
            role: Role::Admin,
            token: None,
        }
    }

    pub(crate) fn new(record: &Record) -> Self {
        Self {
            name: record.name.as_str().into(),
            role: record.role,
            token: Some(record.id.clone()),
        }
    }

    /// Returns the name, which is the author of its records.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the role.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }

    /// Returns the token; `None` if none is required.
    #[must_use]
    pub const fn token(&self) -> Option<&TokenId> {
        self.token.as_ref()
    }

    /// Requires a role.
    ///
    /// # Errors
    /// `forbidden`, with the caller's role and those that suffice.
    pub fn require(&self, needed: Role) -> Result<(), Refusal> {
        if self.role >= needed {
            return Ok(());
        }
        let message = format!(
            "a {} may not do this; it requires the role {needed}",
            self.role
        );
        let refusal = Refusal::new(Code::Forbidden, message).field("role");
        let allowed = needed.and_above().map(Role::as_str);
        Err(refusal.value(self.role.as_str()).allowed(allowed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caller(role: Role) -> Caller {
        Caller {
            role,
            ..Caller::local()
        }
    }

    #[test]
    fn each_role_includes_those_before_it() {
        for (have, needed) in Role::ALL
            .into_iter()
            .flat_map(|have| Role::ALL.map(|needed| (have, needed)))
        {
            let is_enough = caller(have).require(needed).is_ok();
            assert_eq!(is_enough, have >= needed, "{have} {needed}");
        }
    }

    #[test]
    fn a_refusal_names_the_role_of_the_caller_and_those_that_suffice() {
        let refusal = caller(Role::Reader).require(Role::Editor).unwrap_err();
        assert_eq!(refusal.code, Code::Forbidden);
        assert_eq!(refusal.field.as_deref(), Some("role"));
        assert_eq!(refusal.value.as_deref(), Some("reader"));
        assert_eq!(refusal.allowed, ["editor", "admin"]);
    }
}
