//! Arguments of `detente webhook`, and flags of deliveries.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use detente_auth::Secret;

use super::FilterArgs;

/// Three days, in seconds.
const GIVE_UP_AFTER: u64 = 3 * 24 * 60 * 60;

/// Flags of deliveries to webhooks.
#[derive(Clone, Debug, Args)]
pub struct DeliveryArgs {
    /// File of webhooks, in addition to those created over the API: TOML, one `[[webhook]]` each
    #[arg(long, value_name = "FILE")]
    pub webhooks: Option<PathBuf>,
    /// Allow deliveries to private addresses and over plain http
    #[arg(long)]
    pub webhooks_allow_private: bool,
    /// Seconds until a delivery is abandoned (default: three days)
    #[arg(long, value_name = "SECONDS", default_value_t = GIVE_UP_AFTER)]
    #[arg(hide_default_value = true, value_parser = clap::value_parser!(u64).range(1..=31_536_000))]
    pub webhooks_give_up_after: u64,
    /// Seconds until a request to a receiver times out
    #[arg(long, value_name = "SECONDS", default_value_t = 15)]
    #[arg(value_parser = clap::value_parser!(u64).range(1..=60))]
    pub webhooks_timeout: u64,
}

/// `detente webhook …`
#[derive(Clone, Debug, Subcommand)]
pub enum Webhook {
    /// List all webhooks and their progress
    List,
    /// Create a webhook; its secret is shown once
    Create(Box<CreateWebhook>),
    /// Show a webhook and its progress
    Show(WebhookId),
    /// Show pending and abandoned deliveries
    Deliveries(WebhookId),
    /// Stop delivering
    Pause(WebhookId),
    /// Continue delivering where it stopped
    Resume(WebhookId),
    /// Deliver everything after a cursor again
    Replay(ReplayWebhook),
    /// Replace the secret and show the new one once; the previous one stays valid for a day
    Rotate(RotateWebhook),
    /// Delete a webhook
    Delete(WebhookId),
}

/// The id of a webhook.
#[derive(Clone, Debug, Args)]
pub struct WebhookId {
    /// Id of the webhook
    pub id: String,
}

/// `detente webhook create`
#[derive(Clone, Debug, Args)]
pub struct CreateWebhook {
    /// Address of the receiver, with https
    pub url: String,
    /// Id of the webhook: lower-case letters, digits and dashes (default: generated)
    #[arg(long)]
    pub id: Option<String>,
    /// Secret that signs the deliveries (default: generated)
    #[arg(long, env = "DETENTE_WEBHOOK_SECRET", hide_env_values = true)]
    #[arg(value_name = "whsec_…")]
    pub secret: Option<Secret>,
    /// Where to start: a cursor, `start` or `now`
    #[arg(long, value_name = "CURSOR")]
    pub from: Option<String>,
    /// Only relations of these states
    #[arg(long, value_name = "CODE")]
    pub country: Vec<String>,
    /// Only changes in which these parties have a part
    #[arg(long, value_name = "CODE")]
    pub party: Vec<String>,
    /// Only these relations, such as AFG-TJK
    #[arg(long, value_name = "A-B")]
    pub pair: Vec<String>,
    /// Which changes.
    #[command(flatten)]
    pub filter: FilterArgs,
}

/// `detente webhook replay`
#[derive(Clone, Debug, Args)]
pub struct ReplayWebhook {
    /// Id of the webhook
    pub id: String,
    /// Where to start: a cursor, `start` or `now`
    pub cursor: String,
}

/// `detente webhook rotate`
#[derive(Clone, Debug, Args)]
pub struct RotateWebhook {
    /// Id of the webhook
    pub id: String,
    /// New secret that signs the deliveries (default: generated)
    #[arg(long, env = "DETENTE_WEBHOOK_SECRET", hide_env_values = true)]
    #[arg(value_name = "whsec_…")]
    pub secret: Option<Secret>,
}
