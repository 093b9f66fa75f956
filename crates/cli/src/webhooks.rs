//! Deliveries to webhooks, configured by the arguments of a service.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use detente_jetstream::Connection;
use detente_jetstream::topology::Replicas;
use detente_read_model::ReadModels;
use detente_webhooks::{DeliveryOptions, WebhookDeps, WebhookRequest, Webhooks, file};
use tokio_util::sync::CancellationToken;

use crate::args::DeliveryArgs;
use crate::env;
use crate::exit_code::CliError;

/// Starts to deliver to webhooks.
pub(crate) fn start(
    args: &DeliveryArgs,
    connection: &Connection,
    replicas: Replicas,
    read_models: &ReadModels,
    stop: CancellationToken,
) -> anyhow::Result<Webhooks> {
    let deps = WebhookDeps {
        connection: connection.clone(),
        replicas,
        clock: env::clock(),
        ids: env::ids(),
        random: Arc::new(|| env::random().ok()),
        options: DeliveryOptions {
            allow_private: args.webhooks_allow_private,
            give_up_after: Duration::from_secs(args.webhooks_give_up_after),
            timeout: Duration::from_secs(args.webhooks_timeout),
        },
        configured: entries(args)?,
    };
    Webhooks::start(deps, read_models.clone(), stop).context("the webhooks")
}

/// Reads the file of webhooks, if one is given.
pub(crate) fn entries(args: &DeliveryArgs) -> anyhow::Result<Vec<WebhookRequest>> {
    let Some(path) = &args.webhooks else {
        return Ok(Vec::new());
    };
    let config = |reason: String| CliError::Config(format!("{}: {reason}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| config(error.to_string()))?;
    let entries = file::parse(&text, args.webhooks_allow_private, &env::variable);
    Ok(entries.map_err(|refusal| config(refusal.to_string()))?)
}
