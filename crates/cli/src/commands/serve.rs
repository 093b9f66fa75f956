//! `detente serve ROLE`: one service.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use detente_http::{Manners, Patient, tls};
use detente_ingest::Gateway;
use detente_ingest::nats::Door;
use detente_jetstream::{Connection, topology};
use detente_projector::{Keeper, KeeperHandle, State, keeper};
use detente_read_model::Readings;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::up::{gateway_check, gateway_dead, load, projector_check};
use crate::args::{Replicas, Role, Serve};
use crate::lifecycle::Lifecycle;
use crate::store::connect;
use crate::{Out, access, ambient, hooks, host, rules, telemetry};

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
    let certificate = args.doors.shown.tls()?;
    // What is wrong with a file is said before anything is waited for.
    hooks::entries(&args.hooks)?;
    let listener = host::listen(address, "--http").await?;
    let address = listener.local_addr()?;
    let grpc = grpc(args).await?;
    let called = grpc.as_ref().map(TcpListener::local_addr).transpose()?;
    let listeners = Listeners {
        http: host::door(listener, certificate.as_ref(), tls::HTTP_1),
        grpc: grpc.map(|grpc| host::door(grpc, certificate.as_ref(), tls::HTTP_2)),
    };
    let name = match args.role {
        Role::Query => "query",
        Role::Ingest => "ingest",
        Role::Projector => "projector",
    };
    let options = args.on.options(name);
    let connection = tokio::select! {
        connection = connect(&options) => connection?,
        () = lifecycle.soft.cancelled() => return Ok(()),
    };
    let fix = || access::fix_on(&args.on, args.replicas);
    let addresses = [address].into_iter().chain(called);
    let guard = access::guard(&connection, addresses, lifecycle.soft.clone(), fix).await?;
    let access = access::told(&guard);
    let manners = args.doors.manners(guard);
    out.note(&format!(
        "detente {name} on {}, NATS {}, {access}",
        host::base(address, certificate.as_ref()),
        args.on.shown()
    ));
    if let Some(called) = called {
        out.note(&format!(
            "gRPC on {}",
            host::base(called, certificate.as_ref())
        ));
    }
    let served = match args.role {
        Role::Ingest => ingest(args, &connection, listeners, manners, lifecycle).await,
        Role::Projector => {
            let routes = (listeners.http, &manners);
            projector(args, &connection, routes, lifecycle, out).await
        }
        Role::Query => {
            let doors = (listeners, manners);
            query(args, &connection, doors, lifecycle, out).await
        }
    };
    connection.close().await;
    served
}

async fn query(
    args: &Serve,
    connection: &Connection,
    (listeners, manners): (Listeners, Manners),
    lifecycle: &Lifecycle,
    out: &mut Out,
) -> anyhow::Result<()> {
    let own = rules::own(args.rulebook.as_deref())?;
    let book = rules::reading(connection, &own, out).await?;
    let deps = detente_read_model::Deps {
        connection: connection.clone(),
        rules: book.rules,
        rulebook: book.text,
        projection: book.projection,
        clock: ambient::clock(),
        metrics: Some(telemetry::metrics()?),
        probes: Vec::new(),
    };
    let stop = lifecycle.soft.child_token();
    let _stop_at_end = stop.clone().drop_guard();
    let readings = Readings::start(deps, stop.clone());
    let replicas = replicas(args);
    let hooks = hooks::start(&args.hooks, connection, replicas, &readings, stop.clone())?;
    let routes = detente_query::router(readings.clone());
    let routes = routes.and(detente_webhooks::router(hooks.clone()));
    let routes = routes.close(&manners);
    let calls = detente_grpc::Deps {
        gateway: None,
        readings: Some(readings.clone()),
        manners,
    };
    let served = tokio::select! {
        served = doors(listeners, routes, calls, lifecycle) => served,
        part = readings.broken() => Err(anyhow::anyhow!("{part} has ended")),
    };
    stop.cancel();
    hooks.stopped().await;
    readings.stopped().await;
    served
}

/// Where a role is open.
struct Listeners {
    http: Patient,
    grpc: Option<Patient>,
}

/// The listener of gRPC, where one is asked for.
async fn grpc(args: &Serve) -> anyhow::Result<Option<TcpListener>> {
    let Some(address) = args.grpc else {
        return Ok(None);
    };
    if args.role == Role::Projector {
        anyhow::bail!("the projector answers nobody over gRPC: leave --grpc out");
    }
    host::listen(address, "--grpc").await.map(Some)
}

/// Serves a role over HTTP, and over gRPC where that is asked for.
async fn doors(
    listeners: Listeners,
    routes: axum::Router,
    calls: detente_grpc::Deps,
    lifecycle: &Lifecycle,
) -> anyhow::Result<()> {
    let soft = &lifecycle.soft;
    let http = detente_http::serve(listeners.http, routes, soft.clone());
    match listeners.grpc {
        Some(grpc) => {
            let grpc = detente_grpc::serve(grpc, calls, soft.clone());
            host::serve_both(http, grpc, soft).await
        }
        None => http.await.context("the HTTP listener failed"),
    }
}

async fn ingest(
    args: &Serve,
    connection: &Connection,
    listeners: Listeners,
    manners: Manners,
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
    let closing = lifecycle.soft.child_token();
    let door = Door::open(&gateway, manners.guard.clone(), closing.clone()).await?;
    let probes = host::probed("gateway", gateway_check(gateway.clone()), None, metrics);
    let routes = detente_ingest::router(gateway.clone()).and(probes);
    let routes = routes.close(&manners);
    let calls = detente_grpc::Deps {
        gateway: Some(gateway.clone()),
        readings: None,
        manners,
    };
    // Who governs is loaded beside the requests; a server that is away for a while is no failure.
    let background = async {
        while let Err(error) = load(&gateway, false).await {
            tracing::warn!(%error, "who governs cannot be loaded yet");
            tokio::time::sleep(LOAD_AGAIN).await;
        }
        std::future::pending().await
    };
    let served = tokio::select! {
        served = doors(listeners, routes, calls, lifecycle) => served,
        error = gateway_dead(&gateway) => Err(error),
        never = background => never,
    };
    closing.cancel();
    door.closed().await;
    stop.cancel();
    gateway.stopped().await;
    served
}

/// A projector that another one fences stands by: it goes on behind the other.
async fn projector(
    args: &Serve,
    connection: &Connection,
    (listener, manners): (Patient, &Manners),
    lifecycle: &Lifecycle,
    out: &mut Out,
) -> anyhow::Result<()> {
    let metrics = telemetry::metrics()?;
    let own = rules::own(args.rulebook.as_deref())?;
    rules::begin(connection, replicas(args), &own, out).await?;
    let deps = keeper::Deps {
        connection: connection.clone(),
        own,
        replicas: replicas(args),
        stands_by: true,
    };
    let soft = &lifecycle.soft;
    let (handle, task) = Keeper::start(deps, soft.clone());
    let candidate = candidate(&handle);
    let probes = host::probed(
        "projector",
        projector_check(&handle),
        Some(candidate),
        metrics,
    );
    let routes = probes.close(manners);
    let projecting = async {
        let ended = task.await.context("the projector broke off")?;
        ended.context("the projector")
    };
    let serving = async {
        let served = detente_http::serve(listener, routes, soft.clone()).await;
        served.context("the HTTP listener failed")
    };
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

/// The rulebook that is to follow: it keeps nobody from being ready, and is named if it fails.
fn candidate(handle: &KeeperHandle) -> host::Beside {
    let candidate = handle.candidate();
    Arc::new(move || match &*candidate.borrow() {
        None => serde_json::Value::Null,
        Some(candidacy) => serde_json::json!({
            "projection": candidacy.projection.as_str(),
            "position": candidacy.progress.position,
            "failing": match &candidacy.progress.state {
                State::Failed(reason) => Some(reason),
                State::CatchingUp | State::Live => None,
            },
        }),
    })
}

const fn replicas(args: &Serve) -> topology::Replicas {
    match args.replicas {
        Replicas::One => topology::Replicas::One,
        Replicas::Three => topology::Replicas::Three,
    }
}
