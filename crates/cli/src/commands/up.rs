//! `detente up`: all services in one process, on a NATS server of its own.

mod banner;
mod data;
mod listeners;

pub(super) use data::load;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use detente_auth::Guard;
use detente_ingest::Gateway;
use detente_ingest::nats::Door;
use detente_jetstream::Connection;
use detente_jetstream::connect::Options;
use detente_jetstream::topology;
use detente_nats_server::{LocalServer, State};
use detente_projector::{Keeper, KeeperHandle, keeper, progress};
use detente_read_model::health::Probe;
use detente_read_model::{Deps, Readings};
use detente_webhooks::Webhooks;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::args::{On, Replicas, Up};
use crate::lifecycle::Lifecycle;
use crate::store::connect;
use crate::{Out, access, ambient, hooks, host, rules, telemetry};
use listeners::{Bases, Listeners};

/// How often the gateway is asked whether a part of it has ended.
const LOOK_EVERY: Duration = Duration::from_millis(500);

/// The NATS server that is used.
enum Nats {
    /// A child of ours.
    Ours {
        server: LocalServer,
        dir: PathBuf,
        ephemeral: bool,
    },
    /// One that runs already.
    Theirs(On),
}

/// The services, running.
struct Services {
    gateway: Gateway,
    /// Reports over NATS; it closes when the shutdown begins.
    door: Door,
    projector: KeeperHandle,
    projecting: JoinHandle<Result<(), detente_projector::Error>>,
    query: Readings,
    hooks: Webhooks,
    /// Ends the gateway and the projector, after the last request.
    stop: CancellationToken,
}

pub(super) async fn run(args: &Up, out: &mut Out) -> anyhow::Result<()> {
    let lifecycle = Lifecycle::of_process()?;
    Box::pin(lifecycle.run(up(args, &lifecycle, out))).await
}

async fn up(args: &Up, lifecycle: &Lifecycle, out: &mut Out) -> anyhow::Result<()> {
    // What is wrong with a file is said before anything is waited for.
    hooks::entries(&args.hooks)?;
    let listeners = Listeners::open(args).await?;
    let nats = tokio::select! {
        nats = start_nats(args) => nats?,
        () = lifecycle.soft.cancelled() => return Ok(()),
    };
    let done = Box::pin(on_nats(args, &nats, listeners, lifecycle, out)).await;
    if let Nats::Ours {
        server,
        dir,
        ephemeral,
    } = nats
    {
        server.stop().await;
        if ephemeral {
            std::fs::remove_dir_all(&dir).with_context(|| format!("removing {}", dir.display()))?;
        }
    }
    done
}

async fn on_nats(
    args: &Up,
    nats: &Nats,
    listeners: Listeners,
    lifecycle: &Lifecycle,
    out: &mut Out,
) -> anyhow::Result<()> {
    let connection = nats.connect().await?;
    let soft = lifecycle.soft.clone();
    let guard = access::guard(&connection, listeners.addresses, soft.clone(), || {
        nats.fix(args)
    })
    .await;
    let guard = match guard {
        Ok(guard) => guard,
        Err(error) => {
            connection.close().await;
            return Err(error);
        }
    };
    let services = start(args, &connection, &guard, &soft, out).await?;
    let _stop_at_end = services.stop.clone().drop_guard();
    let routes = detente_ingest::router(services.gateway.clone())
        .and(detente_query::router(services.query.clone()))
        .and(detente_webhooks::router(services.hooks.clone()));
    let manners = args.doors.manners(guard.clone());
    let routes = routes.close(&manners);
    let calls = detente_grpc::Deps {
        gateway: Some(services.gateway.clone()),
        readings: Some(services.query.clone()),
        manners,
    };
    let bases = listeners.bases.clone();
    let server = host::serve_both(
        detente_http::serve(listeners.http, routes, soft.clone()),
        detente_grpc::serve(listeners.grpc, calls, soft.clone()),
        &soft,
    );
    let mut server = std::pin::pin!(server);
    let mut served = false;
    let outcome = {
        let ready = ready(args, &services, nats, (&bases, &guard), out);
        let mut ready = std::pin::pin!(ready);
        let mut is_ready = false;
        let mut dead = std::pin::pin!(services.dead(nats));
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
                error = &mut dead => break Err(error),
            }
        }
    };
    // Whatever ended first, the others end too, and the requests before them.
    soft.cancel();
    if !served && let Err(error) = server.await {
        tracing::error!(%error, "a listener failed");
    }
    let stopped = services.stop().await;
    connection.close().await;
    outcome.and(stopped)
}

async fn start_nats(args: &Up) -> anyhow::Result<Nats> {
    if let Some(url) = &args.nats {
        return Ok(Nats::Theirs(On {
            nats: url.clone(),
            nats_creds: args.nats_creds.clone(),
        }));
    }
    let ephemeral = args.ephemeral;
    let dir = if ephemeral {
        ambient::scratch_dir()
    } else {
        host::nats_dir(&args.local)?
    };
    let server = host::start_nats(&args.local, dir.clone()).await?;
    Ok(Nats::Ours {
        server,
        dir,
        ephemeral,
    })
}

async fn start(
    args: &Up,
    connection: &Connection,
    guard: &Guard,
    soft: &CancellationToken,
    out: &mut Out,
) -> anyhow::Result<Services> {
    let metrics = telemetry::metrics()?;
    let own = rules::own(args.rulebook.as_deref())?;
    let book = rules::begin(connection, topology::Replicas::One, &own, out).await?;
    let stop = CancellationToken::new();
    let gateway = Gateway::start(
        detente_ingest::Deps {
            connection: connection.clone(),
            replicas: topology::Replicas::One,
            clock: ambient::clock(),
            ids: ambient::ids(),
        },
        stop.clone(),
    );
    let gateway = gateway.await.context("the gateway")?;
    let door = Door::open(&gateway, guard.clone(), soft.clone()).await?;
    let (projector, projecting) = Keeper::start(
        keeper::Deps {
            connection: connection.clone(),
            own,
            replicas: topology::Replicas::One,
            stands_by: false,
        },
        stop.clone(),
    );
    let query = Readings::start(
        Deps {
            connection: connection.clone(),
            rules: book.rules,
            rulebook: book.text,
            projection: book.projection,
            clock: ambient::clock(),
            metrics: Some(metrics),
            probes: vec![
                Probe {
                    part: "gateway",
                    check: gateway_check(gateway.clone()),
                },
                Probe {
                    part: "projector",
                    check: projector_check(&projector),
                },
            ],
        },
        soft.clone(),
    );
    let hooks = hooks::start(
        &args.hooks,
        connection,
        topology::Replicas::One,
        &query,
        soft.clone(),
    )?;
    Ok(Services {
        gateway,
        door,
        projector,
        projecting,
        query,
        hooks,
        stop,
    })
}

/// Loads the data that ships, waits until everything has folded it, and says where to go.
async fn ready(
    args: &Up,
    services: &Services,
    nats: &Nats,
    door: (&Bases, &Guard),
    out: &mut Out,
) -> anyhow::Result<()> {
    let loaded = load(&services.gateway, args.demo).await?;
    let mut progress = services.projector.progress();
    let told = progress
        .wait_for(|now| now.position >= loaded.position && now.state == progress::State::Live)
        .await;
    let sequence = told.context("the projector has ended")?.published_sequence;
    let query = services.query.current();
    let mut folded = query.progress();
    let is_folded = folded.wait_for(|now| now.is_live() && now.position >= loaded.position);
    let position = is_folded
        .await
        .context("the query service has ended")?
        .position;
    query.fed(sequence).await;
    banner::show(args, nats, door, &query, loaded, position, out)
}

pub(crate) fn gateway_check(gateway: Gateway) -> host::Check {
    Arc::new(move || {
        gateway
            .health()
            .map_err(|failing| format!("{failing} fails"))
    })
}

pub(crate) fn projector_check(projector: &KeeperHandle) -> host::Check {
    let progress = projector.progress();
    Arc::new(move || {
        let progress = progress.borrow();
        match &progress.state {
            progress::State::Live => Ok(()),
            progress::State::CatchingUp => Err(format!("behind by {} commits", progress.lag())),
            progress::State::Failed(reason) => Err(reason.clone()),
        }
    })
}

// === impl Nats ===

impl Nats {
    /// Where it is, as it may be shown.
    fn shown(&self) -> String {
        match self {
            Self::Ours { server, .. } => server.url().to_owned(),
            Self::Theirs(on) => on.shown(),
        }
    }

    async fn connect(&self) -> anyhow::Result<Connection> {
        match self {
            Self::Ours { server, .. } => connect(&Options::new(server.url(), "detente up")).await,
            Self::Theirs(on) => connect(&on.options("up")).await,
        }
    }

    /// What makes a token there.
    fn fix(&self, args: &Up) -> String {
        match self {
            Self::Theirs(on) => access::fix_on(on, Replicas::One),
            Self::Ours {
                ephemeral: true, ..
            } => {
                let kept = "detente token create --name admin --role admin --data-dir DIR";
                format!(
                    "{kept}
and start with that --data-dir: what is thrown away has no tokens"
                )
            }
            Self::Ours { dir, .. } => access::fix_in(dir.parent().unwrap_or(dir), &args.local),
        }
    }

    /// Waits until the server cannot be started again.
    async fn dead(&self) -> anyhow::Error {
        let Self::Ours { server, .. } = self else {
            return std::future::pending().await;
        };
        let mut state = server.state();
        let failed = state
            .wait_for(|state| matches!(state, State::Failed { .. }))
            .await;
        match failed.as_deref() {
            Ok(State::Failed { reason }) => anyhow::anyhow!("the NATS server: {reason}"),
            Ok(_) | Err(_) => anyhow::anyhow!("the supervisor of the NATS server has ended"),
        }
    }
}

// === impl Services ===

impl Services {
    /// Waits until something that must not end has ended, and says which.
    async fn dead(&self, nats: &Nats) -> anyhow::Error {
        let mut projector = self.projector.progress();
        let failed =
            projector.wait_for(|progress| matches!(progress.state, progress::State::Failed(_)));
        let projector = async {
            match failed.await.as_deref() {
                Ok(progress::Progress {
                    state: progress::State::Failed(reason),
                    ..
                }) => {
                    anyhow::anyhow!("the projector has stopped: {reason}")
                }
                Ok(_) | Err(_) => anyhow::anyhow!("the projector has ended"),
            }
        };
        tokio::select! {
            error = projector => error,
            part = self.query.broken() => anyhow::anyhow!("{part} has ended"),
            error = gateway_dead(&self.gateway) => error,
            error = nats.dead() => error,
        }
    }

    /// Ends what is left, each after those that need it.
    async fn stop(self) -> anyhow::Result<()> {
        self.door.closed().await;
        self.stop.cancel();
        self.gateway.stopped().await;
        let projected = self.projecting.await;
        self.hooks.stopped().await;
        self.query.stopped().await;
        projected
            .context("the projector broke off")?
            .context("the projector")
    }
}

/// Waits until a part of the gateway has ended: what fails and may mend is none of it.
pub(crate) async fn gateway_dead(gateway: &Gateway) -> anyhow::Error {
    let mut every = tokio::time::interval(LOOK_EVERY);
    loop {
        every.tick().await;
        if let Err(failing) = gateway.health()
            && !["nats", "tick"].contains(&failing.0)
        {
            return anyhow::anyhow!("the gateway's {failing} has ended");
        }
    }
}
