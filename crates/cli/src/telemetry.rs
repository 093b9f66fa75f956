//! Logs on stderr, as text or JSON, filtered by `DETENTE_LOG`; and metrics.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::Context as _;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use tracing_subscriber::filter::{FilterExt as _, LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry};

use crate::args::{Global, LogFormat};
use crate::env::variable;
use crate::exit_code::CliError;
use crate::output::Logs;

/// The filter without `DETENTE_LOG`.
const DEFAULT_FILTER: &str = "warn";
/// The interval at which the recorder drops old samples.
const UPKEEP: Duration = Duration::from_secs(5);
/// Bounds of histograms, in seconds.
const BUCKETS: [f64; 12] = [
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0,
];

/// Renders the metrics in the text format of Prometheus.
pub(crate) type Metrics = Arc<dyn Fn() -> String + Send + Sync>;

/// Sets up the logs of this process. A second call has no effect.
pub(crate) fn logs(global: &Global) -> anyhow::Result<()> {
    let filter = variable("DETENTE_LOG").unwrap_or_else(|| DEFAULT_FILTER.to_owned());
    let filter = EnvFilter::try_new(&filter).map_err(|error| {
        CliError::Config(format!("DETENTE_LOG={filter:?} is not a filter: {error}"))
    })?;
    let colours = Logs::is_terminal() && variable("NO_COLOR").is_none();
    let logs = tracing_subscriber::fmt::layer();
    let logs = logs
        .with_writer(move || Logs { colours })
        .with_ansi(colours);
    let logs: Box<dyn Layer<Registry> + Send + Sync> = match global.log_format {
        LogFormat::Text => logs.boxed(),
        LogFormat::Json => logs.json().boxed(),
    };
    let logs = logs.with_filter(filter.and(without_traffic()));
    // Only the first call in a process succeeds.
    let _ = tracing_subscriber::registry().with(logs).try_init();
    Ok(())
}

/// Leaves out what dependencies log below `info`: what they send and receive, with the tokens and
/// passwords in it.
fn without_traffic() -> Targets {
    Targets::new()
        .with_default(LevelFilter::INFO)
        .with_target("detente", LevelFilter::TRACE)
}

/// Starts to record metrics, and returns a function that renders them. There is one recorder per
/// process.
pub(crate) fn metrics() -> anyhow::Result<Metrics> {
    static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();
    let handle = match RECORDER.get() {
        Some(handle) => handle.clone(),
        None => {
            let builder = PrometheusBuilder::new().set_buckets(&BUCKETS)?;
            let handle = builder
                .install_recorder()
                .context("cannot record metrics")?;
            detente_http::metrics::describe();
            detente_ingest::metrics::describe();
            detente_projector::metrics::describe();
            detente_query::metrics::describe();
            detente_read_model::metrics::describe();
            detente_feed::metrics::describe();
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
