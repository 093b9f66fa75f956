//! Whoever calls, over whichever door.

use std::sync::Arc;

use detente_api::refusal::{Code, Refusal};

use crate::record::{LOCAL, Record};
use crate::role::Role;
use crate::token::TokenId;

/// Whoever calls: how he is named as an author, and what he may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    name: Arc<str>,
    role: Role,
    token: Option<TokenId>,
}

impl Caller {
    /// Whoever calls where no token is asked for: he may do all, and is called `local`.
    #[must_use]
    pub fn local() -> Self {
        Self {
            name: LOCAL.into(),
            role: Role::Admin,
            token: None,
        }
    }

    pub(crate) fn of(record: &Record) -> Self {
        Self {
            name: record.name.as_str().into(),
            role: record.role,
            token: Some(record.id.clone()),
        }
    }

    /// The author of what he reports.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What he may do.
    #[must_use]
    pub const fn role(&self) -> Role {
        self.role
    }

    /// The token that he called with; none where none was asked for.
    #[must_use]
    pub const fn token(&self) -> Option<&TokenId> {
        self.token.as_ref()
    }

    /// Whether he may do what takes a role.
    ///
    /// # Errors
    /// A refusal that names his role and those that may.
    pub fn may(&self, needed: Role) -> Result<(), Refusal> {
        if self.role >= needed {
            return Ok(());
        }
        let message = format!(
            "a {} may not do this; it takes the role {needed}",
            self.role
        );
        let refusal = Refusal::new(Code::Forbidden, message).field("role");
        let allowed = needed.and_above().map(Role::as_str);
        Err(refusal.given(self.role.as_str()).allowed(allowed))
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
    fn each_role_may_do_what_those_before_it_may() {
        for (have, needed) in Role::ALL
            .into_iter()
            .flat_map(|have| Role::ALL.map(|needed| (have, needed)))
        {
            let is_enough = caller(have).may(needed).is_ok();
            assert_eq!(is_enough, have >= needed, "{have} {needed}");
        }
    }

    #[test]
    fn a_refusal_names_the_role_that_one_has_and_those_that_may() {
        let refusal = caller(Role::Reader).may(Role::Editor).unwrap_err();
        assert_eq!(refusal.code, Code::Forbidden);
        assert_eq!(refusal.field.as_deref(), Some("role"));
        assert_eq!(refusal.given.as_deref(), Some("reader"));
        assert_eq!(refusal.allowed, ["editor", "admin"]);
    }
}
