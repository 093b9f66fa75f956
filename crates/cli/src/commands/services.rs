//! Parts of `detente up` and `serve`: starting and checking services, loading the built-in data.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use detente_api::submission::{BodyFormat, Submission, submissions};
use detente_auth::{Caller, Guard};
use detente_ingest::{Content, Gateway, ROWS_MAX, ReportBatch};
use detente_jetstream::Connection;
use detente_jetstream::topology::Replicas;
use detente_projector::{State, SupervisorHandle};
use detente_read_model::health::Probe;
use detente_read_model::{ReadModelDeps, ReadModels};
use detente_rulebook_store::CompiledRulebook;
use tokio_util::sync::CancellationToken;

use crate::env;
use crate::source::BACKGROUND;
use crate::telemetry::Metrics;

/// The interval at which the gateway is checked for a part that has ended.
const CHECK_INTERVAL: Duration = Duration::from_millis(500);

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
    stop: &CancellationToken,
) -> anyhow::Result<Gateway> {
    let deps = detente_ingest::Deps {
        connection: connection.clone(),
        replicas,
        clock: env::clock(),
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

pub(super) fn gateway_probe(gateway: Gateway) -> Probe {
    let check = move || {
        let health = gateway.health();
        health.map_err(|failing| format!("{failing} fails"))
    };
    Probe {
        part: "gateway",
        check: Arc::new(check),
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
        if let Err(failing) = gateway.health()
            && !["nats", "tick"].contains(&failing)
        {
            return anyhow::anyhow!("the gateway's {failing} has ended");
        }
    }
}

/// Loads the data on governing authorities, and the demonstration if `demo` is set. The ids are
/// fixed, so loading again has no effect.
pub(super) async fn load_data(gateway: &Gateway, demo: bool) -> anyhow::Result<Loaded> {
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
