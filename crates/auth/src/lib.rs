//! Who may do what: tokens, the roles that they give, and whoever calls with one.
//!
//! A token is shown once and kept as a digest, in a bucket of its own. A [`Guard`] follows that
//! bucket and turns what a caller sends, over whichever door, into a [`Caller`] or a refusal; a
//! caller says whether it may, and how it is named as an author. This room knows no HTTP, no gRPC
//! and no record; the clock and randomness come as arguments.
//!
//! Reading order: [`role`], [`secret`], [`token`] (the form of a token), [`record`] (what is kept
//! of it), [`caller`], [`guard`] (the live check), [`tokens`] (making and revoking).

pub mod role;
pub mod secret;
pub mod token;

pub mod record;

pub mod caller;
pub mod guard;

pub mod tokens;

pub use caller::Caller;
pub use guard::Guard;
pub use record::{Record, Shown};
pub use role::Role;
pub use secret::Secret;
pub use token::{Token, TokenId};
pub use tokens::{Tokens, TokensError};
