//! `detente healthcheck`: asks a service whether it does its work, for what supervises it.

use std::time::Duration;

use anyhow::bail;

use super::doctor::failing;
use crate::args::{Global, Healthcheck};
use crate::source::builder;

/// Succeeds, without output, if the service is ready, or with `--live` if it answers.
pub(super) async fn run(global: &Global, args: &Healthcheck) -> anyhow::Result<()> {
    let timeout = Duration::from_secs(args.timeout);
    let client = builder(global)?.answer_within(timeout).build()?;
    if args.live {
        return Ok(client.alive().await?);
    }
    let readiness = client.readiness().await?;
    if !readiness.is_ready {
        let mut reason = failing(&readiness.health).join("; ");
        if reason.is_empty() {
            "it does not say why".clone_into(&mut reason);
        }
        bail!("{} is not ready: {reason}", client.server());
    }
    Ok(())
}
