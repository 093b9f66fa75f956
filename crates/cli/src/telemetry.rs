//! Logs, to stderr, as text or JSON, by the filter in `DETENTE_LOG`; and metrics.

use std::io::{self, IsTerminal};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::Context as _;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::EnvFilter;

use crate::ambient::variable;
use crate::args::{Global, LogFormat};
use crate::exit::Fault;

/// What is logged when nobody says: what somebody should see to.
const DEFAULT_FILTER: &str = "warn";
/// How often the recorder drops what it need not keep.
const UPKEEP: Duration = Duration::from_secs(5);
/// Bounds of histograms, in seconds: from an fsync to a replay.
const BUCKETS: [f64; 12] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0,
];

/// Sets up the logs of this process. A second call in one process changes nothing.
pub(crate) fn logs(global: &Global) -> anyhow::Result<()> {
    let filter = variable("DETENTE_LOG").unwrap_or_else(|| DEFAULT_FILTER.to_owned());
    let filter = EnvFilter::try_new(&filter)
        .map_err(|error| Fault::Config(format!("DETENTE_LOG={filter:?} is no filter: {error}")))?;
    let colours = io::stderr().is_terminal() && variable("NO_COLOR").is_none();
    let logs = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(io::stderr)
        .with_ansi(colours);
    // A test may run many commands in one process; the first one's logs stay.
    let _ = match global.log_format {
        LogFormat::Text => logs.try_init(),
        LogFormat::Json => logs.json().try_init(),
    };
    Ok(())
}

/// Collects metrics from now on, and gives what shows them. One recorder serves the process.
pub(crate) fn metrics() -> anyhow::Result<Arc<dyn Fn() -> String + Send + Sync>> {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    let handle = match RECORDER.get() {
        Some(handle) => handle.clone(),
        None => {
            let builder = PrometheusBuilder::new().set_buckets(&BUCKETS)?;
            let handle = builder
                .install_recorder()
                .context("metrics cannot be collected")?;
            detente_ingest::metrics::describe();
            detente_projector::metrics::describe();
            detente_query::metrics::describe();
            detente_webhooks::metrics::describe();
            tokio::spawn(upkeep(handle.clone()));
            RECORDER.get_or_init(|| handle).clone()
        }
    };
    Ok(Arc::new(move || handle.render()))
}

async fn upkeep(handle: PrometheusHandle) {
    let mut every = tokio::time::interval(UPKEEP);
    loop {
        every.tick().await;
        handle.run_upkeep();
    }
}
