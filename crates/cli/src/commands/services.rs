//! Parts of `detente up` and `serve`: starting and checking services, loading the built-in data.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use detente_api::submission::{BodyFormat, Submission, submissions};
use detente_auth::{Caller, Guard};
use detente_ingest::{Content, Gateway, Part, ROWS_MAX, ReadDisk, ReportBatch, ReportError};
use detente_jetstream::Connection;
use detente_jetstream::leader::LeaderWatch;
use detente_jetstream::topology::{EVENTS, Replicas};
use detente_projector::{State, SupervisorHandle};
use detente_read_model::health::Probe;
use detente_read_model::{ReadModelDeps, ReadModels};
use detente_rulebook_store::CompiledRulebook;
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use crate::args::Copies;
use crate::env;
use crate::exit_code::CliError;
use crate::source::BACKGROUND;
use crate::telemetry::Metrics;

/// The interval at which the gateway is checked for a part that has ended.
const CHECK_INTERVAL: Duration = Duration::from_millis(500);

/// The wait before the built-in data is loaded again after a failure.
const RELOAD_INTERVAL: Duration = Duration::from_secs(5);

/// The most by which the clock may differ from that of the NATS server when a day begins.
const CLOCK_DIFFERENCE_MAX: Duration = Duration::from_secs(5 * 60);

const DEMO: &str = include_str!("../../data/demo.ndjson");

/// The built-in data that was loaded.
#[derive(Clone, Copy, Default)]
pub(super) struct Loaded {
    /// The number of events of the demonstration.
    pub(super) demo: usize,
    /// The position at which all data is in the log.
    pub(super) position: u64,
}

pub(super) async fn start_gateway(
    connection: &Connection,
    replicas: Replicas,
    disk: Option<ReadDisk>,
    stop: &CancellationToken,
) -> anyhow::Result<Gateway> {
    let deps = detente_ingest::Deps {
        connection: connection.clone(),
        replicas,
        clock: env::clock(),
        clock_difference_max: Some(CLOCK_DIFFERENCE_MAX),
        disk,
        ids: env::ids(),
    };
    let gateway = Gateway::start(deps, stop.clone());
    gateway.await.context("the gateway")
}

pub(super) fn start_read_models(
    connection: &Connection,
    rulebook: CompiledRulebook,
    metrics: Metrics,
    probes: Vec<Probe>,
    stop: &CancellationToken,
) -> ReadModels {
    let deps = ReadModelDeps {
        connection: connection.clone(),
        rules: rulebook.rules,
        rulebook: rulebook.text,
        projection: rulebook.projection,
        clock: env::clock(),
        metrics: Some(metrics),
        probes,
    };
    ReadModels::start(deps, stop.clone())
}

/// Refuses one copy on a cluster, unless that is said.
pub(super) fn check_copies(connection: &Connection, copies: &Copies) -> anyhow::Result<()> {
    match connection.cluster() {
        Some(cluster) if copies.replicas == Replicas::One && !copies.single_copy => {
            let message = format!(
                "the NATS server belongs to the cluster {cluster:?}, and --replicas 1 keeps one copy, \
                 which would be lost with one disk; give --replicas 3, or --single-copy if that is \
                 meant"
            );
            Err(CliError::Config(message).into())
        }
        Some(_) | None => Ok(()),
    }
}

/// Returns a probe for each part of the gateway.
pub(super) fn gateway_probes(gateway: &Gateway) -> Vec<Probe> {
    let probe = |part: Part| {
        let gateway = gateway.clone();
        let check = move || gateway.check(part).map_err(|failing| failing.reason);
        Probe {
            part: part.as_str(),
            check: Arc::new(check),
        }
    };
    Part::ALL.into_iter().map(probe).collect()
}

/// Returns the probe of the built-in data.
pub(super) fn data_probe(is_loaded: watch::Receiver<bool>) -> Probe {
    let check = move || {
        let is_loaded = *is_loaded.borrow();
        let reason = || "the built-in data is being loaded".to_owned();
        is_loaded.then_some(()).ok_or_else(reason)
    };
    Probe {
        part: "data",
        check: Arc::new(check),
    }
}

/// Returns the probe of the log of a service without a gateway: its leader is asked, until `stop`.
pub(super) fn log_probe(connection: &Connection, stop: &CancellationToken) -> Probe {
    let leader = LeaderWatch::new(EVENTS);
    let asking = leader.clone().run(connection.clone());
    tokio::spawn(stop.clone().run_until_cancelled_owned(asking));
    Probe {
        part: "log",
        check: Arc::new(move || leader.check()),
    }
}

pub(super) fn projector_probe(projector: &SupervisorHandle) -> Probe {
    let progress = projector.progress.clone();
    let check = move || {
        let progress = progress.borrow();
        match &progress.state {
            State::Live => Ok(()),
            State::CatchingUp => Err(format!("behind by {} commits", progress.lag())),
            State::Stopped(reason) | State::Failed(reason) => Err(reason.clone()),
        }
    };
    Probe {
        part: "projector",
        check: Arc::new(check),
    }
}

/// Waits until a part of the gateway has ended. The connection and the ticks may recover.
pub(super) async fn gateway_failed(gateway: &Gateway) -> anyhow::Error {
    let mut every = tokio::time::interval(CHECK_INTERVAL);
    loop {
        every.tick().await;
        if let Some(part) = gateway.broken() {
            return anyhow::anyhow!("the gateway's {part} has ended");
        }
    }
}

/// Loads the built-in data as [`load_once`] does, again and again while the log is unavailable or
/// full.
pub(super) async fn load_data(gateway: &Gateway, demo: bool) -> anyhow::Result<Loaded> {
    loop {
        let error = match load_once(gateway, demo).await {
            Err(error) => error,
            loaded => return loaded,
        };
        let Some(ReportError::Failed(_)) = error.downcast_ref() else {
            return Err(error);
        };
        tracing::warn!(%error, "cannot load the built-in data yet");
        tokio::time::sleep(RELOAD_INTERVAL).await;
    }
}

/// Loads the data on governing authorities, and the demonstration if `demo` is set. The ids are
/// fixed, so loading again has no effect.
async fn load_once(gateway: &Gateway, demo: bool) -> anyhow::Result<Loaded> {
    let mut loaded = Loaded::default();
    let demo = demo.then_some(("the demonstration", DEMO));
    for (name, text) in [("the background data", BACKGROUND)]
        .into_iter()
        .chain(demo)
    {
        let rows: Vec<_> = submissions(text.as_bytes(), BodyFormat::Ndjson).collect();
        if text == DEMO {
            let is_event = |(_, row): &&(_, Result<_, _>)| matches!(row, Ok(Submission::Event(_)));
            loaded.demo = rows.iter().filter(is_event).count();
        }
        let batch = ReportBatch {
            caller: Caller::local(),
            guard: Guard::allow_all(),
            content: Content::Rows(rows),
            traceparent: None,
            rows_max: ROWS_MAX,
        };
        let outcome = gateway.report(batch).await?;
        if let Some(refused) = outcome.refused.first() {
            let reasons: Vec<String> = refused.refusals.iter().map(ToString::to_string).collect();
            bail!(
                "row {} of {name} is refused: {}",
                refused.row,
                reasons.join("; ")
            );
        }
        let positions = outcome.accepted.iter().map(|accepted| accepted.position);
        loaded.position = positions.fold(loaded.position, u64::max);
    }
    Ok(loaded)
}
