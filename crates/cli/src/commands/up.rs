//! `detente up`: all services in one process, with its own NATS server.

mod banner;
mod nats;

use std::time::Duration;

use anyhow::Context as _;
use detente_auth::Guard;
use detente_ingest::Gateway;
use detente_ingest::nats::NatsEndpoint;
use detente_jetstream::Connection;
use detente_jetstream::kv::KvError;
use detente_projector::{Progress, State, Supervisor, SupervisorConfig, SupervisorHandle};
use detente_read_model::{ReadModel, ReadModels};
use detente_rulebook_store::RulebookStore;
use detente_webhooks::Webhooks;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::services::{
    check_copies, data_probe, gateway_failed, gateway_probes, load_data, projector_probe,
    start_gateway, start_read_models,
};
use crate::args::Up;
use crate::lifecycle::{self, Lifecycle};
use crate::nats::connect_service;
use crate::output::Output;
use crate::server::Listeners;
use crate::{access, rules, telemetry, webhooks};
use banner::Banner;
use nats::Nats;

/// The wait before the end of a feed is asked for again.
const FEED_POLL: Duration = Duration::from_millis(200);

/// The running services.
struct Services {
    gateway: Gateway,
    /// Accepts reports over NATS, until the shutdown begins.
    endpoint: NatsEndpoint,
    projector: SupervisorHandle,
    projecting: JoinHandle<Result<(), detente_projector::Error>>,
    read_models: ReadModels,
    webhooks: Webhooks,
    /// True once the built-in data can be read.
    loaded: watch::Sender<bool>,
    /// Stops the gateway and the projector, after the last request.
    stop: CancellationToken,
}

pub(super) async fn run(args: &Up, out: &mut Output) -> anyhow::Result<()> {
    let lifecycle = Lifecycle::of_process()?;
    Box::pin(lifecycle.run(up(args, &lifecycle, out))).await
}

async fn up(args: &Up, lifecycle: &Lifecycle, out: &mut Output) -> anyhow::Result<()> {
    // Refuses an invalid file before anything is started.
    webhooks::entries(&args.service.delivery)?;
    // Listens first, so that a busy port is reported at once.
    let server = &args.service.server;
    let listeners =
        Listeners::open(args.http, Some(args.grpc), server, &lifecycle.shutdown).await?;
    let nats = tokio::select! {
        nats = Nats::start(args) => nats?,
        () = lifecycle.shutdown.cancelled() => return Ok(()),
    };
    let done = Box::pin(serve(args, &nats, listeners, lifecycle, out)).await;
    nats.stop().await?;
    done
}

async fn serve(
    args: &Up,
    nats: &Nats,
    listeners: Listeners,
    lifecycle: &Lifecycle,
    out: &mut Output,
) -> anyhow::Result<()> {
    let shutdown = lifecycle.shutdown.clone();
    let connection = Box::pin(connect_service(&nats.target, "up"));
    let connection = step(nats, &shutdown, connection).await?;
    check_copies(&connection, &args.copies)?;
    let command = || nats.create_token_command(args);
    let guard = access::guard(
        &connection,
        listeners.addresses(),
        shutdown.clone(),
        command,
    );
    let guard = match step(nats, &shutdown, Box::pin(guard)).await {
        Ok(guard) => guard,
        Err(error) => {
            connection.close().await;
            return Err(error);
        }
    };
    let services = Services::start(args, nats, &connection, &guard, &shutdown, out);
    let services = step(nats, &shutdown, Box::pin(services)).await?;
    let _stop_at_end = services.stop.clone().drop_guard();
    let models = services.read_models.clone();
    let console = detente_console::router(models, Some(services.gateway.clone()));
    let routes = detente_ingest::router(services.gateway.clone())
        .merge(detente_query::router(services.read_models.clone()))
        .merge(detente_webhooks::router(services.webhooks.clone()))
        .pages(console);
    let middleware = args.service.server.middleware(guard.clone());
    let routes = routes.finish(&middleware);
    let calls = detente_grpc::Deps {
        gateway: Some(services.gateway.clone()),
        models: Some(services.read_models.clone()),
        middleware,
    };
    let banner = Banner {
        args,
        nats,
        http: listeners.http_url().to_owned(),
        grpc: listeners.grpc_url().unwrap_or_default().to_owned(),
        guard: &guard,
    };
    let mut server = std::pin::pin!(listeners.serve(routes, calls, &shutdown));
    let mut served = false;
    let outcome = {
        let mut ready = std::pin::pin!(ready(banner, &services, out));
        let mut is_ready = false;
        let mut failed = std::pin::pin!(services.failed(nats));
        loop {
            tokio::select! {
                done = &mut ready, if !is_ready => match done {
                    Ok(()) => is_ready = true,
                    Err(error) => break Err(error),
                },
                done = &mut server => {
                    served = true;
                    break done;
                }
                error = &mut failed => break Err(error),
            }
        }
    };
    // Stops the rest: requests first, then the services.
    shutdown.cancel();
    if !served && let Err(error) = server.await {
        tracing::error!(%error, "a listener failed");
    }
    let stopped = services.stop().await;
    connection.close().await;
    outcome.and(stopped)
}

/// Takes a step of the start, unless the local server has failed for good.
async fn step<T>(
    nats: &Nats,
    shutdown: &CancellationToken,
    step: impl Future<Output = anyhow::Result<T>>,
) -> anyhow::Result<T> {
    tokio::select! {
        done = lifecycle::step(shutdown, step) => done,
        error = nats.failed() => Err(error),
    }
}

/// Loads the built-in data, waits until it is folded, and prints the banner.
async fn ready(banner: Banner<'_>, services: &Services, out: &mut Output) -> anyhow::Result<()> {
    let loaded = load_data(&services.gateway, banner.args.demo).await?;
    let mut progress = services.projector.progress.clone();
    let is_published =
        progress.wait_for(|now| now.position >= loaded.position && now.state == State::Live);
    is_published.await.context("the projector has ended")?;
    let mut read_model = services.read_models.current();
    let position = loop {
        // After a switch, the one before may never have the whole feed: that may be damaged.
        read_model = tokio::select! {
            position = caught_up(&read_model, loaded.position) => break position?,
            next = read_model.replacement() => next,
        };
    };
    services.loaded.send_replace(true);
    banner.print(&read_model, loaded, position, out)
}

/// Waits until a read model has folded the log at least up to a position, and has read its feed up
/// to the present end. Returns the position up to which it has folded the log.
async fn caught_up(read_model: &ReadModel, position: u64) -> anyhow::Result<u64> {
    let mut progress = read_model.progress();
    let is_folded = progress.wait_for(|now| now.is_live() && now.position >= position);
    let folded = is_folded
        .await
        .context("the query service has ended")?
        .position;
    let end = loop {
        match read_model.feed().head().await {
            Ok(end) => break end,
            // The feed of a damaged projection: another one replaces it.
            Err(error) => tracing::debug!(%error, "the feed cannot be read yet"),
        }
        tokio::time::sleep(FEED_POLL).await;
    };
    read_model.fed(end).await;
    Ok(folded)
}

// === impl Services ===

impl Services {
    async fn start(
        args: &Up,
        nats: &Nats,
        connection: &Connection,
        guard: &Guard,
        shutdown: &CancellationToken,
        out: &mut Output,
    ) -> anyhow::Result<Self> {
        let metrics = telemetry::metrics()?;
        let replicas = args.copies.replicas;
        let own = rules::compile(args.service.rulebook.as_deref())?;
        let rulebook = rules::bootstrap(connection, replicas, &own, out).await?;
        if args.rebuild {
            let open = async || RulebookStore::open(connection).await;
            let store = connection.until_settled(open, KvError::is_transient);
            store.await?.rebuild().await?;
        }
        let stop = CancellationToken::new();
        let gateway = start_gateway(connection, replicas, nats.disk(), &stop).await?;
        let endpoint = NatsEndpoint::start(&gateway, guard.clone(), shutdown.clone()).await?;
        let config = SupervisorConfig {
            connection: connection.clone(),
            own,
            replicas,
            standby: false,
            retries: true,
        };
        let (projector, projecting) = Supervisor::start(config, stop.clone());
        let (loaded, is_loaded) = watch::channel(false);
        let mut probes = gateway_probes(&gateway);
        probes.extend([projector_probe(&projector), data_probe(is_loaded)]);
        let read_models = start_read_models(connection, rulebook, metrics, probes, shutdown);
        let webhooks = webhooks::start(
            &args.service.delivery,
            connection,
            replicas,
            &read_models,
            shutdown.clone(),
        )?;
        Ok(Self {
            gateway,
            endpoint,
            projector,
            projecting,
            read_models,
            webhooks,
            loaded,
            stop,
        })
    }

    /// Waits until a service has ended unexpectedly.
    async fn failed(&self, nats: &Nats) -> anyhow::Error {
        let mut progress = self.projector.progress.clone();
        let projector = async {
            let failed = progress.wait_for(|now| matches!(now.state, State::Failed(_)));
            match failed.await.as_deref() {
                Ok(Progress {
                    state: State::Failed(reason),
                    ..
                }) => anyhow::anyhow!("the projector has stopped: {reason}"),
                Ok(_) | Err(_) => anyhow::anyhow!("the projector has ended"),
            }
        };
        tokio::select! {
            error = projector => error,
            reason = self.read_models.broken() => anyhow::anyhow!("{reason}"),
            error = gateway_failed(&self.gateway) => error,
            error = nats.failed() => error,
        }
    }

    /// Stops the services, each after those that depend on it.
    async fn stop(self) -> anyhow::Result<()> {
        self.endpoint.stopped().await;
        self.stop.cancel();
        self.gateway.stopped().await;
        let projected = self.projecting.await;
        self.webhooks.stopped().await;
        self.read_models.stopped().await;
        projected
            .context("the projector was interrupted")?
            .context("the projector")
    }
}
