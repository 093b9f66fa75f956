//! Arguments of `detente token`.

use clap::{Args, Subcommand, ValueEnum};
use detente_jetstream::topology::Replicas;

use super::Store;
use super::services::replicas;

/// `detente token`
#[derive(Clone, Debug, Args)]
pub struct Token {
    /// The subcommand.
    #[command(subcommand)]
    pub command: TokenCommand,
}

/// `detente token …`
#[derive(Clone, Debug, Subcommand)]
pub enum TokenCommand {
    /// Create a token and print it; it is not shown again
    Create(Create),
    /// List all tokens, including revoked ones
    List {
        /// The NATS server.
        #[command(flatten)]
        store: Store,
    },
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
    #[arg(long, value_enum)]
    pub role: RoleArg,
    /// NATS replicas of the token bucket, if it is created now
    #[arg(long, default_value = "1", value_parser = replicas())]
    pub replicas: Replicas,
    /// The NATS server.
    #[command(flatten)]
    pub store: Store,
}

/// A role of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RoleArg {
    /// Read and subscribe
    Reader,
    /// Report events
    Reporter,
    /// Amend: correct, retract, dispute, corroborate, link
    Editor,
    /// Administer
    Admin,
}

impl From<RoleArg> for detente_auth::Role {
    fn from(role: RoleArg) -> Self {
        match role {
            RoleArg::Reader => Self::Reader,
            RoleArg::Reporter => Self::Reporter,
            RoleArg::Editor => Self::Editor,
            RoleArg::Admin => Self::Admin,
        }
    }
}
