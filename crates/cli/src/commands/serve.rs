//! `detente serve ROLE`: one service.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use detente_ingest::Gateway;
use detente_projector::{Handle, Projector};
use detente_stream::connect;
use detente_stream::{Connection, topology};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;

use super::up::{gateway_check, gateway_dead, load, projector_check};
use crate::args::{Replicas, Role, Serve};
use crate::lifecycle::Lifecycle;
use crate::source::load_rulebook;
use crate::{Out, ambient, host, telemetry};

/// How long a projector that was fenced leaves the other one alone.
const STAND_BY: Duration = Duration::from_secs(10);
/// How long to wait before the data that ships is loaded again.
const LOAD_AGAIN: Duration = Duration::from_secs(5);

pub(super) async fn run(args: &Serve, out: &mut Out) -> anyhow::Result<()> {
    let lifecycle = Lifecycle::of_process()?;
    Box::pin(lifecycle.run(serve(args, &lifecycle, out))).await
}

async fn serve(args: &Serve, lifecycle: &Lifecycle, out: &mut Out) -> anyhow::Result<()> {
    let port = match args.role {
        Role::Query => 1648,
        Role::Ingest => 1651,
        Role::Projector => 1652,
    };
    let address = args
        .http
        .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], port)));
    let listener = host::listen(address, "--http").await?;
    let address = listener.local_addr()?;
    let name = match args.role {
        Role::Query => "query",
        Role::Ingest => "ingest",
        Role::Projector => "projector",
    };
    let options = connect::Options::new(&args.nats, format!("detente {name}"));
    let connection = tokio::select! {
        connection = Connection::open(&options) => connection?,
        () = lifecycle.soft.cancelled() => return Ok(()),
    };
    out.note(&format!(
        "detente {name} on http://{address}, NATS {}",
        args.nats
    ));
    let served = match args.role {
        Role::Ingest => ingest(args, &connection, listener, lifecycle).await,
        Role::Projector => projector(args, &connection, listener, lifecycle).await,
        Role::Query => {
            let (rules, rulebook, projection) = load_rulebook(args.rulebook.as_deref())?;
            let deps = detente_query::Deps {
                connection: connection.clone(),
                rules: Arc::new(rules),
                rulebook,
                projection,
                clock: ambient::clock(),
                metrics: Some(telemetry::metrics()?),
                probes: Vec::new(),
            };
            let served = detente_query::serve(listener, deps, lifecycle.soft.clone()).await;
            served.map_err(anyhow::Error::from)
        }
    };
    connection.close().await;
    served
}

async fn ingest(
    args: &Serve,
    connection: &Connection,
    listener: tokio::net::TcpListener,
    lifecycle: &Lifecycle,
) -> anyhow::Result<()> {
    let stop = CancellationToken::new();
    let _stop_at_end = stop.clone().drop_guard();
    let metrics = telemetry::metrics()?;
    let deps = detente_ingest::Deps {
        connection: connection.clone(),
        replicas: replicas(args),
        clock: ambient::clock(),
        ids: ambient::ids(),
    };
    let gateway = Gateway::start(deps, stop.clone())
        .await
        .context("the gateway")?;
    let probes = host::probes("gateway", gateway_check(gateway.clone()), metrics);
    let routes = detente_ingest::closed(detente_ingest::router(gateway.clone()).merge(probes));
    // Who governs is loaded beside the requests; a server that is away for a while is no failure.
    let background = async {
        while let Err(error) = load(&gateway, false).await {
            tracing::warn!(%error, "who governs cannot be loaded yet");
            tokio::time::sleep(LOAD_AGAIN).await;
        }
        std::future::pending().await
    };
    let served = tokio::select! {
        served = host::serve(listener, routes, lifecycle.soft.clone()) => served,
        error = gateway_dead(&gateway) => Err(error),
        never = background => never,
    };
    stop.cancel();
    gateway.stopped().await;
    served
}

/// A projector that another one fences stands by: it starts again behind the other.
async fn projector(
    args: &Serve,
    connection: &Connection,
    listener: tokio::net::TcpListener,
    lifecycle: &Lifecycle,
) -> anyhow::Result<()> {
    let metrics = telemetry::metrics()?;
    let (rules, _, projection) = load_rulebook(args.rulebook.as_deref())?;
    let deps = detente_projector::Deps {
        connection: connection.clone(),
        rules: Arc::new(rules),
        projection,
        replicas: replicas(args),
    };
    let (current, seen) = watch::channel(None::<Handle>);
    let check: host::Check = Arc::new(move || match &*seen.borrow() {
        Some(handle) => projector_check(handle)(),
        None => Err("it has not started".to_owned()),
    });
    let routes = detente_query::closed(host::probes("projector", check, metrics));
    let soft = &lifecycle.soft;
    let projecting = async {
        loop {
            let (handle, task) = Projector::start(deps.clone(), soft.clone());
            current.send_replace(Some(handle));
            match task.await.context("the projector broke off")? {
                Err(detente_projector::Error::Fenced { .. }) => {
                    tracing::warn!("another projector writes; standing by");
                    tokio::select! {
                        () = tokio::time::sleep(STAND_BY) => {}
                        () = soft.cancelled() => return Ok(()),
                    }
                }
                outcome => return outcome.context("the projector"),
            }
        }
    };
    let serving = host::serve(listener, routes, soft.clone());
    let (mut projecting, mut serving) = (std::pin::pin!(projecting), std::pin::pin!(serving));
    tokio::select! {
        outcome = &mut projecting => {
            soft.cancel();
            serving.await.and(outcome)
        }
        served = &mut serving => {
            soft.cancel();
            projecting.await.and(served)
        }
    }
}

const fn replicas(args: &Serve) -> topology::Replicas {
    match args.replicas {
        Replicas::One => topology::Replicas::One,
        Replicas::Three => topology::Replicas::Three,
    }
}
