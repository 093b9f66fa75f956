//! What may be asked about tokens.

use clap::{Args, Subcommand, ValueEnum};

use super::{Replicas, Store};

/// `detente token`
#[derive(Clone, Debug, Args)]
pub struct Token {
    /// What to do.
    #[command(subcommand)]
    pub command: TokenCommand,
}

/// What can be done with tokens.
#[derive(Clone, Debug, Subcommand)]
pub enum TokenCommand {
    /// Make a token, and show it this once
    Create(Create),
    /// List all tokens that were ever made
    List {
        /// Where tokens are kept.
        #[command(flatten)]
        store: Store,
    },
    /// Revoke a token, for good; it ceases to work within a second, also where it is in use
    Revoke {
        /// Its id, as `detente token list` shows it
        id: String,
        /// Where tokens are kept.
        #[command(flatten)]
        store: Store,
    },
}

/// `detente token create`
#[derive(Clone, Debug, Args)]
pub struct Create {
    /// Whose it is: the author of all that is reported with it
    #[arg(long)]
    pub name: String,
    /// What it may do; each role may do what those before it may
    #[arg(long, value_enum)]
    pub role: RoleArg,
    /// How many NATS servers keep a copy, where there is none yet
    #[arg(long, value_enum, default_value_t = Replicas::One)]
    pub replicas: Replicas,
    /// Where tokens are kept.
    #[command(flatten)]
    pub store: Store,
}

/// What a token may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RoleArg {
    /// Read, and subscribe
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
