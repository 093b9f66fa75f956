//! The webhooks of a service, from its arguments.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use detente_jetstream::Connection;
use detente_jetstream::topology::Replicas;
use detente_read_model::Readings;
use detente_webhooks::entry::Entry;
use detente_webhooks::service::Options;
use detente_webhooks::{Deps, Webhooks, file};
use tokio_util::sync::CancellationToken;

use crate::ambient;
use crate::args::Hooks;
use crate::exit::Fault;

/// Begins to deliver to webhooks.
pub(crate) fn start(
    args: &Hooks,
    connection: &Connection,
    replicas: Replicas,
    readings: &Readings,
    stop: CancellationToken,
) -> anyhow::Result<Webhooks> {
    let deps = Deps {
        connection: connection.clone(),
        replicas,
        clock: ambient::clock(),
        ids: ambient::ids(),
        random: Arc::new(|| ambient::random().ok()),
        options: Options {
            allow_private: args.webhooks_allow_private,
            give_up_after: Duration::from_secs(args.webhooks_give_up_after),
            timeout: Duration::from_secs(args.webhooks_timeout),
        },
        entries: entries(args)?,
    };
    Webhooks::start(deps, readings.clone(), stop).context("the webhooks")
}

/// The webhooks of the file, if one is given.
pub(crate) fn entries(args: &Hooks) -> anyhow::Result<Vec<Entry>> {
    let Some(path) = &args.webhooks else {
        return Ok(Vec::new());
    };
    let config = |reason: String| Fault::Config(format!("{}: {reason}", shown(path)));
    let text = std::fs::read_to_string(path).map_err(|error| config(error.to_string()))?;
    let entries = file::read(&text, args.webhooks_allow_private, &ambient::variable);
    Ok(entries.map_err(|refusal| config(refusal.to_string()))?)
}

fn shown(path: &Path) -> String {
    path.display().to_string()
}
