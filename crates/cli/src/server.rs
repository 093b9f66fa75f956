//! The HTTP and gRPC servers of `detente up` and `serve`.

mod routes;

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use axum::http::{StatusCode, header};
use detente_http::{ApiRouter, Connections, TimeoutListener, Tls, probes, tls};
use detente_read_model::health::Probe;
use serde_json::json;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::args::ServerArgs;
use crate::telemetry::Metrics;
use routes::Routes;

/// The number of ports after a busy one that are tried for a suggestion.
const PORTS_TRIED: u16 = 50;

/// Returns the status of the next rulebook, which does not affect the readiness.
pub(crate) type CandidateStatus = Arc<dyn Fn() -> serde_json::Value + Send + Sync>;

/// The listeners of a process. HTTP is served from the beginning, so that probes are answered while
/// the services start.
pub(crate) struct Listeners {
    http: Serving,
    grpc: Option<Listener>,
}

/// HTTP that is being served.
struct Serving {
    address: SocketAddr,
    url: String,
    routes: Routes,
    task: JoinHandle<std::io::Result<()>>,
}

struct Listener {
    listener: TimeoutListener,
    address: SocketAddr,
    url: String,
}

// === impl Listeners ===

impl Listeners {
    /// Listens for HTTP, and for gRPC if there is an address, with one limit on the connections of
    /// both. Until [`Listeners::serve`], probes say that the process starts.
    pub(crate) async fn open(
        http: SocketAddr,
        grpc: Option<SocketAddr>,
        server: &ServerArgs,
        shutdown: &CancellationToken,
    ) -> anyhow::Result<Self> {
        let tls = server.tls.read()?;
        let connections = server.open.connections();
        let open = async |address, flag, protocol| {
            Listener::open(address, flag, tls.as_ref(), protocol, &connections).await
        };
        let http = open(http, "--http", tls::HTTP_1).await?;
        let grpc = match grpc {
            Some(grpc) => Some(open(grpc, "--grpc", tls::HTTP_2).await?),
            None => None,
        };
        let routes = Routes::starting();
        let serve = detente_http::serve(http.listener, routes.router(), shutdown.clone());
        let http = Serving {
            address: http.address,
            url: http.url,
            routes,
            task: tokio::spawn(serve),
        };
        Ok(Self { http, grpc })
    }

    pub(crate) fn addresses(&self) -> impl Iterator<Item = SocketAddr> {
        let grpc = self.grpc.iter().map(|grpc| grpc.address);
        [self.http.address].into_iter().chain(grpc)
    }

    pub(crate) fn http_url(&self) -> &str {
        &self.http.url
    }

    pub(crate) fn grpc_url(&self) -> Option<&str> {
        self.grpc.as_ref().map(|grpc| grpc.url.as_str())
    }

    /// Serves until the shutdown. If HTTP or gRPC ends, the other is stopped.
    pub(crate) async fn serve(
        self,
        router: Router,
        calls: detente_grpc::Deps,
        shutdown: &CancellationToken,
    ) -> anyhow::Result<()> {
        self.http.routes.set(router);
        let http = async {
            let served = self.http.task.await;
            let served = served.context("the HTTP listener was interrupted")?;
            served.context("the HTTP listener failed")
        };
        let Some(grpc) = self.grpc else {
            return http.await;
        };
        let grpc = detente_grpc::serve(grpc.listener, calls, shutdown.clone());
        let grpc = async { grpc.await.context("the gRPC listener failed") };
        both(http, grpc, shutdown).await
    }
}

impl Listener {
    async fn open(
        address: SocketAddr,
        flag: &str,
        tls: Option<&Tls>,
        protocol: &[u8],
        connections: &Connections,
    ) -> anyhow::Result<Self> {
        let listener = match TcpListener::bind(address).await {
            Ok(listener) => listener,
            Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
                return Err(port_in_use(address, flag).await);
            }
            Err(error) => {
                return Err(error).with_context(|| format!("cannot listen on {address}"));
            }
        };
        let address = listener.local_addr()?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let acceptor = tls.map(|tls| tls.acceptor(&[protocol]));
        Ok(Self {
            listener: TimeoutListener::new(listener, acceptor, connections),
            address,
            url: format!("{scheme}://{address}"),
        })
    }
}

/// Runs two tasks to their ends, and cancels `stop` when the first one ends. If both fail, the
/// error of the last one is returned.
pub(crate) async fn both(
    one: impl Future<Output = anyhow::Result<()>>,
    other: impl Future<Output = anyhow::Result<()>>,
    stop: &CancellationToken,
) -> anyhow::Result<()> {
    let (mut one, mut other) = (std::pin::pin!(one), std::pin::pin!(other));
    tokio::select! {
        done = &mut one => {
            stop.cancel();
            other.await.and(done)
        }
        done = &mut other => {
            stop.cancel();
            one.await.and(done)
        }
    }
}

/// Suggests the next free port, as a value of the flag.
pub(crate) async fn port_in_use(address: SocketAddr, flag: &str) -> anyhow::Error {
    let port = address.port();
    let mut next = address;
    for free in port.saturating_add(1)..=port.saturating_add(PORTS_TRIED) {
        next.set_port(free);
        if TcpListener::bind(next).await.is_ok() {
            let value = if ["--http", "--grpc"].contains(&flag) {
                next.to_string()
            } else {
                free.to_string()
            };
            return anyhow::anyhow!(
                "port {port} is in use: stop the process using it, or choose another one, such as \
                 {flag} {value}"
            );
        }
    }
    anyhow::anyhow!("port {port} is in use: choose another one with {flag}")
}

/// Returns `/livez`, `/readyz` and `/metrics` of a service without reads.
pub(crate) fn health_routes(
    probes: Vec<Probe>,
    candidate: Option<CandidateStatus>,
    metrics: Metrics,
) -> ApiRouter {
    let ready = async move || {
        let failing = probes.iter().filter_map(|probe| {
            let reason = (probe.check)().err()?;
            Some(json!({"part": probe.part, "reason": reason}))
        });
        let failing: Vec<_> = failing.collect();
        let (status, ready) = match failing.as_slice() {
            [] => (StatusCode::OK, true),
            [..] => (StatusCode::SERVICE_UNAVAILABLE, false),
        };
        let mut body = json!({"ready": ready, "failing": failing});
        if let Some(candidate) = &candidate {
            body["candidate"] = candidate();
        }
        (status, axum::Json(body))
    };
    let metrics = async move || {
        let media_type = "text/plain; version=0.0.4; charset=utf-8";
        ([(header::CONTENT_TYPE, media_type)], metrics())
    };
    ApiRouter::new()
        .route(probes::live(), async || "live\n")
        .route(probes::ready(), ready)
        .route(probes::metrics(), metrics)
}
