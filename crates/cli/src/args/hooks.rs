//! Webhooks: how a service delivers, and what a client asks of it.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use detente_auth::Secret;

/// For how long a delivery is tried: three days, in seconds.
const GIVE_UP_AFTER: u64 = 3 * 24 * 60 * 60;

/// How a service delivers to webhooks.
#[derive(Clone, Debug, Args)]
pub struct Hooks {
    /// Webhooks to keep, beside those made over the API: TOML with a table `[[webhook]]` for each
    #[arg(long, value_name = "FILE")]
    pub webhooks: Option<PathBuf>,
    /// Deliver to addresses that are not public too, and over plain http
    #[arg(long)]
    pub webhooks_allow_private: bool,
    /// For how many seconds a delivery is tried (default: three days)
    #[arg(long, value_name = "SECONDS", default_value_t = GIVE_UP_AFTER)]
    #[arg(hide_default_value = true, value_parser = clap::value_parser!(u64).range(1..=31_536_000))]
    pub webhooks_give_up_after: u64,
    /// How many seconds a receiver may take to answer
    #[arg(long, value_name = "SECONDS", default_value_t = 15)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=60))]
    pub webhooks_timeout: u64,
}

/// `detente webhook`
#[derive(Clone, Debug, Args)]
pub struct Webhook {
    /// What to do.
    #[command(subcommand)]
    pub command: WebhookCommand,
}

/// `detente webhook …`
#[derive(Clone, Debug, Subcommand)]
pub enum WebhookCommand {
    /// All webhooks, and how far each came
    List,
    /// Make a webhook; its secret is shown once
    Create(Box<CreateWebhook>),
    /// One webhook, and how far it came
    Show(NamedWebhook),
    /// What waits to be delivered, and what was given up
    Deliveries(NamedWebhook),
    /// Stop delivering
    Pause(NamedWebhook),
    /// Go on where it stopped
    Resume(NamedWebhook),
    /// Deliver everything after a cursor again
    Replay(ReplayWebhook),
    /// Give it another secret, which is shown once; the one before is good for a day more
    Rotate(RotateWebhook),
    /// Delete a webhook
    Delete(NamedWebhook),
}

/// A webhook that is named.
#[derive(Clone, Debug, Args)]
pub struct NamedWebhook {
    /// Its id
    pub id: String,
}

/// `detente webhook create`
#[derive(Clone, Debug, Args)]
pub struct CreateWebhook {
    /// Where to: an address of https
    pub url: String,
    /// Its id: small letters, digits and dashes (default: one is made)
    #[arg(long)]
    pub id: Option<String>,
    /// What deliveries are signed with (default: one is made)
    #[arg(long, env = "DETENTE_WEBHOOK_SECRET", hide_env_values = true)]
    #[arg(value_name = "whsec_…")]
    pub secret: Option<Secret>,
    /// Where it begins: a cursor, `start` or `now`
    #[arg(long, value_name = "CURSOR")]
    pub from: Option<String>,
    /// Only relations of these states
    #[arg(long, value_name = "CODE")]
    pub country: Vec<String>,
    /// Only changes that these parties have a part in
    #[arg(long, value_name = "CODE")]
    pub party: Vec<String>,
    /// Only these relations, such as AFG-TJK
    #[arg(long, value_name = "A-B")]
    pub pair: Vec<String>,
    /// Only these dimensions or registers
    #[arg(long)]
    pub dimension: Vec<String>,
    /// Only conduct of one state towards another, such as TJK-AFG
    #[arg(long, value_name = "FROM-TO")]
    pub direction: Vec<String>,
    /// Only changes that happened, were learned, or lapsed
    #[arg(long)]
    pub occasion: Vec<String>,
    /// Only changes of which an expression is true (CEL)
    #[arg(long, value_name = "EXPRESSION")]
    pub filter: Option<String>,
}

/// `detente webhook replay`
#[derive(Clone, Debug, Args)]
pub struct ReplayWebhook {
    /// Its id
    pub id: String,
    /// After which cursor: a cursor, `start` or `now`
    pub cursor: String,
}

/// `detente webhook rotate`
#[derive(Clone, Debug, Args)]
pub struct RotateWebhook {
    /// Its id
    pub id: String,
    /// What deliveries are signed with from now on (default: one is made)
    #[arg(long, env = "DETENTE_WEBHOOK_SECRET", hide_env_values = true)]
    #[arg(value_name = "whsec_…")]
    pub secret: Option<Secret>,
}
