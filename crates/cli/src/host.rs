//! What the commands that serve have in common: listeners, a NATS server, small routers.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use axum::http::{StatusCode, header};
use detente_http::{Doors, Patient, Tls, probes};
use detente_nats_server as nats_server;
use detente_nats_server::{LocalError, LocalServer, Search};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::ambient;
use crate::args::Local;

/// How many ports after a busy one are tried for a suggestion.
const PORTS_TRIED: u16 = 50;

/// Says what is wrong with a service.
pub(crate) type Check = Arc<dyn Fn() -> Result<(), String> + Send + Sync>;

/// Says what else there is to know of a service, whether it is well or not.
pub(crate) type Beside = Arc<dyn Fn() -> serde_json::Value + Send + Sync>;

/// Listens on an address; a busy port is named with its flag and the next one that is free.
pub(crate) async fn listen(address: SocketAddr, flag: &str) -> anyhow::Result<TcpListener> {
    match TcpListener::bind(address).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => {
            Err(busy(address, flag).await)
        }
        Err(error) => Err(error).with_context(|| format!("{address} cannot be listened on")),
    }
}

/// A listener as its connections are to be: within TLS, if there is a certificate; then for clients
/// of one protocol.
pub(crate) fn door(listener: TcpListener, tls: Option<&Tls>, protocol: &[u8]) -> Patient {
    Patient::within(listener, tls.map(|tls| tls.acceptor(&[protocol])))
}

/// The address of a door as a client writes it.
pub(crate) fn base(address: SocketAddr, tls: Option<&Tls>) -> String {
    let scheme = if tls.is_some() { "https" } else { "http" };
    format!("{scheme}://{address}")
}

async fn busy(address: SocketAddr, flag: &str) -> anyhow::Error {
    let mut next = address;
    let last = address.port().saturating_add(PORTS_TRIED);
    for port in address.port().saturating_add(1)..=last {
        next.set_port(port);
        if TcpListener::bind(next).await.is_ok() {
            let given = if ["--http", "--grpc"].contains(&flag) {
                next.to_string()
            } else {
                port.to_string()
            };
            return anyhow::anyhow!(
                "port {} is in use: end whoever has it, or take another one, such as {flag} {given}",
                address.port()
            );
        }
    }
    anyhow::anyhow!(
        "port {} is in use: take another one with {flag}",
        address.port()
    )
}

/// Serves HTTP and gRPC until both have ended; if one fails, the other ends too.
pub(crate) async fn serve_both(
    http: impl Future<Output = std::io::Result<()>>,
    grpc: impl Future<Output = std::io::Result<()>>,
    soft: &CancellationToken,
) -> anyhow::Result<()> {
    let (mut http, mut grpc) = (std::pin::pin!(http), std::pin::pin!(grpc));
    let told = "the HTTP listener failed";
    let called = "the gRPC listener failed";
    tokio::select! {
        served = &mut http => {
            soft.cancel();
            grpc.await.context(called).and(served.context(told))
        }
        served = &mut grpc => {
            soft.cancel();
            http.await.context(told).and(served.context(called))
        }
    }
}

/// Where the local NATS server is looked for.
pub(crate) fn search(local: &Local, fetch: bool) -> anyhow::Result<Search> {
    Ok(Search {
        explicit: local.nats_server.clone(),
        variable: ambient::variable("NATS_SERVER").map(PathBuf::from),
        path: ambient::path(),
        cache_dir: ambient::cache_dir()?,
        fetch,
    })
}

/// The directory of the local NATS server.
pub(crate) fn nats_dir(local: &Local) -> anyhow::Result<PathBuf> {
    let dir = match &local.data_dir {
        Some(dir) => dir.clone(),
        None => ambient::data_dir()?,
    };
    Ok(dir.join("nats"))
}

/// Starts the local NATS server.
pub(crate) async fn start_nats(args: &Local, dir: PathBuf) -> anyhow::Result<LocalServer> {
    let binary = nats_server::find_or_fetch(&search(args, true)?).await?;
    let options = nats_server::Options {
        port: args.nats_port,
        ..nats_server::Options::new(binary, dir)
    };
    match LocalServer::start(options).await {
        Ok(server) => Ok(server),
        Err(error @ (LocalError::Died { .. } | LocalError::NotReady { .. })) => {
            // A busy port is the likely cause, and one that can be named.
            let address = SocketAddr::from(([127, 0, 0, 1], args.nats_port));
            match TcpListener::bind(address).await {
                Err(bind) if bind.kind() == std::io::ErrorKind::AddrInUse => {
                    Err(busy(address, "--nats-port").await)
                }
                Ok(_) | Err(_) => Err(error.into()),
            }
        }
        Err(error) => Err(error.into()),
    }
}

/// `/livez`, `/readyz` and `/metrics` of a service that has no reads.
pub(crate) fn probed(
    part: &'static str,
    check: Check,
    beside: Option<Beside>,
    metrics: Arc<dyn Fn() -> String + Send + Sync>,
) -> Doors {
    let ready = async move || {
        let (status, failing) = match check() {
            Ok(()) => (StatusCode::OK, serde_json::json!([])),
            Err(reason) => {
                let failing = serde_json::json!([{"part": part, "reason": reason}]);
                (StatusCode::SERVICE_UNAVAILABLE, failing)
            }
        };
        let ready = status == StatusCode::OK;
        let mut told = serde_json::json!({"ready": ready, "failing": failing});
        if let Some(beside) = &beside {
            told["candidate"] = beside();
        }
        (status, axum::Json(told))
    };
    let metrics = async move || {
        (
            [(
                header::CONTENT_TYPE,
                "text/plain; version=0.0.4; charset=utf-8",
            )],
            metrics(),
        )
    };
    Doors::new()
        .door(probes::live(), async || "live\n")
        .door(probes::ready(), ready)
        .door(probes::metrics(), metrics)
}
