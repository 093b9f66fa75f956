//! Arguments of `detente token`.

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use detente_auth::Role;

use super::{Copies, Store};

/// `detente token …`
#[derive(Clone, Debug, Subcommand)]
pub enum Token {
    /// Create a token and print it; it is not shown again
    Create(Create),
    /// List all tokens, including revoked ones
    List(Store),
    /// Revoke a token permanently; it stops working within a second, also on open connections
    Revoke {
        /// Id of the token, as printed by `detente token list`
        id: String,
        /// The NATS server.
        #[command(flatten)]
        store: Store,
    },
}

/// `detente token create`
#[derive(Clone, Debug, Args)]
pub struct Create {
    /// Name of the holder, recorded as the author of everything reported with the token
    #[arg(long)]
    pub name: String,
    /// Role of the token; each includes the ones before it
    #[arg(long, value_parser = role())]
    pub role: Role,
    /// Copies of the bucket of tokens, if it is created now.
    #[command(flatten)]
    pub copies: Copies,
    /// The NATS server.
    #[command(flatten)]
    pub store: Store,
}

/// Parses a role.
fn role() -> impl TypedValueParser<Value = Role> {
    let values = Role::ALL.map(|role| {
        let help = match role {
            Role::Reader => "Read and subscribe",
            Role::Reporter => "Report events",
            Role::Editor => "Amend: correct, retract, dispute, corroborate, link",
            Role::Admin => "Administer",
        };
        PossibleValue::new(role.as_str()).help(help)
    });
    PossibleValuesParser::new(values).try_map(|name| {
        let role = Role::ALL.into_iter().find(|role| role.as_str() == name);
        role.ok_or("no role has this name")
    })
}
