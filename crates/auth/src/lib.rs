//! Tokens, roles and callers.
//!
//! A token is shown once and stored as a digest, in a bucket of its own. A [`Guard`] follows that
//! bucket and turns a caller's header, over any transport, into a [`Caller`] or a refusal. This
//! crate is independent of HTTP, gRPC and the log; the clock and randomness are arguments.
//!
//! Reading order: `role`, `secret`, `token` (its format), `record` (what is stored), `caller`,
//! `guard` (authentication), `tokens` (creation and revocation).

mod role;
mod secret;
mod token;

mod record;

mod caller;
mod guard;

mod tokens;

pub use caller::Caller;
pub use guard::{AuthPolicy, Guard};
pub use record::{BadName, LOCAL, Record};
pub use role::Role;
pub use secret::Secret;
pub use token::{Token, TokenId};
pub use tokens::{Tokens, TokensError, TokensReport};
