//! `detente serve ROLE`: one service.

use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

use anyhow::Context as _;
use detente_http::MiddlewareConfig;
use detente_ingest::nats::NatsEndpoint;
use detente_jetstream::Connection;
use detente_projector::{State, Supervisor, SupervisorConfig, SupervisorHandle};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::services::{
    check_copies, data_probe, gateway_failed, gateway_probes, load_data, log_probe,
    projector_probe, start_gateway, start_read_models,
};
use crate::args::{Serve, ServiceName};
use crate::lifecycle::{Lifecycle, step};
use crate::nats::{Target, connect_service};
use crate::output::Output;
use crate::server::{CandidateStatus, Listeners, both, health_routes};
use crate::{access, rules, telemetry, webhooks};

/// The connection and the servers of a service.
struct Service<'a> {
    args: &'a Serve,
    connection: &'a Connection,
    listeners: Listeners,
    middleware: MiddlewareConfig,
    shutdown: &'a CancellationToken,
}

pub(super) async fn run(args: &Serve, out: &mut Output) -> anyhow::Result<()> {
    let lifecycle = Lifecycle::of_process()?;
    Box::pin(lifecycle.run(serve(args, &lifecycle.shutdown, out))).await
}

async fn serve(args: &Serve, shutdown: &CancellationToken, out: &mut Output) -> anyhow::Result<()> {
    let (name, port) = match args.role {
        ServiceName::Query => ("query", 1648),
        ServiceName::Ingest => ("ingest", 1651),
        ServiceName::Projector => ("projector", 1652),
    };
    let address = args
        .http
        .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], port)));
    // Refuses an invalid file before anything is started.
    webhooks::entries(&args.service.delivery)?;
    if args.role == ServiceName::Projector && args.grpc.is_some() {
        anyhow::bail!("the projector has no gRPC API: omit --grpc");
    }
    let listeners = Listeners::open(address, args.grpc, &args.service.server, shutdown).await?;
    let target = Target::of(&args.on);
    let connection = step(shutdown, connect_service(&target, name)).await?;
    check_copies(&connection, &args.copies)?;
    let command = || access::create_token_on(&target, &args.copies);
    let guard = access::guard(
        &connection,
        listeners.addresses(),
        shutdown.clone(),
        command,
    );
    let guard = step(shutdown, guard).await?;
    out.note(&format!(
        "detente {name} on {}, NATS {}, {}",
        listeners.http_url(),
        target.redacted(),
        access::describe(&guard)
    ));
    if let Some(url) = listeners.grpc_url() {
        out.note(&format!("gRPC on {url}"));
    }
    let service = Service {
        args,
        connection: &connection,
        listeners,
        middleware: args.service.server.middleware(guard),
        shutdown,
    };
    let served = match args.role {
        ServiceName::Ingest => Box::pin(service.ingest()).await,
        ServiceName::Projector => Box::pin(service.project(out)).await,
        ServiceName::Query => Box::pin(service.query(out)).await,
    };
    connection.close().await;
    served
}

impl Service<'_> {
    async fn query(self, out: &mut Output) -> anyhow::Result<()> {
        let own = rules::compile(self.args.service.rulebook.as_deref())?;
        let rulebook = rules::choose(self.connection, &own, out);
        let rulebook = step(self.shutdown, rulebook).await?;
        let metrics = telemetry::metrics()?;
        let stop = self.shutdown.child_token();
        let _stop_at_end = stop.clone().drop_guard();
        let probes = vec![log_probe(self.connection, &stop)];
        let models = start_read_models(self.connection, rulebook, metrics, probes, &stop);
        let webhooks = webhooks::start(
            &self.args.service.delivery,
            self.connection,
            self.args.copies.replicas,
            &models,
            stop.clone(),
        )?;
        let routes = detente_query::router(models.clone());
        let routes = routes.merge(detente_webhooks::router(webhooks.clone()));
        let routes = routes.pages(detente_console::router(models.clone(), None));
        let routes = routes.finish(&self.middleware);
        let calls = detente_grpc::Deps {
            gateway: None,
            models: Some(models.clone()),
            middleware: self.middleware,
        };
        let serving = self.listeners.serve(routes, calls, self.shutdown);
        let failed = async {
            let reason = models.broken().await;
            anyhow::anyhow!("{reason}")
        };
        let served = Box::pin(unless_failed(serving, failed, self.shutdown)).await;
        stop.cancel();
        webhooks.stopped().await;
        models.stopped().await;
        served
    }

    async fn ingest(self) -> anyhow::Result<()> {
        let stop = CancellationToken::new();
        let _stop_at_end = stop.clone().drop_guard();
        let metrics = telemetry::metrics()?;
        let gateway = start_gateway(self.connection, self.args.copies.replicas, None, &stop);
        let gateway = step(self.shutdown, gateway).await?;
        let closing = self.shutdown.child_token();
        let guard = self.middleware.guard.clone();
        let endpoint = NatsEndpoint::start(&gateway, guard, closing.clone()).await?;
        let (loaded, is_loaded) = watch::channel(false);
        let mut probes = gateway_probes(&gateway);
        probes.push(data_probe(is_loaded));
        let health = health_routes(probes, None, metrics);
        let routes = detente_ingest::router(gateway.clone()).merge(health);
        let routes = routes.finish(&self.middleware);
        let calls = detente_grpc::Deps {
            gateway: Some(gateway.clone()),
            models: None,
            middleware: self.middleware,
        };
        // Loads the built-in data while requests are served.
        let load = async {
            match load_data(&gateway, None).await {
                Ok(_) => drop(loaded.send_replace(true)),
                Err(error) => tracing::error!(%error, "the background data cannot be loaded"),
            }
            std::future::pending::<anyhow::Error>().await
        };
        let serving = self.listeners.serve(routes, calls, self.shutdown);
        let failed = async {
            tokio::select! {
                error = gateway_failed(&gateway) => error,
                never = load => never,
            }
        };
        let served = Box::pin(unless_failed(serving, failed, self.shutdown)).await;
        closing.cancel();
        endpoint.stopped().await;
        stop.cancel();
        gateway.stopped().await;
        served
    }

    /// Runs a projector. If another one is active, it stands by and follows.
    async fn project(self, out: &mut Output) -> anyhow::Result<()> {
        let metrics = telemetry::metrics()?;
        let own = rules::compile(self.args.service.rulebook.as_deref())?;
        let replicas = self.args.copies.replicas;
        let rulebook = rules::bootstrap(self.connection, replicas, &own, out);
        step(self.shutdown, rulebook).await?;
        let config = SupervisorConfig {
            connection: self.connection.clone(),
            own,
            replicas,
            standby: true,
            retries: false,
        };
        let (handle, task) = Supervisor::start(config, self.shutdown.clone());
        let probes = vec![
            log_probe(self.connection, self.shutdown),
            projector_probe(&handle),
        ];
        let routes = health_routes(probes, Some(candidate(&handle)), metrics);
        let routes = routes.finish(&self.middleware);
        let calls = detente_grpc::Deps {
            gateway: None,
            models: None,
            middleware: self.middleware,
        };
        let projecting = async {
            let ended = task.await.context("the projector was interrupted")?;
            ended.context("the projector")
        };
        let serving = self.listeners.serve(routes, calls, self.shutdown);
        Box::pin(both(projecting, serving, self.shutdown)).await
    }
}

/// Serves to the end, unless a service fails. Then no request is accepted any more, and those in
/// progress end, before this returns the error: HTTP is a task of its own and would go on.
async fn unless_failed(
    serving: impl Future<Output = anyhow::Result<()>>,
    failed: impl Future<Output = anyhow::Error>,
    shutdown: &CancellationToken,
) -> anyhow::Result<()> {
    let mut serving = pin!(serving);
    let failure = tokio::select! {
        served = &mut serving => return served,
        failure = failed => failure,
    };
    shutdown.cancel();
    if let Err(error) = serving.await {
        tracing::error!(%error, "a listener failed");
    }
    Err(failure)
}

/// Returns the status of the next rulebook.
fn candidate(handle: &SupervisorHandle) -> CandidateStatus {
    let candidate = handle.candidate.clone();
    Arc::new(move || match &*candidate.borrow() {
        None => serde_json::Value::Null,
        Some(candidacy) => serde_json::json!({
            "projection": candidacy.projection.as_str(),
            "position": candidacy.progress.position,
            "failing": match &candidacy.progress.state {
                State::Stopped(reason) | State::Failed(reason) => Some(reason),
                State::CatchingUp | State::Live => None,
            },
        }),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn after_a_failure_serving_is_stopped_and_awaited() {
        let shutdown = CancellationToken::new();
        let mut has_ended = false;
        let serving = async {
            shutdown.cancelled().await;
            tokio::task::yield_now().await;
            has_ended = true;
            Ok(())
        };
        let failed = async { anyhow::anyhow!("the gateway is broken") };
        let served = unless_failed(serving, failed, &shutdown).await;
        assert_eq!(served.unwrap_err().to_string(), "the gateway is broken");
        assert!(has_ended);
    }
}
